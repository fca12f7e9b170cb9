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

/// The schemas directly inside a schema. Those of `dependentSchemas` are for the same value.
pub(super) fn children(schema: &Node) -> Vec<(Holds, &Node)> {
    let mut found = Vec::new();
    for (key, holds) in SCHEMA_KEYWORDS.iter().copied().filter(|(_, holds)| *holds != Holds::Plain) {
        match schema.get(key).map(|node| (&node.value, node)) {
            Some((Value::List(items), _)) => found.extend(items.iter().map(|item| (holds, item))),
            Some((Value::Map(named), _)) if holds == Holds::Named => {
                let holds = if key == "dependentSchemas" { Holds::SameValue } else { holds };
                found.extend(named.values().map(|entry| (holds, &entry.value)));
            }
            Some((_, node)) => found.push((holds, node)),
            None => {}
        }
    }
    found
}
