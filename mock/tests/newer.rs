//! Lists that go on after a record, records that come in pages, and other ways of APIs that the shop does not have.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;

use common::connector;
use serde_json::{Value, json};
use tieline::Connection;
use tieline_mock::{Mock, MockOptions};

/// A connection to the mock of an API with these entities.
fn connection(entities: Value) -> Connection {
    let manifest = json!({ "tieline": 1, "name": "x", "title": "X", "version": "0.1.0", "summary": "X.",
        "server": "https://x.example.com", "entities": entities });
    let connector = connector(&manifest.to_string());
    let mock = Mock::new(connector.clone(), MockOptions::default());
    Connection::builder(connector).transport(Arc::new(mock)).connect().unwrap()
}

#[tokio::test]
async fn a_list_goes_on_after_its_last_record() {
    let list = |paginate: Value| json!({ "get": "/goods", "records": "$.items", "paginate": paginate });
    let by_more = json!({ "kind": "cursor", "cursor": "after", "last": "$.id", "more": "$.more", "size": "limit", "max_size": 3 });
    let by_size = json!({ "kind": "cursor", "cursor": "after", "last": "$.id", "size": "limit", "default_size": 2 });
    for paginate in [by_more, by_size] {
        let connection = connection(json!({ "goods": { "actions": { "list": list(paginate) } } }));
        let all = connection.call("goods", "list").all().execute().await.unwrap();
        assert_eq!(all.records::<Value>().unwrap().len(), 7);
        let error = connection.execute("goods", "list", json!({ "after": "nowhere" })).await.unwrap_err();
        assert_eq!(error.status(), Some(400));
    }
}

#[tokio::test]
async fn a_record_that_could_go_on_ends_with_its_first_page() {
    let report = json!({ "type": "object", "required": ["rows", "next"],
        "properties": { "rows": { "type": "array" }, "next": { "type": ["string", "null"] }, "total": { "type": "integer" } } });
    let get = |path: &str, paginate: Value| json!({ "get": path, "record": report, "paginate": paginate });
    let connection = connection(json!({ "reports": { "actions": {
        "get": get("/report", json!({ "kind": "cursor", "cursor": "after", "next": "$.next" })),
        "skip": get("/other", json!({ "kind": "offset", "offset": "skip", "total": "$.total" })),
    } } }));
    for action in ["get", "skip"] {
        let one = connection.execute("reports", action, json!({})).await.unwrap();
        assert!(one.record::<Value>().unwrap()["rows"].is_array());
        assert_eq!(one.next, Some(None), "{action}");
        let all = connection.call("reports", action).all().execute().await.unwrap();
        assert_eq!(all.records::<Value>().unwrap().len(), 1);
    }
}
