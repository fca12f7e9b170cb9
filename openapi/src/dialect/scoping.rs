//! `x-airbyte-scoping`: parameters that the configuration fills.

use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::context::Context;
use crate::tree::{items, text, text_of};

use super::fills::{config_name, is_given, quoted};

/// One parameter that the configuration fills.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'d> {
    /// The parameter.
    pub param: &'d str,
    /// The configuration value.
    pub key: &'d str,
    /// How the value is made from it.
    template: Option<&'d Node>,
    span: Span,
}

/// The parameters that the configuration fills, as the document says.
pub(crate) fn scopes(info: &Node) -> Vec<Scope<'_>> {
    let scope = |node| {
        let param = text_of(node, "param")?;
        let key = text_of(node, "config_key").unwrap_or(param);
        Some(Scope { param, key, template: node.get("value_template"), span: node.span })
    };
    info.get("x-airbyte-scoping").into_iter().flat_map(items).filter_map(scope).collect()
}

impl Scope<'_> {
    /// What fills the parameter: of a list that holds one value, that one; of more, none.
    pub(crate) fn fill(&self, context: &mut Context<'_>) -> Option<Node> {
        let config = config_name(self.key);
        let one = format!("{} and {config} | length == 1", is_given(self.key));
        let first = format!("{config}[0]");
        let Some(template) = self.template else {
            return Some(text(format!("{{{{ {first} if {one} else none }}}}"), self.span));
        };
        let code = single_code(template.as_text().unwrap_or_default())?;
        let code = renamed(code, &[("value", &first), ("param", &quoted(self.param))]);
        let fill = text(format!("{{{{ (({code}) or none) if {one} else none }}}}"), template.span);
        match super::fills::expression(&fill) {
            Ok(fill) => Some(fill),
            Err(finding) => {
                context.findings.push(finding);
                None
            }
        }
    }
}

/// What stands between the braces of a template that is one expression.
fn single_code(template: &str) -> Option<&str> {
    template.trim().strip_prefix("{{")?.strip_suffix("}}").map(str::trim).filter(|code| !code.contains("{{"))
}

/// An expression in which names stand for something else.
pub(crate) fn renamed(code: &str, names: &[(&str, &str)]) -> String {
    let mut written = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ if first.is_alphabetic() || first == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let is_member = written.trim_end().ends_with('.');
        match names.iter().find(|(name, _)| *name == token && !is_member) {
            Some((_, with)) => written.push_str(with),
            None => written.push_str(token),
        }
        rest = after;
    }
    written
}

/// Whether a value is a list in the document's words about it.
pub(crate) fn is_list(property: &Node) -> bool {
    match property.get("type").map(|types| &types.value) {
        Some(Value::Text(name)) => name == "array",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn names_are_replaced_and_members_and_texts_are_not() {
        let names = [("value", "config.r[0]"), ("param", "'owner'")];
        assert_eq!(
            renamed("value.split('value')[0] if param == 'value' else x.value", &names),
            "config.r[0].split('value')[0] if 'owner' == 'value' else x.value"
        );
    }
}
