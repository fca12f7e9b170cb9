//! Bounds: of a request's body, and of what goes to a vendor, which servers that share a database keep together.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::common::{CONNECTORS, Options, database, running, start};
use axum::Router;
use axum::routing::get;
use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use tieline::{Connector, Source};
use tokio::net::TcpListener;
use url::Url;

/// An API that takes three requests in a second and a half.
const SLOW: &str = r#"
tieline: 1
name: slow
title: Slow
version: 0.1.0
summary: An API that takes few requests.
server: https://slow.example.com
auth:
  token: { fields: { token: { description: A token, secret: true } }, bearer: "${token}" }
limits: [{ requests: 3, per: 1500ms }]
check: users.me
entities:
  users: { actions: { me: { get: /me } } }
"#;

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = running().await;
    let api = server.api().await;
    let body = json!({ "workspace_name": "x".repeat(9 << 20) });
    let answer = api.try_send(Method::POST, CONNECTORS, Some(body)).await;
    // A server that reads no further may end the connection first.
    if let Some(answer) = answer {
        assert_eq!(answer.with(413)["kind"], "invalid_input");
    }
    assert_eq!(api.get("/api/v1/workspaces").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendors_limit_is_kept_by_all_servers_together() {
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let seen = times.clone();
    let me = move || {
        seen.lock().unwrap().push(Instant::now());
        async { r#"{"id": 1}"# }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let vendor = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/me", get(me))).await });

    let folder = Arc::new(tempfile::tempdir().unwrap());
    let database = database(&folder).await;
    let options = || Options {
        vendor_of: Some(("slow", vendor.clone())),
        connectors: vec![Connector::load(&Source::new("slow.yaml", SLOW)).unwrap_or_else(|found| panic!("{found}")).0],
        ..Options::default()
    };
    let one = start(database.clone(), folder.clone(), vendor.clone(), options()).await;
    let api = one.api().await;
    // Servers over SQLite have no limit together: there is one.
    let other = match database.starts_with("postgres") {
        true => Some(start(database, folder, vendor.clone(), options()).await),
        false => None,
    };
    let there = other.as_ref().map_or(one.address, |other| other.address);
    let body = json!({ "workspace_name": "default", "connector_type": "slow", "credentials": { "token": "t" } });
    let id = api.post(CONNECTORS, body).await.with(200)["id"].as_str().unwrap().to_owned();
    let calls = (0..9).map(|number| {
        let mut api = api.clone();
        api.address = if number % 2 == 0 { one.address } else { there };
        let id = id.clone();
        tokio::spawn(async move { api.execute(&id, "users", "me", json!({})).await.status })
    });
    for status in join_all(calls).await {
        assert_eq!(status.unwrap(), 200);
    }
    let mut times = times.lock().unwrap().clone();
    times.sort_unstable();
    assert_eq!(times.len(), 9);
    // Half a second for what lies between a place in the window and the vendor.
    let within = |four: &&[Instant]| four[3].duration_since(four[0]) < Duration::from_millis(1000);
    assert_eq!(times.windows(4).filter(within).count(), 0, "more than three in a second and a half");
}

/// An API whose second page cannot be had.
const BROKEN: &str = r#"
tieline: 1
name: broken
title: Broken
version: 0.1.0
summary: An API that breaks.
server: https://broken.example.com
auth:
  token: { fields: { token: { description: A token, secret: true } }, bearer: "${token}" }
pagination:
  cursor: { kind: cursor, cursor: cursor, next: $.next }
entities:
  items: { actions: { list: { get: /items, records: $.items, paginate: cursor } } }
"#;

#[tokio::test]
async fn a_list_that_breaks_off_keeps_what_came() {
    let items = |uri: axum::http::Uri| async move {
        match uri.query() {
            None => (axum::http::StatusCode::OK, r#"{"items": [{"id": 1}, {"id": 2}], "next": "two"}"#),
            Some(_) => (axum::http::StatusCode::BAD_REQUEST, "{}"),
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let vendor = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/items", get(items))).await });
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (connector, _) = Connector::load(&Source::new("broken.yaml", BROKEN)).unwrap_or_else(|found| panic!("{found}"));
    let options =
        Options { vendor_of: Some(("broken", vendor.clone())), connectors: vec![connector], ..Options::default() };
    let server = start(database(&folder).await, folder, vendor, options).await;
    let api = server.api().await;
    let body = json!({ "workspace_name": "default", "connector_type": "broken", "credentials": { "token": "t" } });
    let id = api.post(CONNECTORS, body).await.with(200)["id"].as_str().unwrap().to_owned();
    let path = format!("{CONNECTORS}/{id}/execute");
    let all = json!({ "entity": "items", "action": "list", "all": true });
    let came = api.post(&path, all.clone()).await.with(200);
    assert_eq!((&came["result"], &came["warning"]["kind"]), (&json!([{ "id": 1 }, { "id": 2 }]), &json!("rejected")));
    // It goes on with the page that failed.
    let mut on = all;
    on["next"] = came["next"].clone();
    assert_eq!(api.post(&path, on).await.with(400)["kind"], "rejected");
    let first = json!({ "entity": "items", "action": "list", "max_records": 2 });
    assert!(api.post(&path, first).await.with(200).get("warning").is_none());
}
