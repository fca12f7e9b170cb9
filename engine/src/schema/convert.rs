//! Text that stands for an object, a list, a number or a boolean, and the other way round: agents send these.

use std::collections::BTreeSet;

use serde_json::Value;

/// How many references and alternatives are followed to find out which types a schema wants.
const MAX_DEPTH: usize = 16;

/// The value as the schema wants it, if it is one that can be read so: itself, or the elements of a list.
/// The schema is the whole of `document`, whose references lead into `document` too.
pub(super) fn converted(value: &Value, document: &Value) -> Option<Value> {
    let whole = scalar(value, &types(document, document));
    let list = whole.as_ref().unwrap_or(value);
    elements(list, document).or(whole)
}

/// A list whose elements are converted; `None` when there is nothing to convert.
fn elements(value: &Value, document: &Value) -> Option<Value> {
    let items = value.as_array()?;
    let wanted =
        element_schemas(document, document, 0).into_iter().flat_map(|schema| types(schema, document)).collect();
    let converted: Vec<_> = items.iter().map(|item| scalar(item, &wanted)).collect();
    converted
        .iter()
        .any(Option::is_some)
        .then(|| converted.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
}

/// One value, when another type is wanted and it can be read as that.
fn scalar(value: &Value, wanted: &BTreeSet<&str>) -> Option<Value> {
    match value {
        Value::String(text) => {
            let read: Value = serde_json::from_str(text.trim()).ok()?;
            let fits = match &read {
                Value::Object(_) => wanted.contains("object"),
                Value::Array(_) => wanted.contains("array"),
                Value::Bool(_) => wanted.contains("boolean"),
                Value::Number(number) if number.is_f64() => wanted.contains("number"),
                Value::Number(_) => wanted.contains("number") || wanted.contains("integer"),
                Value::Null | Value::String(_) => false,
            };
            fits.then_some(read)
        }
        Value::Number(_) | Value::Bool(_) => {
            let only_text = wanted.contains("string") && wanted.iter().all(|name| matches!(*name, "string" | "null"));
            only_text.then(|| Value::String(value.to_string()))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The names of the types that a schema lets through, as far as it says so.
fn types<'a>(schema: &'a Value, document: &'a Value) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for part in alternatives(schema, document, 0) {
        match part.get("type") {
            Some(Value::String(name)) => drop(found.insert(name.as_str())),
            Some(Value::Array(names)) => found.extend(names.iter().filter_map(Value::as_str)),
            Some(_) | None => {}
        }
        let listed = part.get("enum").and_then(Value::as_array).into_iter().flatten();
        found.extend(listed.chain(part.get("const")).map(type_of));
        found.extend(part.get("properties").map(|_| "object"));
        found.extend(part.get("items").map(|_| "array"));
    }
    found
}

fn type_of<'a>(value: &Value) -> &'a str {
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

/// The schemas of a list's elements.
fn element_schemas<'a>(schema: &'a Value, document: &'a Value, depth: usize) -> Vec<&'a Value> {
    alternatives(schema, document, depth).into_iter().filter_map(|part| part.get("items")).collect()
}

/// A schema with all that it refers to or is combined from.
fn alternatives<'a>(schema: &'a Value, document: &'a Value, depth: usize) -> Vec<&'a Value> {
    let mut found = vec![schema];
    if depth == MAX_DEPTH {
        return found;
    }
    let target =
        schema.get("$ref").and_then(Value::as_str).and_then(|target| document.pointer(target.strip_prefix('#')?));
    let combined = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    for part in target.into_iter().chain(combined) {
        found.extend(alternatives(part, document, depth + 1));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::converted;

    #[test]
    fn reads_text_as_what_the_schema_wants() {
        let integers = json!({ "type": "array", "items": { "type": "integer" } });
        let referring = json!({ "$ref": "#/schemas/F", "schemas": { "F": { "anyOf": [{ "type": "object" }, { "type": "null" }] } } });
        let cases = [
            (json!("5"), json!({ "type": "integer" }), json!(5)),
            (json!(" 5.5 "), json!({ "type": "number" }), json!(5.5)),
            (json!("true"), json!({ "type": ["boolean", "null"] }), json!(true)),
            (json!("[\"1\", 2]"), integers.clone(), json!([1, 2])),
            (json!(["1", 2, "x"]), integers, json!([1, 2, "x"])),
            (json!("{\"a\":\"1\"}"), referring, json!({ "a": "1" })),
            (json!("2"), json!({ "enum": [1, 2] }), json!(2)),
            (json!(17), json!({ "type": "string" }), json!("17")),
            (json!([17, true]), json!({ "items": { "type": ["string", "null"] } }), json!(["17", "true"])),
        ];
        for (given, schema, wanted) in cases {
            assert_eq!(converted(&given, &schema), Some(wanted), "{given} for {schema}");
        }
    }

    #[test]
    fn leaves_alone_what_it_cannot_read() {
        let cases = [
            (json!("5.5"), json!({ "type": "integer" })),
            (json!("007"), json!({ "type": "integer" })),
            (json!("yes"), json!({ "type": "boolean" })),
            (json!("null"), json!({ "type": ["integer", "null"] })),
            (json!("{oops"), json!({ "type": "object" })),
            (json!(5), json!({ "type": ["string", "boolean"] })),
            (json!({ "a": "5" }), json!({ "properties": { "a": { "type": "integer" } } })),
            (Value::Null, json!({ "type": "string" })),
        ];
        for (given, schema) in cases {
            assert_eq!(converted(&given, &schema), None, "{given} for {schema}");
        }
    }
}
