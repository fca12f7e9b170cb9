//! Lists page, for every kind of pagination.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::HashSet;

use common::{Answer, send, shop};
use serde_json::{Value, json};

/// Reads pages until `next` has no path any more: how many records each held. No record comes twice.
fn walk(method: &str, start: &str, at: &str, key: &str, next: impl Fn(&Answer, usize) -> Option<String>) -> Vec<usize> {
    let mock = shop("");
    let (mut path, mut sizes, mut seen) = (start.to_owned(), Vec::new(), HashSet::new());
    loop {
        let answer = send(&mock, method, &path, Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let records = answer.body.pointer(at).unwrap().as_array().unwrap();
        for record in records {
            assert!(seen.insert(record.pointer(key).unwrap().to_string()), "{record} came twice");
        }
        sizes.push(records.len());
        assert!(sizes.len() < 10, "{path} does not end");
        match next(&answer, sizes.iter().sum()) {
            Some(next) => path = next,
            None => return sizes,
        }
    }
}

fn path_of(url: &str) -> String {
    url.strip_prefix("https://shop.example.com").unwrap().to_owned()
}

#[test]
fn cursor() {
    let next = |limit: &'static str| {
        move |answer: &Answer, _: usize| {
            let cursor = answer.body["next"].as_str();
            assert_eq!(answer.body["more"], cursor.is_some());
            assert_eq!(answer.body["total"], 7);
            cursor.map(|cursor| format!("/v2/goods?{limit}after={cursor}"))
        }
    };
    assert_eq!(walk("GET", "/v2/goods?limit=3", "/items", "/id", next("limit=3&")), [3, 3, 1]);
    assert_eq!(walk("GET", "/v2/goods", "/items", "/id", next("")), [5, 2], "`max_size` is the usual size");
}

#[test]
fn cursors_of_another_list_are_refused() {
    let mock = shop("");
    for cursor in ["nonsense", "00000000-0000-4000-8000-000000000003"] {
        let answer = send(&mock, "GET", &format!("/v2/goods?after={cursor}"), Value::Null);
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!("validation_error")));
    }
    assert_eq!(send(&mock, "GET", "/v2/goods?limit=6", Value::Null).status, 400, "more than `max_size`");
    assert_eq!(send(&mock, "GET", "/v2/goods?limit=0", Value::Null).status, 400);
}

#[test]
fn offset() {
    let sizes = walk("GET", "/v2/orders", "/data", "/number", |answer, seen| {
        assert_eq!(answer.body["total"], 7);
        (answer.body["more"] == true).then(|| format!("/v2/orders?skip={seen}"))
    });
    assert_eq!(sizes, [3, 3, 1]);
    let past = send(&shop(""), "GET", "/v2/orders?skip=100&take=2", Value::Null).body;
    assert_eq!((past["data"].clone(), past["more"].clone()), (json!([]), json!(false)));
}

#[test]
fn page() {
    let sizes = walk("GET", "/v2/orders/pages", "/data", "/number", |answer, seen| {
        assert_eq!(answer.body["pages"], 2);
        (seen == 4).then(|| "/v2/orders/pages?page=2".to_owned())
    });
    assert_eq!(sizes, [4, 3]);
}

#[test]
fn link() {
    let sizes = walk("GET", "/v2/orders/links?per_page=3", "", "/number", |answer, _| {
        let link = answer.headers.get("link")?.to_str().unwrap();
        let url = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        assert!(url.contains("per_page=3"), "the size is kept: {url}");
        Some(path_of(url))
    });
    assert_eq!(sizes, [3, 3, 1]);
}

#[test]
fn next_url() {
    let next = |answer: &Answer, _: usize| answer.body["links"]["next"].as_str().map(path_of);
    assert_eq!(walk("POST", "/v2/orders/urls", "/edges", "/node/number", next), [3, 3, 1]);
}
