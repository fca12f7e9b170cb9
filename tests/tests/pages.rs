//! The pages under `generated/docs/` do what they say: each command in them runs, against the mock, and answers what the page shows.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tieline_tests::command_line::binary;
use tieline_tests::generated::{connectors, root};
use tieline_tests::guide::{Block, blocks};

/// Commands that prepare the reader's machine, and are not run.
const NOT_RUN: &[&str] = &["cargo install --path cli\n"];

/// `tieline` as the page has it, on the mock.
const ON_THE_MOCK: &str = r#"
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
    let pages = connectors().flat_map(|name| ["README", "AUTH", "REFERENCE"].map(|page| format!("{name}/{page}.md")));
    let mut wrong = Vec::new();
    for page in pages {
        let text = fs::read_to_string(root().join("generated/docs").join(&page)).unwrap();
        let blocks = blocks(&text);
        let ran = blocks.iter().filter(|block| block.info == "sh" && !NOT_RUN.contains(&block.text.as_str())).count();
        assert!(ran > 0, "{page} has no command");
        let of_page = if page.ends_with("AUTH.md") { Answers::NotShown } else { Answers::Shown };
        wrong.extend(follow(&blocks, of_page).into_iter().map(|why| format!("{page}, {why}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        if block.info != "sh" || NOT_RUN.contains(&block.text.as_str()) {
            continue;
        }
        prepare(folder.path(), &block.text, blocks[..number].last());
        let output = shell(folder.path(), &block.text).output().unwrap();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!("line {}: {}{said}", block.line, block.text));
            continue;
        }
        let shown = blocks.get(number + 1).filter(|next| next.info == "json" && answers == Answers::Shown);
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
