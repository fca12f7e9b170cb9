//! The schemas inside a schema, with the keywords under which they stand.

use crate::language::{Holds, SCHEMA_KEYWORDS};
use crate::yaml::{Map, Node, Value};

/// The schema's keywords; nothing for `true` and `false`.
pub(super) fn keywords(schema: &Node) -> Option<&Map> {
    match &schema.value {
        Value::Map(map) => Some(map),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}

/// The schema and all schemas inside it.
pub(super) fn all(schema: &Node) -> Vec<&Node> {
    let mut found = vec![schema];
    let mut next = 0;
    while let Some(schema) = found.get(next).copied() {
        found.extend(children(schema).into_iter().map(|(_, child)| child));
        next += 1;
    }
    found
}

/// The schemas directly inside a schema, in the order of its keywords. Those of `dependentSchemas` are for the same value.
pub(super) fn children(schema: &Node) -> Vec<(Holds, &Node)> {
    let mut found = Vec::new();
    for (key, entry) in keywords(schema).into_iter().flatten() {
        let holds = SCHEMA_KEYWORDS.iter().find(|(known, _)| known == key).map_or(Holds::Plain, |(_, holds)| *holds);
        match &entry.value.value {
            _ if holds == Holds::Plain => {}
            Value::List(items) => found.extend(items.iter().map(|item| (holds, item))),
            Value::Map(named) if holds == Holds::Named => {
                let holds = if key == "dependentSchemas" { Holds::SameValue } else { holds };
                found.extend(named.values().map(|entry| (holds, &entry.value)));
            }
            _ => found.push((holds, &entry.value)),
        }
    }
    found
}
