//! The program runs against the mock, over HTTP.

use std::future::pending;
use std::process::Command;
use std::sync::Arc;

use tieline::{Connector, Source};
use tieline_mock::{Mock, MockOptions};
use tokio::net::TcpListener;

#[tokio::test]
async fn it_lists_watches_and_downloads() {
    let source = Source::new("harbour.yaml", include_str!("../harbour.yaml"));
    let connector = Arc::new(Connector::load(&source).unwrap().0);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(tieline_mock::serve(listener, Mock::new(connector, MockOptions::default()), pending()));

    let mut program = Command::new(env!("CARGO_BIN_EXE_example-build-script"));
    program.args(["vik", &url]).env("HARBOUR_KEY", "hb_example");
    let output = tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{error}");
    assert!(out.lines().filter(|line| line.starts_with("high ")).count() > 1, "{out}");
    assert!(out.contains("\nwatching vik above 4.5 m\nchart: 100000 bytes\n"), "{out}");
}
