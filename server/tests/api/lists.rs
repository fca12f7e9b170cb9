//! Lists: their pages have everything once, and none grows without end.

use http::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::common::{Api, CONNECTORS, Running, running};

/// All pages of a list that goes on with `cursor`, of so many items each.
async fn pages(api: &Api, path: &str, size: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{path}limit={size}&cursor={cursor}")).await.with(200);
        let data = page["data"].as_array().unwrap();
        assert!(data.len() == size || page["next_cursor"].is_null(), "{page}");
        all.extend(data.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return all,
        }
    }
}

/// Changes the database itself.
async fn change(server: &Running, sql: &'static str) {
    let mut connection = sqlx::AnyConnection::connect(&server.database).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_page_of_the_audit_log_goes_on_where_the_last_one_ended() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    for _ in 0..5 {
        api.execute(&id, "users", "me", json!({})).await.with(200);
    }
    // All at the same time.
    change(&server, "UPDATE audit SET at = 1000").await;
    let path = format!("/api/v1/organizations/{}/audit?", server.client.organization_id);
    let all = pages(&api, &path, 2).await;
    let mut requests: Vec<_> = all.iter().map(|entry| entry["request_id"].to_string()).collect();
    requests.sort();
    requests.dedup();
    assert_eq!((all.len(), requests.len()), (6, 6), "{all:?}");
    assert_eq!(pages(&api, &format!("{path}before=1001&"), 100).await.len(), 6);
    assert_eq!(pages(&api, &format!("{path}before=1000&"), 100).await, Vec::<Value>::new());
    assert_eq!(api.get(&format!("{path}cursor=1000-x")).await.with(422)["kind"], "invalid_input");
}

#[tokio::test]
async fn skills_and_connectors_come_in_pages() {
    let server = running().await;
    let api = server.api().await;
    let other = api.scoped("other").await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(api.connector("default", json!({ "token": "ntn_x" })).await);
    }
    made.push(other.connector("other", json!({ "token": "ntn_x" })).await);
    made.sort();
    for path in ["/api/v1/skills?", "/api/v1/skills/search?query=wiki+Notion&"] {
        for size in [1, 2, 3, 4, 100] {
            let mut found: Vec<_> = pages(&api, path, size).await.iter().map(|one| one["id"].clone()).collect();
            found.sort_by_key(Value::to_string);
            let expected: Vec<_> = made.iter().map(|id| json!(format!("connector-source:{id}"))).collect();
            assert_eq!(found, expected, "{path} {size}");
        }
        assert_eq!(pages(&other, path, 2).await.len(), 1);
        assert_eq!(api.get(&format!("{path}cursor=x")).await.status, 422);
    }
    assert_eq!(pages(&api, "/api/v1/skills/search?query=nothing-like-it&", 2).await, Vec::<Value>::new());

    let path = format!("/api/v1/organizations/{}/credentials", server.client.organization_id);
    let mut found = Vec::new();
    for offset in 0..4 {
        let page = api.get(&format!("{path}?limit=1&offset={offset}")).await.with(200);
        assert_eq!((page["data"].as_array().unwrap().len(), &page["total"]), (1, &json!(4)));
        found.push(page["data"][0]["id"].as_str().unwrap().to_owned());
    }
    found.sort();
    assert_eq!(found, made);
    assert_eq!(api.get(&format!("{path}?offset=4")).await.with(200)["data"], json!([]));
    assert_eq!(api.get(&format!("{path}?offset=-1")).await.status, 422);
}

#[tokio::test]
async fn a_workspace_holds_ten_thousand_connectors() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    change(
        &server,
        "INSERT INTO connectors (id, organization_id, workspace_id, definition_id, name, config, fields, version, credentials_version, \
         created_at, updated_at) WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 9998) \
         SELECT '00000000-0000-4000-8000-' || CAST(100000000000 + i AS TEXT), organization_id, workspace_id, definition_id, \
         name, config, fields, version, credentials_version, created_at, updated_at FROM counted, connectors",
    )
    .await;
    let last = api.connector("default", json!({ "token": "ntn_x" })).await;
    let new = json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "ntn_x" } });
    let told = api.post(CONNECTORS, new.clone()).await.with(409);
    assert!(told["message"].as_str().unwrap().contains("10000 connectors"), "{told}");
    let listed = api.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 10_000);
    // Those that are there can be used and changed, and one that goes makes room.
    api.execute(&id, "users", "me", json!({})).await.with(200);
    api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(json!({ "name": "Wiki" }))).await.with(200);
    assert_eq!(api.send(Method::DELETE, &format!("{CONNECTORS}/{last}"), None).await.status, 202);
    api.post(CONNECTORS, new).await.with(200);
}
