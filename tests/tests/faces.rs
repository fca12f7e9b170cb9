//! Errors that only the command line makes: no such connector, a manifest that cannot be used, a caller who gives up.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tieline_tests::command_line::binary;

const MANIFEST: &str = "
tieline: 1
name: example
title: Example
version: 0.1.0
summary: Shows one thing.
server: https://api.example.com
entities:
  items:
    summary: Things.
    actions:
      get: { get: /item, summary: Reads the thing. }
";

#[test]
fn an_unknown_connector_is_told_with_the_nearest_name() {
    let output = Command::new(binary()).args(["execute", "notoin", "users", "list"]).output().unwrap();
    let error = error(&output);
    assert_eq!((error["kind"].as_str(), output.status.code()), (Some("unknown_connector"), Some(3)));
    assert!(error["help"].as_str().unwrap().contains("notion"), "{error}");
}

#[test]
fn a_manifest_that_cannot_be_used_is_told_with_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("connector.yaml");
    fs::write(&manifest, MANIFEST.replace("summary: Things", "sumary: Things")).unwrap();
    let output = Command::new(binary()).arg("execute").arg(&manifest).args(["items", "get"]).output().unwrap();
    let error = error(&output);
    assert_eq!((error["kind"].as_str(), output.status.code()), (Some("invalid_manifest"), Some(4)));
    assert!(error["problems"][0]["at"].as_str().unwrap().ends_with("connector.yaml:10:5"), "{error}");
}

#[test]
fn a_caller_who_gives_up_ends_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("connector.yaml");
    fs::write(&manifest, MANIFEST).unwrap();
    // It takes the request, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(binary());
    command.arg("execute").arg(&manifest).args(["items", "get", "--base-url"]);
    command.arg(format!("http://{}", listener.local_addr().unwrap()));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut taken, _) = listener.accept().unwrap();
    taken.read_exact(&mut [0]).unwrap();
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    drop(taken);
    assert_eq!((error(&output)["kind"].as_str(), output.status.code()), (Some("cancelled"), Some(1)));
}

/// The error on stderr, with nothing on stdout.
fn error(output: &Output) -> Value {
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    error["error"].clone()
}
