//! The pages under `generated/docs/` do what they say: each command in them runs, against the mock or a server over it, and answers
//! what the page shows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod hosted;
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tieline_tests::case::built_in;
use tieline_tests::command_line::binary;
use tieline_tests::generated::{connectors, root};
use tieline_tests::guide::{Block, blocks};

/// What stands for the commands of the reader's machine: nothing is installed, and no API is called.
const ON_THE_MOCK: &str = r#"
cargo() { test "$*" = "install --path cli"; }
tieline() {
  case "$1 $*" in
    *--mock*) "$TIELINE" "$@" ;;
    execute\ *|explain\ *|batch\ *) "$TIELINE" "$@" --mock ;;
    *) "$TIELINE" "$@" ;;
  esac
}
"#;

#[test]
fn commands_run_and_answer_what_is_shown() {
    let pages: Vec<_> = connectors()
        .flat_map(|name| ["README", "AUTH", "REFERENCE", "AGENT"].map(|page| format!("{name}/{page}.md")))
        .collect();
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let followed: Vec<_> = pages.iter().map(|page| scope.spawn(move || of_page(page))).collect();
        followed.into_iter().flat_map(|page| page.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn commands_and_requests_for_a_server_work_and_answer_what_is_shown() {
    let found: Vec<_> = std::thread::scope(|scope| {
        let followed: Vec<_> = connectors().map(|name| scope.spawn(move || hosted::of_connector(&name))).collect();
        followed.into_iter().map(|connector| connector.join().unwrap()).collect()
    });
    let wrong: Vec<_> = found.iter().flat_map(|(wrong, _)| wrong.as_slice()).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Each of the 73 actions that hosted callers may use has a command and a request.
    let count: usize = found.iter().map(|(_, count)| count).sum();
    assert!(count > 2 * 73, "only {count} blocks are for a server");
}

#[test]
fn a_wrong_credential_looks_as_the_page_says() {
    let notion = built_in("notion").unwrap();
    let model = tieline_codegen::catalogue(&[&notion]).unwrap();
    for (wrong, credentials) in model.connectors[0].wrong.iter().zip(["{}", r#"{"token": "abc"}"#]) {
        let mut command = Command::new(binary());
        command.args(["execute", "notion", "users", "me", "--credentials", credentials]);
        let output = command.output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error, wrong.error, "{credentials}");
        assert_eq!(output.status.code(), Some(2), "{credentials}");
    }
    assert_eq!(model.connectors[0].wrong[1].what.as_str(), "`token` is `abc`");
}

/// `generated/tests/` has all Rust that is shown, in functions that are compiled and run.
#[test]
fn rust_is_compiled() {
    let mut missing = Vec::new();
    for name in connectors() {
        let module = name.replace('-', "_");
        let program = fs::read_to_string(root().join(format!("generated/tests/{module}.rs"))).unwrap();
        let program = without_layout(program.lines());
        for page in ["README", "AUTH", "REFERENCE"] {
            let text = fs::read_to_string(root().join(format!("generated/docs/{name}/{page}.md"))).unwrap();
            for block in blocks(&text).iter().filter(|block| block.info == "rust") {
                let code = without_layout(block.text.lines().skip_while(|line| is_use(line)));
                if !program.contains(&code) {
                    missing.push(format!("{name}/{page}.md, line {}: {}", block.line, block.text));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Whether a line stands among the `use` lines, which stand elsewhere in the program.
fn is_use(line: &str) -> bool {
    line.is_empty() || line.starts_with("use ") || line.starts_with(' ') || line == "};"
}

/// The words of lines, which stand deeper in the program than on the page.
fn without_layout<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// What is wrong with the commands of a page.
fn of_page(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("generated/docs").join(page)).unwrap();
    let blocks = blocks(examples(&text));
    assert!(blocks.iter().any(|block| block.info == "sh"), "{page} has no command");
    let answers = if page.ends_with("AUTH.md") { Answers::NotShown } else { Answers::Shown };
    follow(&blocks, answers).into_iter().map(|why| format!("{page}, {why}")).collect()
}

/// Whether JSON after a command is its answer.
#[derive(Clone, Copy, PartialEq)]
enum Answers {
    Shown,
    NotShown,
}

/// Does what the blocks of a page say, and gives what went wrong.
fn follow(blocks: &[Block], answers: Answers) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        if block.info != "sh" || hosted::is_hosted(&block.text) {
            continue;
        }
        prepare(folder.path(), &block.text, blocks[..number].last());
        let output = shell(folder.path(), &block.text).output().unwrap();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!("line {}: {}{said}", block.line, block.text));
            continue;
        }
        let shown = if answers == Answers::Shown { shown_after(blocks, number) } else { None };
        if let Some(shown) = shown {
            let printed: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let shown: Value = serde_json::from_str(&shown.text).unwrap_or_default();
            if !is_alike(&shown, &printed["data"]) {
                wrong.push(format!("line {}: {}answers {printed}", block.line, block.text));
            }
        }
    }
    wrong
}

/// A page up to where it shows objects, whose examples are no answers.
fn examples(page: &str) -> &str {
    page.split_once("\n## Objects\n").map_or(page, |(examples, _)| examples)
}

/// The answer that a page shows to a command: below what else makes the same call.
fn shown_after(blocks: &[Block], number: usize) -> Option<&Block> {
    let is_same_call = |block: &&Block| block.info == "rust" || block.info == "sh" && hosted::is_hosted(&block.text);
    blocks[number + 1..].iter().find(|block| !is_same_call(block)).filter(|block| block.info == "json")
}

/// Whether an answer of the mock is what the page shows: the mock makes up what nobody said, and leaves out what it does not know.
fn is_alike(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::Array(shown), Value::Array(printed)) => match (shown.first(), printed.first()) {
            (Some(shown), Some(printed)) => is_alike(shown, printed),
            (None, _) => true,
            (Some(_), None) => false,
        },
        (Value::Object(shown), Value::Object(printed)) => shown.keys().any(|key| printed.contains_key(key)),
        _ => shown == printed,
    }
}

/// Puts the files there that a command names: the credentials that were just shown, or something to send.
fn prepare(folder: &Path, commands: &str, shown: Option<&Block>) {
    for word in commands.split(|c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '"')) {
        if let Some(name) = word.strip_prefix('@') {
            let text = shown.filter(|block| block.info == "json").map_or("Something to send.\n", |block| &block.text);
            fs::write(folder.join(name), text).unwrap();
        }
    }
}

fn shell(folder: &Path, commands: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-ec").arg(format!("{ON_THE_MOCK}{commands}"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TIELINE", binary());
    command.current_dir(folder).stdin(Stdio::null());
    command
}
