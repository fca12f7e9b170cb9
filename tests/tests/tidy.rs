//! The house rules, as tests: what a file looks like, and what must not be written anywhere.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use tieline_tests::case::here;

/// Vendors whose names have no place in the engine, beside those of the built-in connectors.
const VENDORS: &[&str] = &[
    "airbyte",
    "airtable",
    "amazon",
    "atlassian",
    "dropbox",
    "freshdesk",
    "github",
    "gitlab",
    "google",
    "hubspot",
    "jira",
    "linkedin",
    "microsoft",
    "salesforce",
    "shopify",
    "slack",
    "stripe",
    "zendesk",
];

#[test]
fn every_rust_file_opens_with_a_sentence_and_is_short() {
    let mut wrong = Vec::new();
    for (path, text) in files(".").filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs")) {
        let opening = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join(" ");
        let sentence = opening.trim_start_matches("//!").trim();
        if !sentence.starts_with(|first: char| first.is_uppercase() || matches!(first, '`' | '"'))
            || !sentence.contains(['.', ':'])
        {
            wrong.push(format!("{} does not open with a `//!` sentence", path.display()));
        }
        if text.lines().count() > 400 {
            wrong.push(format!("{} has {} lines; 400 is the limit", path.display(), text.lines().count()));
        }
    }
    none(&wrong);
}

#[test]
fn the_engine_names_no_vendor() {
    let mut wrong = Vec::new();
    let built_in =
        fs::read_dir(root().join("specs")).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir());
    let built_in: Vec<_> = built_in.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let vendors: Vec<_> = VENDORS.iter().copied().chain(built_in.iter().map(String::as_str)).collect();
    for (path, text) in files("engine/src") {
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            let named = vendors.iter().filter(|vendor| words.contains(vendor));
            wrong.extend(named.map(|vendor| format!("{}:{}: names {vendor}", path.display(), number + 1)));
        }
    }
    none(&wrong);
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    // Put together here, so that this file does not hold them.
    let roots = ["home", "Users", "root", "work"].map(|folder| format!("/{folder}/"));
    let mut wrong = Vec::new();
    for (path, text) in files(".") {
        for (number, line) in text.lines().enumerate() {
            let named = roots.iter().any(|root| {
                line.match_indices(root.as_str()).any(|(at, _)| {
                    // What stands behind a host name or another folder is part of a longer path.
                    !line[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '.' | '}' | '_' | '-'))
                })
            });
            if named {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    none(&wrong);
}

#[test]
fn what_a_reader_looks_for_is_there() {
    let expected = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".ci/run",
        "docs/manifest.md",
        "docs/diagnostics.md",
        "docs/adding-a-connector.md",
        "docs/embedding.md",
        "specs/manifest.schema.json",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|file| !root().join(file).is_file()).collect();
    none(&missing);
}

fn root() -> PathBuf {
    here("..")
}

/// The text files of a folder, with their paths from the root. What is built or generated is not among them.
fn files(folder: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.strip_prefix(root()).unwrap().components().collect(), text))
    };
    found.into_iter().filter_map(named)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let left_out = matches!(name.to_str(), Some("target" | "generated" | ".git" | "proptest-regressions"));
        match entry.file_type().unwrap() {
            _ if left_out => {}
            kind if kind.is_dir() => walk(&entry.path(), found),
            _ => found.push(entry.path()),
        }
    }
}

fn none(wrong: &[impl AsRef<str>]) {
    let lines: Vec<_> = wrong.iter().map(AsRef::as_ref).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
