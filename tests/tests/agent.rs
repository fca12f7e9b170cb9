//! What an agent reads about the built-in connectors: short, true, and with calls that work.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "only the parameters of recorded requests are of interest here")]
mod recorded;

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Map, Value, json};
use tieline::Connector;
use tieline::catalog::{Subject, flat_params, schema};
use tieline::plan::Operation;
use tieline_tests::case::{Case, Manifest, built_in};

use recorded::{Found, Recorded, find, params};

/// The built-in connectors.
const CONNECTORS: [&str; 2] = ["notion", "chargebee"];

/// The most bytes of Notion's index, which may have 300 tokens. Counted with `o200k_base` (by `gpt-tokenizer`, which carries its
/// table), its 1,098 bytes are 262 tokens: 4.2 bytes each. The command line adds a line of 14 tokens.
const MOST_OF_INDEX: usize = 1_180;
/// The most bytes of an action, which may have 2,500 tokens. Counted in the same way, the large ones have 4 bytes a token.
const MOST_OF_ACTION: usize = 9_500;

fn read(connector: &Connector, entity: Option<&str>, action: Option<&str>) -> String {
    Subject::find(connector, entity, action).unwrap().for_agent(connector).unwrap().to_string()
}

fn operations(connector: &Connector) -> impl Iterator<Item = &Operation> {
    let entities = connector.entities().unwrap().into_iter();
    entities.flat_map(|entity| entity.operations()).filter(|operation| !operation.internal)
}

#[test]
fn the_index_is_short_and_has_every_action() {
    let notion = built_in("notion").unwrap();
    let index = read(&notion, None, None);
    assert!(index.len() <= MOST_OF_INDEX, "{} bytes\n{index}", index.len());
    for operation in operations(&notion) {
        let line = index.lines().find(|line| line.starts_with(&format!("{}: ", operation.entity))).unwrap();
        let mut words = line.split([' ', '+', '!']);
        assert!(words.any(|word| word == operation.action), "no {} in\n{index}", operation.name());
    }
    assert!(!index.contains("oauth"), "{index}");
}

#[test]
fn every_action_is_short_and_has_no_references() {
    for name in CONNECTORS {
        let connector = built_in(name).unwrap();
        for operation in operations(&connector) {
            let text = read(&connector, Some(&operation.entity), Some(&operation.action));
            assert!(text.len() <= MOST_OF_ACTION, "{}: {} bytes", operation.name(), text.len());
            assert!(!text.contains("$ref"), "{text}");
        }
    }
}

#[test]
fn whatever_an_operation_accepts_its_flat_schema_accepts() {
    for name in CONNECTORS {
        let connector = built_in(name).unwrap();
        let calls = calls(&connector);
        let mut checked = BTreeMap::new();
        for operation in operations(&connector) {
            let flat = jsonschema::validator_for(&flat_params(&connector, operation)).unwrap();
            for params in calls.get(&operation.name()).into_iter().flatten() {
                if !is_accepted(&connector, operation, params) {
                    continue;
                }
                let errors: Vec<_> =
                    flat.iter_errors(&Value::Object(params.clone())).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{}: {}\n{}", operation.name(), json!(params), errors.join("\n"));
                *checked.entry(operation.name()).or_insert(0) += 1;
            }
        }
        let missing: Vec<_> =
            operations(&connector).map(Operation::name).filter(|name| !checked.contains_key(name)).collect();
        assert!(missing.is_empty(), "no call was held against the schema of {}", missing.join(", "));
    }
}

#[test]
fn every_call_that_is_shown_is_accepted() {
    for name in CONNECTORS {
        let connector = built_in(name).unwrap();
        for operation in operations(&connector) {
            let subject = Subject::find(&connector, Some(&operation.entity), Some(&operation.action)).unwrap();
            let guide = subject.for_agent(&connector).unwrap().to_json();
            let examples = guide["examples"].as_array().unwrap();
            assert!(!examples.is_empty());
            for example in examples {
                let params = example["call"]["params"].as_object().unwrap();
                assert!(is_accepted(&connector, operation, params), "{}: {example}", operation.name());
            }
        }
    }
}

/// Whether the schemas of the operation's parameters accept these.
fn is_accepted(connector: &Connector, operation: &Operation, params: &Map<String, Value>) -> bool {
    let is_complete = operation
        .params
        .iter()
        .filter(|param| param.required && param.fill.is_none() && !param.hidden)
        .all(|param| params.contains_key(&param.name));
    let fits = |(name, value): (&String, &Value)| {
        let Some(param) = operation.param(name).filter(|param| !param.hidden) else { return false };
        if param.file {
            return value.is_string() || value["content"].is_string();
        }
        let schemas = schema::used(connector, [&param.schema]);
        let document = json!({ "allOf": [param.schema], "schemas": schemas });
        jsonschema::validator_for(&document).unwrap().is_valid(value)
    };
    is_complete && params.iter().all(fits)
}

/// All parameters that are written down somewhere, by operation: in examples, in cases, and in recorded traffic.
fn calls(connector: &Connector) -> BTreeMap<String, Vec<Map<String, Value>>> {
    let mut calls: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    let mut add = |operation: String, params: &Value| {
        calls.entry(operation).or_default().extend(params.as_object().cloned());
    };
    for operation in operations(connector) {
        operation
            .examples
            .iter()
            .filter_map(|example| example.params.as_ref())
            .for_each(|params| add(operation.name(), params));
        if !operation.params.iter().any(|param| param.required) {
            add(operation.name(), &json!({}));
        }
    }
    let is_of = |case: &&Case| matches!(case.manifest(), Manifest::BuiltIn(name) if name == connector.name());
    for call in Case::all_of_connectors().iter().filter(is_of).flat_map(|case| case.calls().unwrap()) {
        add(format!("{}.{}", call.entity, call.action), &call.params);
    }
    let recordings = std::env::var_os("TIELINE_RECORDINGS").filter(|_| connector.name() == "notion");
    for line in recordings.map(|file| fs::read_to_string(file).unwrap()).unwrap_or_default().lines() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        if let Some(Found { operation, in_path }) = find(connector, &recorded.method, &recorded.path).unwrap() {
            add(operation.name(), &params(operation, in_path, &recorded).unwrap());
        }
    }
    calls
}
