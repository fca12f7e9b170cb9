//! Filters records, and adds or replaces their fields.

use std::time::SystemTime;

use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::notation::Expression;
use crate::raw::Raw;

/// What expressions can look at beside the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// The connection's configuration.
    pub config: &'a Map<String, Value>,
    /// The time of the call.
    pub now: SystemTime,
}

/// The record with its fields added or replaced; `None` when the filter drops it. What no expression touches stays as it came.
///
/// # Errors
/// Why an expression has no value, or the record no fields.
pub(crate) fn reshape(
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
