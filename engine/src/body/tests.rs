//! Every kind of body, as it goes over the wire.

use futures_util::{FutureExt as _, TryStreamExt as _};
use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::error::Error;
use crate::wire::{self, Upload};

use super::{Body, Content, EmptyBody, Given, GivenParam};

/// What a call gives.
#[derive(Default)]
struct Args {
    values: IndexMap<String, Value>,
    others: IndexMap<String, Value>,
    file: Option<Upload>,
}

fn args(values: Value) -> Args {
    Args { values: values.as_object().unwrap().clone().into_iter().collect(), ..Args::default() }
}

fn with_file(values: Value, upload: Upload) -> Args {
    Args { file: Some(upload), ..args(values) }
}

/// Encodes three body parameters, a file and one in the query, all of which have another name on the wire.
fn encode_args(body: Value, empty: &str, args: &Args) -> Result<(String, String), Error> {
    let body: Body = serde_json::from_value(body).unwrap();
    let empty_body: EmptyBody = serde_json::from_value(empty.into()).unwrap();
    let declared = [("a", "A"), ("b", "B"), ("c", "C"), ("file", "File"), ("q", "Q")].into_iter();
    let params = declared.filter_map(|(name, wire)| {
        let upload = args.file.as_ref().filter(|_| name == "file").map(Content::File);
        let content = upload.or_else(|| args.values.get(name).map(Content::Value))?;
        Some(GivenParam { name, wire, in_body: name != "q", file: name == "file", as_json: false, content })
    });
    let encoded = body.encode(&Given { params: params.collect(), others: &args.others, empty_body })?;
    assert_eq!(encoded.content_type.is_none(), encoded.body.is_none(), "a content type if and only if there is a body");
    Ok((encoded.content_type.unwrap_or("-".into()), whole(encoded.body)))
}

fn encode(body: Value, empty: &str, values: Value) -> Result<(String, String), Error> {
    encode_args(body, empty, &args(values))
}

