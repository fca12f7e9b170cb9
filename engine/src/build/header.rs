//! The headers and cookies: the connector's, the operation's, then the parameters; the last word counts.

use std::borrow::Cow;

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::args::Args;
use crate::body::{invalid, text};
use crate::error::{Error, ErrorKind};
use crate::manifest::{Place, Style};
use crate::plan::{Answer, Operation, Param};

use super::Base;

/// What only the transport may say, because the framing of the request depends on it.
const OF_THE_TRANSPORT: [&str; 7] =
    ["connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"];

/// The headers of a request.
pub(super) fn headers(
    base: &Base<'_>,
    operation: &Operation,
    args: &Args,
    content_type: Option<&str>,
) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, template) in base.head.headers.iter().chain(&operation.headers) {
        let header = header_name(name)?;
        match template.render(|name| base.text(name)) {
            Ok(value) => drop(headers.insert(header, header_value(name, &value)?)),
            Err(_absent) => drop(headers.remove(header)),
        }
    }
    for param in operation.params.iter().filter(|param| param.place == Place::Header) {
        let header = header_name(&param.wire)?;
        match args.values.get(&param.name) {
            Some(Value::Null) => drop(headers.remove(header)),
            Some(value) => drop(headers.insert(header, header_value(&param.name, &simple(param, value))?)),
            None => {}
        }
    }
    if let Some(cookies) = cookies(operation, args, headers.get(COOKIE))? {
        headers.insert(COOKIE, cookies);
    }
    if let Some(content_type) = content_type.filter(|_| !headers.contains_key(CONTENT_TYPE)) {
        headers.insert(CONTENT_TYPE, header_value("Content-Type", content_type)?);
    }
    if !headers.contains_key(ACCEPT) {
        headers.insert(ACCEPT, HeaderValue::from_static(accepted(&operation.answer)));
    }
    Ok(headers)
}

fn accepted(answer: &Answer) -> &'static str {
    match answer {
        Answer::File(None) => "*/*",
        Answer::List(_) | Answer::One(_) | Answer::File(Some(_)) => "application/json",
    }
}

/// The cookies that are there already, and those of the parameters.
fn cookies(operation: &Operation, args: &Args, before: Option<&HeaderValue>) -> Result<Option<HeaderValue>, Error> {
    let mut cookies: Vec<String> =
        before.and_then(|value| value.to_str().ok()).map(str::to_owned).into_iter().collect();
    for param in operation.params.iter().filter(|param| param.place == Place::Cookie) {
        let Some(value) = args.values.get(&param.name).filter(|value| !value.is_null()) else { continue };
        let value = simple(param, value);
        // RFC 6265 section 4.1.1; a comma is allowed because lists need it and servers take it.
        let is_cookie = value.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | ';' | '\\'));
        if !is_cookie {
            return Err(invalid(&param.name, "cannot be a cookie: only ASCII without spaces, quotes, `;` and `\\`"));
        }
        header_name(&param.wire)?;
        cookies.push(format!("{}={value}", param.wire));
    }
    if cookies.is_empty() {
        return Ok(None);
    }
    header_value("Cookie", &cookies.join("; ")).map(Some)
}

/// A value in style `simple`: commas between what a list or object holds.
fn simple(param: &Param, value: &Value) -> String {
    let between = if param.explode == Some(true) { "=" } else { "," };
    let separator = match param.style {
        Some(Style::Json) => return ascii_json(value),
        Some(Style::Space) => " ",
        Some(Style::Pipe) => "|",
        Some(Style::Form | Style::DeepObject | Style::Brackets) | None => ",",
    };
    let texts: Vec<Cow<'_, str>> = match value {
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).map(text).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, member)| !member.is_null());
            members.map(|(key, member)| format!("{key}{between}{}", text(member)).into()).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![text(value)],
    };
    texts.join(separator)
}

