//! `x-airbyte-scoping`: parameters that the configuration fills.

use tieline::source::Span;
use tieline::yaml::Node;

use crate::context::Context;
use crate::names::mixed;
use crate::tree::{items, text, text_of};

use super::fills::{code, config_name, is_given, joined, quoted};

/// One parameter that the configuration fills.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'d> {
    /// The parameter.
    pub param: &'d str,
    /// The configuration value.
    pub key: String,
    /// How the value is made from it.
    template: Option<&'d Node>,
    /// Where it stands in the document.
    pub span: Span,
}

/// The parameters that the configuration fills, as the document says.
pub(crate) fn scopes(info: &Node) -> Vec<Scope<'_>> {
    let scope = |node| {
        let param = text_of(node, "param")?;
        let key = mixed(text_of(node, "config_key").unwrap_or(param), "value");
        Some(Scope { param, key, template: node.get("value_template"), span: node.span })
    };
    info.get("x-airbyte-scoping").into_iter().flat_map(items).filter_map(scope).collect()
}

impl Scope<'_> {
    /// What fills the parameter: a value, or of a list that holds one value, that one; of more, what would fill it `otherwise`.
    pub(crate) fn fill(&self, context: &mut Context<'_>, is_list: bool, otherwise: Option<&Node>) -> Option<Node> {
        let config = config_name(&self.key);
        let (value, is_one) = match is_list {
            true => (format!("{config}[0]"), format!("{} and {config} | length == 1", is_given(&self.key))),
            false => (config, is_given(&self.key)),
        };
        let otherwise = otherwise.map_or_else(|| "none".to_owned(), code);
        let Some(template) = self.template else {
            return Some(match otherwise.as_str() {
                "none" if !is_list => text(format!("${{config.{}}}", self.key), self.span),
                otherwise => text(format!("{{{{ {value} if {is_one} else {otherwise} }}}}"), self.span),
            });
        };
        let code = joined(template.as_text().unwrap_or_default());
        let code = renamed(&code, &[("value", &value), ("param", &quoted(self.param))]);
        let made =
            match DECLINING.iter().any(|word| code.contains(&quoted(word)) || code.contains(&format!("\"{word}\""))) {
                true => format!(
                    "[{code}] | reject('in', ['', none, 'None', 'none', 'null']) | first | default({otherwise})"
                ),
                false => format!("({code}) or {otherwise}"),
            };
        let fill = text(format!("{{{{ ({made}) if {is_one} else {otherwise} }}}}"), template.span);
        match super::fills::expression(&fill) {
            Ok(fill) => Some(fill),
            Err(finding) => {
                context.findings.push(finding);
                None
            }
        }
    }
}

/// Texts with which a template says that it has no value.
const DECLINING: [&str; 3] = ["None", "none", "null"];

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
