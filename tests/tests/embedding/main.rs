//! The code of `docs/embedding.md`, compiled and run; the guide repeats it word for word.

#![expect(clippy::unwrap_used, reason = "tests")]

mod begin;
mod browser;
mod call;
mod file;
mod own;
mod tokens;
mod whole;

use std::fs;
use std::sync::Arc;

use tieline::{Connector, ErrorKind};
use tieline_tests::case::here;
use tieline_tests::guide::blocks;

const MANIFEST: &str = include_str!("taskboard.yaml");

fn taskboard() -> Arc<Connector> {
    begin::load(MANIFEST).unwrap()
}

#[test]
fn the_guide_names_every_kind_of_error() {
    let guide = fs::read_to_string(here("../docs/embedding.md")).unwrap();
    let missing: Vec<_> =
        ErrorKind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| !guide.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "docs/embedding.md does not name {missing:?}");
}

#[test]
fn every_block_of_the_guide_is_code_that_runs_here() {
    let guide = fs::read_to_string(here("../docs/embedding.md")).unwrap();
    let files = ["begin", "browser", "call", "file", "own", "tokens", "whole"]
        .map(|name| here(&format!("tests/embedding/{name}.rs")));
    let code: String = files.map(|file| fs::read_to_string(file).unwrap()).concat();
    let blocks: Vec<_> = blocks(&guide).into_iter().filter(|block| block.info == "rust").collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let line = block.line;
        assert!(
            code.contains(&block.text),
            "docs/embedding.md, line {line}: the block is not word for word in tests/tests/embedding/*.rs"
        );
    }
}
