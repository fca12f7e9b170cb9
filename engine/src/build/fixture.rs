//! Operations and heads for tests: those of a small manifest, with changes written as JSON.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::plan::{Connector, Head, Operation};
use crate::source::Source;

const MANIFEST: &str = "
tieline: 1
name: acme
title: Acme
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
entities:
  items:
    key: $.id
    actions:
      get: { get: /items, record: { type: object } }
";

static CONNECTOR: LazyLock<Connector> =
    LazyLock::new(|| Connector::load(&Source::new("acme.yaml", MANIFEST)).unwrap().0);

/// A head: that of the manifest, with these members changed.
pub(crate) fn head(changes: Value) -> Head {
    serde_json::from_value(changed(json!(CONNECTOR.head()), changes)).unwrap()
}

/// An operation: that of the manifest with these members changed. It has no path, and its `params` are an object of changes
/// to a parameter in the query that is not required.
pub(crate) fn operation(changes: Value) -> Operation {
    let operation = json!(CONNECTOR.operation("items", "get").unwrap());
    let mut operation = changed(operation, json!({ "path": [], "params": {} }));
    operation = changed(operation, changes);
    let params = operation["params"].as_object().unwrap().iter();
    let params = params.map(|(name, changes)| {
        let param = json!({ "name": name, "wire": name, "place": "query", "required": false, "schema": {} });
        changed(param, changes.clone())
    });
    operation["params"] = params.collect();
    serde_json::from_value(operation).unwrap()
}

/// A list of users, with these changes.
pub(crate) fn list(changes: Value) -> Operation {
    let list = json!({ "entity": "users", "action": "list", "answer": { "list": "$.results" } });
    operation(changed(list, changes))
}

/// The arguments of a call.
pub(crate) fn args(values: Value) -> Args {
    let values: Map<String, Value> = serde_json::from_value(values).unwrap();
    Args { values: values.into_iter().collect(), ..Args::default() }
}

fn changed(mut base: Value, changes: Value) -> Value {
    base.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    base
}
