//! What a server says: no secret, at the finest level. A program of its own, because logging is set up once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::vendor::Vendor;
use common::{CONNECTORS, Options, start};
use serde_json::json;

/// What is logged, from all threads.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_holds_a_secret_at_the_finest_level() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let subscriber = subscriber.finish();
    // This test's runtime has one thread, and all that the server does is done on it.
    let _guard = tracing::subscriber::set_default(subscriber);
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

    let text = String::from_utf8_lossy(&logged.0.lock().unwrap()).into_owned();
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
