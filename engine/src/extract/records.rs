//! The records of an answer: found, filtered, reshaped.

use std::time::SystemTime;

use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::notation::{Expression, JsonPath, Step};
use crate::plan::{Answer, Operation};
use crate::raw::Raw;

use super::Document;

/// The records of one answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Records {
    /// Those that the operation's filter keeps, reshaped as it says.
    pub kept: Vec<Raw>,
    /// How many the answer held before the filter.
    pub found: usize,
}

/// What expressions can look at beside the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// The connection's configuration.
    pub config: &'a Map<String, Value>,
    /// The time of the call.
    pub now: SystemTime,
}

/// The records of an operation's answer: one, for an answer that is no list; none, for a file. The filter is for lists alone.
///
/// # Errors
/// `unexpected_response` when there is nothing where the manifest says there is something, or an expression does not fit a record.
pub(crate) fn records(operation: &Operation, document: &Document<'_>, scope: Scope<'_>) -> Result<Records, Error> {
    let (found, filter) = match &operation.answer {
        Answer::List(path) if operation.may_be_single && is_single(document, path)? => {
            (document.find(&JsonPath::root())?, operation.filter.as_ref())
        }
        Answer::List(path) => (list(document, path)?, operation.filter.as_ref()),
        Answer::One(path) => (vec![one(document, path)?], None),
        Answer::File(_) => return Ok(Records::default()),
    };
    let count = found.len();
    if filter.is_none() && operation.transform.is_empty() {
        return Ok(Records { kept: found, found: count });
    }
    let mut kept = Vec::with_capacity(count);
    for (position, record) in found.into_iter().enumerate() {
        let reshaped = reshape(&record, filter, &operation.transform, scope);
        let misfit = |why| format!("record {} of `{}`: {why}", position + 1, operation.name());
        kept.extend(reshaped.map_err(|why| Error::new(ErrorKind::UnexpectedResponse, misfit(why)))?);
    }
    Ok(Records { kept, found: count })
}

fn one(document: &Document<'_>, path: &JsonPath) -> Result<Raw, Error> {
    document.find(path)?.into_iter().next().ok_or_else(|| nothing_at(document, path, "a record"))
}

/// Whether the answer is itself a record: an object with nothing where the list should be.
fn is_single(document: &Document<'_>, path: &JsonPath) -> Result<bool, Error> {
    let nothing = document.find(path)?.is_empty() && !is_rightly_empty(document, path)?;
    let whole = document.find(&JsonPath::root())?;
    Ok(nothing && whole.first().is_some_and(|whole| whole.as_bytes().starts_with(b"{")))
}

/// A path that names one place finds a list or null. One that names several (`[*]`) finds records and lists of records, in one list.
fn list(document: &Document<'_>, path: &JsonPath) -> Result<Vec<Raw>, Error> {
    let found = document.find(path)?;
    if found.is_empty() && !is_rightly_empty(document, path)? {
        return Err(nothing_at(document, path, "a list"));
    }
    let mut records = Vec::new();
    for raw in found {
        match raw.as_bytes().first() {
            Some(b'[') => records.extend(elements(&raw)?),
            _ if raw.is_null() => {}
            _ if path.is_plural() => records.push(raw),
            _ => {
                let what = format!("expected a list at `{path}`, found {}", kind(&raw));
                return Err(document.unexpected(&what));
            }
        }
    }
    Ok(records)
}

/// Whether a path finds nothing because a list that it goes through is empty, and not because something is missing.
fn is_rightly_empty(document: &Document<'_>, path: &JsonPath) -> Result<bool, Error> {
    let steps = path.steps();
    for (at, _) in steps.iter().enumerate().filter(|(_, step)| **step == Step::All) {
        let found = document.find(&JsonPath::from(&steps[..at]))?;
        if found.is_empty() {
            return Ok(false);
        }
        if found.iter().all(is_hollow) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it is null, or a list or object without anything in it.
fn is_hollow(raw: &Raw) -> bool {
    let inner = raw.as_bytes().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let inner = inner.or_else(|| raw.as_bytes().strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")));
    raw.is_null() || inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

fn elements(list: &Raw) -> Result<Vec<Raw>, Error> {
    let elements: Vec<&RawValue> = serde_json::from_slice(list.as_bytes())
        .map_err(|error| Error::new(ErrorKind::UnexpectedResponse, format!("a list cannot be read: {error}")))?;
    Ok(elements.into_iter().map(|element| Raw::from_json(list.bytes().slice_ref(element.get().as_bytes()))).collect())
}

fn nothing_at(document: &Document<'_>, path: &JsonPath, expected: &str) -> Error {
    document.unexpected(&format!("expected {expected} at `{path}`, found nothing"))
}

fn kind(raw: &Raw) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// The record with its fields added or replaced; `None` when the filter drops it. What no expression touches stays as it came.
fn reshape(
    record: &Raw,
    filter: Option<&Expression>,
    transform: &IndexMap<String, Expression>,
    scope: Scope<'_>,
) -> Result<Option<Raw>, String> {
    let tree: Value = record.read().map_err(|error| error.to_string())?;
    let is_object = tree.is_object();
    let is_null = tree.is_null();
    let shown = if is_object { tree } else { json!({ "value": tree }) };
    let context = json!({ "record": shown, "config": scope.config });
    if let Some(filter) = filter
        && !is_truthy(&filter.evaluate(&context, scope.now)?)
    {
        return Ok(None);
    }
    if transform.is_empty() || is_null {
        return Ok(Some(record.clone()));
    }
    let untouched = if is_object { record.read() } else { Ok(IndexMap::<String, Box<RawValue>>::new()) };
    let mut fields = untouched.map_err(|error| error.to_string())?;
    for (name, expression) in transform {
        let value = expression.evaluate(&context, scope.now)?;
        let value = serde_json::value::to_raw_value(&value).map_err(|error| error.to_string())?;
        fields.insert(name.clone(), value);
    }
    let reshaped = serde_json::to_vec(&fields).map_err(|error| error.to_string())?;
    Ok(Some(Raw::from_json(reshaped.into())))
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}
