//! What becomes of OpenAPI documents: `cases/import/<name>/openapi.yaml`, the manifest beside it with its comments, and `findings.txt`
//! where something in the document cannot be used. `UPDATE_CASES=1` rewrites what is expected.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Diagnostics, Error, ErrorKind, Source};
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

/// Lists the issues of a repository that the configuration names, and is preferred for trying a connection.
const SCOPED: &str = "
openapi: 3.1.0
info:
  title: Example
  version: 1.0.0
  x-airbyte-scoping:
    - { param: owner, config_key: repositories, value_template: \"{{ value.split('/')[0] }}\" }
    - { param: repo, config_key: repositories, value_template: \"{{ value.split('/')[1] }}\" }
  x-airbyte-replication-config: { properties: { repositories: { type: array, items: { type: string } } } }
servers: [{ url: https://api.example.com }]
paths:
  /repos/{owner}/{repo}/issues:
    get:
      x-airbyte-entity: issues
      x-airbyte-action: list
      x-airbyte-preferred-for-check: true
      parameters:
        - { name: owner, in: path, required: true, schema: { type: string } }
        - { name: repo, in: path, required: true, schema: { type: string } }
        - { name: limit, in: query, schema: { type: integer, default: 30 } }
        - { name: since, in: query, schema: { type: string, x-airbyte-probe-default: \"{{ config.repositories[0] | upper }}\" } }
      responses: { '200': { description: Issues, content: { application/json: { schema: { type: array, items: { type: object } } } } } }
";

#[test]
fn the_connection_check_of_a_document_is_given_what_the_configuration_says() {
    tried(json!({ "repositories": ["ada/app"] }), "/repos/ada/app/issues?limit=1&since=ADA%2FAPP").unwrap();
    let error = tried(json!({}), "/").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

/// Runs the connection check of the document above.
fn tried(config: Value, path: &str) -> Result<(), Error> {
    let (connector, warnings) = load(&Source::new("openapi.yaml", SCOPED), &Surroundings::default()).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    let connector: Arc<Connector> = Arc::new(connector);
    let config: Map<String, Value> = config.as_object().cloned().unwrap();
    let replay = Replay::new([Exchange::new("GET", path).answer(200, json!([]))]);
    let connection = Connection::builder(connector).config(config).transport(Arc::new(replay)).connect()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(connection.check()).map(drop)
}
