//! Importing a document and loading the manifest gives the connector that loading the document gives: for the specifications in the folder that
//! `TIELINE_SPECS_DIR` names, for public documents in the one that `TIELINE_DOCUMENTS_DIR` names, and for the documents among the cases.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use tieline::yaml::{Limits, parse};
use tieline::{Connector, Source};
use tieline_openapi::{is_document, to_yaml, translate};
use tieline_tests::case::here;

#[test]
fn importing_and_loading_equals_loading() {
    compare(&here("cases"), 130);
    for name in ["TIELINE_SPECS_DIR", "TIELINE_DOCUMENTS_DIR"] {
        match std::env::var_os(name) {
            Some(folder) => compare(Path::new(&folder), 1),
            None => println!("{name} is not set: its documents are not compared"),
        }
    }
}

/// Compares the connectors of the documents in a folder, of which there are at least so many.
fn compare(folder: &Path, least: usize) {
    let mut wrong = Vec::new();
    let mut documents = 0;
    for path in paths(folder) {
        let text = fs::read_to_string(&path).unwrap();
        let source = Source::new(path.display().to_string(), text);
        let mut findings = Vec::new();
        let Some(tree) = parse(&source, Limits::default(), &mut findings).filter(is_document) else { continue };
        let Ok((translation, _)) = translate(&tree) else { continue };
        let Ok((direct, _)) = Connector::from_tree(&source, &translation.manifest, Vec::new()) else { continue };
        documents += 1;
        let written = to_yaml(&translation.manifest, &translation.notes);
        match Connector::load(&Source::new("connector.yaml", written)) {
            Ok((imported, _)) if imported.to_compiled().unwrap() == direct.to_compiled().unwrap() => {}
            Ok(_) => wrong.push(format!("{}: the connectors differ", path.display())),
            Err(findings) => wrong.push(format!("{}: {findings}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(documents >= least, "only {documents} documents in {} are connectors", folder.display());
}

/// Every file that may be a document.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| matches!(extension.to_str(), Some("yaml" | "json"))) {
            found.push(path);
        }
    }
}
