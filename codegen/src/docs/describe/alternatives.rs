//! How the alternatives of a schema are told apart: by a member that says which one it is.

use serde_json::Value;

use super::rules::{either, shown};
use crate::docs::markdown::Inline;

/// The member that tells alternatives apart: at least two of them name its values, and no value twice.
pub(super) fn told_by<'v>(branches: &[&'v Value]) -> Option<&'v str> {
    let names = branches.first()?["properties"].as_object()?.keys();
    names.map(String::as_str).find(|name| {
        let named: Vec<Vec<&Value>> = branches.iter().map(|branch| values(branch, name)).collect();
        let mut all: Vec<String> = named.iter().flatten().map(ToString::to_string).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        named.iter().filter(|values| !values.is_empty()).count() > 1 && all.len() == count
    })
}

/// The values that a member may have in an alternative; none where it may have any.
pub(super) fn values<'v>(branch: &'v Value, member: &str) -> Vec<&'v Value> {
    let schema = &branch["properties"][member];
    match schema.get("const") {
        Some(value) => vec![value],
        None => schema["enum"].as_array().into_iter().flatten().collect(),
    }
}

/// When an alternative applies.
pub(super) fn condition(branch: &Value, member: &str) -> Inline {
    let values: Vec<_> = values(branch, member).into_iter().map(|value| shown(value).as_str().to_owned()).collect();
    let values = if values.is_empty() { "another".to_owned() } else { either(&values) };
    Inline::of(format!("If {} is {values}", Inline::code(member).as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{condition, told_by};

    #[test]
    fn alternatives_are_told_apart_by_a_member_whose_values_differ() {
        let with = |properties: Value| json!({ "properties": properties });
        let a = with(json!({ "v": { "const": 1 }, "kind": { "const": "a" } }));
        let b = with(json!({ "v": { "const": 1 }, "kind": { "enum": ["b", "c"] } }));
        let any = with(json!({ "kind": { "type": "string" } }));
        for (branches, expected) in [
            (vec![&a, &b], Some("kind")),
            (vec![&a, &b, &any], Some("kind")),
            (vec![&a, &any], None),
            (vec![&a, &a], None),
            (vec![&a], None),
            (vec![], None),
        ] {
            assert_eq!(told_by(&branches), expected, "{branches:?}");
        }
        assert_eq!(condition(&b, "kind").as_str(), "If `kind` is `b` or `c`");
        assert_eq!(condition(&any, "kind").as_str(), "If `kind` is another");
    }
}
