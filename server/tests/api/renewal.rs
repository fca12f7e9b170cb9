//! Renewals of tokens: once for any number of calls and servers, kept before they are used, and owned up to when they are lost.

use std::sync::Arc;
use std::time::Duration;

use crate::common::vendor::Vendor;
use crate::common::{Api, CONNECTORS, Options, Running, database, start};
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;
use url::Url;

/// Two servers over one database, and a vendor whose tokens rotate.
async fn two_servers() -> (Running, Running, Vendor, Url) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let database = database(&folder).await;
    let (vendor, url) = Vendor::start().await;
    let one = start(database.clone(), folder.clone(), url.clone(), Options::default()).await;
    let two = start(database, folder, url.clone(), Options::default()).await;
    (one, two, vendor, url)
}

async fn me(api: &Api, connector: &str) -> crate::common::Answer {
    api.execute(connector, "users", "me", json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_renew_once_between_them() {
    let (one, two, vendor, url) = two_servers().await;
    vendor.takes(Duration::from_millis(300));
    let (first, second) = (one.api().await, two.api_of(&one.client).await);
    let connector = first.connector("default", Vendor::credentials()).await;
    let calls = (0..16).map(|number| {
        let (api, connector) = (if number % 2 == 0 { first.clone() } else { second.clone() }, connector.clone());
        tokio::spawn(async move { me(&api, &connector).await })
    });
    for answer in join_all(calls).await {
        answer.unwrap().with(200);
    }
    assert_eq!((vendor.pairs(), vendor.asked()), (1, 1));
    // What was renewed is in the database: a server that starts now need not ask either.
    let third = start(one.database.clone(), one.folder.clone(), url, Options::default()).await;
    me(&third.api_of(&one.client).await, &connector).await.with(200);
    assert_eq!(vendor.asked(), 1);
}

#[tokio::test]
async fn a_renewal_that_died_with_its_server_is_owned_up_to_and_can_be_mended() {
    let (one, two, vendor, _) = two_servers().await;
    let api = one.api().await;
    let connector = api.connector("default", Vendor::credentials()).await;
    // A server has taken the lease, the vendor has rotated, and the server has died: 20 seconds ago.
    vendor.loses_a_pair();
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(&one.database).await.unwrap();
    let lease = "INSERT INTO leases (name, holder, until) VALUES ($1, 'dead', 1)";
    sqlx::query(lease).bind(&connector).execute(&mut database).await.unwrap();

    let told = me(&api, &connector).await.with(424);
    assert_eq!(told["kind"], "reauthorize", "{told}");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("a server ended while it renewed"), "{message}");
    assert!(told["setup_url"].as_str().unwrap().contains("/setup/link/"));
    assert!(!told.to_string().contains("refresh-0") && !told.to_string().contains("s-secret"));
    // It is known from now on, on every server, and the vendor is not asked again.
    let (asked, calls) = (vendor.asked(), vendor.calls());
    let other = two.api_of(&one.client).await;
    assert_eq!(me(&other, &connector).await.with(424)["kind"], "reauthorize");
    assert_eq!((vendor.asked(), vendor.calls()), (asked, calls));
    let listed = api.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200);
    assert_eq!(listed["data"][0]["status"], "reauthorize");
    let inspected = api.get(&format!("{CONNECTORS}/{connector}/inspect")).await.with(200);
    assert!(inspected["warnings"][0].as_str().unwrap().starts_with("Somebody has to sign in anew"));

    let body = json!({ "credentials": vendor.current() });
    let mended = api.send(Method::PUT, &format!("{CONNECTORS}/{connector}"), Some(body)).await.with(200);
    assert_eq!((&mended["status"], &mended["status_reason"]), (&json!("ready"), &Value::Null));
    me(&other, &connector).await.with(200);
}

