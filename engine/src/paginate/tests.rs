//! Where lists go on, kind by kind, and the text that says so.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::extract::tests::operation;

use super::{Next, Pagination, ParamPlace, Resume, Role, seal, unseal};

fn args(values: Value) -> Args {
    Args { values: values.as_object().unwrap().clone().into_iter().collect(), ..Args::default() }
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

fn next(pagination: &Pagination, given: Value, body: Value, records: usize) -> Result<Option<Next>, Error> {
    let (headers, body) = (HeaderMap::new(), Bytes::from(body.to_string()));
    pagination.next(&args(given), &Document::new(&headers, &body), records)
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
        (cursor(), json!({}), json!({ "next_cursor": null, "has_more": true }), None),
        (cursor(), json!({}), json!({ "next_cursor": "" }), None),
        (cursor(), json!({}), json!({}), None),
        (simple, json!({}), json!({ "next": 5 }), params("after", 5)),
    ] {
        assert_eq!(next(&pagination, given.clone(), body.clone(), 0), Ok(expected), "{given} {body}");
    }
    for (used, named) in [(json!("b"), json!("b")), (json!("5"), json!(5))] {
        let error = next(&cursor(), json!({ "start_cursor": used }), json!({ "next_cursor": named }), 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        assert!(error.message().contains("the same page again"), "{error}");
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
fn links_and_urls_are_followed_as_they_are() {
    let url = |url: &str| Some(Next::Url(url.to_owned()));
    let mut headers = HeaderMap::new();
    let body = Bytes::from_static(b"[]");
    let linked = |headers: &HeaderMap| link().next(&args(json!({})), &Document::new(headers, &body), 0);
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

    assert_eq!(Value::Object(offset().first(&args(json!({})))), json!({ "limit": 2 }));
    assert_eq!(Value::Object(page().first(&args(json!({ "per_page": 7 })))), json!({}));
    assert_eq!(Value::Object(cursor().first(&args(json!({})))), json!({}));
    assert_eq!(kind("link", json!({ "in": "query" })).paging().place, None, "the compiled form names fields, not keys");
    assert_eq!(kind("link", json!({ "place": "query" })).paging().place, Some(ParamPlace::Query));
}

fn sealed(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn refuses_a_next_that_it_did_not_make() {
    let list = |pagination: &str, kind: Pagination| {
        let Value::Object(members) = serde_json::to_value(&kind).unwrap() else { unreachable!("{pagination}") };
        operation(json!({ "pagination": members }))
    };
    let by_cursor = list("cursor", cursor());
    let good = json!({ "v": 1, "op": "users.list", "next": { "params": { "start_cursor": "b" } } });
    assert!(unseal(&by_cursor, &sealed(&good)).is_ok());
    let mut other = good.clone();
    other["op"] = "pages.list".into();
    let mut newer = good.clone();
    newer["v"] = 2.into();
    let mut more = good.clone();
    more["x"] = 1.into();
    let with = |next: Value| sealed(&json!({ "v": 1, "op": "users.list", "next": next }));
    for (operation, text, part) in [
        (&by_cursor, sealed(&other), "belongs to `pages.list`, not to `users.list`"),
        (&by_cursor, sealed(&newer), "cannot be read"),
        (&by_cursor, sealed(&more), "cannot be read"),
        (&by_cursor, String::new(), "cannot be read"),
        (&by_cursor, "not base64!".to_owned(), "cannot be read"),
        (&by_cursor, format!("{}=", sealed(&good)), "cannot be read"),
        (&by_cursor, "A".repeat(70_000), "65536 is the limit"),
        (&by_cursor, with(json!({ "params": { "start_cursor": "b", "user_id": "1" } })), "does not fit"),
        (&by_cursor, with(json!({ "params": { "page_size": 5 } })), "does not fit"),
        (&by_cursor, with(json!({ "params": { "start_cursor": null } })), "does not fit"),
        (&by_cursor, with(json!({ "params": {} })), "does not fit"),
        (&by_cursor, with(json!({ "url": "https://a.example" })), "does not fit"),
        (&list("offset", offset()), with(json!({ "params": { "skip": -1 } })), "does not fit"),
        (&list("offset", offset()), with(json!({ "params": { "skip": { "a": 1 } } })), "does not fit"),
        (&list("link", link()), with(json!({ "params": { "per_page": 5 } })), "does not fit"),
        (&list("link", link()), with(json!({ "url": "file:///etc/passwd" })), "does not fit"),
        (&operation(json!({})), sealed(&good), "does not fit"),
    ] {
        let error = unseal(operation, &text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains(part), "{part}: {error}");
        assert!(error.help().is_some_and(|help| help.contains("unchanged")));
    }
}

proptest! {
    #[test]
    fn reads_what_it_sealed(cursor_value in "\\PC{1,40}", position in any::<u64>(), query in "[a-z0-9=&%]{0,20}", skip in 0usize..3) {
        let (cursor, offset, link) = (cursor(), offset(), link());
        for (pagination, at) in [
            (&cursor, params("start_cursor", cursor_value)),
            (&offset, params("skip", position)),
            (&link, Some(Next::Url(format!("https://a.example/?{query}")))),
            (&cursor, None),
        ] {
            let operation = operation(json!({ "pagination": serde_json::to_value(pagination).unwrap() }));
            let resume = Resume { at, skip };
            let text = seal(&operation, &resume);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
            prop_assert_eq!(unseal(&operation, &text), Ok(resume));
        }
    }

    #[test]
    fn reads_any_text_without_panic(text in "\\PC{0,60}", json in "[\\[\\]{}\":a-z0-9,]{0,40}") {
        let operation = operation(json!({ "pagination": serde_json::to_value(cursor()).unwrap() }));
        prop_assert!(unseal(&operation, &text).is_err());
        prop_assert!(unseal(&operation, &URL_SAFE_NO_PAD.encode(json)).is_err());
    }
}
