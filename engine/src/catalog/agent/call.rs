//! Calls to show: those of the manifest's examples, else one that is made from the schema.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::plan::Operation;

use super::words::some_line;

/// How many examples are shown.
const MOST: usize = 2;
/// The largest parameters that are shown, in bytes.
const LARGEST: usize = 1_500;
/// How deep made-up values go.
const DEEPEST: usize = 6;

/// A call to learn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExampleCall {
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The call: `{"entity": …, "action": …, "params": …}`.
    pub call: Value,
}

/// Calls of an operation; at least one.
pub(super) fn examples(operation: &Operation, schema: &Value) -> Vec<ExampleCall> {
    let call = |params: Value| json!({ "entity": operation.entity, "action": operation.action, "params": params });
    let shown = operation.examples.iter().map(|example| {
        let params = example.params.clone().unwrap_or_else(|| json!({}));
        (some_line(&example.title), params)
    });
    let shown = shown.filter(|(_, params)| params.to_string().len() <= LARGEST).take(MOST);
    let examples: Vec<_> = shown.map(|(title, params)| ExampleCall { title, call: call(params) }).collect();
    if examples.is_empty() {
        return vec![ExampleCall { title: None, call: call(sample(schema, 0)) }];
    }
    examples
}

/// A value that fits a flat schema as far as it says: an example, a choice, or a place-holder.
fn sample(schema: &Value, depth: usize) -> Value {
    let given = [&schema["examples"][0], &schema["const"], &schema["default"], &schema["enum"][0]];
    if let Some(value) = given.into_iter().find(|value| !value.is_null()) {
        return value.clone();
    }
    let alternative = || schema["anyOf"].get(0).filter(|_| depth < DEEPEST).map(|first| sample(first, depth + 1));
    let one_type = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match one_type {
        Some("object") => object(schema, depth),
        Some("array") if schema["minItems"].as_u64() > Some(0) && depth < DEEPEST => {
            json!([sample(&schema["items"], depth + 1)])
        }
        Some("array") => json!([]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => alternative().unwrap_or_else(|| json!("…")),
    }
}

/// An object with the members that it must have.
fn object(schema: &Value, depth: usize) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let member = |name: &str| (name.to_owned(), sample(&schema["properties"][name], depth + 1));
    if depth > DEEPEST { json!({}) } else { required.map(member).collect::<Map<_, _>>().into() }
}
