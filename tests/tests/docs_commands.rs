//! Every command in the pages of the built-in connectors runs: against the mock where it would call the API.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tieline::{Connector, Source};
use tieline_codegen::docs;
use tieline_tests::case::here;
use tieline_tests::command_line::binary;

/// What stands for the commands of the reader's machine. Nothing is installed, and no API is called.
const SHELL: &str = r#"
set -eu
cargo() { test "$*" = "install --path cli"; }
tieline() {
  case "$1 $*" in
    *--mock*|describe*) "$TIELINE" "$@" ;;
    *) "$TIELINE" "$@" --mock ;;
  esac
}
"#;

#[test]
fn every_command_in_the_pages_runs() {
    let connectors = built_in();
    let connectors: Vec<&Connector> = connectors.iter().collect();
    let pages = docs::pages(&docs::model(&connectors, &[]).unwrap()).unwrap();
    let (mut ran, mut failed) = (0, Vec::new());
    std::thread::scope(|scope| {
        let pages: Vec<_> = pages.files().map(|(path, text)| scope.spawn(move || of_page(path, text))).collect();
        for page in pages {
            let (commands, complaints) = page.join().unwrap();
            ran += commands;
            failed.extend(complaints);
        }
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(ran > 80, "{ran} commands");
}

#[test]
fn a_wrong_credential_looks_as_the_page_says() {
    let connectors = built_in();
    let connectors: Vec<&Connector> = connectors.iter().collect();
    let model = docs::model(&connectors, &[]).unwrap();
    let notion = model.connectors.iter().find(|connector| connector.name == "notion").unwrap();
    for (wrong, credentials) in notion.wrong.iter().zip(["{}", r#"{"token": "abc"}"#]) {
        let mut command = Command::new(binary());
        command.args(["execute", "notion", "users", "me", "--credentials", credentials]);
        let output = command.output().unwrap();
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error, wrong.error, "{credentials}");
        assert_eq!(output.status.code(), Some(2), "{credentials}");
    }
    assert_eq!(notion.wrong[1].what.as_str(), "`token` is `abc`");
}

/// Runs the commands of a page: how many there are, and what is wrong with them.
fn of_page(path: &str, text: &str) -> (usize, Vec<String>) {
    let (mut ran, mut failed) = (0, Vec::new());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "These are example notes.\n").unwrap();
    let name = path.split('/').next().unwrap_or_default();
    for (language, code) in blocks(text) {
        match language {
            // A file of credentials is shown before the command that reads it.
            "json" => fs::write(folder.path().join(format!("{name}.json")), code).unwrap(),
            "sh" => {
                ran += 1;
                failed.extend(run(folder.path(), &code).err().map(|why| format!("{path}:\n{code}\n{why}")));
            }
            _ => {}
        }
    }
    (ran, failed)
}

/// The connectors under `specs/`.
fn built_in() -> Vec<Connector> {
    let folders = fs::read_dir(here("../specs")).unwrap().map(|entry| entry.unwrap().path().join("connector.yaml"));
    let manifests = folders.filter(|manifest| manifest.is_file());
    let load = |manifest: std::path::PathBuf| {
        let source = Source::new("connector.yaml", fs::read_to_string(manifest).unwrap());
        Connector::load(&source).unwrap_or_else(|findings| unreachable!("{}", findings.render(false))).0
    };
    manifests.map(load).collect()
}

/// The code blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push((language, code.join("\n")));
    }
    blocks
}

fn run(folder: &Path, code: &str) -> Result<(), String> {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{SHELL}{code}")]).current_dir(folder).env("TIELINE", binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TIELINE_") {
            shell.env_remove(name);
        }
    }
    let output = shell.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
