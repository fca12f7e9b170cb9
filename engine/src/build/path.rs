//! The path: each value is one segment, or a part of one, whatever it holds.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use crate::args::Args;
use crate::body::{invalid, text};
use crate::error::{Error, ErrorKind};
use crate::manifest::{Place, Style};
use crate::notation::leaves_its_segment;
use crate::plan::{Operation, Param, PathPart};

/// All but the unreserved characters of RFC 3986.
pub(super) const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the manifest's own text may hold: a path as RFC 3986 has it, escapes included.
const LITERAL: &AsciiSet = &VALUE
    .remove(b'/')
    .remove(b'%')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Puts the path of an operation below that of the URL.
pub(super) fn append(url: &mut Url, operation: &Operation, args: &Args) -> Result<(), Error> {
    let mut below = String::with_capacity(USUAL_LENGTH);
    for part in &operation.path {
        match part {
            PathPart::Text(literal) => below.extend(utf8_percent_encode(literal, LITERAL)),
            PathPart::Param(wire) => {
                let param = operation.params.iter().find(|param| param.place == Place::Path && param.wire == *wire);
                let param = param.ok_or_else(|| undeclared(operation, wire))?;
                below.push_str(&segment(param, args.values.get(&param.name).unwrap_or(&Value::Null))?);
            }
        }
    }
    if below.is_empty() {
        return Ok(());
    }
    let above = url.path().trim_end_matches('/');
    let slash = if below.starts_with('/') { "" } else { "/" };
    let path = [above, slash, &below].concat();
    url.set_path(&path);
    // The parser resolves `.` and `..`: a path that it changes would have reached another operation.
    if url.path() != path {
        let message = format!("these values would make the path of {} another one: `{path}`", operation.name());
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    Ok(())
}

/// How long a path is as a rule, in bytes.
const USUAL_LENGTH: usize = 64;
/// The longest value that stands in a path, in bytes.
const LONGEST: usize = 8 * 1024;

fn segment(param: &Param, value: &Value) -> Result<String, Error> {
    let name = param.name.as_str();
    let texts = texts(param, value).ok_or_else(|| invalid(name, "is required: it stands in the path"))?;
    let plain = match texts.as_slice() {
        [(_, only)] => Cow::Borrowed(&**only),
        several => several.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(",").into(),
    };
    if plain.len() > LONGEST {
        return Err(invalid(name, format!("has {} bytes; {LONGEST} is the limit in the path", plain.len())));
    }
    fn bytes<'t>(param: &Param, text: &'t str) -> Cow<'t, [u8]> {
        if param.percent_encoded { percent_decode_str(text).into() } else { text.as_bytes().into() }
    }
    let decoded = bytes(param, &plain);
    if decoded.is_empty() {
        return Err(invalid(name, "must not be empty: it stands in the path"));
    }
    if matches!(&*decoded, b"." | b"..") || leaves_its_segment(&plain) {
        return Err(invalid(name, "must not be or hold `.` or `..` as a step of the path"));
    }
    let mut written = String::new();
    for (joint, text) in &texts {
        written.push_str(joint);
        written.extend(percent_encode(&bytes(param, text), VALUE));
    }
    Ok(written)
}

/// The texts of a value, each with what stands before it (OpenAPI 3.1, style `simple`). `None`: no value.
fn texts<'a>(param: &Param, value: &'a Value) -> Option<Vec<(&'static str, Cow<'a, str>)>> {
    let comma = |index: usize| if index == 0 { "" } else { "," };
    let between = if param.explode == Some(true) { "=" } else { "," };
    match value {
        Value::Null => None,
        Value::Array(items) if param.style != Some(Style::Json) => {
            let items = items.iter().filter(|item| !item.is_null()).enumerate();
            Some(items.map(|(index, item)| (comma(index), text(item))).collect())
        }
        Value::Object(members) if param.style != Some(Style::Json) => {
            let members = members.iter().filter(|(_, member)| !member.is_null()).enumerate();
            let pair = |(index, (key, member)): (usize, (&'a String, &'a Value))| {
                [(comma(index), Cow::from(key)), (between, text(member))]
            };
            Some(members.flat_map(pair).collect())
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Some(vec![("", text(value))])
        }
    }
}

