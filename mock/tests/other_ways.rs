//! Lists that go on after a record, records that come in pages, and other ways of APIs that the shop does not have.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;

use common::{connector, send};
use serde_json::{Value, json};
use tieline::Connection;
use tieline::execute::Data;
use tieline_mock::{Mock, MockOptions};

/// The mock of an API with these entities, and a connection to it.
fn api(entities: Value) -> (Mock, Connection) {
    let manifest = json!({ "tieline": 1, "name": "x", "title": "X", "version": "0.1.0", "summary": "X.",
        "server": "https://shop.example.com", "entities": entities });
    let connector = connector(&manifest.to_string());
    let mock = Mock::new(connector.clone(), MockOptions::default());
    (mock.clone(), Connection::builder(connector).transport(Arc::new(mock)).connect().unwrap())
}

#[tokio::test]
async fn a_list_goes_on_after_its_last_record() {
    let list = |paginate: Value| json!({ "get": "/goods", "records": "$.items", "paginate": paginate });
    let by_more = json!({ "kind": "cursor", "cursor": "after", "last": "$.id", "more": "$.more", "size": "limit", "max_size": 3 });
    let by_size = json!({ "kind": "cursor", "cursor": "after", "last": "$.id", "size": "limit", "default_size": 2 });
    for paginate in [by_more, by_size] {
        let (_, connection) = api(json!({ "goods": { "actions": { "list": list(paginate) } } }));
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
    let (_, connection) = api(json!({ "reports": { "actions": {
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

#[tokio::test]
async fn records_that_the_engine_wraps_are_sent_bare() {
    let tag = json!({ "type": "object", "required": ["value"], "properties": { "value": { "type": "string" } } });
    let actions = json!({
        "list": { "get": "/tags", "records": "$.tags", "paginate": "none" },
        "get": { "get": "/tags/{id}", "params": { "id": { "type": "string" } } },
    });
    let manifest = json!({ "tags": { "record": tag, "key": "$.value", "actions": actions } });
    let mut wrapping = manifest.clone();
    for action in ["list", "get"] {
        wrapping["tags"]["actions"][action]["wrap_scalars"] = "value".into();
    }
    for (manifest, bare) in [(manifest, false), (wrapping, true)] {
        let (mock, connection) = api(manifest);
        let sent = [
            send(&mock, "GET", "/tags", Value::Null).body["tags"][0].clone(),
            send(&mock, "GET", "/tags/a", Value::Null).body,
        ];
        assert!(sent.iter().all(|sent| sent.is_string() == bare), "{sent:?}");
        let all = connection.execute("tags", "list", json!({})).await.unwrap().records::<Value>().unwrap();
        assert!(!all.is_empty() && all.iter().all(|tag| tag["value"].is_string()), "{all:?}");
        let one: Value = connection.execute("tags", "get", json!({ "id": "a" })).await.unwrap().record().unwrap();
        assert!(one["value"].is_string(), "{one}");
    }
}

#[tokio::test]
async fn what_nobody_declares_is_kept_in_the_record() {
    let (_, connection) = api(json!({ "goods": { "actions": {
        "create": { "post": "/goods", "body": { "kind": "json", "others": true }, "params": { "name": { "type": "string", "required": true } } },
        "get": { "get": "/goods/{id}", "params": { "id": { "type": "string" } } },
    } } }));
    let given = json!({ "name": "Lamp", "Colour__c": "red", "Size__c": { "w": 1 } });
    let made: Value = connection.execute("goods", "create", given.clone()).await.unwrap().record().unwrap();
    let read: Value = connection.execute("goods", "get", json!({ "id": made["id"] })).await.unwrap().record().unwrap();
    for (name, value) in given.as_object().unwrap() {
        assert_eq!((&made[name], &read[name]), (value, value));
    }
}

#[tokio::test]
async fn a_file_is_where_the_call_looks_for_it() {
    let download = |url: &str| {
        json!({ "get": "/notes/{id}", "download": { "url": url }, "params": { "id": { "type": "string" },
        "index": { "in": "local", "type": "integer", "fill": 0 }, "kind": { "in": "local", "enum": ["whole", "preview"], "fill": "whole" } } })
    };
    let get = json!({ "get": "/notes/{note_id}", "params": { "note_id": { "type": "string" } } });
    let actions = json!({ "get": get, "download": download("$.files[{index}].{kind}.href") });
    let (_, connection) = api(json!({ "notes": { "actions": actions } }));
    for params in [json!({ "id": "n" }), json!({ "id": "n", "index": 3, "kind": "preview" })] {
        let file = connection.execute("notes", "download", params).await.unwrap();
        assert!(matches!(file.data, Data::File(file) if !file.content.is_empty()));
    }
}

#[tokio::test]
async fn a_parameter_says_what_a_file_is() {
    let (mock, connection) = api(json!({ "files": { "actions": { "create": { "post": "/files",
        "body": { "kind": "related", "file": "content", "encoding": "base64", "content_type": "mime_type" },
        "params": { "content": { "type": "string", "format": "binary", "required": true }, "mime_type": { "type": "string", "required": true } } } } } }));
    let given = json!({ "content": "aGk=", "mime_type": "text/csv" });
    connection.execute("files", "create", given).await.unwrap();
    let [upload] = mock.uploads().try_into().unwrap();
    assert_eq!((upload.size, upload.content_type.as_deref()), (2, Some("text/csv")));
}
