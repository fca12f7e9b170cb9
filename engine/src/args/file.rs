//! A file given as JSON: `{ "content": "…", "encoding": "base64", "filename": "a.png", "content_type": "image/png" }`, or its text alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use serde_json::{Map, Value};

use crate::error::Problem;
use crate::language::nearest;
use crate::plan::Param;
use crate::wire::Upload;

const KEYS: [&str; 4] = ["content", "encoding", "filename", "content_type"];

/// The file that a JSON value stands for. Plain text is the file's content, or its bytes in base64 where the body says so.
pub(super) fn upload(param: &Param, value: &Value) -> Result<Upload, Vec<Problem>> {
    let name = param.name.as_str();
    let problem = |message: String| vec![Problem { at: name.to_owned(), message }];
    match value {
        Value::String(text) if param.base64 => decoded(text).map(Upload::bytes).map_err(problem),
        Value::String(text) => Ok(Upload::bytes(text.clone())),
        Value::Object(members) => described(param, members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(problem(
            "expected a file: its text, or an object with `content` and perhaps `encoding`, `filename`, `content_type`"
                .to_owned(),
        )),
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| format!("is not base64: {error}"))
}

fn described(param: &Param, members: &Map<String, Value>) -> Result<Upload, Vec<Problem>> {
    let (name, usual) = (param.name.as_str(), if param.base64 { "base64" } else { "text" });
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
    let bytes = match (content, encoding.unwrap_or(usual)) {
        (None, _) if members.contains_key("content") => None,
        (None, _) => {
            report("content", "is required".to_owned());
            None
        }
        (Some(content), "text") => Some(content.as_bytes().to_vec()),
        (Some(content), "base64") => decoded(content).map_err(|why| report("content", why)).ok(),
        (Some(_), _) => {
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

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, TryStreamExt as _};
    use serde_json::{Value, json};

    use super::upload;

    fn read(value: Value) -> Result<Vec<u8>, String> {
        let param = json!({ "name": "f", "wire": "f", "place": "body", "required": true, "file": true, "base64": true, "schema": {} });
        let upload = upload(&serde_json::from_value(param).unwrap(), &value);
        let upload = upload.map_err(|problems| format!("{}: {}", problems[0].at, problems[0].message))?;
        Ok(upload.open().try_collect::<Vec<_>>().now_or_never().unwrap().unwrap().concat())
    }

    #[test]
    fn a_text_may_be_base64() {
        for (value, expected) in [
            (json!("/wA="), &b"\xff\0"[..]),
            (json!(""), b""),
            (json!({ "content": "aGk=" }), b"hi"),
            (json!({ "content": "aGk=", "encoding": "base64" }), b"hi"),
            (json!({ "content": "aGk=", "encoding": "text" }), b"aGk="),
        ] {
            assert_eq!(read(value.clone()).as_deref(), Ok(expected), "{value}");
        }
        for (value, at) in
            [(json!("not base64"), "f: is not base64"), (json!({ "content": "=" }), "f.content: is not base64")]
        {
            assert!(read(value.clone()).is_err_and(|why| why.starts_with(at)), "{value}");
        }
    }
}
