//! Schemas for the same value, put together without narrowing what they accept.

use serde_json::{Map, Value, json};

use super::super::words::sentence;

/// Keywords that say something about a schema, and nothing about a value.
const WORDS: [&str; 4] = ["description", "default", "examples", "deprecated"];

/// What accepts a value that both accept. Of words, those of `own` are kept.
pub(super) fn merge(own: Map<String, Value>, other: Map<String, Value>) -> Map<String, Value> {
    let (words, rules): (Map<_, _>, Map<_, _>) = other.into_iter().partition(|(key, _)| WORDS.contains(&key.as_str()));
    let mut merged = match united(&own, &rules) {
        Some(united) => united,
        None => apart(own, rules.into()),
    };
    for (key, value) in words {
        match (merged.get_mut(&key), &value) {
            (None, _) => drop(merged.insert(key, value)),
            (Some(Value::String(own)), Value::String(said)) if said.starts_with(AS) => {
                *own = format!("{} {said}", sentence(own));
            }
            (Some(_), _) => {}
        }
    }
    merged
}

/// How the words of a schema begin that is shown elsewhere.
const AS: &str = "As `";

/// The words of a schema that is shown at this path.
pub(super) fn said_at(path: &str) -> String {
    format!("{AS}{path}`.")
}

/// One schema with the rules of both; `None` where they speak about the same thing.
fn united(own: &Map<String, Value>, rules: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut united = own.clone();
    for (key, value) in rules {
        match (united.get_mut(key), value) {
            (None, _) => drop(united.insert(key.clone(), value.clone())),
            (Some(same), _) if same == value => {}
            (Some(Value::Array(names)), Value::Array(others)) if key == "required" => {
                let new: Vec<_> = others.iter().filter(|name| !names.contains(name)).cloned().collect();
                names.extend(new);
            }
            (Some(Value::Object(members)), Value::Object(others)) if key == "properties" => {
                if others.keys().any(|name| members.contains_key(name)) {
                    return None;
                }
                members.extend(others.clone());
            }
            (Some(_), _) => return None,
        }
    }
    Some(united)
}

/// A schema with another that stays by itself.
fn apart(mut own: Map<String, Value>, other: Value) -> Map<String, Value> {
    match own.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.push(other),
        Some(_) | None => drop(own.insert("allOf".to_owned(), json!([other]))),
    }
    own
}

/// What accepts a value that fits `own` and all parts.
pub(super) fn all_of(own: Map<String, Value>, parts: Vec<Value>) -> Map<String, Value> {
    parts.into_iter().fold(own, |own, part| match part {
        Value::Object(part) => merge(own, part),
        refused => apart(own, refused),
    })
}

/// What accepts a value that fits `own` and one or more of the parts. That just one must fit is not said: parts that have been
/// widened may fit together.
pub(super) fn any_of(own: Map<String, Value>, mut parts: Vec<Value>) -> Map<String, Value> {
    let says_nothing =
        |part: &Value| part.as_object().is_some_and(|part| part.keys().all(|key| WORDS.contains(&key.as_str())));
    let is_null = |part: &Value| part["type"] == "null";
    if parts.iter().any(says_nothing) {
        return own;
    }
    if let [one, other] = parts.as_slice()
        && let Some(nullable) = match (is_null(one), is_null(other)) {
            (true, false) => or_null(other),
            (false, true) => or_null(one),
            (true, true) | (false, false) => None,
        }
    {
        parts = vec![nullable];
    }
    match <[Value; 1]>::try_from(parts) {
        Ok([Value::Object(only)]) => merge(own, only),
        Ok([refused]) => apart(own, refused),
        Err(parts) if parts.is_empty() => own,
        Err(parts) => merge(own, Map::from_iter([("anyOf".to_owned(), parts.into())])),
    }
}

/// A schema that accepts null beside what it accepts now, where its keywords can say so: most say nothing about null.
fn or_null(schema: &Value) -> Option<Value> {
    let mut schema = schema.as_object()?.clone();
    if ["const", "anyOf", "allOf"].iter().any(|key| schema.contains_key(*key)) {
        return None;
    }
    let types = match schema.get("type")? {
        Value::Array(types) if types.contains(&json!("null")) => types.clone().into(),
        Value::Array(types) => types.iter().cloned().chain([json!("null")]).collect(),
        one => json!([one, "null"]),
    };
    schema.insert("type".to_owned(), types);
    if let Some(Value::Array(choices)) = schema.get_mut("enum")
        && !choices.contains(&Value::Null)
    {
        choices.push(Value::Null);
    }
    Some(schema.into())
}
