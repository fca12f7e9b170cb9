//! What a JSON Schema of a connector says about a value.

use std::collections::BTreeSet;

use crate::plan::Connector;
use serde_json::{Map, Value};

/// References are followed so far; schemas may go in circles.
const DEPTH: usize = 16;

/// The JSON types that a schema takes, in the order it names them; empty when it does not say.
pub fn types(connector: &Connector, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_types(connector, schema, DEPTH, &mut found);
    found
}

fn collect_types(connector: &Connector, schema: &Value, depth: usize, found: &mut Vec<String>) {
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    match &schema["type"] {
        Value::String(name) => return add(name),
        Value::Array(names) => return names.iter().filter_map(Value::as_str).for_each(add),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(type_of).for_each(add);
    }
    if let Some(value) = schema.get("const") {
        return add(type_of(value));
    }
    if depth == 0 {
        return;
    }
    if let Some(referred) = referred(connector, schema) {
        collect_types(connector, referred, depth - 1, found);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for branch in schema[key].as_array().into_iter().flatten() {
            collect_types(connector, branch, depth - 1, found);
        }
    }
    if found.is_empty() && (schema.get("properties").is_some() || schema.get("additionalProperties").is_some()) {
        found.push("object".to_owned());
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The name that a schema refers to: `Name` of `#/schemas/Name`.
pub fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/schemas/")
}

/// The schema that a schema refers to, if it does.
pub fn referred<'a>(connector: &'a Connector, schema: &Value) -> Option<&'a Value> {
    connector.schema(reference(schema)?).ok().flatten()
}

/// All named schemas that these schemas use, directly or through others, by name.
pub fn used<'a>(connector: &'a Connector, schemas: impl IntoIterator<Item = &'a Value>) -> Map<String, Value> {
    let mut waiting: Vec<&Value> = schemas.into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut used = Map::new();
    while let Some(value) = waiting.pop() {
        if let Some(name) = reference(value)
            && seen.insert(name.to_owned())
            && let Some(schema) = referred(connector, value)
        {
            used.insert(name.to_owned(), schema.clone());
            waiting.push(schema);
        }
        match value {
            Value::Object(object) => waiting.extend(object.values()),
            Value::Array(items) => waiting.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    used
}
