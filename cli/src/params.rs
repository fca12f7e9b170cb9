//! Parameters from the command line: `--params` as JSON, `--param name=value` (or `name.member=value`) as the type says.

mod place;

use serde_json::{Map, Value};
use tieline::catalog::schema;
use tieline::plan::Operation;
use tieline::wire::Upload;
use tieline::{Call, Connector, Error, ErrorKind, Problem};

use crate::args::CallArgs;
use crate::{input, upload};
use place::Place;

/// The parameters of one call.
#[derive(Debug, Default)]
pub(crate) struct Given {
    values: Map<String, Value>,
    uploads: Vec<(String, Upload)>,
}

impl Given {
    /// Puts them on a call.
    pub(crate) fn onto(self, call: Call) -> Call {
        let call = call.params(Value::Object(self.values));
        self.uploads.into_iter().fold(call, |call, (name, upload)| call.upload(name, upload))
    }
}

/// Reads the parameters of a call; `--param` comes after `--params`. Names are not checked here: the engine does.
///
/// # Errors
/// `invalid_input` with every value that cannot be read.
pub(crate) fn read(connector: &Connector, operation: &Operation, args: &CallArgs) -> Result<Given, Error> {
    let mut given = Given::default();
    if let Some(json) = &args.params {
        given.values = input::object("--params", json, ErrorKind::InvalidInput)?;
    }
    let mut problems = Vec::new();
    let mut named: Vec<Place<'_>> = Vec::new();
    for text in &args.param {
        let Some((name, value)) = text.split_once('=') else {
            let message = format!("`{text}` is no parameter: write --param {text}=value");
            problems.push(Problem { at: String::new(), message });
            continue;
        };
        let place = Place::of(operation, name);
        let is_repeated = named.iter().any(|earlier| earlier.is_within(&place));
        let taken = one(connector, operation, &place, value).and_then(|one| match one {
            One::File(upload) => {
                given.uploads.push((name.to_owned(), upload));
                Ok(())
            }
            One::Value(value) if is_repeated => append(place.slot(&mut given.values)?, value),
            One::Value(value) => place.slot(&mut given.values).map(|slot| *slot = value),
        });
        named.push(place);
        problems.extend(taken.err().map(|message| Problem { at: name.to_owned(), message }));
    }
    if problems.is_empty() {
        return Ok(given);
    }
    let message = format!("the parameters of {} cannot be read", operation.name());
    Err(Error::new(ErrorKind::InvalidInput, message).with_problems(problems))
}

enum One {
    Value(Value),
    File(Upload),
}

fn one(connector: &Connector, operation: &Operation, place: &Place<'_>, text: &str) -> Result<One, String> {
    let param = operation.meant(place.param);
    if let Some(path) = text.strip_prefix('@')
        && param.is_some_and(|param| param.file)
        && place.members.is_empty()
    {
        return upload::open(path).map(One::File);
    }
    let schema = param.and_then(|param| place.schema(connector, param));
    let types = schema.map(|schema| schema::types(connector, schema)).unwrap_or_default();
    let read = if param.is_some_and(|param| param.file) { Ok(text.into()) } else { value(&types, text) };
    read.map(One::Value).map_err(|message| match schema {
        Some(schema) if types.iter().any(|name| name == "object") => with_members(connector, schema, place, &message),
        Some(_) | None => message,
    })
}

/// What is wrong with an object, and how its members are given one by one.
fn with_members(connector: &Connector, schema: &Value, place: &Place<'_>, message: &str) -> String {
    let names: Vec<&str> = schema::members(connector, schema).into_iter().map(|member| member.name).collect();
    let Some(first) = names.first() else { return message.to_owned() };
    let known = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("{message}; write --param {place}.{first}=value (known members: {known})")
}

