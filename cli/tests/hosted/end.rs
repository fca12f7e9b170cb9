//! The end of a server: what has begun is answered first.

#![cfg(unix)]

use std::process::{Command, Stdio};

use super::common::Run;
use super::{Hosted, NOTION};

#[test]
fn a_server_that_is_told_to_end_answers_first() {
    let mut hosted = Hosted::with_faults(&["--fail", "slow:1500ms"]);
    hosted.run(&["login"]).json();
    let create = ["connectors", "create", "--name", "notion", "--no-check", "--credentials", NOTION];
    hosted.run(&create).json();
    let call = ["connectors", "execute", "--name", "notion", "--entity", "users", "--action", "me"];
    let mut call = hosted.command(&call);
    let call = call.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    let server = hosted._server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &server]).status().unwrap().success());
    let answered = Run::of(call.wait_with_output().unwrap()).json();
    assert_eq!(answered["status"], "success");
    assert!(hosted._server.child.wait().unwrap().success());
    hosted.run(&["connectors", "list"]).error(1, "unavailable");
}
