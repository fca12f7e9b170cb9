//! Whether two trees are the same, wherever they were written.

use std::collections::HashSet;

use serde_json::Value as Json;
use tieline::yaml::{Node, Value};

/// Whether two trees hold the same values, to the last bit of every number. The order of keys does not count.
pub(crate) fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Number(one), Value::Number(other)) => {
            one == other && one.as_f64().map(f64::to_bits) == other.as_f64().map(f64::to_bits)
        }
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            let is_there = |key: &str, value: &Node| other.get(key).is_some_and(|other| is_same(value, other));
            one.len() == other.len() && one.iter().all(|(key, value)| is_there(key, value))
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_), _) => false,
    }
}

/// These values, each once.
pub(crate) fn distinct(values: &[Node]) -> Vec<Node> {
    if values.len() < 2 {
        return values.to_vec();
    }
    let mut seen = HashSet::new();
    values.iter().filter(|value| seen.insert(in_order(value.to_json()).to_string())).cloned().collect()
}

/// A value with the keys of its mappings in order, so that what is the same is written the same.
fn in_order(value: Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut members: Vec<(String, Json)> = map.into_iter().map(|(key, value)| (key, in_order(value))).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(members.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(in_order).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value,
    }
}

/// Whether two trees hold the same values, and all keys in the same order.
#[cfg(test)]
pub(crate) fn is_same_in_order(one: &Node, other: &Node) -> bool {
    fn keys(node: &Node) -> Vec<&str> {
        match &node.value {
            Value::List(items) => items.iter().flat_map(keys).collect(),
            Value::Map(map) => {
                map.iter().flat_map(|(key, entry)| std::iter::once(key.as_str()).chain(keys(entry))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => Vec::new(),
        }
    }
    is_same(one, other) && keys(one) == keys(other)
}
