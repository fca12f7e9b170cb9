//! A file given as JSON: `{ "content": "…", "encoding": "base64", "filename": "a.png", "content_type": "image/png" }`, or its text alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use serde_json::{Map, Value};

use crate::error::Problem;
use crate::language::nearest;
use crate::wire::Upload;

const KEYS: [&str; 4] = ["content", "encoding", "filename", "content_type"];

/// The file that a JSON value stands for. Plain text is the file's content.
pub(super) fn upload(name: &str, value: &Value) -> Result<Upload, Vec<Problem>> {
    match value {
        Value::String(text) => Ok(Upload::bytes(text.clone())),
        Value::Object(members) => described(name, members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(vec![Problem {
            at: name.to_owned(),
            message: "expected a file: its text, or an object with `content` and perhaps `encoding`, `filename`, `content_type`"
                .to_owned(),
        }]),
    }
}

fn described(name: &str, members: &Map<String, Value>) -> Result<Upload, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut report = |key: &str, message: String| problems.push(Problem { at: format!("{name}.{key}"), message });
    for key in members.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let near = nearest(key, KEYS).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        report(key, format!("unknown property{near}"));
    }
    let mut text = |key: &str| match members.get(key) {
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => {
            report(key, "expected text".to_owned());
            None
        }
        None => None,
    };
    let (content, encoding) = (text("content"), text("encoding"));
    let (filename, content_type) = (text("filename"), text("content_type"));
    let bytes = match (content, encoding) {
        (None, _) if members.contains_key("content") => None,
        (None, _) => {
            report("content", "is required".to_owned());
            None
        }
        (Some(content), None | Some("text")) => Some(content.as_bytes().to_vec()),
        (Some(content), Some("base64")) => match STANDARD.decode(content) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                report("content", format!("is not base64: {error}"));
                None
            }
        },
        (Some(_), Some(_)) => {
            report("encoding", "expected one of `text`, `base64`".to_owned());
            None
        }
    };
    if content_type.is_some_and(|text| HeaderValue::from_str(text).is_err() || !text.contains('/')) {
        report("content_type", "is not a content type such as `image/png`".to_owned());
    }
    if filename.is_some_and(|text| text.chars().any(char::is_control)) {
        report("filename", "must not contain control characters".to_owned());
    }
    let Some(bytes) = bytes.filter(|_| problems.is_empty()) else { return Err(problems) };
    let upload = filename.into_iter().fold(Upload::bytes(bytes), Upload::filename);
    Ok(content_type.into_iter().fold(upload, Upload::content_type))
}
