//! What becomes of OpenAPI documents: `cases/import/<name>/openapi.yaml`, the manifest beside it with its comments, and `findings.txt`
//! where something in the document cannot be used. `UPDATE_CASES=1` rewrites what is expected.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use tieline::{Diagnostics, Source};
use tieline_openapi::{Surroundings, import, load, to_yaml};
use tieline_tests::case::Case;
use tieline_tests::expectation;

#[test]
fn documents_become_the_manifests_that_the_cases_say() {
    let cases = Case::all("cases/import");
    assert!(!cases.is_empty(), "there are no cases");
    let fault = |case: &Case| check(case).err().map(|fault| format!("── {}\n{fault}", case.name()));
    let failed: Vec<String> = cases.iter().filter_map(fault).collect();
    let update = "UPDATE_CASES=1 cargo test -p tieline-tests --test documents";
    assert!(failed.is_empty(), "{}\n{update}", failed.join("\n"));
}

fn check(case: &Case) -> Result<(), String> {
    let source = Source::new("openapi.yaml", fs::read_to_string(case.manifest_path()).unwrap());
    let imported = import(&source, &Surroundings::default()).map_err(|findings| findings.to_string())?;
    let manifest = to_yaml(&imported.translation.manifest, &imported.translation.notes);
    expectation::text(case, "connector.yaml", &manifest)?;
    let findings = match load(&source, &Surroundings::default()) {
        Ok((_, warnings)) => warnings,
        Err(findings) => findings,
    };
    expect_findings(case, &findings)?;
    let read = ["openapi.yaml", "connector.yaml", "findings.txt"];
    let unread: Vec<_> = case.unread().into_iter().filter(|file| !read.contains(&file.as_str())).collect();
    if unread.is_empty() { Ok(()) } else { Err(format!("nobody reads {}", unread.join(", "))) }
}

fn expect_findings(case: &Case, findings: &Diagnostics) -> Result<(), String> {
    match findings.is_empty() {
        true => expectation::absent(case, "findings.txt"),
        false => expectation::text(case, "findings.txt", &findings.to_string()),
    }
}
