//! Where lists go on, kind by kind.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::raw::Raw;

use super::{Held, Next, Pagination, ParamPlace, Role};

fn given(values: Value) -> IndexMap<String, Value> {
    values.as_object().unwrap().clone().into_iter().collect()
}

fn kind(kind: &str, members: Value) -> Pagination {
    let mut members = members;
    members["meta"] = json!({});
    serde_json::from_value(json!({ kind: members })).unwrap()
}

fn cursor() -> Pagination {
    kind(
        "cursor",
        json!({ "cursor": "start_cursor", "next": "$.next_cursor", "more": "$.has_more", "size": "page_size", "max_size": 100 }),
    )
}

fn offset() -> Pagination {
    kind(
        "offset",
        json!({ "offset": "skip", "total": "$.total", "more": "$.more", "size": "limit", "default_size": 2, "max_size": 50 }),
    )
}

fn page() -> Pagination {
    kind(
        "page",
        json!({ "page": "page", "total_pages": "$.pages", "more": "$.more", "size": "per_page", "default_size": 2 }),
    )
}

fn link() -> Pagination {
    kind("link", json!({ "size": "per_page" }))
}

fn next_url() -> Pagination {
    kind("next_url", json!({ "next": "$.links.next" }))
}

fn next(pagination: &Pagination, values: Value, body: Value, records: usize) -> Result<Option<Next>, Error> {
    let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_string()));
    let held = Held { count: Some(records), last: None };
    pagination.next(&given(values), &Document::new(&headers, &body), held)
}

fn params(name: &str, value: impl Into<Value>) -> Option<Next> {
    Some(Next::Params(Map::from_iter([(name.to_owned(), value.into())])))
}

