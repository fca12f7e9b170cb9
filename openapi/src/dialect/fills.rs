//! What is sent for a parameter that the caller leaves out: defaults, computed defaults, and values of the configuration.

use tieline::notation::Expression;
use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::{Node, Value};

use crate::names::mixed;
use crate::schemas::Shape;
use crate::tree::{members, scalar_text, text, text_of};

/// A constant. Where the parameter is a text, so is the constant; nothing in it is read as a template.
pub(crate) fn literal(default: &Node, shape: Shape) -> Node {
    match (&default.value, shape) {
        (Value::Number(_) | Value::Bool(_), Shape::Text) => {
            text(scalar_text(default).unwrap_or_default(), default.span)
        }
        (Value::Text(said), _) if said.contains("${") => text(said.replace("${", "$${"), default.span),
        _ => default.clone(),
    }
}

/// A default that is computed when it is needed.
///
/// # Errors
/// A finding where the expression cannot be read.
pub(crate) fn expression(default: &Node) -> Result<Node, Diagnostic> {
    let said = default.as_text().unwrap_or_default();
    match said.parse::<Expression>() {
        Ok(_) => Ok(text(said, default.span)),
        Err(why) => {
            Err(Diagnostic::new(Code::BadExpression, default.span, format!("`{said}` cannot be computed: {why}")))
        }
    }
}

/// `x-airbyte-param-config-inject`: a value of the configuration, perhaps translated by a table, or what would be sent `otherwise`.
pub(crate) fn injected(injection: &Node, otherwise: Option<&Node>) -> Option<Node> {
    let source = &mixed(text_of(injection, "source")?, "value");
    let config = config_name(source);
    let pairs: Vec<String> = injection
        .get("map")
        .into_iter()
        .flat_map(members)
        .filter_map(|(key, value)| Some(format!("{}: {}", quoted(key), quoted(&scalar_text(value)?))))
        .collect();
    let otherwise = otherwise.map_or_else(|| "none".to_owned(), code);
    let looked_up = match pairs.as_slice() {
        [] if otherwise == "none" => return Some(text(format!("${{config.{source}}}"), injection.span)),
        [] => config,
        pairs => {
            let table = format!("{{{}}}", pairs.join(", "));
            format!("{table}.get({config}, {table}.get({config} | upper, {otherwise}))")
        }
    };
    Some(text(format!("{{{{ {looked_up} if {} else {otherwise} }}}}", is_given(source)), injection.span))
}

/// The value that another parameter is given.
pub(crate) fn same_as(name: &str, span: Span) -> Node {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let other = if is_word { format!("params.{name}") } else { format!("params[{}]", quoted(name)) };
    text(format!("{{{{ {other} if {other} is defined else none }}}}"), span)
}

/// What fills a parameter, as a part of an expression.
pub(crate) fn code(fill: &Node) -> String {
    match &fill.value {
        Value::Text(said) if said.contains("{{") => format!("({})", joined(said)),
        Value::Text(said) => match said.strip_prefix("${config.").and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => format!("({} if {} else none)", config_name(name), is_given(name)),
            None => quoted(&said.replace("$${", "${")),
        },
        Value::Null => "none".to_owned(),
        Value::Bool(_) | Value::Number(_) => fill.to_json().to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(code).collect::<Vec<_>>().join(", ")),
        Value::Map(_) => {
            let pairs = members(fill).map(|(key, value)| format!("{}: {}", quoted(key), code(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A template as one expression: what stands between braces, joined with the texts around it.
pub(crate) fn joined(template: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = template.trim();
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((code, after)) = after.split_once("}}") else { break };
        parts.extend((!before.is_empty()).then(|| quoted(before)));
        if parts.is_empty() && after.is_empty() {
            return code.trim().to_owned();
        }
        parts.push(format!("(({}) | string)", code.trim()));
        rest = after;
    }
    parts.extend((!rest.is_empty() || parts.is_empty()).then(|| quoted(rest)));
    parts.join(" + ")
}

/// A text in an expression.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A configuration value as an expression names it.
pub(crate) fn config_name(name: &str) -> String {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { format!("config.{name}") } else { format!("config[{}]", quoted(name)) }
}

/// Whether a configuration value is given, as an expression.
pub(crate) fn is_given(name: &str) -> String {
    format!("{} is defined", config_name(name))
}

/// Whether a fill depends on the configuration.
pub(crate) fn reads_config(fill: Option<&Node>) -> bool {
    fill.and_then(Node::as_text).is_some_and(|text| {
        (text.contains("${") || text.contains("{{")) && (text.contains("config.") || text.contains("config["))
    })
}

/// The configuration values that a fill names.
pub(crate) fn config_names(fill: &Node) -> Vec<(String, Span)> {
    let Some(text) = fill.as_text().filter(|_| reads_config(Some(fill))) else { return Vec::new() };
    let mut names = Vec::new();
    for rest in text.split("config.").skip(1) {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
        names.extend((end > 0).then(|| (rest[..end].to_owned(), fill.span)));
    }
    for rest in text.split("config['").skip(1) {
        names.extend(rest.split_once('\'').map(|(name, _)| (name.to_owned(), fill.span)));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_template_is_one_expression() {
        for (template, expected) in [
            (" {{ value }} ", "value"),
            ("a", "'a'"),
            ("{{ param }}:{{ 'x' if a else b }}/", "((param) | string) + ':' + (('x' if a else b) | string) + '/'"),
        ] {
            assert_eq!(joined(template), expected);
        }
    }
}
