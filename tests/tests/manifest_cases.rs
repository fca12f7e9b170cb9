//! What `check` says about manifests and OpenAPI documents with mistakes: `cases/manifest/<name>/{connector.yaml, expected.txt}`, or `openapi.yaml`.
//! `UPDATE_CASES=1` rewrites what is expected.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tieline::source::{Code, Severity};
use tieline::{Diagnostics, Source};
use tieline_openapi::Surroundings;
use tieline_tests::case::own;

#[test]
fn manifests_are_found_fault_with_as_the_cases_say() {
    let update = std::env::var_os("UPDATE_CASES").is_some_and(|value| value == "1");
    let mut failures = Vec::new();
    for case in cases() {
        let unread: Vec<_> =
            files(&case).into_iter().filter(|file| ![own(&case), "expected.txt"].contains(&file.as_str())).collect();
        let found = format!("{}", findings(&case));
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        if update {
            fs::write(case.join("expected.txt"), &found).unwrap();
        } else if expected != found {
            failures.push(format!("{}: expected:\n{expected}\nfound:\n{found}", name(&case)));
        }
        failures.extend(unread.into_iter().map(|file| format!("{}: nobody reads `{file}`", name(&case))));
    }
    assert!(
        failures.is_empty(),
        "{}\nUPDATE_CASES=1 cargo test -p tieline-tests --test manifest_cases",
        failures.join("\n")
    );
}

#[test]
fn every_code_has_a_case() {
    let shown: BTreeSet<_> =
        cases().iter().flat_map(|case| findings(case).iter().map(|found| found.code).collect::<Vec<_>>()).collect();
    let without: Vec<_> = Code::ALL.iter().filter(|code| !shown.contains(code)).map(|code| code.as_str()).collect();
    assert!(without.is_empty(), "no case under cases/manifest shows {without:?}");
}

#[test]
fn every_finding_says_where_and_errors_refuse_the_manifest() {
    for case in cases() {
        let found = findings(&case);
        let source = source(&case);
        assert!(!found.is_empty(), "{}: a case shows something", name(&case));
        assert_eq!(
            found.errors() > 0,
            tieline_openapi::load(&source, &Surroundings::default()).is_err(),
            "{}",
            name(&case)
        );
        for finding in found.iter() {
            assert!((finding.span.end as usize) <= source.text().len(), "{}: {finding:?}", name(&case));
        }
    }
}

#[test]
fn ten_mistakes_are_ten_findings() {
    let found = findings(&root().join("ten-mistakes"));
    assert_eq!(found.errors(), 10, "{found}");
    let codes: BTreeSet<_> =
        found.iter().filter(|found| found.severity() == Severity::Error).map(|found| found.code).collect();
    assert_eq!(codes.len(), 10, "each mistake of another kind: {found}");
    let text = found.to_string();
    let carets = text.lines().filter(|line| line.trim_start().trim_start_matches('|').trim().starts_with('^'));
    assert_eq!(carets.count(), 10, "{text}");
}

#[test]
fn the_built_in_connectors_have_no_findings() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    for folder in fs::read_dir(specs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("connector.yaml").is_file())
    {
        let found = findings(&folder);
        assert!(found.is_empty(), "{}:\n{found}", name(&folder));
    }
}

fn findings(case: &Path) -> Diagnostics {
    match tieline_openapi::check(&source(case), &Surroundings::default()) {
        Ok((_, warnings)) => warnings,
        Err(found) => found,
    }
}

fn source(case: &Path) -> Source {
    let text = fs::read_to_string(case.join(own(case)));
    Source::new(own(case), text.unwrap_or_else(|error| panic!("{}: {error}", name(case))))
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn files(case: &Path) -> Vec<String> {
    fs::read_dir(case).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/manifest")
}

fn name(case: &Path) -> String {
    case.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