#[test]
fn a_cursor_goes_on_while_there_is_one() {
    let simple = kind("cursor", json!({ "cursor": "after", "next": "$.next" }));
    for (pagination, given, body, expected) in [
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": true }), params("start_cursor", "b")),
        (cursor(), json!({ "start_cursor": "a" }), json!({ "next_cursor": "b" }), params("start_cursor", "b")),
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": null }), params("start_cursor", "b")),
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": "true" }), params("start_cursor", "b")),
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": false }), None),
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": "false" }), None),
        (cursor(), json!({}), json!({ "next_cursor": "b", "has_more": 0 }), None),
        (cursor(), json!({ "start_cursor": "b" }), json!({ "next_cursor": "b", "has_more": false }), None),
        (cursor(), json!({}), json!({ "next_cursor": "" }), None),
        (cursor(), json!({}), json!({}), None),
        (simple, json!({}), json!({ "next": 5 }), params("after", 5)),
    ] {
        assert_eq!(next(&pagination, given.clone(), body.clone(), 0), Ok(expected), "{given} {body}");
    }
    let more_without_cursor = json!({ "next_cursor": null, "has_more": true });
    let error = next(&cursor(), json!({}), more_without_cursor, 1).unwrap_err();
    assert!(error.message().contains("names no cursor"), "{error}");
    for (used, named) in [(json!("b"), json!("b")), (json!("5"), json!(5))] {
        let error = next(&cursor(), json!({ "start_cursor": used }), json!({ "next_cursor": named }), 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        assert!(error.message().contains("the same page again"), "{error}");
    }
}

#[test]
fn a_cursor_may_be_the_last_record() {
    let kind = |more: Option<&str>| {
        let size = json!({ "cursor": "after", "last": "$.id", "more": more, "size": "limit", "default_size": 2 });
        kind("cursor", size)
    };
    let next = |more, given_values: Value, body: &str, count, last: &str| {
        let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_owned()));
        let last = Raw::from_json(Bytes::from(last.to_owned()));
        let held = Held { count, last: Some(&last).filter(|_| count != Some(0)) };
        kind(more).next(&given(given_values), &Document::new(&headers, &body), held)
    };
    let (more, none) = (Some("$.more"), "{}");
    for (more, given, body, count, last, expected) in [
        (None, json!({}), none, Some(2), r#"{"id": "b"}"#, params("after", "b")),
        (None, json!({ "after": "b" }), none, Some(2), r#"{"id": 7, "id": 8}"#, params("after", 8)),
        (None, json!({}), none, Some(1), r#"{"id": "b"}"#, None),
        (None, json!({ "limit": 1 }), none, Some(1), r#"{"id": "b"}"#, params("after", "b")),
        (None, json!({}), none, Some(0), "", None),
        (more, json!({}), r#"{"more": true}"#, Some(1), r#"{"id": "b"}"#, params("after", "b")),
        (more, json!({}), r#"{"more": false}"#, Some(2), r#"{"id": "b"}"#, None),
        (more, json!({}), r#"{"more": true}"#, Some(0), "", None),
        (more, json!({}), none, Some(1), r#"{"id": "b"}"#, None),
        (more, json!({}), r#"{"more": 1}"#, None, r#"{"id": "b"}"#, params("after", "b")),
        (more, json!({}), none, None, r#"{"id": "b"}"#, None),
    ] {
        assert_eq!(next(more, given.clone(), body, count, last), Ok(expected), "{given} {body} {count:?} {last}");
    }
    for (given, last, part) in [
        (json!({}), r#"{"name": "x"}"#, "the last record of a page names no cursor at `$.id`"),
        (json!({}), "7", "names no cursor"),
        (json!({}), r#"{"id": ""}"#, "names no cursor"),
        (json!({ "after": "b" }), r#"{"id": "b"}"#, "the same page again"),
    ] {
        let error = next(None, given, none, Some(2), last).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn an_offset_goes_on_until_total_more_or_a_short_page_says_so() {
    for (given, body, records, expected) in [
        (json!({}), json!({}), 2, params("skip", 2)),
        (json!({ "skip": 4 }), json!({}), 2, params("skip", 6)),
        (json!({ "skip": "4" }), json!({}), 2, params("skip", 6)),
        (json!({}), json!({}), 1, None),
        (json!({}), json!({ "more": true, "total": 9 }), 0, None),
        (json!({}), json!({ "total": "12" }), 1, params("skip", 1)),
        (json!({ "skip": 10 }), json!({ "total": "12" }), 2, None),
        (json!({ "skip": 10 }), json!({ "total": 13.0 }), 2, params("skip", 12)),
        (json!({}), json!({ "more": true }), 1, params("skip", 1)),
        (json!({}), json!({ "more": false }), 2, None),
        (json!({}), json!({ "more": true, "total": 2 }), 2, None),
        (json!({ "limit": 10 }), json!({}), 9, None),
        (json!({ "limit": "10" }), json!({}), 9, None),
        (json!({ "limit": 10 }), json!({}), 10, params("skip", 10)),
        (json!({ "limit": 500 }), json!({}), 50, params("skip", 50)),
        (json!({ "skip": u64::MAX }), json!({}), 2, None),
    ] {
        assert_eq!(next(&offset(), given.clone(), body.clone(), records), Ok(expected), "{given} {body} {records}");
    }
    let from_one = kind("offset", json!({ "offset": "startAt", "start": 1, "total": "$.total" }));
    assert_eq!(next(&from_one, json!({}), json!({ "total": 3 }), 2), Ok(params("startAt", 3)));
    assert_eq!(next(&from_one, json!({ "startAt": 3 }), json!({ "total": 3 }), 1), Ok(None));
    assert_eq!(
        next(&from_one, json!({}), json!({}), 1),
        Ok(params("startAt", 2)),
        "no size known: on until an empty page"
    );

    let error = next(&offset(), json!({}), json!({ "total": { "value": 5 } }), 2).unwrap_err();
    assert!(error.message().contains("expected a count at `$.total`"), "{error}");
    assert_eq!(next(&offset(), json!({ "skip": "x" }), json!({}), 2).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_page_number_goes_on_until_total_more_or_a_short_page_says_so() {
    for (given, body, records, expected) in [
        (json!({}), json!({}), 2, params("page", 2)),
        (json!({ "page": 3 }), json!({}), 2, params("page", 4)),
        (json!({}), json!({}), 1, None),
        (json!({ "page": 2 }), json!({ "pages": 3 }), 1, params("page", 3)),
        (json!({ "page": 3 }), json!({ "pages": "3" }), 2, None),
        (json!({}), json!({ "more": true }), 1, params("page", 2)),
        (json!({}), json!({ "more": false }), 2, None),
        (json!({}), json!({ "more": true }), 0, None),
        (json!({}), json!({ "pages": 0 }), 2, None),
    ] {
        assert_eq!(next(&page(), given.clone(), body.clone(), records), Ok(expected), "{given} {body} {records}");
    }
    let from_zero = kind("page", json!({ "page": "p", "start": 0, "total_pages": "$.pages" }));
    assert_eq!(next(&from_zero, json!({}), json!({ "pages": 2 }), 5), Ok(params("p", 1)));
    assert_eq!(next(&from_zero, json!({ "p": 1 }), json!({ "pages": 2 }), 5), Ok(None));
}

#[test]
fn pages_in_which_nobody_counts_go_on_as_the_answer_says() {
    let next = |pagination: &Pagination, values: Value, body: Value| {
        let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_string()));
        pagination.next(&given(values), &Document::new(&headers, &body), Held::default()).unwrap()
    };
    let one_by_one = kind("offset", json!({ "offset": "skip", "total": "$.total" }));
    assert_eq!(next(&offset(), json!({}), json!({ "more": true })), params("skip", 2));
    assert_eq!(next(&offset(), json!({ "skip": 2, "limit": 5 }), json!({ "total": 9 })), params("skip", 7));
    assert_eq!(next(&offset(), json!({ "skip": 7, "limit": 5 }), json!({ "total": 9 })), None);
    assert_eq!(next(&one_by_one, json!({ "skip": 1 }), json!({ "total": 3 })), params("skip", 2));
    assert_eq!(next(&page(), json!({}), json!({ "pages": 2 })), params("page", 2));
    assert_eq!(next(&page(), json!({ "page": 2 }), json!({ "pages": 2 })), None);
    assert_eq!((next(&page(), json!({}), json!({})), next(&offset(), json!({}), json!({}))), (None, None));
}

#[test]
fn links_and_urls_are_followed_as_they_are() {
    let url = |url: &str| Some(Next::Url(url.to_owned()));
    let mut headers = HeaderMap::new();
    let body = Bytes::from_static(b"[]");
    let linked = |headers: &HeaderMap| link().next(&given(json!({})), &Document::new(headers, &body), Held::default());
    assert_eq!(linked(&headers), Ok(None));
    headers.append("Link", HeaderValue::from_static("<https://a.example/u?page=2>; rel=\"next\""));
    assert_eq!(linked(&headers), Ok(url("https://a.example/u?page=2")));

    for (body, expected) in [
        (json!({ "links": { "next": "https://a.example/?p=2" } }), url("https://a.example/?p=2")),
        (json!({ "links": { "next": "/u?p=2" } }), url("/u?p=2")),
        (json!({ "links": { "next": "?p=2" } }), url("?p=2")),
        (json!({ "links": { "next": null } }), None),
        (json!({ "links": { "next": "" } }), None),
        (json!({ "links": {} }), None),
        (json!({}), None),
    ] {
        assert_eq!(next(&next_url(), json!({}), body.clone(), 0), Ok(expected), "{body}");
    }
    for bad in [json!("file:///etc/passwd"), json!("javascript:x"), json!("http://"), json!({ "href": "/x" }), json!(5)]
    {
        let error = next(&next_url(), json!({}), json!({ "links": { "next": bad } }), 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{bad}");
    }
}

#[test]
fn says_which_parameters_it_adds() {
    let described = |pagination: &Pagination| {
        let params = pagination.params().into_iter().map(|param| (param.name, param.role, param.schema));
        params.collect::<Vec<_>>()
    };
    let [(name, role, schema), size] = described(&cursor()).try_into().unwrap();
    assert_eq!((name.as_str(), role, &schema["type"]), ("start_cursor", Role::Cursor, &json!("string")));
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": 100, "description": "How many records a page may hold, at most 100" });
    assert_eq!(size, ("page_size".to_owned(), Role::Size, schema));

    let [(name, role, schema), (_, _, size)] = described(&offset()).try_into().unwrap();
    assert_eq!((name.as_str(), role, &schema["minimum"]), ("skip", Role::Offset, &json!(0)));
    assert_eq!((&size["default"], &size["maximum"]), (&json!(2), &json!(50)));
    let [(name, role, schema), _] = described(&page()).try_into().unwrap();
    assert_eq!((name.as_str(), role, &schema["minimum"]), ("page", Role::Page, &json!(1)));
    assert_eq!(described(&link()).len(), 1);
    assert!(described(&next_url()).is_empty());

    assert_eq!(Value::Object(offset().first(&given(json!({})))), json!({ "limit": 2 }));
    assert_eq!(Value::Object(page().first(&given(json!({ "per_page": 7 })))), json!({}));
    assert_eq!(Value::Object(cursor().first(&given(json!({})))), json!({}));
    assert_eq!(kind("link", json!({ "in": "query" })).paging().place, None, "the compiled form names fields, not keys");
    assert_eq!(kind("link", json!({ "place": "query" })).paging().place, Some(ParamPlace::Query));
}
