//! From parameters to a URL and headers: an action, then a value for each parameter. Each value stays in its place, and is found there.

use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tieline::wire::Request;
use tieline::{Connector, Error};
use url::Url;

use crate::api::{Api, HOME, check_error, connector};
use crate::input::Parts;

const PARAMS: [&str; 10] = ["id", "query", "list", "space", "pipe", "deep", "brackets", "json", "header", "cookie"];

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    let params = "
          id: {}
          query: {}
          list: { style: form, explode: false }
          space: { style: space }
          pipe: { style: pipe }
          deep: { style: deep_object }
          brackets: { style: brackets }
          json: { style: json }
          header: { in: header, name: X-Value }
          cookie: { in: cookie }";
    connector(&format!(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
config: {{ text: {{}} }}
headers: {{ X-Config: 'x ${{config.text}}' }}
query: {{ config: 'x ${{config.text}}' }}
entities:
  things:
    actions:
      form:
        get: /items/{{id}}/form
        params: {params}
      percent:
        get: /items/{{id}}/percent
        query_encoding: percent
        params: {params}
      rest_li:
        get: /items/{{id}}/rest_li
        query_encoding: rest_li
        params: {params}
      decoded:
        get: /items/{{id}}/decoded
        params:
          id: {{ percent_encoded: true }}
"
    ))
});

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let (action, config) = (parts.text(), parts.text());
    let Ok(operation) = CONNECTOR.operation("things", &action) else { return };
    let config = Map::from_iter([("text".to_owned(), config.into())]);
    let known = PARAMS.into_iter().filter(|name| operation.param(name).is_some());
    let given: Map<_, _> = known
        .filter_map(|name| Some((name.to_owned(), parts.left()?)))
        .map(|(name, bytes)| (name, Parts::of(bytes).value()))
        .collect();
    match request(&action, config.clone(), given.clone()) {
        Ok(request) => {
            check_path(&action, &request.url, &given);
            check_query(&action, &request.url, &config, &given);
            check_headers(&request, &given);
        }
        Err(error) => check_error(&error),
    }
}

fn request(action: &str, config: Map<String, Value>, given: Map<String, Value>) -> Result<Request, Error> {
    let connection = Api::answers([]).connect(CONNECTOR.clone(), config)?;
    Ok(connection.call("things", action).params(given.into()).explain()?.request)
}

/// The path is that of the manifest with one segment in the place of the parameter.
fn check_path(action: &str, url: &Url, given: &Map<String, Value>) {
    assert_eq!(url.origin().ascii_serialization(), HOME);
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{url}");
    let segment = url.path().strip_prefix("/v1/items/").and_then(|path| path.strip_suffix(action));
    let segment = segment.and_then(|path| path.strip_suffix('/')).expect("the path of the manifest");
    assert!(!segment.is_empty() && !segment.contains('/'), "{url}");
    let decoded = decoded(segment);
    assert!(decoded != "." && decoded != "..", "{url}");
    if let (Some(Value::String(id)), false) = (given.get("id"), action == "decoded") {
        assert_eq!(decoded, *id);
    }
}

/// Every pair has the name of a parameter, and a value that was given is read from it.
fn check_query(action: &str, url: &Url, config: &Map<String, Value>, given: &Map<String, Value>) {
    let query = url.query().unwrap_or_default();
    assert!(query.is_ascii() && !query.contains(|c: char| c.is_control() || matches!(c, '#' | ' ')), "{query}");
    // In Rest.li the caller writes lists and records, escapes included.
    let keeps_escapes = |value: &str| action == "rest_li" && (value.starts_with('(') || value.starts_with("List("));
    let pairs: Vec<(String, String)> = match action {
        "form" | "decoded" => url.query_pairs().into_owned().collect(),
        _ => query
            .split('&')
            .map(|pair| pair.split_once('=').expect("a pair"))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect(),
    };
    for (name, _) in &pairs {
        let known = name.split('[').next().unwrap_or_default();
        assert!(known == "config" || PARAMS.contains(&known), "`{name}` is no parameter");
    }
    let found = |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let text = config["text"].as_str().unwrap_or_default();
    assert_eq!(found("config"), Some(format!("x {text}").as_str()));
    for (name, value) in given.iter().filter(|(name, _)| PARAMS[1..7].contains(&name.as_str())) {
        if let Value::String(text) = value
            && !keeps_escapes(text)
        {
            assert_eq!(found(name), Some(text.as_str()), "{name}");
        }
    }
    if let Some(json) = given.get("json").filter(|json| !json.is_null()) {
        let read = found("json").and_then(|text| serde_json::from_str::<Value>(text).ok());
        assert_eq!(read.as_ref(), Some(json));
    }
}

/// A value is in its header or its cookie as it was given.
fn check_headers(request: &Request, given: &Map<String, Value>) {
    assert_eq!(request.headers.keys_len(), request.headers.len(), "a header stands twice");
    if let Some(Value::String(text)) = given.get("header") {
        assert_eq!(request.headers.get("x-value").map(|value| value.as_bytes()), Some(text.as_bytes()));
    }
    let cookies = request.headers.get("cookie").map(|value| value.to_str().expect("ASCII"));
    match given.get("cookie").filter(|value| !value.is_null()) {
        Some(value) => {
            let cookie = cookies.and_then(|cookies| cookies.strip_prefix("cookie=")).expect("a cookie");
            assert!(!cookie.contains([';', ' ', '"', '\\']), "{cookie}");
            assert!(value.as_str().is_none_or(|text| text == cookie), "{cookie}");
        }
        None => assert_eq!(cookies, None),
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
