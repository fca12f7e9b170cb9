//! Nothing is left without a case: every operation of a built-in connector, and every kind of error.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tieline::ErrorKind;
use tieline_tests::case::{Case, built_in, here};

/// Kinds that no call through the library can end with, each with the test that shows it.
const OF_A_FACE: &[(ErrorKind, &str, &str)] = &[
    (ErrorKind::UnknownConnector, "tests/tests/faces.rs", "an_unknown_connector_is_told_with_the_nearest_name"),
    (ErrorKind::InvalidManifest, "tests/tests/faces.rs", "a_manifest_that_cannot_be_used_is_told_with_its_findings"),
    (ErrorKind::Cancelled, "tests/tests/faces.rs", "a_caller_who_gives_up_ends_the_call"),
];

#[test]
fn every_operation_of_a_built_in_connector_has_a_case() {
    for connector in folders("../specs") {
        let cases = Case::all_of_connectors();
        let shown: BTreeSet<String> = cases
            .iter()
            .filter(|case| case.folder().parent().is_some_and(|folder| folder.ends_with(&connector)))
            .flat_map(|case| case.calls().unwrap())
            .map(|call| format!("{}.{}", call.entity, call.action))
            .collect();
        let loaded = built_in(&connector).unwrap();
        let operations = loaded.entities().unwrap().into_iter().flat_map(|entity| entity.operations());
        let missing: Vec<_> =
            operations.map(|operation| operation.name()).filter(|name| !shown.contains(name)).collect();
        assert!(missing.is_empty(), "{connector} has no case for {}", missing.join(", "));
    }
}

#[test]
fn every_kind_of_error_has_a_case() {
    let mut shown = BTreeSet::new();
    for case in
        [Case::all("cases/execute"), Case::all("cases/request"), Case::all_of_connectors()].into_iter().flatten()
    {
        let error = case.file("error.json").map(|text| serde_json::from_str::<Value>(&text).unwrap());
        shown.extend(error.and_then(|error| error["error"]["kind"].as_str().map(str::to_owned)));
    }
    for (kind, file, test) in OF_A_FACE {
        let text = fs::read_to_string(here("..").join(file)).unwrap_or_default();
        assert!(text.contains(test), "{file} has no test `{test}` for `{}`", kind.as_str());
        assert!(shown.insert(kind.as_str().to_owned()), "`{}` has a case, so it need not be named here", kind.as_str());
    }
    let missing: Vec<_> =
        ErrorKind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| !shown.contains(*kind)).collect();
    assert!(missing.is_empty(), "no case ends with {}", missing.join(", "));
}

/// The names of the folders in a folder that hold a manifest.
fn folders(path: &str) -> Vec<String> {
    let entries = fs::read_dir(here(path)).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("connector.yaml").is_file());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}
