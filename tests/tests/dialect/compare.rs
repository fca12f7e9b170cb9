//! What is the same, and what is not: requests and results.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

/// A request as it went over the wire.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Sent {
    pub method: String,
    pub host: String,
    /// The path with its query.
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body_b64: String,
}

/// What differs between the requests that were sent and those that were recorded.
pub(crate) fn all_sent(what: &str, ours: &[Sent], theirs: &[Sent]) -> Vec<String> {
    if ours.len() != theirs.len() {
        return vec![format!("{what}: {} sent, {} recorded", ours.len(), theirs.len())];
    }
    ours.iter().zip(theirs).flat_map(|(ours, theirs)| sent(what, ours, theirs)).collect()
}

fn sent(what: &str, ours: &Sent, theirs: &Sent) -> Vec<String> {
    let mut faults = Vec::new();
    let mut differ = |part: &str, ours: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display| {
        faults.push(format!("{what} {part}: {ours} where the peer has {theirs}"));
    };
    if ours.method != theirs.method {
        differ("method", &ours.method, &theirs.method);
    }
    if ours.host != theirs.host {
        differ("host", &ours.host, &theirs.host);
    }
    if ours.path != theirs.path {
        differ("path", &ours.path, &theirs.path);
    }
    for (name, value) in &theirs.headers {
        let own = ours.headers.get(name).map_or("-", String::as_str);
        let is_same = own == value || name == "content-type" && essence(own) == essence(value);
        if !is_same {
            differ(&format!("header {name}"), &own, value);
        }
    }
    let known = ["accept", "content-type", "idempotency-key"];
    for (name, value) in ours.headers.iter().filter(|(name, _)| !theirs.headers.contains_key(*name)) {
        if !known.contains(&name.as_str()) {
            differ(&format!("header {name}"), value, &"-");
        }
    }
    let (own, other) = (body(ours), body(theirs));
    if own != other {
        differ("body", &own, &other);
    }
    faults
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default()
}

/// A body by what it says: JSON as a tree, a form as pairs, multipart as its parts.
fn body(sent: &Sent) -> Value {
    let bytes = BASE64.decode(&sent.body_b64).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let content_type = sent.headers.get("content-type").map_or("", String::as_str);
    match essence(content_type) {
        "application/x-www-form-urlencoded" => {
            url::form_urlencoded::parse(text.as_bytes()).map(|(name, value)| json!([name, value])).collect()
        }
        "multipart/related" => {
            let boundary = content_type.split("boundary=").nth(1).unwrap_or_default();
            let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
            let line = format!("--{boundary}");
            let parts = text.split(line.as_str()).map(str::trim).filter(|part| !part.is_empty() && *part != "--");
            parts.map(part).collect()
        }
        _ if text.is_empty() => Value::Null,
        _ => serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

fn part(part: &str) -> Value {
    let (head, content) = part.split_once("\r\n\r\n").unwrap_or((part, ""));
    let content_type = head
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("content-type")));
    let content: Value = serde_json::from_str(content).unwrap_or_else(|_| content.into());
    json!([content_type.map(|(_, value)| value), content])
}

/// What differs between the results: data, and what is about them. Nothing about them is the same as an empty mapping.
pub(crate) fn results(ours: &Value, theirs: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let data = match theirs["data"].get("bytes_b64") {
        Some(bytes) if ours["data"].get("encoding").is_some() => {
            let content = ours["data"]["content"].as_str().unwrap_or_default();
            let own = if ours["data"]["encoding"] == "base64" { content.to_owned() } else { BASE64.encode(content) };
            (Value::from(own), bytes.clone())
        }
        _ => (ours["data"].clone(), theirs["data"].clone()),
    };
    if data.0 != data.1 {
        faults.push(format!("data: {} where the peer has {}", data.0, data.1));
    }
    let nothing = json!({});
    let theirs = if theirs["meta"].is_null() { &nothing } else { &theirs["meta"] };
    if ours["meta"] != *theirs {
        faults.push(format!("meta: {} where the peer has {theirs}", ours["meta"]));
    }
    faults
}
