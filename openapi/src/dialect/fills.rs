//! What is sent for a parameter that the caller leaves out: defaults, computed defaults, and values of the configuration.

use tieline::notation::Expression;
use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::{Node, Value};

use crate::schemas::Shape;
use crate::tree::{members, scalar_text, text, text_of};

/// A constant. Where the parameter is a text, so is the constant; nothing in it is read as a template.
pub(crate) fn literal(default: &Node, shape: Shape) -> Node {
    match (&default.value, shape) {
        (Value::Number(_) | Value::Bool(_), Shape::Text) => text(scalar_text(default).unwrap_or_default(), default.span),
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
        Err(why) => Err(Diagnostic::new(Code::BadExpression, default.span, format!("`{said}` cannot be computed: {why}"))),
    }
}

/// `x-airbyte-param-config-inject`: a value of the configuration, perhaps translated by a table.
pub(crate) fn injected(injection: &Node) -> Option<Node> {
    let source = text_of(injection, "source")?;
    let config = config_name(source);
    let pairs: Vec<String> = injection
        .get("map")
        .into_iter()
        .flat_map(members)
        .filter_map(|(key, value)| Some(format!("{}: {}", quoted(key), quoted(&scalar_text(value)?))))
        .collect();
    let fill = match pairs.as_slice() {
        [] => format!("${{config.{source}}}"),
        pairs => {
            let table = format!("{{{}}}", pairs.join(", "));
            let looked_up = format!("{table}.get({config}, {table}.get({config} | upper))");
            format!("{{{{ {looked_up} if {} else none }}}}", is_given(source))
        }
    };
    Some(text(fill, injection.span))
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
        names.push((rest[..end].to_owned(), fill.span));
    }
    for rest in text.split("config['").skip(1) {
        names.extend(rest.split_once('\'').map(|(name, _)| (name.to_owned(), fill.span)));
    }
    names
}
