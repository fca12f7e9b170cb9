//! Operations and heads for tests, written as little JSON as possible.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::plan::{Head, Operation};

/// A head: what `changes` says, and nothing else.
pub(crate) fn head(changes: Value) -> Head {
    let head = json!({
        "name": "acme", "title": "Acme", "version": "1.0.0", "summary": "", "links": [], "server": "https://api.example.com/v1",
        "config": {}, "headers": {}, "query": {}, "auth": {}, "errors": { "message": [], "failed_if": [] }, "limits": [],
        "retry": { "never_if": [] }, "timeout": "60s",
    });
    serde_json::from_value(merged(head, changes)).unwrap()
}

/// An operation: what `changes` says; its `params` are an object of changes to a text in the query that is not required.
pub(crate) fn operation(changes: Value) -> Operation {
    let operation = json!({
        "entity": "items", "action": "act", "effect": "read", "repeatable": true, "destructive": false, "internal": false,
        "deprecated": false, "beta": false, "method": "GET", "path": [], "headers": {}, "query": {}, "params": {},
        "empty_body": "omit", "answer": { "one": "$" }, "meta": {}, "transform": {}, "limits": [], "examples": [],
    });
    let mut operation = merged(operation, changes);
    let params = operation["params"].as_object().unwrap().iter();
    let params = params.map(|(name, changes)| {
        let param = json!({ "name": name, "wire": name, "place": "query", "required": false, "schema": {} });
        merged(param, changes.clone())
    });
    operation["params"] = params.collect();
    serde_json::from_value(operation).unwrap()
}

/// The arguments of a call.
pub(crate) fn args(values: Value) -> Args {
    let values: Map<String, Value> = serde_json::from_value(values).unwrap();
    Args { values: values.into_iter().collect(), ..Args::default() }
}

fn merged(mut base: Value, changes: Value) -> Value {
    base.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    base
}
