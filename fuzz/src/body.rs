//! From parameters to a body: an action, then a value for each parameter. What is written is read back.

use std::sync::{Arc, LazyLock};

use futures_util::TryStreamExt as _;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use tieline::Connector;
use tieline::wire::Request;
use url::form_urlencoded;

use crate::api::{Api, at_once, check_error, connector};
use crate::input::Parts;

const PARAMS: [&str; 3] = ["one", "two", "file"];

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    connector(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
entities:
  things:
    actions:
      json: { post: /things, params: { one: {}, two: {} } }
      form: { post: /things, params: { one: {}, two: {} }, body: { kind: form } }
      multipart: { post: /things, params: { one: {}, two: {}, file: { type: string, format: binary } }, body: { kind: multipart } }
      related: { post: /things, params: { one: {}, two: {}, file: { type: string, format: binary } }, body: { kind: related, file: file } }
      graphql: { post: /graphql, effect: read, params: { one: {}, two: {} }, body: { kind: graphql, query: 'query($one: ID) { a(one: $one) }', variables: { one: '${one}', both: '${one} ${two}' } } }
",
    )
});

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let action = parts.text();
    let Ok(operation) = CONNECTOR.operation("things", &action) else { return };
    let known = PARAMS.into_iter().filter(|name| operation.param(name).is_some());
    let given = known.filter_map(|name| Some((name, parts.left()?)));
    let given: Map<_, _> = given.map(|(name, bytes)| (name.to_owned(), Parts::of(bytes).value())).collect();
    let connection = Api::answers([]).connect(CONNECTOR.clone(), Map::new()).expect("a connection");
    let explained = connection.call("things", &action).params(given.clone().into()).explain();
    let Ok(request) = explained.map(|explained| explained.request).inspect_err(check_error) else { return };
    let content_type = request.headers.get(CONTENT_TYPE).map(|value| value.to_str().expect("ASCII").to_owned());
    let Some(body) = written(request) else {
        // A file that holds the boundary breaks off while it is sent.
        assert!(given.contains_key("file"), "a body without a file breaks off");
        return;
    };
    match action.as_ref() {
        "json" => check_json(&body, &given),
        "form" => check_form(&body, &given),
        "multipart" => check_multipart(content_type.as_deref(), &body, &given),
        "related" => check_related(content_type.as_deref(), &body, &given),
        _ => check_graphql(&body, &given),
    }
}

fn written(request: Request) -> Option<Vec<u8>> {
    let chunks: Vec<_> = at_once(request.body.open().try_collect()).ok()?;
    Some(chunks.concat())
}

fn check_json(body: &[u8], given: &Map<String, Value>) {
    if body.is_empty() {
        assert!(given.is_empty());
        return;
    }
    assert_eq!(serde_json::from_slice::<Map<String, Value>>(body).ok().as_ref(), Some(given));
}

fn check_form(body: &[u8], given: &Map<String, Value>) {
    let pairs: Vec<_> = form_urlencoded::parse(body).into_owned().collect();
    for (name, _) in &pairs {
        assert!(given.contains_key(name.split('[').next().unwrap_or_default()), "`{name}` is no parameter");
    }
    for (name, value) in given.iter().filter_map(|(name, value)| Some((name, value.as_str()?))) {
        assert!(pairs.iter().any(|(found, text)| found == name && text == value), "{name}");
    }
}

/// As many parts as there are values, each with its name and what it holds.
fn check_multipart(content_type: Option<&str>, body: &[u8], given: &Map<String, Value>) {
    let Some(content_type) = content_type else {
        assert!(given.is_empty() && body.is_empty());
        return;
    };
    let parts = parts(content_type, "multipart/form-data; boundary=", body);
    let is_nested = |value: &Value| value.is_object() || value.is_array();
    if !given.iter().any(|(name, value)| name != "file" && is_nested(value)) {
        assert_eq!(parts.len(), given.len());
    }
    for (head, content) in parts {
        let mut lines = head.split("\r\n");
        let disposition = lines.next().and_then(|line| line.strip_prefix("Content-Disposition: form-data; name=\""));
        let (name, rest) = disposition.and_then(|rest| rest.split_once('"')).expect("a name");
        let own = name.split('[').next().unwrap_or_default();
        let value = given.get(own).unwrap_or_else(|| unreachable!("`{name}` is no parameter"));
        if own == "file" {
            let filename = rest.strip_prefix("; filename=\"").and_then(|rest| rest.strip_suffix('"'));
            assert!(filename.is_some_and(|name| !name.contains(['"', '\r', '\n'])), "{head}");
            assert!(lines.next().is_some_and(|line| line.starts_with("Content-Type: ")), "{head}");
        }
        assert_eq!(lines.next(), None, "{head}");
        assert!(value.as_str().is_none_or(|text| text.as_bytes() == content), "{name}");
    }
}

fn check_related(content_type: Option<&str>, body: &[u8], given: &Map<String, Value>) {
    let mut others = given.clone();
    if others.remove("file").is_none() {
        return check_json(body, given);
    }
    let start = "multipart/related; boundary=";
    let parts = parts(content_type.expect("a content type"), start, body);
    assert!(parts.len() <= 2 && parts.iter().all(|(head, _)| head.lines().count() == 1), "{parts:?}");
    if let [(_, json), _] = parts.as_slice() {
        assert_eq!(serde_json::from_slice::<Map<String, Value>>(json).ok(), Some(others));
    }
}

/// The parts of a body: what their headers are, and what they hold.
fn parts<'b>(content_type: &str, start: &str, body: &'b [u8]) -> Vec<(String, &'b [u8])> {
    let boundary = content_type.strip_prefix(start).and_then(|rest| rest.split(';').next());
    let boundary = boundary.unwrap_or_else(|| unreachable!("{content_type}"));
    let between = format!("--{boundary}");
    let mut places = Vec::new();
    for (at, window) in body.windows(between.len()).enumerate() {
        if window == between.as_bytes() {
            places.push(at);
        }
    }
    let part = |pair: &[usize]| {
        let whole = body[pair[0] + between.len()..pair[1]].strip_prefix(b"\r\n").expect("a line");
        let whole = whole.strip_suffix(b"\r\n").expect("a line");
        let end = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("the end of the headers");
        (String::from_utf8_lossy(&whole[..end]).into_owned(), &whole[end + 4..])
    };
    let last = places.last().expect("the end of the body");
    assert_eq!(body[last + between.len()..], *b"--\r\n");
    places.windows(2).map(part).collect()
}

/// A value is a variable, and the query is that of the manifest.
fn check_graphql(body: &[u8], given: &Map<String, Value>) {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    assert_eq!(body["query"], "query($one: ID) { a(one: $one) }");
    assert_eq!(body["variables"].get("one"), given.get("one"));
}
