//! Names in brackets: `a[b]=1&a[c][]=2` is `{"a": {"b": "1", "c": ["2"]}}`.

use serde_json::{Map, Value};

/// How deep brackets are followed.
const MAX_DEPTH: usize = 16;

/// Reads names and values into an object. A name that is said twice becomes a list.
pub(crate) fn nested(pairs: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut root = Value::Object(Map::new());
    for (name, value) in pairs {
        insert(&mut root, &keys(&name), value);
    }
    match lists(root) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// `a[b][]` → `a`, `b`, ``. A name with unbalanced brackets is one key.
fn keys(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[').filter(|(first, _)| !first.is_empty()) else { return vec![name] };
    let inner = rest.strip_suffix(']').map(|rest| rest.split("][").collect::<Vec<_>>());
    match inner {
        Some(inner) if inner.len() < MAX_DEPTH && inner.iter().all(|key| !key.contains(['[', ']'])) => {
            std::iter::once(first).chain(inner).collect()
        }
        _ => vec![name],
    }
}

fn insert(at: &mut Value, keys: &[&str], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *at = match std::mem::take(at) {
            Value::Null => value,
            Value::Array(mut items) => {
                items.push(value);
                Value::Array(items)
            }
            before => Value::Array(vec![before, value]),
        };
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Value::Object(members) = at {
        let key = if key.is_empty() { members.len().to_string() } else { (*key).to_owned() };
        insert(members.entry(key).or_insert(Value::Null), rest, value);
    }
}

/// Turns objects whose keys are 0, 1, 2 … into lists, below the root.
fn lists(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, member)| (key, listed(lists(member)))).collect())
        }
        other => other,
    }
}

fn listed(value: Value) -> Value {
    match value {
        Value::Object(members)
            if !members.is_empty() && members.keys().enumerate().all(|(n, key)| *key == n.to_string()) =>
        {
            members.into_iter().map(|(_, member)| member).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::nested;
    use serde_json::{Value, json};

    fn read(pairs: &[(&str, &str)]) -> Value {
        Value::Object(nested(pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)))))
    }

    #[test]
    fn brackets_nest() {
        assert_eq!(read(&[("a[b]", "1"), ("a[c][]", "2"), ("a[c][]", "3")]), json!({"a": {"b": "1", "c": ["2", "3"]}}));
        assert_eq!(read(&[("x[0][k]", "1"), ("x[1][k]", "2")]), json!({"x": [{"k": "1"}, {"k": "2"}]}));
        assert_eq!(read(&[("x", "1"), ("x", "2")]), json!({"x": ["1", "2"]}));
        assert_eq!(read(&[("x[", "1"), ("[y]", "2"), ("z]a", "3")]), json!({"x[": "1", "[y]": "2", "z]a": "3"}));
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_read(names in proptest::collection::vec("[ab0\\[\\]]{0,12}", 0..8)) {
            nested(names.into_iter().map(|name| (name, Value::Null)));
        }
    }
}
