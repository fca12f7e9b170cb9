//! Schemas that are defined as each other, without going into the value: one of the references is cut.

use std::collections::HashMap;

use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::tree::{items, members};

/// Cuts references until every value can be checked; what was cut is `(schema, target, place)`.
pub(super) fn cut(schemas: &mut [(String, Node)]) -> Vec<(String, String, Span)> {
    let places: HashMap<String, usize> = schemas.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
    let edges: Vec<Vec<usize>> = schemas
        .iter()
        .map(|(_, schema)| {
            let mut found = Vec::new();
            for_same_value(schema, &mut |target| found.extend(places.get(target).copied()));
            found
        })
        .collect();
    let mut cuts = Vec::new();
    for (from, to) in back_edges(&edges) {
        let target = schemas[to].0.clone();
        let (name, schema) = &mut schemas[from];
        let span = schema.span;
        remove(schema, &target);
        cuts.push((name.clone(), target, span));
    }
    cuts
}

/// The edges that lead back to where a walk came from.
fn back_edges(edges: &[Vec<usize>]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; edges.len()];
    let mut back = Vec::new();
    for start in 0..edges.len() {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let from = *at;
            match edges[from].get(*next) {
                Some(&to) => {
                    *next += 1;
                    match state[to] {
                        State::New => {
                            state[to] = State::Open;
                            path.push((to, 0));
                        }
                        State::Open => back.push((from, to)),
                        State::Done => {}
                    }
                }
                None => {
                    state[from] = State::Done;
                    path.pop();
                }
            }
        }
    }
    back.dedup();
    back
}

/// Keywords whose schemas hold for the same value.
const SAME_VALUE: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

fn for_same_value(schema: &Node, found: &mut impl FnMut(&str)) {
    for (key, value) in members(schema) {
        match key {
            "$ref" => {
                if let Some(name) = value.as_text().and_then(|target| target.strip_prefix("#/schemas/")) {
                    found(name);
                }
            }
            "dependentSchemas" => members(value).for_each(|(_, part)| for_same_value(part, found)),
            _ if SAME_VALUE.contains(&key) => match &value.value {
                Value::List(_) => items(value).iter().for_each(|part| for_same_value(part, found)),
                _ => for_same_value(value, found),
            },
            _ => {}
        }
    }
}

/// Takes every reference to the target that holds for the same value out of a schema.
fn remove(schema: &mut Node, target: &str) {
    let Value::Map(map) = &mut schema.value else { return };
    let is_target = |node: &Node| node.as_text().and_then(|text| text.strip_prefix("#/schemas/")) == Some(target);
    if map.get("$ref").is_some_and(|entry| is_target(&entry.value)) {
        map.shift_remove("$ref");
    }
    for (key, entry) in
        map.iter_mut().filter(|(key, _)| SAME_VALUE.contains(&key.as_str()) || *key == "dependentSchemas")
    {
        match &mut entry.value.value {
            Value::List(parts) => parts.iter_mut().for_each(|part| remove(part, target)),
            Value::Map(parts) if key == "dependentSchemas" => {
                parts.values_mut().for_each(|part| remove(&mut part.value, target));
            }
            _ => remove(&mut entry.value, target),
        }
    }
}
