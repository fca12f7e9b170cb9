//! What is found in answers, and that it is what a tree would hold.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::notation::{JsonPath, Lookup, Step};
use crate::raw::Raw;

use super::{Document, meta, records, select};

fn path(text: &str) -> JsonPath {
    text.parse().unwrap()
}

fn texts(raws: &[Raw]) -> Vec<&str> {
    raws.iter().map(|raw| std::str::from_utf8(raw.as_bytes()).unwrap()).collect()
}

fn find(body: &str, at: &str) -> Result<Vec<String>, Error> {
    let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_owned()));
    let found = Document::new(&headers, &body).find(&path(at))?;
    for raw in &found {
        assert!(body.as_ptr_range().contains(&raw.as_bytes().as_ptr()), "a slice of the body");
    }
    Ok(texts(&found).into_iter().map(str::to_owned).collect())
}

#[test]
fn finds_slices_of_the_body() {
    for (body, at, expected) in [
        (" {\"a\": 1}\n", "$", &["{\"a\": 1}"][..]),
        ("\u{feff}[1]", "$[0]", &["1"]),
        ("{\"a\": {\"b\" : [1, {\"c\": 1.50}]}}", "$.a.b[1].c", &["1.50"]),
        ("{\"a\": [{\"b\": [1, 2]}, {\"b\": [3]}]}", "$.a[*].b[*]", &["1", "2", "3"]),
        ("{\"x\": {\"b\": 1}, \"y\": {\"b\": [2]}, \"z\": 3}", "$[*].b", &["1", "[2]"]),
        ("{\"a\\u0062\": \"\\u00e9\"}", "$.ab", &["\"\\u00e9\""]),
        ("{\"a\": 1, \"b\": 2, \"a\": 3}", "$.a", &["3"]),
        ("{\"a\": 1, \"b\": 2, \"a\": 3}", "$[*]", &["3", "2"]),
        ("{\"a\": null}", "$.a", &["null"]),
        ("{\"a\": null}", "$.a.b", &[]),
        ("{\"a\": 5}", "$.a[0]", &[]),
        ("[[1]]", "$.a", &[]),
        ("{\"0\": 1}", "$[0]", &[]),
        ("{\"big\": 123456789012345678901234567890}", "$.big", &["123456789012345678901234567890"]),
    ] {
        assert_eq!(find(body, at).unwrap(), expected, "{at} in {body}");
    }
}