fn undeclared(operation: &Operation, wire: &str) -> Error {
    let message = format!("the path of {} names `{wire}`, which is none of its parameters", operation.name());
    Error::new(ErrorKind::InvalidManifest, message)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use url::Url;

    use super::append;
    use crate::build::fixture::{args, operation};
    use crate::error::Error;

    fn path(param: Value, value: Value) -> Result<String, Error> {
        let mut param = param;
        param["place"] = "path".into();
        let operation = operation(json!({
            "path": [{ "text": "/items/" }, { "param": "id" }, { "text": "/children" }],
            "params": { "id": param },
        }));
        let mut url = Url::parse("https://example.com/v1/").unwrap();
        append(&mut url, &operation, &args(json!({ "id": value })))?;
        let inner = url.path().strip_prefix("/v1/items/").and_then(|path| path.strip_suffix("/children"));
        Ok(inner.unwrap().to_owned())
    }

    #[test]
    fn values_are_written_as_one_segment() {
        let plain = json!({});
        for (param, value, expected) in [
            (plain.clone(), json!("a b/c?d#e%2F&f=ü"), "a%20b%2Fc%3Fd%23e%252F%26f%3D%C3%BC"),
            (plain.clone(), json!("A-z_0.9~"), "A-z_0.9~"),
            (plain.clone(), json!("a..b"), "a..b"),
            (plain.clone(), json!("..."), "..."),
            (plain.clone(), json!(12), "12"),
            (plain.clone(), json!(true), "true"),
            (plain.clone(), json!(["a,b", 1, null]), "a%2Cb,1"),
            (plain.clone(), json!({ "k": "v", "l": 2 }), "k,v,l,2"),
            (json!({ "explode": true }), json!({ "k": "v", "l": 2 }), "k=v,l=2"),
            (json!({ "style": "json" }), json!({ "k": 1 }), "%7B%22k%22%3A1%7D"),
            (json!({ "percent_encoded": true }), json!("%3AUPp"), "%3AUPp"),
            (json!({ "percent_encoded": true }), json!(":UPp"), "%3AUPp"),
            (json!({ "percent_encoded": true }), json!("100%"), "100%25"),
            (json!({ "percent_encoded": true }), json!("%FFx"), "%FFx"),
        ] {
            assert_eq!(path(param.clone(), value.clone()).unwrap(), expected, "{param} {value}");
        }
    }

    #[test]
    fn values_that_leave_the_path_are_refused() {
        for value in [
            json!("."),
            json!(".."),
            json!(""),
            json!(null),
            json!("../x"),
            json!("a/../b"),
            json!("a\\..\\b"),
            json!("%2e%2e"),
            json!("%252e%252e%252f"),
            json!("x%2F..%2Fy"),
            json!(format!("%{}2e", "25".repeat(100))),
            json!(format!("%{}", "25".repeat(4_000_000))),
            json!("x".repeat(8 * 1024 + 1)),
            json!([".."]),
            json!([]),
            json!({}),
        ] {
            for encoded in [true, false] {
                let error = path(json!({ "percent_encoded": encoded }), value.clone()).unwrap_err();
                assert_eq!(error.problems()[0].at, "id", "{value} {encoded}");
                assert!(error.message().starts_with("`id` "), "{error}");
            }
        }
        assert!(path(json!({ "percent_encoded": true }), json!("%2E")).is_err());
    }

    #[test]
    fn values_that_make_a_step_together_are_refused() {
        let operation = operation(json!({
            "path": [{ "text": "/items/." }, { "param": "id" }],
            "params": { "id": { "place": "path" } },
        }));
        let mut url = Url::parse("https://example.com").unwrap();
        assert!(append(&mut url, &operation, &args(json!({ "id": "." }))).is_err());
        append(&mut url, &operation, &args(json!({ "id": "a" }))).unwrap();
        assert_eq!(url.path(), "/items/.a");
    }

    #[test]
    fn the_path_goes_below_that_of_the_server() {
        for (server, text, expected) in [
            ("https://e.com", "/a", "/a"),
            ("https://e.com/v1", "/a/", "/v1/a/"),
            ("https://e.com/v1/", "a", "/v1/a"),
            ("https://e.com/v1", "", "/v1"),
            ("https://e.com/v1", "/", "/v1/"),
            ("https://e.com", "/a b?c#d", "/a%20b%3Fc%23d"),
            ("https://e.com", "/a%2Fb:c@(d)", "/a%2Fb:c@(d)"),
        ] {
            let mut url = Url::parse(server).unwrap();
            append(&mut url, &operation(json!({ "path": [{ "text": text }] })), &args(json!({}))).unwrap();
            assert_eq!(url.path(), expected, "{server} {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back_from_its_one_segment(value in ".{1,20}", tricky in "[./\\\\%2eEfF]{1,12}") {
            for value in [value, tricky] {
                if let Ok(written) = path(json!({}), json!(value)) {
                    proptest::prop_assert!(!written.contains('/'));
                    let back = percent_encoding::percent_decode_str(&written).decode_utf8().unwrap().into_owned();
                    proptest::prop_assert_eq!(back, value);
                }
            }
        }
    }
}
