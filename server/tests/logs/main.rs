//! What a server says: no secret, at the finest level. A program of its own, because logging is set up once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../api/common/mod.rs"]
mod common;
#[path = "../api/oidc/flow.rs"]
mod flow;
#[path = "../setup/common/log.rs"]
mod log;
mod oidc;
#[path = "../api/oidc/provider.rs"]
mod provider;

use std::sync::Arc;

use common::vendor::Vendor;
use common::{CONNECTORS, Options, start};
use serde_json::json;

#[tokio::test]
async fn no_log_holds_a_secret_at_the_finest_level() {
    log::keep();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let database = common::database(&folder).await;
    let (vendor, url) = Vendor::start().await;
    let server = start(database, folder, url, Options::default()).await;
    let api = server.api().await;
    let connector = api.connector("default", Vendor::credentials()).await;
    api.execute(&connector, "users", "me", json!({})).await.with(200);
    vendor.loses_a_pair();
    assert_eq!(api.execute(&connector, "users", "me", json!({})).await.with(424)["kind"], "reauthorize");
    let wrong = json!({ "client_id": server.client.client_id, "client_secret": "wr0ng-secret" });
    server.nobody().post("/api/v1/account/applications/token", wrong).await.with(401);
    let bad =
        json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "b4d-secret" } });
    api.post(CONNECTORS, bad).await.with(400);
    common::operator(&server.database, &server.folder).await.rotate_keys().await.unwrap();

    let text = log::text();
    assert!(text.contains("answered") && text.contains("tieline"), "something is logged: {} bytes", text.len());
    let secret = secrecy::ExposeSecret::expose_secret(&server.client.client_secret).to_owned();
    let token = api.token.clone().unwrap();
    for secret in
        ["s-secret", "access-0", "access-1", "refresh-0", "refresh-1", "wr0ng-secret", "b4d-secret", &secret, &token]
    {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} stands in {line:?}");
    }
}
