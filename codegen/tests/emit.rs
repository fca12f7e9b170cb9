//! Printed clients: what they look like (`generated/`), and that nothing gets out of its place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod library;
use std::path::Path;

use tieline_codegen::Tree;
use tieline_codegen::emit::{self, Origin};

/// The command that writes `generated/`.
const COMMAND: &str = "UPDATE_GENERATED=1 cargo test -p tieline-codegen --test emit";

fn origin() -> Origin {
    Origin { arguments: "rust manifest.yaml".to_owned(), from: "manifest.yaml".to_owned() }
}

#[test]
fn a_client_is_printed_as_it_is_checked_in() {
    let client = library::client();
    let mut tree = Tree::new();
    tree.add_all("library", emit::folder(&client, &origin()).unwrap());
    tree.add("library.rs", emit::text(&client, &origin()).unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated");
    let update = std::env::var_os("UPDATE_GENERATED").is_some_and(|value| value == "1");
    let changes = if update { tree.write(&folder) } else { tree.changes(&folder) };
    assert!(update || changes.as_ref().unwrap().is_empty(), "{changes:?}; run: {COMMAND}");
}
