//! Whether two trees are the same, wherever they were written.

use tieline::yaml::{Node, Value};

/// Whether two trees hold the same values in the same order, to the last bit of every number.
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
            let mut entries = one.iter().zip(other);
            one.len() == other.len() && entries.all(|(one, other)| one.0 == other.0 && is_same(one.1, other.1))
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_), _) => false,
    }
}
