//! What is sealed can be read again, and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::build::fixture::list;
use crate::error::ErrorKind;
use crate::paginate::Next;
use crate::plan::Operation;

use super::{Resume, seal, unseal};

/// A list that goes on in this way.
fn by(mut pagination: Value) -> Operation {
    pagination.as_object_mut().unwrap().values_mut().for_each(|kind| kind["meta"] = json!({}));
    list(json!({ "pagination": pagination }))
}

fn cursor() -> Value {
    json!({ "cursor": { "cursor": "start_cursor", "next": "$.next_cursor", "size": "page_size" } })
}

fn offset() -> Value {
    json!({ "offset": { "offset": "skip", "size": "limit" } })
}

fn link() -> Value {
    json!({ "link": { "size": "per_page" } })
}

fn params(name: &str, value: Value) -> Option<Next> {
    Some(Next::Params(Map::from_iter([(name.to_owned(), value)])))
}

fn sealed(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn refuses_a_next_that_it_did_not_make() {
    let [by_cursor, by_offset, by_link] = [cursor(), offset(), link()].map(by);
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
        (&by_offset, with(json!({ "params": { "skip": -1 } })), "does not fit"),
        (&by_offset, with(json!({ "params": { "skip": { "a": 1 } } })), "does not fit"),
        (&by_link, with(json!({ "params": { "per_page": 5 } })), "does not fit"),
        (&by_link, with(json!({ "url": "file:///etc/passwd" })), "does not fit"),
        (&list(json!({})), sealed(&good), "does not fit"),
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
        let [by_cursor, by_offset, by_link] = [cursor(), offset(), link()].map(by);
        for (operation, at) in [
            (&by_cursor, params("start_cursor", cursor_value.into())),
            (&by_offset, params("skip", position.into())),
            (&by_link, Some(Next::Url(format!("https://a.example/?{query}")))),
            (&by_cursor, None),
        ] {
            let resume = Resume { at, skip };
            let text = seal(operation, &resume);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
            prop_assert_eq!(unseal(operation, &text), Ok(resume));
        }
    }

    #[test]
    fn reads_any_text_without_panic(text in "\\PC{0,60}", json in "[\\[\\]{}\":a-z0-9,]{0,40}") {
        let operation = by(cursor());
        prop_assert!(unseal(&operation, &text).is_err());
        prop_assert!(unseal(&operation, &URL_SAFE_NO_PAD.encode(json)).is_err());
    }
}
