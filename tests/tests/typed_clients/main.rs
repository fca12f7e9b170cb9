//! The code of `docs/typed-clients.md`, compiled and run; the guide repeats it word for word.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests; code of a guide shows what it gets")]

mod begin;
mod calls;
mod values;

use std::fs;

use tieline_tests::case::here;
use tieline_tests::guide::blocks;

#[test]
fn every_block_of_the_guide_is_code_that_runs() {
    let guide = fs::read_to_string(here("../docs/typed-clients.md")).unwrap();
    let own = ["begin", "calls", "values"].map(|name| format!("tests/typed_clients/{name}.rs"));
    let example = ["build.rs", "src/main.rs"].map(|file| format!("../examples/build-script/{file}"));
    let code: String = own.iter().chain(&example).map(|file| fs::read_to_string(here(file)).unwrap()).collect();
    let blocks: Vec<_> = blocks(&guide).into_iter().filter(|block| block.info == "rust").collect();
    assert!(blocks.len() > 10);
    for block in blocks {
        assert!(
            code.contains(&block.text),
            "docs/typed-clients.md, line {}: the block is not code that runs",
            block.line
        );
    }
}

#[test]
fn the_readme_shows_what_the_guide_shows() {
    let readme = fs::read_to_string(here("../README.md")).unwrap();
    let code = fs::read_to_string(here("tests/typed_clients/begin.rs")).unwrap();
    let shown = blocks(&readme).into_iter().find(|block| block.text.contains("Notion::connect")).unwrap();
    let inside: String = shown.text.lines().map(|line| format!("    {line}\n")).collect();
    assert!(code.contains(&inside), "README.md, line {}: not in tests/tests/typed_clients/begin.rs", shown.line);
}
