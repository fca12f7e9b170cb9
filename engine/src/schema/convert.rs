//! Text that stands for an object, a list, a number or a boolean, and the other way round: agents send these.

use std::collections::BTreeSet;

use serde_json::Value;

/// How many references and alternatives are followed to find out which types a schema wants.
const MAX_DEPTH: usize = 16;

/// From here on (2⁵³) a number with a fraction no longer holds every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The value as the schema wants it, if it is one that can be read so: itself, or the elements of a list.
/// The schema is the whole of `document`, whose references lead into `document` too.
pub(super) fn converted(value: &Value, document: &Value) -> Option<Value> {
    let whole = scalar(value, &types(document, document));
    let list = whole.as_ref().unwrap_or(value);
    elements(list, document).or(whole)
}

/// A number of the value, itself or an element, that had more digits than it kept where the schema wants a whole one.
/// The number's place is its index in the list.
pub(super) fn inexact(value: &Value, document: &Value) -> Option<(Option<usize>, f64)> {
    let lost = |value: &Value, wanted: &BTreeSet<&str>| {
        let number = value.as_number().filter(|number| number.is_f64())?.as_f64()?;
        let is_whole = wanted.contains("integer") && !wanted.contains("number");
        (is_whole && number.abs() >= EXACT).then_some(number)
    };
    match value {
        Value::Array(items) => {
            let wanted = element_types(document);
            items.iter().enumerate().find_map(|(index, item)| Some((Some(index), lost(item, &wanted)?)))
        }
        Value::Number(number) if number.is_f64() => Some((None, lost(value, &types(document, document))?)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

/// A list whose elements are converted; `None` when there is nothing to convert.
fn elements(value: &Value, document: &Value) -> Option<Value> {
    let items = value.as_array()?;
    let wanted = element_types(document);
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
                // What does not print back the same has lost digits.
                Value::Number(number) if number.is_f64() => {
                    wanted.contains("number") && number.to_string() == text.trim()
                }
                Value::Number(_) => wanted.contains("number") || wanted.contains("integer"),
                Value::Null | Value::String(_) => false,
            };
            fits.then_some(read)
        }
        Value::Number(number) if number.is_f64() => None,
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
        found.extend(listed.chain(part.get("const")).map(|value| -> &'a str { type_of(value) }));
        found.extend(part.get("properties").map(|_| "object"));
        found.extend(part.get("items").map(|_| "array"));
    }
    found
}

fn element_types(document: &Value) -> BTreeSet<&str> {
    element_schemas(document, document, 0).into_iter().flat_map(|schema| types(schema, document)).collect()
}

/// The JSON Schema type of a value.
pub(crate) fn type_of(value: &Value) -> &'static str {
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

    use super::{converted, inexact};

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
            (json!(u64::MAX), json!({ "type": "string" }), json!("18446744073709551615")),
            (json!("18446744073709551615"), json!({ "type": "integer" }), json!(u64::MAX)),
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
            (json!("5.50"), json!({ "type": "number" })),
            (json!("12345678901234567890123"), json!({ "type": "number" })),
            (json!("12345678901234567890.123"), json!({ "type": "number" })),
            (json!("12345678901234567890123"), json!({ "type": "integer" })),
            (json!(12345678901234567890123.0), json!({ "type": "string" })),
            (json!(1e3), json!({ "type": "string" })),
            (json!([1e3]), json!({ "items": { "type": "string" } })),
            (json!({ "a": "5" }), json!({ "properties": { "a": { "type": "integer" } } })),
            (Value::Null, json!({ "type": "string" })),
        ];
        for (given, schema) in cases {
            assert_eq!(converted(&given, &schema), None, "{given} for {schema}");
        }
    }

    #[test]
    fn finds_whole_numbers_that_lost_digits() {
        let whole = json!({ "type": ["integer", "null"] });
        let list = json!({ "items": whole });
        for (given, schema, wanted) in [
            (json!(1e22), &whole, Some((None, 1e22))),
            (json!([1, -1e16]), &list, Some((Some(1), -1e16))),
            (json!(1e3), &whole, None),
            (json!(u64::MAX), &whole, None),
            (json!(1e22), &json!({ "type": "number" }), None),
        ] {
            assert_eq!(inexact(&given, schema), wanted, "{given} for {schema}");
        }
    }
}
