//! `mock` as a server, and what needs one: batches, retries, and tokens that are renewed and written back.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Stdio;

use common::{Place, token};
use serde_json::{Value, json};

#[test]
fn the_example_that_mock_prints_works() {
    let place = Place::new();
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    place.write("notes.yaml", manifest.replace("default: eu, enum", "required: true, enum"));
    let list = |server: &common::Server| {
        let args: Vec<&str> = server.example.split_whitespace().skip(1).map(|word| word.trim_matches('\'')).collect();
        assert_eq!(args[..4], ["execute", "notes.yaml", "notes", "list"], "{}", server.example);
        assert!(place.run(&args).json()["data"].is_array());
    };
    let server = place.mock(&[]);
    assert!(server.example.contains(r#"--config '{"region":"eu"}'"#), "{}", server.example);
    assert!(server.example.contains(r#"--credentials '{"token":"key_mock"}'"#), "{}", server.example);
    list(&server);
    place.write("c.json", token());
    let server = place.mock(&["--credentials", "@c.json", "--config", r#"{"region":"us"}"#]);
    assert!(server.example.contains(r#"--credentials @c.json --config '{"region":"us"}'"#), "{}", server.example);
    list(&server);
}

#[test]
fn every_action_answers_without_credentials_the_one_that_signs_in_its_own_way_too() {
    let place = Place::new();
    let introspect = ["execute", "notion", "oauth", "introspect", "--param", "token=x", "--mock"];
    assert!(place.run(&introspect).json()["data"].is_object());
}

#[test]
fn what_is_created_can_be_read_back_and_faults_are_played() {
    let place = Place::new();
    let server = place.mock(&["--fail", "503:1"]);
    let token = token();
    let here = ["--base-url", server.url.as_str(), "--credentials", &token];
    let run = |args: &[&str]| place.run(&[&["execute", "notes.yaml"], args, &here].concat());
    // A list may be sent again after a 503.
    assert!(run(&["notes", "list"]).json()["data"].is_array());
    let made = run(&["notes", "create", "--param", "text=hello"]).json();
    let id = format!("note_id={}", made["data"]["id"].as_str().unwrap());
    assert_eq!(run(&["notes", "get", "--param", &id]).json()["data"]["text"], "hello");
    assert_eq!(run(&["notes", "delete", "--param", &id]).code, 0);
    run(&["notes", "get", "--param", &id]).error(3, "not_found");
    place.run(&["mock", "notes.yaml", "--fail", "nonsense"]).error(4, "invalid_input");
}

#[test]
fn a_batch_answers_every_line_under_its_id() {
    let place = Place::new();
    let lines = [
        r#"{"id": 1, "entity": "notes", "action": "list", "params": {"limit": 2}}"#,
        "",
        "this is no call",
        r#"{"id": "three", "entity": "notes", "action": "lst"}"#,
        r#"{"id": {"any": "json"}, "entity": "files", "action": "download", "params": {"file_id": "1"}}"#,
        r#"{"entity": "notes", "action": "get", "params": {}}"#,
        r#"{"id": 6, "entity": "notes", "action": "list", "all": true, "fields": ["id"], "max_records": 3}"#,
        r#"{"id": 7, "entity": "notes", "action": "list", "prams": {}}"#,
    ];
    let run = place.run_with(&["batch", "notes.yaml", "--mock", "--concurrency", "3"], lines.join("\n").as_bytes());
    let answers = run.lines();
    assert_eq!(answers.len(), lines.len() - 1);
    let with_id = |id: &Value| answers.iter().filter(|answer| &answer["id"] == id).collect::<Vec<_>>();
    assert_eq!(with_id(&json!(1))[0]["data"].as_array().unwrap().len(), 2);
    assert_eq!(with_id(&json!("three"))[0]["error"]["kind"], "unknown_action");
    assert!(with_id(&json!({"any": "json"}))[0]["data"]["content"].is_string());
    assert_eq!(with_id(&json!(6))[0]["data"].as_array().unwrap().len(), 3);
    assert!(with_id(&json!(7))[0]["error"]["message"].as_str().unwrap().contains("prams"), "{run:?}");
    let nameless: Vec<_> = with_id(&Value::Null).iter().map(|answer| answer["error"]["kind"].clone()).collect();
    assert_eq!(nameless, ["invalid_input", "invalid_input"], "{run:?}");
}

#[test]
fn a_batch_answers_in_the_order_that_calls_finish() {
    let place = Place::new();
    let server = place.mock(&["--fail", "slow:300ms"]);
    // The first line is refused at once by the engine only after the second one waits for the API.
    let slow = r#"{"id": "slow", "entity": "notes", "action": "list"}"#;
    let quick = r#"{"id": "quick", "entity": "notes", "action": "list", "params": {"limit": 9999}}"#;
    let args = ["batch", "notes.yaml", "--base-url", &server.url, "--credentials", &token()];
    let answers = place.run_with(&args, format!("{slow}\n{quick}\n").as_bytes()).lines();
    assert_eq!(answers.iter().map(|answer| answer["id"].as_str().unwrap()).collect::<Vec<_>>(), ["quick", "slow"]);
    assert_eq!(answers[0]["error"]["kind"], "invalid_input");
}

#[test]
fn each_answer_is_written_at_once() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let place = Place::new();
    let mut child =
        place.command(&["batch", "notes.yaml", "--mock"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        writeln!(input, r#"{{"id": {id}, "entity": "notes", "action": "list"}}"#).unwrap();
        let answer: Value = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], id);
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

const OAUTH: &str =
    r#"{"client_id":"c","client_secret":"key_hunter2hunter2","access_token":"old","refresh_token":"first"}"#;

#[test]
fn a_renewed_token_is_written_back_to_the_file_it_came_from() {
    let place = Place::new();
    place.write("c.json", OAUTH);
    let server = place.mock(&["--fail", "401:1"]);
    place.move_api_to(&server);
    let list = ["execute", "api.yaml", "notes", "list", "--credentials", "@c.json"];
    assert!(place.run(&list).json()["data"].is_array());
    let now: Value = serde_json::from_slice(&place.read("c.json")).unwrap();
    assert_ne!(now["access_token"], "old");
    assert_eq!(now["client_id"], "c");
    assert!(place.run(&list).json()["data"].is_array(), "the file is still what it was for");
}

#[cfg(unix)]
#[test]
fn ctrl_c_does_not_lose_a_token_that_is_being_renewed() {
    use std::time::Duration;
    let place = Place::new();
    place.write("c.json", OAUTH);
    let server = place.mock(&["--fail", "401:1,slow:700ms"]);
    place.move_api_to(&server);
    let list = ["execute", "api.yaml", "notes", "list", "--credentials", "@c.json"];
    let child = place.command(&list).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The lock is taken when the renewal begins.
    for _ in 0..400 {
        std::thread::sleep(Duration::from_millis(10));
        if place.path("c.json.lock").exists() {
            break;
        }
    }
    assert_eq!(place.read("c.json"), OAUTH.as_bytes(), "the renewal is under way");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cancelled"), "{output:?}");
    let now: Value = serde_json::from_slice(&place.read("c.json")).unwrap();
    assert_ne!(now["refresh_token"], "first");
    assert_ne!(now["access_token"], "old");
}

#[test]
fn a_token_given_inline_is_renewed_only_with_a_token_store() {
    let place = Place::new();
    let server = place.mock(&["--fail", "401:1"]);
    place.move_api_to(&server);
    let list = ["execute", "api.yaml", "notes", "list", "--credentials", OAUTH];
    let error = place.run(&list).error(2, "unauthorized");
    assert!(error["help"].as_str().unwrap().contains("--token-store"), "{error}");

    let server = place.mock(&["--fail", "401:1"]);
    let list = ["execute", "notes.yaml", "notes", "list", "--base-url", &server.url, "--credentials", OAUTH];
    let with_store = [&list[..], &["--token-store", "tokens.json"]].concat();
    assert!(place.run(&with_store).json()["data"].is_array());
    let kept: Value = serde_json::from_slice(&place.read("tokens.json")).unwrap();
    assert_eq!(kept.as_object().unwrap().len(), 1);
    assert!(place.run(&with_store).json()["data"].is_array());
}

#[test]
fn many_processes_on_one_file_renew_once() {
    // Every one of them finds a token that has ended. The mock turns a refresh token down that was used before.
    assert_eq!(renewed_by(4), renewed_by(1));
}

/// The refresh token in the file after so many processes at once have used it.
fn renewed_by(processes: usize) -> Value {
    let place = Place::new();
    place.write("c.json", OAUTH);
    let server = place.mock(&["--fail", "401:1,slow:100ms"]);
    place.move_api_to(&server);
    let list = ["execute", "api.yaml", "notes", "list", "--credentials", "@c.json"];
    place.run(&list).json();
    let mut given: Value = serde_json::from_slice(&place.read("c.json")).unwrap();
    given["$renewed"]["expires_at"] = 1.into();
    place.write("c.json", given.to_string());
    let spawn = |_| place.command(&list).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..processes).map(spawn).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let now: Value = serde_json::from_slice(&place.read("c.json")).unwrap();
    assert_ne!(now["refresh_token"], given["refresh_token"]);
    now["refresh_token"].clone()
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels_a_call_and_ends_a_mock() {
    use std::process::Command;
    use std::time::Duration;
    let interrupt = |id: u32| {
        std::thread::sleep(Duration::from_millis(500));
        assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
    };
    let place = Place::new();
    let mut server = place.mock(&["--fail", "slow:30s"]);
    let token = token();
    let list = ["execute", "notes.yaml", "notes", "list", "--base-url", &server.url, "--credentials", &token];
    let mut command = place.command(&[&list[..], &["--output", "out.json"]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    interrupt(child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["error"]["kind"], "cancelled");
    assert_eq!(place.names(), ["notes.yaml"], "nothing half-written stays");

    interrupt(server.child.id());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_proxy_in_the_environment_is_used() {
    use std::io::{Read as _, Write as _};
    let place = Place::new();
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let body = r#"{"notes":[{"id":"1"}],"next":null}"#;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        String::from_utf8(head).unwrap()
    });
    let token = token();
    let list = ["execute", "notes.yaml", "notes", "list", "--credentials", &token, "--allow-http"];
    let mut command = place.command(&[&list[..], &["--base-url", "http://api.example.test"]].concat());
    let output = command.env("HTTP_PROXY", address).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["data"], json!([{ "id": "1" }]));
    assert!(asked.join().unwrap().starts_with("GET http://api.example.test/v1/notes HTTP/1.1\r\n"));

    let mut command = place.command(&list);
    let output = command.env("SSL_CERT_FILE", "nothing.pem").output().unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(error["error"]["message"].as_str().unwrap().starts_with("nothing.pem cannot be read"), "{error}");
}

#[test]
fn a_log_is_kept_only_when_asked_for_and_holds_no_secret() {
    let place = Place::new();
    let server = place.mock(&[]);
    let token = token();
    let list = ["execute", "notes.yaml", "notes", "list", "--base-url", &server.url, "--credentials", &token];
    // Each run is looked through for the secret.
    assert_eq!(place.run(&list).stderr, "");
    let logged = place.run(&[&list[..], &["-vv"]].concat());
    assert_eq!(logged.code, 0, "{logged:?}");
    assert!(logged.stderr.contains("/v1/notes"), "{logged:?}");
}
