//! What a parameter gets that the caller leaves out.

use std::time::SystemTime;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Problem};
use crate::notation::{Fill, Part, Template};

/// What fills can see.
pub(super) struct Surroundings<'a> {
    /// The connection's configuration values.
    pub config: &'a Map<String, Value>,
    /// The parameters that the caller gave.
    pub params: &'a Map<String, Value>,
    /// The time of the call.
    pub now: SystemTime,
}

/// The value that fills a parameter; `None` leaves it out.
///
/// # Errors
/// Why the expression has no value.
pub(super) fn fill(fill: &Fill, surroundings: &Surroundings<'_>) -> Result<Option<Value>, String> {
    match fill {
        Fill::Value(value) => Ok(Some(value.clone())),
        Fill::Template(template) => Ok(rendered(template, surroundings.config)),
        Fill::Expression(expression) => {
            let context = json!({ "config": surroundings.config, "params": surroundings.params });
            expression.evaluate(context, surroundings.now).map(|value| Some(value).filter(|value| !value.is_null()))
        }
    }
}

/// The values of fills that see the configuration alone; what has none is left out.
///
/// # Errors
/// `invalid_input` with every expression that has no value.
pub(crate) fn filled(
    fills: &IndexMap<String, Fill>,
    config: &Map<String, Value>,
    now: SystemTime,
) -> Result<Map<String, Value>, Error> {
    let surroundings = Surroundings { config, params: &Map::new(), now };
    let (mut values, mut problems) = (Map::new(), Vec::new());
    for (name, written) in fills {
        match fill(written, &surroundings) {
            Ok(value) => values.extend(value.map(|value| (name.clone(), value))),
            Err(why) => problems.push(Problem { at: name.clone(), message: format!("cannot be filled: {why}") }),
        }
    }
    if problems.is_empty() {
        return Ok(values);
    }
    let message = "the parameters of the connection check cannot be filled";
    Err(Error::new(ErrorKind::InvalidInput, message).with_problems(problems))
}

/// A name alone keeps its type; a name without a value leaves the whole out.
fn rendered(template: &Template, config: &Map<String, Value>) -> Option<Value> {
    let value = |name: &str| config.get(name.strip_prefix("config.")?);
    if let [Part::Name(name)] = template.parts() {
        return value(name).cloned();
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let listed = |value: &Value| match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => text(value),
    };
    template.render(|name| value(name).map(listed)).ok().map(Value::String)
}

/// The configuration values that a fill reads and that have no value.
pub(super) fn missing(fill: &Fill, config: &Map<String, Value>) -> Vec<String> {
    let names: Vec<String> = match fill {
        Fill::Value(_) => Vec::new(),
        Fill::Template(template) => template.names().map(str::to_owned).collect(),
        Fill::Expression(expression) => expression.names(),
    };
    let read = names.iter().filter_map(|name| name.strip_prefix("config.")?.split('.').next());
    read.filter(|name| !config.contains_key(*name)).map(str::to_owned).collect()
}
