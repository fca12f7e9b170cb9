//! Each test and case that `docs/reliability.md` names is there, and each test of this suite is named in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tieline_tests::case::here;

/// The proofs that the tables name: what stands in backticks in the last column.
fn named() -> BTreeSet<String> {
    let text = fs::read_to_string(here("../docs/reliability.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-"));
    let proofs = rows.filter_map(|row| row.trim_end_matches('|').rsplit('|').next());
    proofs.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The names of the functions under `#[test]` and `#[tokio::test]` in the Rust files of a folder.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim_start);
            while lines.any(|line| line == "#[test]" || line.starts_with("#[tokio::test")) {
                let name = lines.find_map(|line| line.split_once("fn ")?.1.split_once('('));
                found.extend(name.map(|(name, _)| name.to_owned()));
            }
        }
    }
}

#[test]
fn every_proof_that_the_tables_name_is_there() {
    let mut there = BTreeSet::new();
    for folder in ["tests", "../engine/src", "../cli/src", "../cli/tests", "../server/tests"] {
        tests(&here(folder), &mut there);
    }
    let is_case = |name: &String| here("cases/execute").join(name).is_dir();
    let named = named();
    assert!(named.len() > 50, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !there.contains(*name) && !is_case(name)).collect();
    assert!(missing.is_empty(), "no test and no case has these names: {missing:?}");
}

#[test]
fn every_test_of_this_suite_is_named_in_the_tables() {
    let mut there = BTreeSet::new();
    tests(&here("tests/faults"), &mut there);
    let named = named();
    let untold: Vec<_> = there.iter().filter(|name| !named.contains(*name) && !name.contains("tables")).collect();
    assert!(untold.is_empty(), "docs/reliability.md does not name {untold:?}");
}