/// JSON in which every character is ASCII, as a header needs it.
fn ascii_json(value: &Value) -> String {
    let mut json = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() {
            json.push(c);
        } else {
            json.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    json
}

fn header_name(name: &str) -> Result<HeaderName, Error> {
    let of_the_transport = OF_THE_TRANSPORT.iter().any(|reserved| reserved.eq_ignore_ascii_case(name));
    HeaderName::from_bytes(name.as_bytes()).ok().filter(|_| !of_the_transport).ok_or_else(|| {
        let why = if of_the_transport { "which only the transport may set" } else { "which is no name of a header" };
        Error::new(ErrorKind::InvalidManifest, format!("the manifest sets the header `{name}`, {why}"))
    })
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).ok().filter(|_| value.is_ascii()).ok_or_else(|| {
        invalid(name, "cannot stand in a header: only ASCII, without line breaks and control characters")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::headers;
    use crate::build::Base;
    use crate::build::fixture::{args, head, operation};
    use crate::error::{Error, ErrorKind};

    fn built(head_json: Value, operation_json: Value, given: Value, body: Option<&str>) -> Result<Vec<String>, Error> {
        let (head, token) = (head(head_json), Map::new());
        let config = json!({ "v": "2026-03-11", "list": ["a", "b"], "bad": "a\nb" });
        let base = Base { head: &head, config: config.as_object().unwrap(), token: &token, rebind: None };
        let headers = headers(&base, &operation(operation_json), &args(given), body)?;
        Ok(headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect())
    }

    #[test]
    fn the_nearest_word_counts() {
        let head = json!({ "headers": { "Api-Version": "${config.v}", "X-Gone": "${config.absent}", "X-Own": "head", "X-L": "${config.list}" } });
        let operation =
            json!({ "headers": { "X-Own": "operation" }, "params": { "own": { "place": "header", "wire": "x-own" } } });
        let common = "api-version: 2026-03-11";
        for (given, own) in [
            (json!({}), Some("x-own: operation")),
            (json!({ "own": 7 }), Some("x-own: 7")),
            (json!({ "own": null }), None),
        ] {
            let written = built(head.clone(), operation.clone(), given, Some("application/json")).unwrap();
            let mut expected = vec![common, "x-l: a,b", "content-type: application/json", "accept: application/json"];
            expected.extend(own);
            let (mut written, mut expected) = (written.iter().map(String::as_str).collect::<Vec<_>>(), expected);
            written.sort_unstable();
            expected.sort_unstable();
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn lists_objects_and_cookies_are_written_with_commas() {
        let operation = json!({ "params": {
            "l": { "place": "header" }, "o": { "place": "header", "explode": true }, "j": { "place": "header", "style": "json" },
            "c": { "place": "cookie", "wire": "session" }, "d": { "place": "cookie" },
            "ct": { "place": "header", "wire": "Content-Type" },
        }});
        let given = json!({ "l": ["a", 1], "o": { "k": "v", "m": true }, "j": { "ü": "😀" }, "c": "x=1", "d": [1, 2], "ct": "text/csv" });
        let written = built(json!({}), operation, given, Some("application/json")).unwrap();
        assert_eq!(
            written,
            [
                "l: a,1",
                "o: k=v,m=true",
                "j: {\"\\u00fc\":\"\\ud83d\\ude00\"}",
                "content-type: text/csv",
                "cookie: session=x=1; d=1,2",
                "accept: application/json"
            ]
        );
    }

    #[test]
    fn a_file_may_have_any_type() {
        for (answer, expected) in [
            (json!({ "file": null }), "accept: */*"),
            (json!({ "file": "$.url" }), "accept: application/json"),
            (json!({ "list": "$" }), "accept: application/json"),
        ] {
            assert_eq!(built(json!({}), json!({ "answer": answer }), json!({}), None).unwrap(), [expected]);
        }
    }

    #[test]
    fn what_a_header_cannot_hold_is_refused() {
        let operation = json!({ "params": { "h": { "place": "header" }, "c": { "place": "cookie" } } });
        for given in [
            json!({ "h": "a\r\nX-Evil: 1" }),
            json!({ "h": "ü" }),
            json!({ "h": ["a\u{0}"] }),
            json!({ "c": "a; b=c" }),
            json!({ "c": "a\n" }),
            json!({ "c": "ü" }),
        ] {
            let error = built(json!({}), operation.clone(), given.clone(), None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{given}");
            assert_eq!(Some(&error.problems()[0].at), given.as_object().unwrap().keys().next(), "{error}");
        }
        let error = built(json!({ "headers": { "X-Bad": "${config.bad}" } }), json!({}), json!({}), None).unwrap_err();
        assert_eq!(
            error.message(),
            "`X-Bad` cannot stand in a header: only ASCII, without line breaks and control characters"
        );
        for name in ["Host", "content-length", "Transfer-Encoding", "a b", ""] {
            let error = built(json!({ "headers": { name: "x" } }), json!({}), json!({}), None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidManifest, "{name}");
        }
    }
}
