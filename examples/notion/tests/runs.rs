//! The program runs against the mock, over HTTP.

use std::future::pending;
use std::process::Command;

use tieline_connectors::notion::Notion;
use tieline_mock::{Mock, MockOptions};
use tokio::net::TcpListener;

#[tokio::test]
async fn it_lists_creates_and_uploads() {
    let connector = Notion::connector().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(tieline_mock::serve(listener, Mock::new(connector, MockOptions::default()), pending()));

    let mut program = Command::new(env!("CARGO_BIN_EXE_example-notion"));
    program.args(["195de922-1179-449f-ab80-75a27c979105", &url]).env("TIELINE_NOTION_TOKEN", "ntn_example");
    let output = tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{error}");
    let lines = |beginning: &str| out.lines().filter(|line| line.starts_with(beginning)).count();
    // Pages of two: the stream goes on to the next ones.
    assert!(lines("user: ") > 2 && lines("row: ") > 2, "{out}");
    assert!(out.contains(", icon: Null\nuploaded: notes.txt\n"), "{out}");
    assert_eq!(lines("appended: "), 2, "{out}");
}

#[test]
fn a_token_of_something_else_is_found_before_anything_is_sent() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_example-notion"));
    let output = program.arg("195de922-1179-449f-ab80-75a27c979105").env("TIELINE_NOTION_TOKEN", "wrong").output();
    let error = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(error.contains("token must start with `ntn_`"), "{error}");
}
