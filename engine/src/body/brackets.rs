//! Nested values as flat pairs: `a[b]=1`, `a[0][c]=2`.

use std::borrow::Cow;

use serde_json::Value;

/// How the elements of a list are named.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ListKeys {
    /// `a[0]`, `a[1]`.
    Numbered,
    /// `a[]`, `a[]`.
    Empty,
}

/// A value as pairs, one for each leaf. `None` stands for what has no text: null, an empty list, an empty object.
pub(crate) fn pairs(name: &str, value: &Value, lists: ListKeys) -> Vec<(String, Option<String>)> {
    let mut pairs = Vec::new();
    flatten(name.to_owned(), value, lists, &mut pairs);
    pairs
}

fn flatten(name: String, value: &Value, lists: ListKeys, pairs: &mut Vec<(String, Option<String>)>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let name = match lists {
                    ListKeys::Numbered => format!("{name}[{index}]"),
                    ListKeys::Empty => format!("{name}[]"),
                };
                flatten(name, item, lists, pairs);
            }
        }
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                flatten(format!("{name}[{key}]"), member, lists, pairs);
            }
        }
        Value::Null | Value::Array(_) | Value::Object(_) => pairs.push((name, None)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => pairs.push((name, Some(text(value).into_owned()))),
    }
}

/// A value as text: a string as it is, `true`, `12`; lists and objects as JSON.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ListKeys, pairs};

    fn written(value: serde_json::Value, lists: ListKeys) -> String {
        let pairs = pairs("a", &value, lists).into_iter();
        pairs.map(|(name, text)| format!("{name}={}", text.unwrap_or("-".into()))).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn every_leaf_has_its_own_name() {
        let value = json!({ "b": 1, "c": [{ "d": true }, "x"], "e": null, "f": [], "g": {} });
        assert_eq!(written(value.clone(), ListKeys::Numbered), "a[b]=1&a[c][0][d]=true&a[c][1]=x&a[e]=-&a[f]=-&a[g]=-");
        assert_eq!(written(value, ListKeys::Empty), "a[b]=1&a[c][][d]=true&a[c][]=x&a[e]=-&a[f]=-&a[g]=-");
        assert_eq!(written(json!("x"), ListKeys::Numbered), "a=x");
        assert_eq!(written(json!(null), ListKeys::Numbered), "a=-");
        assert_eq!(written(json!([[1], [2.5]]), ListKeys::Numbered), "a[0][0]=1&a[1][0]=2.5");
    }
}