#[test]
fn finds_several_paths_in_one_scan() {
    let (headers, body) = (HeaderMap::new(), Bytes::from_static(br#"{"a": {"b": [1, 2]}, "c": 3}"#));
    let paths = ["$.a", "$.a.b[*]", "$.c", "$.d", "$", "$.a.b[1]"].map(path);
    let found = Document::new(&headers, &body).find_all(&paths.iter().collect::<Vec<_>>()).unwrap();
    let found: Vec<_> = found.iter().map(|raws| texts(raws)).collect();
    let whole = r#"{"a": {"b": [1, 2]}, "c": 3}"#;
    assert_eq!(found, [vec![r#"{"b": [1, 2]}"#], vec!["1", "2"], vec!["3"], vec![], vec![whole], vec!["2"]]);
}

#[test]
fn says_how_an_answer_that_is_not_json_begins() {
    for (body, parts) in [
        (&b"  <!DOCTYPE HTML><p>"[..], &["answered with HTML", "<!DOCTYPE HTML><p>"][..]),
        (b"{\"a\": 1", &["EOF", "`{\"a\": 1`"]),
        (b"{\"a\": 1} x", &["trailing characters"]),
        (b"", &["answered with nothing"]),
        (b"\xff\xfe", &["utf-8"]),
        (b"no\x1b[31m\r\n\xe2\x80\xae", &["`no\\u{1b}[31m\\r\\n\\u{202e}`"]),
    ] {
        let (headers, body) = (HeaderMap::new(), Bytes::from_static(body));
        let error = Document::new(&headers, &body).find(&path("$.a")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        for part in parts {
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }
    let error = find(&"é".repeat(5000), "$").unwrap_err();
    assert!(error.message().ends_with("é…`") && error.message().matches('é').count() == 200, "{error}");
}

#[test]
fn reads_as_deep_as_anyone_who_parses_a_record_can() {
    let nested = |depth: usize| format!("{{\"a\": {}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    for at in ["$", "$.a", "$.b"] {
        assert!(find(&nested(127), at).is_ok());
        assert!(find(&nested(128), at).unwrap_err().message().contains("nested deeper"));
        assert!(find(&nested(1_000_000), at).unwrap_err().message().contains("nested deeper"));
    }
    assert!(
        serde_json::from_str::<Value>(&nested(127)).is_ok() && serde_json::from_str::<Value>(&nested(128)).is_err()
    );
    assert!(find(&format!("\"{}\"", "[\\\"".repeat(500)), "$").is_ok(), "brackets in text do not nest");
    assert!(find(&nested(127), &format!("$.a{}", "[0]".repeat(300))).unwrap().is_empty());
}

#[test]
fn looks_up_and_collects_meta() {
    let mut headers = HeaderMap::new();
    headers.insert("X-Total", HeaderValue::from_static("12"));
    headers.insert("Link", HeaderValue::from_static("</users?page=2>; rel=\"next\""));
    let body = Bytes::from_static(br#"{"a": {"b": [1, 2]}, "results": []}"#);
    let document = Document::new(&headers, &body);
    let lookup = |text: &str| document.lookup(&text.parse::<Lookup>().unwrap());
    assert_eq!(lookup("$.a.b[*]"), Some(json!(1)));
    assert_eq!(lookup("$.a.c"), None);
    assert_eq!(lookup("@header.x-total"), Some(json!("12")));
    assert_eq!(lookup("@header.no such name"), None);
    assert_eq!(lookup("@link.next"), Some(json!("/users?page=2")));

    let lookups = [("total", "@header.X-Total"), ("b", "$.a.b"), ("none", "$.c"), ("next", "@link.next")];
    let lookups = lookups.into_iter().map(|(name, at)| (name.to_owned(), at.parse().unwrap())).collect();
    let found = meta(&lookups, &document).unwrap();
    let found: Vec<_> = found.iter().map(|(name, raw)| (name.as_str(), raw.to_value())).collect();
    let expected =
        [("total", json!("12")), ("b", json!([1, 2])), ("none", json!(null)), ("next", json!("/users?page=2"))];
    assert_eq!(found, expected);

    let no_body = Bytes::new();
    let empty = Document::new(&headers, &no_body);
    assert!(empty.is_empty() && meta(&lookups, &empty).unwrap()["b"].is_null());
    let html = Bytes::from_static(b"<html>");
    assert!(meta(&lookups, &Document::new(&headers, &html)).is_err());
    assert_eq!(Document::new(&headers, &html).lookup(&"$.a".parse().unwrap()), None);
}

fn selected(record: &str, fields: &[&str]) -> String {
    let fields: Vec<_> = fields.iter().map(|field| (*field).to_owned()).collect();
    let kept = select(&Raw::from_json(Bytes::from(record.to_owned())), &fields);
    String::from_utf8(kept.as_bytes().to_vec()).unwrap()
}

#[test]
fn selects_fields() {
    let record =
        r#"{"id": 1.0, "owner": {"name": "A", "id": 2}, "tags": [{"a": 1, "b": 2}, "x", {"b": 3}], "c\u0064": [ ]}"#;
    for (fields, expected) in [
        (&["owner.name", "id"][..], r#"{"id":1.0,"owner":{"name":"A"}}"#),
        (&["owner", "owner.name"], r#"{"owner":{"name": "A", "id": 2}}"#),
        (&["tags.a"], r#"{"tags":[{"a":1},{}]}"#),
        (&["cd", "tags.zzz"], r#"{"tags":[{},{}],"cd":[ ]}"#),
        (&["cd.x"], r#"{"cd":[]}"#),
        (&["owner.zzz", "zzz", "id.x", "", "."], "{}"),
        (&[], record),
    ] {
        assert_eq!(selected(record, fields), expected, "{fields:?}");
    }
    assert_eq!(selected("\"text\"", &["id"]), "\"text\"");
    assert_eq!(selected("[{\"id\": 1, \"x\": 2}]", &["id"]), "[{\"id\":1}]");
    assert_eq!(selected(r#"{"a": 1, "b": 2, "a": 3}"#, &["a", "b"]), r#"{"a":3,"b":2}"#);
    assert_eq!(selected(record, &["a.".repeat(1_000_000).as_str(), "id"]), r#"{"id":1.0}"#);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c\"\\\\\n\u{e9}]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-c\"\n]{1,2}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_path() -> impl Strategy<Value = JsonPath> {
    let step = prop_oneof![
        "[a-c\"\n]{1,2}".prop_map(Step::Key),
        (0usize..3).prop_map(Step::Index),
        Just(Step::All),
        Just(Step::All)
    ];
    prop::collection::vec(step, 0..5).prop_map(|steps| JsonPath::from(steps.as_slice()))
}

fn found_in_tree<'v>(tree: &'v Value, steps: &[Step]) -> Vec<&'v Value> {
    let Some((step, rest)) = steps.split_first() else { return vec![tree] };
    let within: Vec<&Value> = match (step, tree) {
        (Step::Key(key), Value::Object(members)) => members.get(key).into_iter().collect(),
        (Step::Index(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
        (Step::All, Value::Array(items)) => items.iter().collect(),
        (Step::All, Value::Object(members)) => members.values().collect(),
        _ => Vec::new(),
    };
    within.into_iter().flat_map(|value| found_in_tree(value, rest)).collect()
}

fn selected_from_tree(tree: &Value, fields: &[Vec<&str>]) -> Option<Value> {
    if fields.iter().any(Vec::is_empty) {
        return Some(tree.clone());
    }
    match tree {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, value)| {
                let below: Vec<_> =
                    fields.iter().filter(|field| field[0] == name).map(|field| field[1..].to_vec()).collect();
                let value = (!below.is_empty()).then(|| selected_from_tree(value, &below)).flatten()?;
                Some((name.clone(), value))
            });
            Some(kept.collect::<Map<_, _>>()).filter(|kept| !kept.is_empty()).map(Value::Object)
        }
        Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| selected_from_tree(item, fields).or_else(|| item.is_object().then(|| json!({}))))
                .collect(),
        ),
        _ => None,
    }
}

proptest! {
    #[test]
    fn finds_what_a_tree_holds(tree in any_json(), paths in prop::collection::vec(any_path(), 1..4), pretty in any::<bool>()) {
        let body = if pretty { serde_json::to_vec_pretty(&tree) } else { serde_json::to_vec(&tree) };
        let (headers, body) = (HeaderMap::new(), Bytes::from(body.unwrap()));
        let found = Document::new(&headers, &body).find_all(&paths.iter().collect::<Vec<_>>()).unwrap();
        for (path, found) in paths.iter().zip(found) {
            let found: Vec<_> = found.iter().map(|raw| raw.read::<Value>().unwrap()).collect();
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), found_in_tree(&tree, path.steps()), "{}", path);
        }
    }

    #[test]
    fn finds_what_a_tree_holds_among_duplicate_keys(members in prop::collection::vec(("[ab]", any_json()), 0..5), path in any_path()) {
        let members = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect::<Vec<_>>();
        let body = Bytes::from(format!("{{{}}}", members.join(", ")));
        let tree: Value = serde_json::from_slice(&body).unwrap();
        let headers = HeaderMap::new();
        let found = Document::new(&headers, &body).find(&path).unwrap();
        let found: Vec<_> = found.iter().map(|raw| raw.read::<Value>().unwrap()).collect();
        prop_assert_eq!(found.iter().collect::<Vec<_>>(), found_in_tree(&tree, path.steps()));
    }

    #[test]
    fn selects_what_a_tree_holds(tree in any_json(), fields in prop::collection::vec("[abc](\\.[abc]){0,3}", 1..4)) {
        let expected = match &tree {
            Value::Object(_) | Value::Array(_) => {
                let paths: Vec<Vec<&str>> = fields.iter().map(|field| field.split('.').collect()).collect();
                selected_from_tree(&tree, &paths).unwrap_or_else(|| json!({}))
            }
            scalar => scalar.clone(),
        };
        let kept = select(&Raw::from_value(&tree), &fields);
        prop_assert_eq!(kept.read::<Value>().unwrap().to_string(), expected.to_string());
    }

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..64), path in any_path(), field in "[a-c.]{0,6}") {
        let (headers, body) = (HeaderMap::new(), Bytes::from(body));
        let document = Document::new(&headers, &body);
        let _ = (document.find(&path), document.is_empty(), document.lookup(&Lookup::Body(path)));
        let _ = select(&Raw::from_json(body.clone()), &[field]);
    }

    #[test]
    fn broken_json_is_an_error_wherever_it_breaks(tree in any_json(), cut in any::<prop::sample::Index>(), path in any_path()) {
        let whole = serde_json::to_vec(&json!([tree])).unwrap();
        let (headers, body) = (HeaderMap::new(), Bytes::from(whole[..cut.index(whole.len())].to_vec()));
        prop_assert!(Document::new(&headers, &body).find(&path).is_err());
    }
}

#[test]
fn one_answer_holds_a_limited_number_of_records() {
    let headers = HeaderMap::new();
    let limit = 100_000;
    for (path, count, fits) in [("$.r", limit, true), ("$.r", limit + 1, false), ("$.r[*]", limit + 1, false)] {
        let body = Bytes::from(format!("{{\"r\":[{}0]}}", "0,".repeat(count - 1)));
        let found = records::list(&Document::new(&headers, &body), &path.parse().unwrap());
        assert_eq!(found.as_ref().map(Vec::len).map_err(Error::kind), fits.then_some(count).ok_or(ErrorKind::TooLarge));
    }
}

#[test]
fn what_is_skipped_is_read_when_somebody_asks() {
    let headers = HeaderMap::new();
    for (body, reads) in [
        (r#"{"r": [{"a": 1}], "x": {"b": [true]}}"#, true),
        (r#"{"r": [{"a": tru}], "x": 1}"#, false),
        (r#"{"r": [{"a" 1}], "x": 1}"#, false),
        (r#"{"r": [{"a": 1}], "x": {"b": [1}}}"#, false),
    ] {
        let bytes = Bytes::from(body);
        let document = Document::new(&headers, &bytes);
        let found = document.find(&path("$.r[*]")).unwrap();
        assert_eq!(found.len(), 1, "{body}");
        assert_eq!(document.validate().is_ok(), reads, "{body}");
    }
    for body in
        [r#"{"r": [{"a": 1} {"a": 2}]}"#, r#"{"r": [{"a": 1}}"#, r#"{"r": [{"a": 1}, x]}"#, r#"{"r": [{"a": "]}"#]
    {
        let bytes = Bytes::from(body);
        assert!(Document::new(&headers, &bytes).find(&path("$.r[*]")).is_err(), "{body}");
    }
}
