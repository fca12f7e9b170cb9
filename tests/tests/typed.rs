//! The types of the generated clients hold what an API says: every example of a manifest and the envelope of every case are read into them
//! and written back equal. (`recordings.rs` does so with recorded answers of a real API.)

use serde_json::{Map, Value};
use tieline::notation::{JsonPath, Step};
use tieline::plan::{Answer, Operation};
use tieline_tests::case::{Case, Manifest, built_in};
use tieline_tests::generated::connectors;
use tieline_tests::round_trip;

#[test]
fn every_example_comes_back_equal() {
    for name in connectors() {
        let connector = built_in(&name).unwrap();
        let (mut trips, mut faults) = (0, Vec::new());
        for operation in connector.entities().unwrap().into_iter().flat_map(|entity| entity.operations()) {
            for example in &operation.examples {
                let none = Map::new();
                let params = example.params.as_ref().map_or(&none, |params| params.as_object().unwrap());
                let given = round_trip::params(&name, operation, params);
                faults.extend(given.err().map(|fault| format!("{} params: {fault}", operation.name())));
                for record in example.answer.as_ref().map(|answer| records(operation, answer)).unwrap_or_default() {
                    trips += 1;
                    let taken = round_trip::record(&name, operation, record.to_string().as_bytes());
                    faults.extend(taken.err().map(|fault| format!("{}: {fault}", operation.name())));
                }
            }
        }
        assert!(faults.is_empty(), "{name}: {} of {trips}\n{}", faults.len(), faults.join("\n"));
        assert!(trips > 0, "{name} has no example");
    }
}

#[test]
fn every_envelope_comes_back_equal() {
    let (mut trips, mut faults) = (0, Vec::new());
    for case in Case::all_of_connectors() {
        let Manifest::BuiltIn(name) = case.manifest() else { continue };
        let connector = built_in(name).unwrap();
        let calls = case.calls().unwrap();
        let ([call], Some(envelope)) = (calls.as_slice(), case.file("envelope.json")) else { continue };
        let operation = connector.operation(&call.entity, &call.action).unwrap();
        if !call.fields.is_empty() || matches!(operation.answer, Answer::File(_)) {
            continue;
        }
        let mut tried = vec![round_trip::params(name, operation, call.params.as_object().unwrap())];
        let envelope: Value = serde_json::from_str(&envelope).unwrap();
        let data = &envelope["data"];
        let records = data.as_array().map_or_else(|| vec![data], |records| records.iter().collect());
        tried.extend(records.iter().map(|record| round_trip::record(name, operation, record.to_string().as_bytes())));
        trips += tried.len();
        let failed = tried.into_iter().filter_map(Result::err);
        faults.extend(failed.map(|fault| format!("{name}/{}: {fault}", case.name())));
    }
    assert!(faults.is_empty(), "{} of {trips}\n{}", faults.len(), faults.join("\n"));
    assert!(trips > 100, "{trips}");
}

/// The records of an answer of the API.
fn records<'a>(operation: &Operation, answer: &'a Value) -> Vec<&'a Value> {
    match &operation.answer {
        Answer::One(path) => at(path, answer),
        Answer::List(path) => at(path, answer).into_iter().filter_map(Value::as_array).flatten().collect(),
        Answer::File(_) => Vec::new(),
    }
}

fn at<'a>(path: &JsonPath, value: &'a Value) -> Vec<&'a Value> {
    path.steps().iter().fold(vec![value], |values, step| {
        let below = values.into_iter().flat_map(|value| match step {
            Step::Key(key) => value.get(key).into_iter().collect::<Vec<_>>(),
            Step::Index(index) => value.get(index).into_iter().collect(),
            Step::All => value.as_array().into_iter().flatten().collect(),
        });
        below.collect()
    })
}
