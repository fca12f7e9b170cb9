//! Configuration values: checked, defaults filled in.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::auth::{Credentials, FieldType, Scheme};
use crate::error::{Error, ErrorKind, Problem};
use crate::language::nearest;
use crate::manifest::{ConfigValue, PartOf};
use crate::plan::Head;

/// The values of a connection that signs in with these credentials. What has neither value nor default is absent.
///
/// # Errors
/// `invalid_input` with every value that is unknown, missing or does not fit.
pub(super) fn resolve(
    head: &Head,
    given: Map<String, Value>,
    scheme: Option<&Scheme>,
    credentials: &Credentials,
    now: SystemTime,
) -> Result<Map<String, Value>, Error> {
    let mut problems = Vec::new();
    for name in given.keys().filter(|name| !head.config.contains_key(*name)) {
        let near = nearest(name, head.config.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        problems.push(Problem { at: name.clone(), message: format!("unknown configuration value{hint}") });
    }
    let mut resolved = Map::new();
    for (name, declared) in &head.config {
        let given = given.get(name).filter(|value| !value.is_null()).cloned();
        let part = if given.is_none() { part(declared, scheme, credentials) } else { Part::OfNothing };
        let given = given.map(|value| as_declared(declared, value));
        let mut value = given.or_else(|| part.value()).or_else(|| declared.default.clone());
        if let (None, Some(fill)) = (&value, &declared.fill) {
            match fill.evaluate(json!({ "config": resolved }), now) {
                Ok(computed) => value = Some(computed).filter(|computed| !computed.is_null()),
                Err(why) => problems.push(Problem { at: name.clone(), message: format!("cannot be computed: {why}") }),
            }
        }
        match (value, part) {
            (Some(value), _) => match fits(declared, &value) {
                Ok(()) => drop(resolved.insert(name.clone(), value)),
                Err(message) => problems.push(Problem { at: name.clone(), message }),
            },
            (None, Part::Absent(message)) => problems.push(Problem { at: name.clone(), message }),
            (None, Part::OfNothing | Part::Found(_)) if declared.required == Some(true) => {
                problems.push(Problem { at: name.clone(), message: "is required".to_owned() })
            }
            (None, Part::OfNothing | Part::Found(_)) => {}
        }
    }
    if problems.is_empty() {
        return Ok(resolved);
    }
    let error = Error::new(ErrorKind::InvalidInput, format!("the configuration of {} does not fit", head.title));
    Err(error.with_problems(problems))
}

/// What a credential says about a value.
enum Part {
    /// The value is no part of a credential that is given.
    OfNothing,
    /// The part.
    Found(String),
    /// There is none; a sentence about it, which repeats nothing of the credential.
    Absent(String),
}

impl Part {
    fn value(&self) -> Option<Value> {
        match self {
            Self::Found(part) => Some(part.as_str().into()),
            Self::OfNothing | Self::Absent(_) => None,
        }
    }
}

fn part(declared: &ConfigValue, scheme: Option<&Scheme>, credentials: &Credentials) -> Part {
    let Some(PartOf { field, after }) = declared.part_of.as_deref() else { return Part::OfNothing };
    let is_own = scheme.is_some_and(|scheme| scheme.fields.contains_key(field.as_str()));
    let Some(credential) = credentials.expose(field).filter(|_| is_own) else { return Part::OfNothing };
    match declared.part_in(credential) {
        Some(part) => Part::Found(part.to_owned()),
        None => {
            let choices = (!declared.choices.is_empty()).then(|| format!("be {}", either(&declared.choices)));
            let pattern = declared.pattern.as_ref().map(|pattern| format!("match `{}`", pattern.value));
            let limits = choices.into_iter().chain(pattern).collect::<Vec<_>>().join(" and ");
            let (field, after) = (&field.value, &after.value);
            let message = format!(
                "is not given, and `{field}` does not say it: what follows its last `{after}` would have to {limits}"
            );
            Part::Absent(message)
        }
    }
}

fn either(texts: &[String]) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ")
}

/// A text where a list is declared is a list of one; a number or a boolean where a text is declared is its text.
fn as_declared(declared: &ConfigValue, value: Value) -> Value {
    match (declared.value_type.unwrap_or(FieldType::Text), value) {
        (FieldType::List, Value::String(one)) => json!([one]),
        (FieldType::Text, value @ (Value::Number(_) | Value::Bool(_))) => value.to_string().into(),
        (_, value) => value,
    }
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
