//! A list that fails at its second page: what came is kept, and the list goes on there, in every form of output.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use common::{Place, Run, token};
use serde_json::{Value, json};

/// Two pages. The second is refused once, and then given.
fn api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut asked = 0;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let second = head(&mut stream).contains("after=c2");
            asked += usize::from(second);
            let (status, body) = match (second, asked) {
                (false, _) => ("200 OK", r#"{"notes": [{"id": "1"}, {"id": "2"}], "next": "c2"}"#),
                (true, 1) => ("400 Bad Request", r#"{"code": "busy", "message": "Not now."}"#),
                (true, _) => ("200 OK", r#"{"notes": [{"id": "3"}], "next": null}"#),
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

fn head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        read.extend(byte);
    }
    String::from_utf8(read).unwrap()
}

/// `tieline execute notes.yaml notes list --all`, with more.
fn list(place: &Place, url: &str, more: &[&str]) -> Run {
    let token = token();
    let list = ["execute", "notes.yaml", "notes", "list", "--all", "--credentials", &token, "--base-url", url];
    place.run(&[&list[..], more].concat())
}

fn ids(data: &Value) -> Vec<&str> {
    data.as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap()).collect()
}

/// What stderr tells, and the rest of the list from where it says.
fn goes_on(place: &Place, url: &str, run: &Run) -> Value {
    let told: Value = serde_json::from_str(&run.stderr).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    assert_eq!((run.code, &told["error"]["code"]), (4, &json!("busy")), "{run:?}");
    let rest = list(place, url, &["--next", told["next"].as_str().unwrap()]).json();
    assert_eq!(ids(&rest["data"]), ["3"]);
    told
}

#[test]
fn as_json_the_records_stand_beside_the_error() {
    let (place, url) = (Place::new(), api());
    let run = list(&place, &url, &[]);
    let told = goes_on(&place, &url, &run);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((ids(&answer["data"]), &answer["meta"]["next"]), (vec!["1", "2"], &json!("c2")));
    assert_eq!((&answer["error"], &answer["next"]), (&told["error"], &told["next"]));
}

#[test]
fn as_lines_the_records_are_there_and_stderr_says_where_to_go_on() {
    let (place, url) = (Place::new(), api());
    let run = list(&place, &url, &["--format", "jsonl"]);
    goes_on(&place, &url, &run);
    assert_eq!(run.stdout, "{\"id\": \"1\"}\n{\"id\": \"2\"}\n");
}

#[test]
fn as_a_table_the_records_are_there_and_stderr_says_where_to_go_on() {
    let (place, url) = (Place::new(), api());
    let run = list(&place, &url, &["--format", "table"]);
    goes_on(&place, &url, &run);
    assert_eq!(run.stdout.split_whitespace().collect::<Vec<_>>(), ["ID", "1", "2"], "{run:?}");
}

#[test]
fn a_file_that_was_whole_stays_and_the_part_stands_beside_it() {
    for format in ["json", "jsonl"] {
        let (place, url) = (Place::new(), api());
        place.write("notes.out", "whole");
        let run = list(&place, &url, &["--format", format, "--output", "notes.out"]);
        let told = goes_on(&place, &url, &run);
        assert_eq!((run.stdout.as_str(), place.read("notes.out").as_slice()), ("", &b"whole"[..]));
        let part = String::from_utf8(place.read("notes.out.partial")).unwrap();
        assert!(part.contains("{\"id\": \"2\"}"), "{part}");
        assert!(told["error"]["help"].as_str().unwrap().contains("notes.out.partial"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_user_who_gives_up_keeps_what_came() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let token = token();
    let list = ["execute", "notes.yaml", "notes", "list", "--all", "--credentials", &token, "--base-url", &url];
    let mut command = place.command(&list);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let (mut first, _) = listener.accept().unwrap();
    head(&mut first);
    let body = r#"{"notes": [{"id": "1"}], "next": "c2"}"#;
    let length = body.len();
    first.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
    // The second page is asked for and never comes.
    assert!(head(&mut first).contains("after=c2"));
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!((ids(&answer["data"]), &answer["error"]["kind"]), (vec!["1"], &json!("cancelled")));
    assert!(answer["next"].is_string(), "{answer}");
}

#[test]
fn a_download_that_breaks_keeps_what_came_beside_the_file() {
    let place = Place::new();
    place.write("a.bin", "whole");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").unwrap();
    });
    let token = token();
    let file = ["execute", "notes.yaml", "files", "download", "-p", "file_id=1", "--output", "a.bin"];
    let run = place.run(&[&file[..], &["--credentials", &token, "--base-url", &url]].concat());
    server.join().unwrap();
    let error = run.error(1, "unavailable");
    assert!(error["help"].as_str().unwrap().ends_with("a.bin.partial"), "{error}");
    assert_eq!((place.read("a.bin").as_slice(), place.read("a.bin.partial").as_slice()), (&b"whole"[..], &b"half"[..]));
}

#[test]
fn an_answer_of_batch_has_the_records_and_the_error() {
    let (place, url) = (Place::new(), api());
    let token = token();
    let batch = ["batch", "notes.yaml", "--credentials", &token, "--base-url", &url, "--concurrency", "1"];
    let call =
        |more: &str| format!("{{\"id\": 7, \"entity\": \"notes\", \"action\": \"list\", \"all\": true{more}}}\n");
    let answer = place.run_with(&batch, call("").as_bytes()).lines().remove(0);
    assert_eq!((&answer["id"], ids(&answer["data"])), (&json!(7), vec!["1", "2"]));
    assert_eq!(answer["error"]["code"], "busy");
    let rest = place.run_with(&batch, call(&format!(", \"next\": {}", answer["next"])).as_bytes()).lines().remove(0);
    assert_eq!((ids(&rest["data"]), rest.get("error")), (vec!["3"], None));
}
