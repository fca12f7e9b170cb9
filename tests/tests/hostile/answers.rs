//! An API that answers with what is too large, or with what a terminal or a reader of logs would take for something else.

use std::sync::Arc;

use serde_json::{Value, json};
use tieline_tests::exchange::Exchange;
use tieline_tests::loopback::Loopback;
use tieline_tests::script::Script;

use crate::bounded;

const MANIFEST: &str = r#"
tieline: 1
name: hostile
title: Hostile
version: 0.1.0
summary: An API that is.
server: https://api.example.com
errors: { message: $.message, code: $.code, request_id: $.id, failed_if: [{ at: $.errors, present: true }] }
retry: { attempts: 2, base_delay: 1ms }
entities:
  items:
    actions:
      get: { get: /x, meta: { all: "$.more[*]" } }
      list: { get: /x, records: $.data, paginate: none }
      each: { get: /x, records: "$.data[*]", paginate: none }
      deep: { get: /x, records: "$.data[*][*]", paginate: none }
"#;

/// How large an answer is that is made large, in bytes.
const LARGE: usize = 8 << 20;
/// How many times its own size an answer may take.
const TIMES: usize = 8;

/// Stdout and stderr of a call that is answered so.
fn call(action: &str, status: u16, body: &str, options: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hostile.yaml"), MANIFEST).unwrap();
    let exchange = json!([{ "request": { "method": "GET", "path": "/x" }, "response": { "status": status, "headers": { "content-type": "application/json" }, "body": body }, "times": 1 }]);
    let exchanges: Vec<Exchange> = serde_json::from_value(exchange).unwrap();
    let repeated: Vec<_> = std::iter::repeat_n(exchanges[0].clone(), 2).collect();
    let loopback = Loopback::start(Arc::new(Script::new(repeated, None)), "https://api.example.com".to_owned());
    let base = ["execute", "hostile.yaml", "items", action, "--base-url", loopback.url()];
    let output = bounded(folder.path(), LARGE * TIMES / 1024, &[&base, options].concat());
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn kind(stderr: &str) -> Option<String> {
    let error: Value = serde_json::from_str(stderr.trim_end().lines().next_back()?).ok()?;
    error["error"]["kind"].as_str().map(str::to_owned)
}

#[test]
fn a_large_answer_takes_little_more_memory_than_it_has_bytes() {
    let filled =
        |head: &str, unit: &str, tail: &str| format!("{head}{}{tail}", unit.repeat((LARGE - 100) / unit.len()));
    let keys: String = (0..LARGE / 14).map(|n| format!(r#""{n:x}":[1],"#)).collect();
    for (action, body, expected) in [
        ("get", filled(r#"{"a":["#, "1,", "1]}"), None),
        ("get", filled(r#"{"errors":["#, "1,", "1]}"), Some("rejected")),
        ("get", filled(r#"{"errors":["#, r#"{"":0},"#, "1]}"), Some("rejected")),
        ("get", filled(r#"{"more":["#, "1,", "1]}"), None),
        ("list", filled(r#"{"data":["#, "1,", "1]}"), Some("too_large")),
        ("each", filled(r#"{"data":["#, "1,", "1]}"), Some("too_large")),
        ("each", format!(r#"{{"data":{{{keys}"z":1}}}}"#), Some("too_large")),
        ("deep", filled(r#"{"data":["#, "[],", "1]}"), Some("too_large")),
        ("get", filled("", "[", ""), Some("unexpected_response")),
        ("get", filled(r#"{"a":""#, r"\u0000", r#""}"#), None),
    ] {
        let (_, stderr) = call(action, 200, &body, &[]);
        assert_eq!(kind(&stderr).as_deref(), expected, "{action} {}", &body[..40]);
    }
    let (_, stderr) = call("get", 400, &filled(r#"{"message":""#, "x", r#""}"#), &[]);
    assert!(stderr.len() < 100_000, "{} bytes of error", stderr.len());
    let (_, stderr) = call("get", 400, &filled(r#"{"code":""#, "x", r#"","id":"y"}"#), &[]);
    assert!(stderr.len() < 100_000, "{} bytes of error", stderr.len());
}

/// What a terminal would obey, or what would look like another line or another order.
const OBEYED: &str = "a\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\r\n2026-01-01T00:00:00.000000Z  INFO tieline: all is well\u{202e}\u{2066}\u{2028}\u{85}z";

fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn no_line_of_the_log_is_anothers() {
    let body = json!({ "message": OBEYED, "code": OBEYED, "id": OBEYED }).to_string();
    let (_, stderr) = call("get", 503, &body, &[]);
    let lines: Vec<&str> = stderr.trim_end().lines().collect();
    let (error, log) = lines.split_last().unwrap();
    assert!(error.starts_with("{\"error\""), "{error}");
    assert!(log.iter().any(|line| line.contains("trying again") && line.contains("all is well")), "{stderr}");
    for line in log {
        assert!(line.starts_with("20") && line.contains("Z "), "a line that does not begin like one: {line:?}");
        assert!(!line.starts_with("2026-01-01T00:00:00.000000Z  INFO"), "{line:?}");
        assert_eq!(line.chars().find(|c| is_obeyed(*c)), None, "{line:?}");
    }
}

#[test]
fn a_table_holds_nothing_that_a_terminal_obeys() {
    let body = json!({ "data": [{ "id": OBEYED, OBEYED: 1 }, { "id": "b", OBEYED: [OBEYED] }] }).to_string();
    let (stdout, _) = call("list", 200, &body, &["--format", "table"]);
    assert_eq!(stdout.chars().find(|c| is_obeyed(*c)), None, "{stdout:?}");
    assert_eq!(stdout.lines().count(), 3, "{stdout}");
}