/// Reads a text as one of these JSON types (any, when there are none).
fn value(types: &[String], text: &str) -> Result<Value, String> {
    let takes = |name: &str| types.iter().any(|known| known == name);
    let is_object = takes("object") && types.iter().all(|name| matches!(name.as_str(), "object" | "null"));
    let parsed = serde_json::from_str::<Value>(text);
    if takes("string") {
        return Ok(match parsed {
            Ok(value @ Value::Object(_)) if takes("object") => value,
            Ok(value @ Value::Array(_)) if takes("array") => value,
            Ok(Value::Null) if takes("null") => Value::Null,
            _ => text.into(),
        });
    }
    match parsed {
        Ok(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) if takes("array") => {
            Ok(Value::Array(vec![value]))
        }
        Ok(value @ Value::Object(_)) if takes("array") && !takes("object") => Ok(Value::Array(vec![value])),
        Ok(Value::Object(members)) => Ok(Value::Object(members)),
        Ok(Value::Null) if takes("null") => Ok(Value::Null),
        _ if is_object && !text.starts_with('{') => Err("must be a JSON object".to_owned()),
        Ok(value) => Ok(value),
        Err(_) if types.is_empty() => Ok(text.into()),
        Err(_) if takes("array") && !text.starts_with(['[', '{']) => Ok(Value::Array(vec![text.into()])),
        Err(error) if takes("object") || takes("array") => Err(format!("is not JSON: {error}")),
        // A word where a number is expected: the engine says what it expects.
        Err(_) => Ok(text.into()),
    }
}

/// A name that is given several times makes a list.
fn append(slot: &mut Value, value: Value) -> Result<(), String> {
    match (slot, value) {
        (Value::Array(items), Value::Array(more)) => {
            items.extend(more);
            Ok(())
        }
        _ => Err("is given twice, and is not a list".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_read_as_the_type_says() {
        let cases = [
            (&["string"][..], "007", json!("007")),
            (&["string"], "true", json!("true")),
            (&["string"], "{\"a\":1}", json!("{\"a\":1}")),
            (&["string", "null"], "null", json!(null)),
            (&["string", "object"], "{\"a\":1}", json!({"a": 1})),
            (&["string", "integer"], "5", json!("5")),
            (&["integer"], "5", json!(5)),
            (&["integer"], "five", json!("five")),
            (&["boolean"], "true", json!(true)),
            (&["object", "null"], "null", json!(null)),
            (&["object"], "{\"a\":[1]}", json!({"a": [1]})),
            (&["array"], "[1,2]", json!([1, 2])),
            (&["array"], "title", json!(["title"])),
            (&["array"], "3", json!([3])),
            (&["array"], "{\"a\":1}", json!([{"a": 1}])),
            (&["array", "object"], "{\"a\":1}", json!({"a": 1})),
            (&[], "3", json!(3)),
            (&[], "three", json!("three")),
        ];
        for (types, text, expected) in cases {
            let types: Vec<String> = types.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(value(&types, text).unwrap(), expected, "{types:?} {text}");
        }
    }

    #[test]
    fn broken_json_is_said_where_an_object_is_expected() {
        let error = value(&["object".to_owned()], "{\"a\":").unwrap_err();
        assert!(error.starts_with("is not JSON"), "{error}");
        let error = value(&["array".to_owned()], "[1,").unwrap_err();
        assert!(error.starts_with("is not JSON"), "{error}");
    }

    #[test]
    fn what_is_no_object_is_said_where_one_is_expected() {
        let types = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for text in ["5", "[]", "\"a\"", "null", "a word", ""] {
            assert_eq!(value(&types(&["object"]), text).unwrap_err(), "must be a JSON object", "{text}");
        }
        assert_eq!(value(&types(&["object", "integer"]), "5").unwrap(), json!(5));
    }

    #[test]
    fn a_repeated_list_grows_and_anything_else_is_refused() {
        let mut ids = json!(["a"]);
        append(&mut ids, json!(["b"])).unwrap();
        assert_eq!(ids, json!(["a", "b"]));
        assert!(append(&mut json!("a"), json!("b")).is_err());
    }
}
