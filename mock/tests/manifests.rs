//! What the manifest says about errors, origins and bodies is played.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;

use common::{connector, send_with};
use serde_json::{Value, json};
use tieline::Connection;
use tieline_mock::{Faults, Mock, MockOptions};

/// A manifest with these top-level keys and entities.
fn manifest(rest: Value) -> String {
    let mut manifest = json!({
        "tieline": 1, "name": "x", "title": "X", "version": "0.1.0", "summary": "X.", "server": "https://x.example.com",
    });
    manifest.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    manifest.to_string()
}

fn mock(rest: Value, faults: &str) -> (Mock, Connection) {
    let connector = connector(&manifest(rest));
    let faults = Faults::parse(faults).unwrap();
    let mock = Mock::new(connector.clone(), MockOptions { faults, ..MockOptions::default() });
    let connection = Connection::builder(connector).transport(Arc::new(mock.clone())).connect().unwrap();
    (mock, connection)
}

#[tokio::test]
async fn graphql_operations_share_a_path() {
    let by = |name: &str| {
        json!({ "post": "/graphql", "effect": "read", "params": { "id": { "type": "string", "required": true } }, "record_at": format!("$.data.{name}"),
            "body": { "kind": "graphql", "query": format!("query($id: ID!) {{ {name}(id: $id) {{ id }} }}"), "variables": { "id": "${id}" } },
            "record": { "type": "object", "required": ["id", "kind"], "properties": { "id": { "type": "string" }, "kind": { "const": name } } } })
    };
    let (_, connection) = mock(
        json!({ "entities": { "users": { "actions": { "get": by("user") } }, "teams": { "actions": { "get": by("team") } } } }),
        "",
    );
    for (entity, kind) in [("users", "user"), ("teams", "team")] {
        let record: Value = connection.execute(entity, "get", json!({ "id": "7" })).await.unwrap().record().unwrap();
        assert_eq!(record["kind"], kind);
    }
}

#[tokio::test]
async fn success_is_never_taken_for_failure_and_failure_says_so() {
    let rules = json!({ "code": "$.error", "message": "@header.X-Message", "request_id": "@header.X-Request-Id",
        "failed_if": [{ "at": "$.ok", "present": false }, { "at": "$.warning", "equals": "w" }] });
    let record = json!({ "type": "object", "required": ["warning"], "properties": { "warning": { "type": "string", "enum": ["w", "v"] } } });
    let entities = json!({ "things": { "record": record, "actions": { "get": { "get": "/things/{id}", "params": { "id": { "type": "string" } } } } } });
    let (mock, connection) = mock(json!({ "errors": rules, "entities": entities }), "503:4@0");
    let error = connection.execute("things", "get", json!({ "id": "1" })).await.unwrap_err();
    assert_eq!(
        (error.status(), error.code(), error.message()),
        (Some(503), Some("unavailable"), "a fault that was ordered")
    );
    assert!(error.request_id().is_some());
    connection.execute("things", "get", json!({ "id": "1" })).await.unwrap();
    let answer = send_with(&mock, "GET", "/nothing", &[], Value::Null);
    assert_eq!((answer.status, &answer.body["ok"], &answer.body["error"]), (404, &json!(false), &json!("not_found")));
    assert!(answer.headers["x-message"].to_str().unwrap().contains("GET /nothing"));
}

#[test]
fn the_wait_stands_where_the_manifest_looks_it_up() {
    let entities = json!({ "things": { "actions": { "get": { "get": "/things" } } } });
    let (mock, _) = mock(json!({ "retry": { "retry_after": "$.wait" }, "entities": entities }), "429:1@7");
    let answer = send_with(&mock, "GET", "/things", &[], Value::Null);
    assert_eq!((answer.status, &answer.body["wait"]), (429, &json!(7)));
}

#[tokio::test]
async fn servers_of_operations_and_configured_hosts_are_played() {
    let config = json!({ "region": { "default": "eu", "enum": ["eu", "us"] } });
    let entities = json!({ "things": { "actions": {
        "get": { "get": "/things/{id}", "params": { "id": { "type": "string" } } },
        "upload": { "post": "/things", "server": "https://up.example.com/files",
            "body": { "kind": "related", "file": "content" },
            "params": { "title": { "type": "string" }, "content": { "type": "string", "format": "binary" } } },
    } } });
    let server = "https://${config.region}.example.com/api/${config.region}";
    let (mock, connection) = mock(json!({ "server": server, "config": config, "entities": entities }), "");
    let record: Value = connection.execute("things", "get", json!({ "id": "a/b c%" })).await.unwrap().record().unwrap();
    assert_eq!(record["id"], "a/b c%");
    let call = connection.call("things", "upload").params(json!({ "title": "T" }));
    let made = call.upload("content", tieline::wire::Upload::bytes("hello")).execute().await.unwrap();
    assert_eq!(made.record::<Value>().unwrap()["title"], "T");
    assert_eq!((mock.uploads()[0].param.as_str(), mock.uploads()[0].size), ("content", 5));
}

#[tokio::test]
async fn parameters_in_every_place_and_style_arrive() {
    let list = |extra: Value| {
        let mut schema = json!({ "type": "array", "items": { "type": "integer" }, "in": "query", "required": true });
        schema.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        schema
    };
    let params = json!({
        "a": list(json!({})), "b": list(json!({ "explode": false })), "c": list(json!({ "style": "pipe" })),
        "d": list(json!({ "style": "space" })), "e": list(json!({ "style": "brackets" })), "f": list(json!({ "style": "json" })),
        "g": { "type": "object", "properties": { "n": { "type": "integer" }, "l": { "type": "array", "items": { "type": "integer" } } }, "in": "query", "style": "deep_object" },
        "h": { "type": "integer", "in": "header", "name": "X-Number", "required": true },
        "i": { "type": "boolean", "in": "cookie", "required": true },
        "j": { "type": "integer" },
    });
    let entities = json!({ "things": { "actions": { "get": { "get": "/things/{j}", "params": params } } } });
    let (_, connection) = mock(json!({ "entities": entities }), "");
    let given = json!({ "a": [1, 2], "b": [1, 2], "c": [1, 2], "d": [1, 2], "e": [1, 2], "f": [1, 2],
        "g": { "n": 5, "l": [1] }, "h": 5, "i": true, "j": 9 });
    connection.execute("things", "get", given).await.unwrap();
}

#[tokio::test]
async fn forms_and_multiparts_of_the_engine_are_understood() {
    let params = json!({ "n": { "type": "integer" }, "tags": { "type": "array", "items": { "type": "integer" } },
        "who": { "type": "object", "properties": { "age": { "type": "integer" }, "pets": { "type": "array", "items": { "type": "object", "properties": { "legs": { "type": "integer" } } } } } } });
    let send =
        |body: Value| json!({ "post": format!("/{}", body["kind"].as_str().unwrap()), "body": body, "params": params });
    let entities = json!({ "things": { "actions": {
        "form": send(json!({ "kind": "form" })), "multipart": send(json!({ "kind": "multipart" })), "json": send(json!({ "kind": "json" })),
    } } });
    let (_, connection) = mock(json!({ "entities": entities }), "");
    let given = json!({ "n": 3, "tags": [1, 2], "who": { "age": 41, "pets": [{ "legs": 4 }, { "legs": 2 }] } });
    for action in ["form", "multipart", "json"] {
        let made: Value = connection.execute("things", action, given.clone()).await.unwrap().record().unwrap();
        for name in ["n", "tags", "who"] {
            assert_eq!(made[name], given[name], "{action}");
        }
    }
}