#[tokio::test]
async fn a_lease_whose_holder_died_is_taken_over() {
    let (one, _two, vendor, _) = two_servers().await;
    let api = one.api().await;
    let connector = api.connector("default", Vendor::credentials()).await;
    let mut database = sqlx::AnyConnection::connect(&one.database).await.unwrap();
    let until = jiff::Timestamp::now().as_millisecond() + 1500;
    let lease = "INSERT INTO leases (name, holder, until) VALUES ($1, 'dead', $2)";
    sqlx::query(lease).bind(&connector).bind(until).execute(&mut database).await.unwrap();
    // The vendor had not been asked yet: nothing is lost.
    me(&api, &connector).await.with(200);
    assert!(jiff::Timestamp::now().as_millisecond() >= until);
    assert_eq!(vendor.pairs(), 1);
    let mut left = 1;
    for _ in 0..50 {
        let row = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM leases WHERE name = $1").bind(&connector);
        left = row.fetch_one(&mut database).await.unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(left, 0, "the lease is given back");
}

#[tokio::test]
async fn keys_are_rotated_under_a_server_that_runs() {
    let (one, two, vendor, _) = two_servers().await;
    let api = one.api().await;
    let connector = api.connector("default", Vendor::credentials()).await;
    let operator = crate::common::operator(&one.database, &one.folder).await;
    for _ in 0..3 {
        let moved = operator.rotate_keys().await.unwrap().moved;
        assert!(moved >= 1, "{moved}");
        me(&api, &connector).await.with(200);
        let other = two.api_of(&one.client).await;
        me(&other, &connector).await.with(200);
    }
    assert_eq!(vendor.pairs(), 1);
    // Nothing is left under a key that has gone, and nothing is there in clear text.
    let mut database = sqlx::AnyConnection::connect(&one.database).await.unwrap();
    let keys = sqlx::query_scalar::<_, i64>("SELECT COUNT(DISTINCT master_key) FROM secrets");
    assert_eq!(keys.fetch_one(&mut database).await.unwrap(), 1);
    for table in ["secrets", "connectors", "audit", "applications", "leases", "setups"] {
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} AS t WHERE CAST(t AS TEXT) LIKE '%s-secret%'");
        if one.database.starts_with("postgres") {
            let count =
                sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_one(&mut database).await.unwrap();
            assert_eq!(count, "0", "{table}");
        }
    }
    if let Some(path) = one.database.strip_prefix("sqlite://") {
        let path = path.split('?').next().unwrap();
        for suffix in ["", "-wal"] {
            let bytes = std::fs::read(format!("{path}{suffix}")).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("s-secret") && !text.contains("access-") && !text.contains("refresh-"), "{suffix}");
        }
    }
}

#[tokio::test]
async fn a_change_of_configuration_keeps_what_was_renewed() {
    let (one, two, vendor, _) = two_servers().await;
    let api = one.api().await;
    let connector = api.connector("default", Vendor::credentials()).await;
    me(&api, &connector).await.with(200);
    let path = format!("{CONNECTORS}/{connector}");
    let body = json!({ "replication_config": { "api_version": "2025-09-03" } });
    // Tried and changed with what it has by now: the refresh token that it was made with is worth nothing any more.
    let checked = api.post(&format!("{path}/check"), body.clone()).await.with(200);
    assert_eq!(checked["status"], "succeeded", "{checked}");
    let mut changed = body;
    changed["check"] = true.into();
    api.send(Method::PUT, &path, Some(changed)).await.with(200);
    me(&two.api_of(&one.client).await, &connector).await.with(200);
    vendor.ends_the_access_token();
    me(&api, &connector).await.with(200);
    assert_eq!((vendor.pairs(), vendor.asked()), (2, 2));
    assert_eq!(api.get(&path).await.with(200)["status"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn rotations_at_once_take_turns() {
    let (one, _two, _, _) = two_servers().await;
    let api = one.api().await;
    let connectors = join_all((0..30).map(|_| api.connector("default", json!({ "token": "ntn_s-secret" })))).await;
    let rotations = (0..4).map(|_| {
        let (database, folder) = (one.database.clone(), one.folder.clone());
        tokio::spawn(async move {
            let operator = crate::common::operator(&database, &folder).await;
            for _ in 0..3 {
                assert_eq!(operator.rotate_keys().await.unwrap().unreadable, 0);
            }
        })
    });
    for rotation in join_all(rotations).await {
        rotation.unwrap();
    }
    let fresh = start(one.database.clone(), one.folder.clone(), Vendor::start().await.1, Options::default()).await;
    let api = fresh.api_of(&one.client).await;
    for id in connectors {
        // The vendor is asked, and does not know this token: it could be read.
        assert_eq!(me(&api, &id).await.with(424)["kind"], "unauthorized");
    }
}