fn whole(body: wire::Body) -> String {
    let length = body.length();
    let bytes = body.open().try_collect::<Vec<_>>().now_or_never().unwrap().unwrap().concat();
    assert_eq!(length, Some(bytes.len() as u64));
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_bodies() {
    let json_type = "application/json";
    for (body, empty, values, expected) in [
        (
            json!({}),
            "omit",
            json!({ "b": null, "a": { "x": [1] }, "q": 1 }),
            (json_type, r#"{"A":{"x":[1]},"B":null}"#),
        ),
        (json!({}), "omit", json!({ "q": 1 }), ("-", "")),
        (json!({}), "object", json!({}), (json_type, "{}")),
        (json!({ "wrap_in_list": true }), "omit", json!({ "a": 1 }), (json_type, r#"[{"A":1}]"#)),
        (json!({ "wrap_in_list": true }), "omit", json!({}), ("-", "")),
        (json!({ "param": "a" }), "omit", json!({ "a": [1, 2], "b": 3 }), (json_type, "[1,2]")),
        (json!({ "param": "a" }), "omit", json!({ "a": null }), (json_type, "null")),
        (json!({ "param": "a" }), "omit", json!({}), ("-", "")),
        (
            json!({ "content_type": "application/vnd.api+json" }),
            "omit",
            json!({ "a": 1 }),
            ("application/vnd.api+json", r#"{"A":1}"#),
        ),
    ] {
        let (content_type, text) = encode(json!({ "json": body }), empty, values.clone()).unwrap();
        assert_eq!((content_type.as_str(), text.as_str()), expected, "{body} {values}");
    }
}

#[test]
fn form_bodies() {
    for (body, empty, values, expected) in [
        (
            json!({}),
            "omit",
            json!({ "a": { "x": [{ "y": 1 }, "ü &"] } }),
            "A%5Bx%5D%5B0%5D%5By%5D=1&A%5Bx%5D%5B1%5D=%C3%BC+%26",
        ),
        (json!({ "empty_brackets": true }), "omit", json!({ "a": [1, true] }), "A%5B%5D=1&A%5B%5D=true"),
        (json!({}), "omit", json!({ "a": null, "b": [], "c": "" }), "A=&B=&C="),
        (json!({}), "object", json!({}), ""),
    ] {
        let encoded = encode(json!({ "form": body }), empty, values.clone()).unwrap();
        assert_eq!(encoded, ("application/x-www-form-urlencoded".to_owned(), expected.to_owned()), "{body} {values}");
    }
    assert_eq!(encode(json!({ "form": {} }), "omit", json!({})).unwrap(), ("-".to_owned(), String::new()));
}

#[test]
fn what_nobody_declares_comes_last() {
    let others = json!({ "cf_rank": null, "cf": { "b": [1] } });
    let all = Args { others: args(others.clone()).values, ..args(json!({ "a": 1 })) };
    let encoded = |body| encode_args(body, "omit", &all).unwrap().1;
    assert_eq!(encoded(json!({ "json": { "others": true } })), r#"{"A":1,"cf_rank":null,"cf":{"b":[1]}}"#);
    assert_eq!(encoded(json!({ "form": { "others": true } })), "A=1&cf_rank=&cf%5Bb%5D%5B0%5D=1");
    let alone = Args { others: args(others).values, ..Args::default() };
    let (content_type, _) = encode_args(json!({ "json": { "others": true } }), "omit", &alone).unwrap();
    assert_eq!(content_type, "application/json");
}

#[test]
fn raw_bodies() {
    let raw = json!({ "raw": { "param": "file", "content_type": "text/csv" } });
    let upload = || Upload::bytes("a;b");
    for (args, expected) in [
        (with_file(json!({}), upload()), ("text/csv", "a;b")),
        (with_file(json!({}), upload().content_type("text/plain")), ("text/plain", "a;b")),
        (args(json!({ "file": "text" })), ("text/csv", "text")),
        (args(json!({ "file": [1] })), ("text/csv", "[1]")),
        (args(json!({})), ("-", "")),
    ] {
        let (content_type, text) = encode_args(raw.clone(), "omit", &args).unwrap();
        assert_eq!((content_type.as_str(), text.as_str()), expected);
    }
}

#[test]
fn a_file_has_no_place_in_json_forms_and_queries() {
    for body in [json!({ "json": {} }), json!({ "form": {} }), json!({ "graphql": graphql("{ a }", json!({})) })] {
        let error = encode_args(body, "omit", &with_file(json!({}), Upload::bytes("x"))).unwrap_err();
        assert_eq!(error.message(), "`file` is a file, which this body cannot hold; give a value");
    }
}

fn graphql(query: &str, changes: Value) -> Value {
    let mut body = json!({ "query": query, "variables": {}, "default_fields": [] });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

#[test]
fn graphql_bodies() {
    let variables =
        json!({ "variables": { "whole": "${a}", "mixed": "x-${a}-${b}", "gone": "${c}" }, "operation_name": "Get" });
    let fields = json!({ "fields": "c", "default_fields": ["id", "o.n"] });
    for (body, values, expected) in [
        (graphql("{ a }", json!({})), json!({}), r#"{"query":"{ a }"}"#),
        (
            graphql("{ a }", json!({})),
            json!({ "a": 1, "b": null, "q": 2 }),
            r#"{"query":"{ a }","variables":{"A":1,"B":null}}"#,
        ),
        (
            graphql("{ a }", variables.clone()),
            json!({ "a": [1], "b": "${a}" }),
            r#"{"query":"{ a }","variables":{"whole":[1],"mixed":"x-[1]-${a}"},"operationName":"Get"}"#,
        ),
        (
            graphql("{ a }", variables),
            json!({ "a": null, "b": 1 }),
            r#"{"query":"{ a }","variables":{"whole":null},"operationName":"Get"}"#,
        ),
        (graphql("{ u { {{ fields }} } }", fields.clone()), json!({}), r#"{"query":"{ u { id o { n } } }"}"#),
        (
            graphql("{ u { {{ fields }} } }", json!({ "default_fields": "id l(first: 1) { n }" })),
            json!({}),
            r#"{"query":"{ u { id l(first: 1) { n } } }"}"#,
        ),
        (
            graphql("{ u { {{ fields }} } }", fields),
            json!({ "a": 1, "c": ["x"] }),
            r#"{"query":"{ u { x } }","variables":{"A":1}}"#,
        ),
    ] {
        let encoded = encode(json!({ "graphql": body }), "omit", values.clone()).unwrap();
        assert_eq!(encoded, ("application/json".to_owned(), expected.to_owned()), "{body} {values}");
    }
}

/// A part: its header lines, and its text.
type Part = (String, String);

/// Takes a multipart body apart, as a server does.
fn parts(content_type: &str, body: &str) -> Vec<Part> {
    let boundary = content_type.split("boundary=").nth(1).unwrap().split(';').next().unwrap();
    let inner = body.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let inner = inner.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    let between = format!("\r\n--{boundary}\r\n");
    let parts = inner.split(&between);
    parts
        .map(|part| part.split_once("\r\n\r\n").unwrap())
        .map(|(head, text)| (head.to_owned(), text.to_owned()))
        .collect()
}

fn multipart(body: Value, args: &Args) -> Vec<Part> {
    let (content_type, text) = encode_args(json!({ "multipart": body }), "omit", args).unwrap();
    assert!(content_type.starts_with("multipart/form-data; boundary=tieline-"), "{content_type}");
    parts(&content_type, &text)
}

fn field(name: &str, text: &str) -> Part {
    (format!("Content-Disposition: form-data; name=\"{name}\""), text.to_owned())
}

#[test]
fn multipart_bodies() {
    let values = json!({ "a": { "x": [1, "y"] }, "b": true, "c": null });
    let expected = [field("A[x][0]", "1"), field("A[x][1]", "y"), field("B", "true"), field("C", "")];
    assert_eq!(multipart(json!({}), &args(values.clone())), expected);
    let json_part = |name: &str, text: &str| {
        let (head, text) = field(name, text);
        (format!("{head}\r\nContent-Type: application/json"), text)
    };
    let expected = [json_part("A", r#"{"x":[1,"y"]}"#), field("B", "true"), json_part("C", "null")];
    assert_eq!(multipart(json!({ "json_parts": true }), &args(values)), expected);

    let file = |name: &str, rest: &str| {
        format!("Content-Disposition: form-data; name=\"File\"; filename=\"{name}\"\r\n{rest}")
    };
    let unknown = "Content-Type: application/octet-stream";
    for (args, head) in [
        (with_file(json!({}), Upload::bytes("data")), file("File", unknown)),
        (
            with_file(json!({}), Upload::bytes("data").filename("ü\"\r\n.txt").content_type("text/plain")),
            file("ü%22%0D%0A.txt", "Content-Type: text/plain"),
        ),
        (args(json!({ "file": "data" })), file("File", unknown)),
    ] {
        assert_eq!(multipart(json!({}), &args), [(head, "data".to_owned())]);
    }
    assert_eq!(encode(json!({ "multipart": {} }), "omit", json!({})).unwrap().0, "-");
    let evil = with_file(json!({}), Upload::bytes("").content_type("text/plain\r\nX-Evil: 1"));
    let error = encode_args(json!({ "multipart": {} }), "omit", &evil).unwrap_err();
    assert_eq!(error.message(), "`file` has a content type that is none; it looks like `image/png`");
}

#[test]
fn related_bodies() {
    let related = json!({ "related": { "file": "file" } });
    let args = with_file(json!({ "a": "name" }), Upload::bytes("data").content_type("image/png"));
    let (content_type, text) = encode_args(related.clone(), "omit", &args).unwrap();
    assert!(
        content_type.starts_with("multipart/related; boundary=tieline-")
            && content_type.ends_with("; type=\"application/json\"")
    );
    let expected = [
        ("Content-Type: application/json; charset=UTF-8".to_owned(), r#"{"A":"name"}"#.to_owned()),
        ("Content-Type: image/png".to_owned(), "data".to_owned()),
    ];
    assert_eq!(parts(&content_type, &text), expected);
    let plain = ("application/json".to_owned(), r#"{"A":1}"#.to_owned());
    assert_eq!(encode(related.clone(), "omit", json!({ "a": 1 })).unwrap(), plain);
    assert_eq!(encode(related, "omit", json!({})).unwrap().0, "-");

    let named = json!({ "related": { "file": "file", "content_type": "b" } });
    for (values, upload, expected) in [
        (json!({ "a": 1, "b": "image/png" }), Upload::bytes("data").content_type("text/plain"), "image/png"),
        (json!({ "a": 1, "b": null }), Upload::bytes("data").content_type("text/plain"), "text/plain"),
        (json!({ "a": 1 }), Upload::bytes("data"), "application/octet-stream"),
    ] {
        let (content_type, text) = encode_args(named.clone(), "omit", &with_file(values, upload)).unwrap();
        let [metadata, file] = parts(&content_type, &text).try_into().unwrap();
        assert_eq!((metadata.1.as_str(), file.0), (r#"{"A":1}"#, format!("Content-Type: {expected}")));
    }
    let plain = ("application/json".to_owned(), r#"{"A":1}"#.to_owned());
    assert_eq!(encode(named.clone(), "omit", json!({ "a": 1, "b": "image/png" })).unwrap(), plain);
    for value in [json!("png"), json!("image/png\r\nX-Evil: 1"), json!(1)] {
        let error =
            encode_args(named.clone(), "omit", &with_file(json!({ "b": value }), Upload::bytes(""))).unwrap_err();
        assert_eq!(error.message(), "`b` is not a content type such as `image/png`");
    }
}

proptest::proptest! {
    #[test]
    fn multipart_comes_back_as_it_went(a in "[ -~\r\n]{0,40}", b in "\\PC{0,20}", data in "[\\-\r\nA-z]{0,60}") {
        let args = with_file(json!({ "a": a, "b": b }), Upload::bytes(data.clone()));
        let back = multipart(json!({}), &args);
        proptest::prop_assert_eq!(back.len(), 3);
        proptest::prop_assert_eq!(&back[0], &field("A", &a));
        proptest::prop_assert_eq!(&back[1], &field("B", &b));
        proptest::prop_assert_eq!(&back[2].1, &data);
    }

    #[test]
    fn forms_come_back_as_they_went(texts in proptest::collection::vec(".{0,12}", 1..4)) {
        let (_, form) = encode(json!({ "form": { "empty_brackets": true } }), "omit", json!({ "a": texts })).unwrap();
        let back: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        proptest::prop_assert_eq!(back, texts.into_iter().map(|text| ("A[]".to_owned(), text)).collect::<Vec<_>>());
    }
}
