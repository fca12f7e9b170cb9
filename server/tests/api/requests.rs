//! Requests: what does not fit is named, and what is said is taken by its word.

use http::Method;
use serde_json::{Value, json};

use crate::common::{CONNECTORS, running};

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let execute = format!("{CONNECTORS}/{id}/execute");
    let call = |more: Value| {
        let mut body = json!({ "entity": "users", "action": "list" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (path, body, field, said) in [
        (execute.as_str(), json!({ "action": "list" }), "entity", "is required"),
        (&execute, json!([]), "body", "expected a JSON object"),
        (&execute, call(json!({ "params": 1 })), "body", "expected a map"),
        (&execute, call(json!({ "max_records": 0 })), "max_records", "must be 1 to 10000"),
        (&execute, call(json!({ "max_records": 10_001 })), "max_records", "must be 1 to 10000"),
        (
            "/api/v1/integrations/connectors/oauth/initiate",
            json!({ "workspace_name": "default", "connector_type": "chargebee", "redirect_url": "https://a.example" }),
            "connector_type",
            "no way to sign in that asks a user",
        ),
    ] {
        let told = api.post(path, body.clone()).await.with(422);
        assert_eq!(told["errors"][0]["field"], field, "{body}: {told}");
        assert!(told["message"].as_str().unwrap().contains(said), "{told}");
    }
    for (path, field, said) in [
        ("/api/v1/skills/search?query=x&limit=abc", "limit", "does not fit"),
        ("/api/v1/skills/search", "query", "is required"),
    ] {
        let told = api.get(path).await.with(422);
        assert_eq!(told["errors"][0]["field"], field, "{told}");
        assert!(told["message"].as_str().unwrap().contains(said), "{told}");
    }
    let large = json!({ "client_id": "c", "client_secret": "s".repeat(9 << 20) });
    let told = server.nobody().post("/api/v1/account/applications/token", large).await.with(413);
    assert_eq!(told["message"], "the body is larger than this server takes");
}

#[tokio::test]
async fn credentials_and_configuration_are_told_together() {
    let server = running().await;
    let api = server.api().await;
    let body = json!({
        "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "wr0ng" },
        "replication_config": { "api_version": "soon" },
    });
    let told = api.post(CONNECTORS, body).await.with(400);
    let fields: Vec<_> = told["errors"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
    assert_eq!(
        (&told["kind"], fields),
        (&json!("credentials"), vec![&json!("credentials.token"), &json!("api_version")])
    );
}

#[tokio::test]
async fn a_configuration_that_is_given_takes_the_place_of_all_that_was_there() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let put = async |body: Value| {
        let changed = api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(body)).await.with(200);
        changed["replication_config"]["api_version"].clone()
    };
    assert_eq!(put(json!({ "replication_config": { "api_version": "2025-09-03" } })).await, "2025-09-03");
    assert_eq!(put(json!({ "name": "Wiki" })).await, "2025-09-03");
    // The values to sign in with may stand in there, and are none of it.
    let credentials = json!({ "replication_config": { "credentials": { "token": "ntn_y" } } });
    assert_eq!(put(credentials).await, "2025-09-03");
    assert_eq!(put(json!({ "replication_config": {} })).await, Value::Null);
    assert_eq!(api.execute(&id, "users", "me", json!({})).await.status, 200);
}

#[tokio::test]
async fn an_operation_is_found_by_its_name() {
    let server = running().await;
    let api = server.api().await;
    api.connector("default", json!({ "token": "ntn_x" })).await;
    let found = api.get("/api/v1/skills/search?query=pages.create").await.with(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}
