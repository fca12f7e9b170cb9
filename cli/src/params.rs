//! Parameters from the command line: `--params` as JSON, `--param name=value` as the parameter's type says.

use serde_json::{Map, Value};
use tieline::plan::{Operation, Param};
use tieline::wire::Upload;
use tieline::{Call, Connector, Error, ErrorKind, Problem};

use crate::args::CallArgs;
use crate::{input, upload};
use tieline::catalog::schema;

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
    let mut named: Vec<&str> = Vec::new();
    for text in &args.param {
        let Some((name, value)) = text.split_once('=') else {
            let message = format!("`{text}` is no parameter: write --param {text}=value");
            problems.push(Problem { at: String::new(), message });
            continue;
        };
        let is_repeated = named.contains(&name);
        named.push(name);
        match one(connector, operation.param(name), value) {
            Ok(One::File(upload)) => given.uploads.push((name.to_owned(), upload)),
            Ok(One::Value(value)) if is_repeated => {
                if let Err(message) = append(&mut given.values, name, value) {
                    problems.push(Problem { at: name.to_owned(), message });
                }
            }
            Ok(One::Value(value)) => drop(given.values.insert(name.to_owned(), value)),
            Err(message) => problems.push(Problem { at: name.to_owned(), message }),
        }
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

fn one(connector: &Connector, param: Option<&Param>, text: &str) -> Result<One, String> {
    match param {
        Some(param) if param.file => match text.strip_prefix('@') {
            Some(path) => upload::open(path).map(One::File),
            None => Ok(One::Value(text.into())),
        },
        Some(param) => value(&schema::types(connector, &param.schema), text).map(One::Value),
        None => value(&[], text).map(One::Value),
    }
}

/// Reads a text as one of these JSON types (any, when there are none).
fn value(types: &[String], text: &str) -> Result<Value, String> {
    let takes = |name: &str| types.iter().any(|known| known == name);
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
        Ok(value) => Ok(value),
        Err(_) if types.is_empty() => Ok(text.into()),
        Err(_) if takes("array") && !text.starts_with(['[', '{']) => Ok(Value::Array(vec![text.into()])),
        Err(error) if takes("object") || takes("array") => Err(format!("is not JSON: {error}")),
        // A word where a number is expected: the engine says what it expects.
        Err(_) => Ok(text.into()),
    }
}

/// A name that is given several times makes a list.
fn append(values: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), String> {
    match (values.get_mut(name), value) {
        (Some(Value::Array(items)), Value::Array(more)) => {
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
    fn a_repeated_list_grows_and_anything_else_is_refused() {
        let mut values = Map::from_iter([("ids".to_owned(), json!(["a"])), ("id".to_owned(), json!("a"))]);
        append(&mut values, "ids", json!(["b"])).unwrap();
        assert_eq!(values["ids"], json!(["a", "b"]));
        assert!(append(&mut values, "id", json!("b")).is_err());
    }
}
