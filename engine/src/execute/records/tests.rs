//! What becomes of the records of an answer, as an operation says.

use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::build::fixture::list;
use crate::error::{Error, ErrorKind};
use crate::extract::{Document, Scope};
use crate::raw::Raw;

use super::records;

fn read(members: Value, body: &str) -> Result<(Vec<Value>, usize), Error> {
    let operation = list(members);
    let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_owned()));
    let config = Map::from_iter([("region".to_owned(), "eu".into())]);
    let scope = Scope { config: &config, now: SystemTime::UNIX_EPOCH };
    let records = records(&operation, &Document::new(&headers, &body), scope)?;
    Ok((records.kept.iter().map(Raw::to_value).collect(), records.found))
}

#[test]
fn reads_the_records_of_a_list() {
    for (at, body, expected) in [
        ("$.results", r#"{"results": [{"a": 1}, 2, null]}"#, json!([{ "a": 1 }, 2, null])),
        ("$.results", r#"{"results": []}"#, json!([])),
        ("$.results", r#"{"results": null}"#, json!([])),
        ("$", "[1]", json!([1])),
        ("$.a[*].b", r#"{"a": [{"b": [1, [2]]}, {"b": null}, {"b": [3]}, {}]}"#, json!([1, [2], 3])),
        (
            "$.edges[*].node",
            r#"{"edges": [{"node": {"id": 1}}, {"node": {"id": 2}}]}"#,
            json!([{ "id": 1 }, { "id": 2 }]),
        ),
        ("$.edges[*].node", r#"{"edges": [ ]}"#, json!([])),
        ("$.edges[*].node", r#"{"edges": null}"#, json!([])),
        ("$.a[*].b[*].c", r#"{"a": [{"b": []}, {"b": []}]}"#, json!([])),
        ("$.a[*].b.c", r#"{"a": [{"b": null}]}"#, json!([])),
        ("$.a[*].b.c", r#"{"a": [{"b": null}, {"b": {"c": [1]}}]}"#, json!([1])),
        ("$.a[*].b.c", r#"{"a": [{"b": {"c": null}}]}"#, json!([])),
    ] {
        let expected = expected.as_array().unwrap().clone();
        let count = expected.len();
        assert_eq!(read(json!({ "answer": { "list": at } }), body), Ok((expected, count)), "{at} in {body}");
    }
}

#[test]
fn what_is_not_there_is_no_empty_list() {
    for (at, body, part) in [
        (
            "$.results",
            r#"{"items": []}"#,
            "expected a list at `$.results`, found nothing; the answer begins `{\"items\": []}`",
        ),
        ("$.results", r#"{"results": {"a": 1}}"#, "expected a list at `$.results`, found an object"),
        ("$.results", r#"{"results": "x"}"#, "found text"),
        ("$.results", r#"{"results": 0}"#, "found a number"),
        ("$.edges[*].node", "{}", "found nothing"),
        ("$.a.b", r#"{"a": null}"#, "found nothing"),
        ("$.a[*].b.c", r#"{"a": [{"b": {}}]}"#, "found nothing"),
        ("$.edges[*].node", r#"{"edges": [{"cursor": 1}]}"#, "found nothing"),
        ("$.a[*].b[*].c", r#"{"a": [{"b": []}, {"b": [{}]}]}"#, "found nothing"),
        ("$.results", "<html>", "HTML"),
    ] {
        let error = read(json!({ "answer": { "list": at } }), body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        assert!(error.message().contains(part), "{at} in {body}: {error}");
    }
}

#[test]
fn reads_one_record() {
    let one = |at: &str| json!({ "answer": { "one": at }, "filter": "{{ false }}" });
    assert_eq!(read(one("$"), "{\"a\": 1}"), Ok((vec![json!({ "a": 1 })], 1)), "a filter is for lists");
    assert_eq!(read(one("$.user"), "{\"user\": null}"), Ok((vec![Value::Null], 1)));
    assert!(read(one("$.user"), "{}").unwrap_err().message().contains("expected a record at `$.user`"));
    assert_eq!(read(json!({ "answer": { "file": null } }), "anything"), Ok((vec![], 0)));
}

#[test]
fn an_answer_may_be_the_only_record() {
    let single = json!({ "may_be_single": true });
    assert_eq!(read(single.clone(), r#"{"id": 1}"#), Ok((vec![json!({ "id": 1 })], 1)));
    assert_eq!(read(single.clone(), r#"{"results": [2]}"#), Ok((vec![json!(2)], 1)));
    assert_eq!(read(single.clone(), r#"{"results": []}"#), Ok((vec![], 0)));
    assert!(read(single.clone(), "[1]").is_err() && read(single, r#"{"results": {}}"#).is_err());
}

#[test]
fn filters_and_reshapes() {
    let body = r#"{"results": [{"id": 1, "keep": true, "big": 123456789012345678901}, {"id": 2, "keep": []}, {"id": 3, "keep": "x"}]}"#;
    let kept = |filter: &str| {
        let (records, found) = read(json!({ "filter": filter }), body).unwrap();
        assert_eq!(found, 3);
        records.iter().map(|record| record["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(kept("{{ record.keep }}"), [1, 3]);
    assert_eq!(kept("{{ not record.keep }}"), [2]);
    assert_eq!(kept("{{ record.id - 1 }}"), [2, 3]);
    assert_eq!(kept("{{ '' }}"), [0; 0]);
    assert_eq!(kept("{{ {} }}"), [0; 0]);
    assert_eq!(kept("{{ none }}"), [0; 0]);
    assert_eq!(kept("{{ config.region == 'eu' }}"), [1, 2, 3]);

    let operation = list(json!({ "transform": { "keep": "{{ record.id }}", "urn": "urn:{{ record.keep }}" } }));
    let (headers, bytes) = (HeaderMap::new(), Bytes::from_static(body.as_bytes()));
    let scope = Scope { config: &Map::new(), now: SystemTime::UNIX_EPOCH };
    let records = records(&operation, &Document::new(&headers, &bytes), scope).unwrap();
    assert_eq!(records.kept[0].as_bytes(), br#"{"id":1,"keep":1,"big":123456789012345678901,"urn":"urn:true"}"#);

    let scalars = json!({ "transform": { "id": "{{ record.value | replace('customers/', '') }}" }, "filter": "{{ record.value != 'x' }}" });
    assert_eq!(read(scalars, r#"{"results": ["customers/1", "x"]}"#), Ok((vec![json!({ "id": "1" })], 2)));

    let error = read(json!({ "filter": "{{ record.missing }}" }), body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
    assert!(error.message().starts_with("record 1 of `users.list`: `{{ record.missing }}`"), "{error}");
}

#[test]
fn what_is_no_object_becomes_one() {
    let list = |changes: Value| {
        let mut members = json!({ "wrap_scalars": "value" });
        members.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        members
    };
    let body = r#"{"results": [{"id": 1}, "a\"", 2.50, null, [3, null], true]}"#;
    let (records, found) = read(list(json!({})), body).unwrap();
    let expected =
        json!([{ "id": 1 }, { "value": "a\"" }, { "value": 2.5 }, null, { "value": [3, null] }, { "value": true }]);
    assert_eq!((Value::from(records), found), (expected, 6));
    for (changes, expected) in [
        (json!({ "filter": "{{ record.value is defined and record.value == true }}" }), json!([{ "value": true }])),
        (
            json!({ "filter": "{{ record.id is undefined and record.value is string }}", "transform": { "s": "{{ record.value }}" } }),
            json!([{ "s": "a\"" }]),
        ),
    ] {
        assert_eq!(Value::from(read(list(changes), body).unwrap().0), expected);
    }
    let one = list(json!({ "answer": { "one": "$.a" } }));
    for (body, expected) in [
        (r#"{"a": 1}"#, json!({ "value": 1 })),
        (r#"{"a": {"b": 1}}"#, json!({ "b": 1 })),
        (r#"{"a": null}"#, json!(null)),
        (r#"{"a": [1, {"b": 2}, null, [3]]}"#, json!([{ "value": 1 }, { "b": 2 }, null, { "value": [3] }])),
        (r#"{"a": [{"b": 2}]}"#, json!([{ "b": 2 }])),
        (r#"{"a": [ ]}"#, json!([])),
    ] {
        assert_eq!(read(one.clone(), body), Ok((vec![expected], 1)), "{body}");
    }
    let odd = list(json!({ "wrap_scalars": "a\"b" }));
    assert_eq!(read(odd, r#"{"results": [1]}"#), Ok((vec![json!({ "a\"b": 1 })], 1)));
}
