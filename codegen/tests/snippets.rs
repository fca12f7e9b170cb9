//! The snippets of a connector that takes one of everything compile, and do what they say against its mock.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use tieline::{Connector, Source};
use tieline_codegen::Tree;
use tieline_codegen::emit::{self, Origin};
use tieline_codegen::ir::Client;
use tieline_codegen::snippets::Snippets;

/// The client.
mod client {
    include!("generated/shapes.rs");
}

/// The program that makes its calls: the tests.
#[path = "generated/shapes_program.rs"]
#[rustfmt::skip]
mod program;

/// The command that writes both.
const COMMAND: &str = "UPDATE_GENERATED=1 cargo test -p tieline-codegen --test snippets";

#[test]
fn client_and_program_are_as_they_are_checked_in() {
    let source = Source::new("manifest.yaml", include_str!("snippets/manifest.yaml"));
    let (connector, warnings) = Connector::load(&source).unwrap_or_else(|found| panic!("{}", found.render(false)));
    assert!(warnings.is_empty(), "{}", warnings.render(false));
    let origin = Origin { arguments: "rust manifest.yaml".to_owned(), from: "manifest.yaml".to_owned() };
    let mut tree = Tree::new();
    tree.add("shapes.rs", emit::text(&Client::of(&connector).unwrap(), &origin).unwrap());
    let snippets = Snippets::of(&connector).unwrap().within("crate::client");
    tree.add("shapes_program.rs", snippets.program(&origin).unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated");
    let update = std::env::var_os("UPDATE_GENERATED").is_some_and(|value| value == "1");
    let changes = if update { tree.write(&folder) } else { tree.changes(&folder) };
    assert!(update || changes.as_ref().unwrap().is_empty(), "{changes:?}; run: {COMMAND}");
}
