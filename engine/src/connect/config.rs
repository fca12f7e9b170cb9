//! Configuration values: checked, defaults filled in.

use serde_json::{Map, Value};

use crate::auth::FieldType;
use crate::error::{Error, ErrorKind, Problem};
use crate::language::nearest;
use crate::manifest::ConfigValue;
use crate::plan::Head;

/// The values of a connection. What has neither value nor default is absent.
///
/// # Errors
/// `invalid_input` with every value that is unknown, missing or does not fit.
pub(super) fn resolve(head: &Head, given: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut problems = Vec::new();
    for name in given.keys().filter(|name| !head.config.contains_key(*name)) {
        let near = nearest(name, head.config.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        problems.push(Problem { at: name.clone(), message: format!("unknown configuration value{hint}") });
    }
    let mut resolved = Map::new();
    for (name, declared) in &head.config {
        match given.get(name).filter(|value| !value.is_null()).or(declared.default.as_ref()) {
            Some(value) => match fits(declared, value) {
                Ok(()) => drop(resolved.insert(name.clone(), value.clone())),
                Err(message) => problems.push(Problem { at: name.clone(), message }),
            },
            None if declared.required == Some(true) => {
                problems.push(Problem { at: name.clone(), message: "is required".to_owned() })
            }
            None => {}
        }
    }
    if problems.is_empty() {
        return Ok(resolved);
    }
    let error = Error::new(ErrorKind::InvalidInput, format!("the configuration of {} does not fit", head.title));
    Err(error.with_problems(problems))
}

fn fits(declared: &ConfigValue, value: &Value) -> Result<(), String> {
    let (expected, right_type) = match declared.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => ("text", value.is_string()),
        FieldType::Integer => ("a whole number", value.is_i64() || value.is_u64()),
        FieldType::Boolean => ("`true` or `false`", value.is_boolean()),
        FieldType::List => {
            ("a list of texts", value.as_array().is_some_and(|items| items.iter().all(Value::is_string)))
        }
    };
    if !right_type {
        return Err(format!("expected {expected}"));
    }
    let texts = value.as_str().into_iter().chain(value.as_array().into_iter().flatten().filter_map(Value::as_str));
    for text in texts {
        if !declared.choices.is_empty() && !declared.choices.iter().any(|choice| choice == text) {
            return Err(format!(
                "expected one of {}",
                declared.choices.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some(pattern) = declared.pattern.as_ref().filter(|pattern| !pattern.is_full_match(text)) {
            return Err(format!("must match `{}`", pattern.value));
        }
    }
    Ok(())
}
