//! What an operator or a user gets wrong: it is said before anything is made, sent or lost.

use serde_json::json;

use super::common::{Place, Run};
use super::{Hosted, user};

#[test]
fn keys_are_those_of_a_server_that_is_there() {
    let place = Place::new();
    let run = |args: &[&str]| {
        let mut command = place.command(args);
        Run::of(user(&place, &mut command).output().unwrap())
    };
    for command in [["keys", "clients"], ["keys", "rotate"], ["keys", "login-code"]] {
        let error = run(&[&command[..], &["--data", "typo"]].concat()).error(3, "not_found");
        assert!(error["help"].as_str().unwrap().contains("tieline serve"), "{error}");
    }
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys", "rotate", "--database", "sqlite://x.db"]] {
        let error = run(&[command, &["--master-key-file", "typo.keys"]].concat()).error(4, "invalid_input");
        assert!(error["message"].as_str().unwrap().ends_with("typo.keys"), "{error}");
    }
    assert!(!place.path("typo").exists() && !place.path("typo.keys").exists(), "nothing is made");
}

#[test]
fn a_server_does_not_start_with_what_cannot_be_meant() {
    let place = Place::new();
    for wrong in [
        ["--public-url", "ftp://x.example"],
        ["--public-url", "https://x.example/a?b"],
        ["--base-url", "notion=ftp://x.example"],
        ["--max-body-bytes", "0"],
        ["--requests-per-second", "0"],
        ["--audit-days", "0"],
    ] {
        let args = [&["serve", "--listen", "127.0.0.1:0"], &wrong[..]].concat();
        let mut command = place.command(&args);
        Run::of(user(&place, &mut command).output().unwrap()).error(4, "invalid_input");
    }
}

#[test]
fn names_are_names() {
    let hosted = Hosted::new();
    for wrong in [
        &["client", "--name", ""][..],
        &["client", "--name", "a", "--organization", ""],
        &["login-code", "--organization", " "],
        &["login-code", "--name", "\u{1b}[2J"],
    ] {
        let error = hosted.run(&[&["keys"], wrong].concat()).error(4, "invalid_input");
        assert!(error["message"].as_str().unwrap().contains("1 to 200 characters"), "{error}");
    }
    let clients = hosted.run(&["keys", "clients"]).json();
    assert!(clients["data"][0]["created_at"].as_str().unwrap().starts_with("20"), "{clients}");
    assert_eq!(clients["data"].as_array().unwrap().len(), 1);
}

#[test]
fn no_code_goes_over_plain_http_to_another_machine() {
    let place = Place::new();
    for args in [&["--no-browser"][..], &["--code", "AAAA-BBBB-CCCC-DDDD"]] {
        let mut command = place.command(&[&["login", "--server", "http://tieline.example:8400"], args].concat());
        let error = Run::of(user(&place, &mut command).output().unwrap()).error(1, "refused");
        assert!(error["help"].as_str().unwrap().contains("--allow-http"), "{error}");
    }
}

#[test]
fn a_choice_is_kept_for_the_server_that_it_was_made_at() {
    let hosted = Hosted::with("notion", super::NOTION);
    let (id, secret) = hosted.client.clone();
    // The same server by another name, as far as the settings know.
    let other = hosted.url.replace("127.0.0.1", "localhost");
    let elsewhere =
        [("TIELINE_SERVER", other.as_str()), ("TIELINE_CLIENT_ID", &id), ("TIELINE_CLIENT_SECRET", &secret)];
    for command in [["organizations", "use", "default"], ["workspaces", "use", "default"]] {
        let error = hosted.run_under(&elsewhere, &command).error(4, "invalid_input");
        assert!(error["help"].as_str().unwrap().contains("unset TIELINE_SERVER"), "{error}");
        hosted.run(&command).json();
    }
}

#[test]
fn a_workspace_is_made_and_a_file_is_sent() {
    let hosted = Hosted::with("notion", super::NOTION);
    let error = hosted.run(&["workspaces", "use", "team-a"]).error(3, "not_found");
    assert!(error["help"].as_str().unwrap().contains("tieline workspaces create"), "{error}");
    assert_eq!(hosted.run(&["workspaces", "create", "team-a"]).json()["name"], "team-a");
    hosted.run(&["workspaces", "use", "team-a"]).json();
    hosted.run(&["workspaces", "use", "default"]).json();

    let execute = |action: &str, more: &[&str]| {
        let call = ["connectors", "execute", "--name", "notion", "--entity", "file_uploads", "--action", action];
        hosted.run(&[&call[..], more].concat())
    };
    hosted.place.write("notes.txt", "Something to send.\n");
    let upload = execute("create", &["--params", r#"{"filename":"notes.txt"}"#]).json();
    let params = json!({ "file_upload_id": upload["result"]["id"] }).to_string();
    let sent = execute("send", &["--params", &params, "--file", "file=notes.txt"]).json();
    assert_eq!(sent["result"]["content_length"], "Something to send.\n".len(), "{sent}");
    for (wrong, said) in [("notes.txt", "NAME=PATH"), ("file=nowhere.txt", "cannot be read")] {
        let error = execute("send", &["--params", &params, "--file", wrong]).error(4, "invalid_input");
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    execute("", &[]).error(3, "unknown_action");
}
