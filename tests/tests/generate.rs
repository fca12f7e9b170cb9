//! `tieline generate` in a repository of connectors of somebody's own.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tieline_tests::command_line::binary;

const MANIFEST: &str = "tieline: 1
name: acme
title: Acme
version: 0.1.0
summary: Things of Acme.
server: https://api.example.com
entities:
  things:
    actions:
      list: { get: /things, records: $.things, paginate: none, summary: Lists the things. }
";

fn generate(root: &Path, arguments: &[&str]) -> Output {
    Command::new(binary()).arg("generate").args(arguments).current_dir(root).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).replace('\\', "/")
}

fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("specs/acme")).unwrap();
    fs::write(root.path().join("specs/acme/connector.yaml"), MANIFEST).unwrap();
    root
}

#[test]
fn what_was_generated_is_checked_and_brought_up_to_date() {
    let repository = repository();
    let root = repository.path();
    let missing = generate(root, &["--check"]);
    assert_eq!(missing.status.code(), Some(4));
    assert!(said(&missing).contains("generated/src/acme/things.rs is missing"), "{}", said(&missing));
    assert!(!root.join("generated").exists(), "a check writes nothing");

    assert!(generate(root, &[]).status.success());
    assert!(generate(root, &["--check"]).status.success());
    assert!(root.join("specs/acme/compiled.json").exists());

    fs::write(root.join("specs/acme/connector.yaml"), MANIFEST.replace("  things:", "  items:")).unwrap();
    let stale = said(&generate(root, &["--check"]));
    assert!(stale.contains("generated/src/acme/things.rs would not be generated any more"), "{stale}");
    fs::write(root.join("generated/notes.md"), "by hand").unwrap();
    assert!(generate(root, &["acme"]).status.success());
    assert!(root.join("generated/src/acme/things.rs").exists(), "one connector's files are written, and none removed");
    assert!(generate(root, &[]).status.success());
    assert!(!root.join("generated/src/acme/things.rs").exists());
    assert!(root.join("generated/notes.md").exists());
}

#[test]
fn a_finding_stops_it_and_stands_where_it_is() {
    let repository = repository();
    let root = repository.path();
    fs::write(root.join("specs/acme/connector.yaml"), MANIFEST.replace("summary: Lists", "sumary: Lists")).unwrap();
    let stopped = generate(root, &[]);
    assert_eq!(stopped.status.code(), Some(4));
    let said = said(&stopped);
    assert!(said.contains("error[unknown-key]: unknown key `sumary` in an action"), "{said}");
    assert!(said.contains("specs/acme/connector.yaml:10:") && said.contains("^^^^^^"), "{said}");
    assert!(!root.join("generated").exists());
}

#[test]
fn a_file_of_somebodys_own_is_never_replaced() {
    let repository = repository();
    let root = repository.path();
    fs::create_dir_all(root.join("src/acme")).unwrap();
    fs::write(root.join("src/acme/mod.rs"), "// mine").unwrap();
    let refused = generate(root, &["rust", "specs/acme/connector.yaml", "--out", "src/acme"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(said(&refused).contains("mod.rs was not generated from this"), "{}", said(&refused));
    assert_eq!(fs::read_dir(root.join("src/acme")).unwrap().count(), 1, "nothing is written half-way");
}

#[test]
fn a_name_that_is_not_there_is_told_with_those_that_are() {
    let repository = repository();
    let unknown = generate(repository.path(), &["acne"]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(said(&unknown).contains("it holds: acme"), "{}", said(&unknown));
    let elsewhere = generate(&repository.path().join("specs"), &[]);
    assert!(said(&elsewhere).contains("--root"), "{}", said(&elsewhere));
}
