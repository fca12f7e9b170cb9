//! An embedder's own token store and clock: what a server does that keeps its users' tokens in a database.

#![expect(clippy::print_stdout, reason = "an example shows what it gets")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tieline::auth::AccessToken;
use tieline::connect::{Clock, Lease, StoredTokens, TokenStore};
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Credentials, Error, Source};

const MANIFEST: &str = r#"
tieline: 1
name: library
title: Library
version: 0.1.0
summary: The books of a library.
server: https://library.example.com

auth:
  oauth:
    fields:
      client_id: { description: Your application's id }
      client_secret: { description: Its secret, secret: true }
      access_token: { description: The reader's token, secret: true }
      refresh_token: { description: Renews it, secret: true, required: false }
    oauth2:
      authorize: { url: "https://library.example.com/authorize" }
      token: { url: "https://library.example.com/token" }

entities:
  readers:
    summary: Who borrows books.
    actions:
      me: { get: /me, summary: Reads who is signed in. }
"#;

/// A table with a row for each connection: the token as JSON (encrypted, in a real one) and a version.
#[derive(Default)]
struct Table {
    rows: Mutex<HashMap<String, (Value, u64)>>,
    /// In a real one: `select … for update`, or an advisory lock, so that other processes wait too.
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl TokenStore for Table {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async move {
            let row = self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
            let Some((token, version)) = row else { return Ok(StoredTokens::default()) };
            Ok(StoredTokens { token: Some(AccessToken::from_secret_json(&token)?), version })
        })
    }

    fn lease<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async move { Ok(Lease::holding(self.renewing.clone().lock_owned().await)) })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            let unchanged = rows.get(key).map_or(0, |(_, version)| *version) == version;
            if unchanged {
                rows.insert(key.to_owned(), (token.to_secret_json(), version + 1));
            }
            Ok(unchanged)
        })
    }
}

/// A clock that stands still, so that the example gives the same every time.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_268_800)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        4
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = Arc::new(Table::default());
    let api = Arc::new(api());
    let source = Source::new("library.yaml", MANIFEST);
    let (connector, _) = Connector::load(&source).map_err(|findings| findings.render(false))?;
    let reader = Credentials::none()
        .with("client_id", "shelf")
        .with("client_secret", "c-1")
        .with("access_token", "a-1")
        .with("refresh_token", "r-1");
    let connection = Connection::builder(Arc::new(connector))
        .credentials(reader)
        .token_store(table.clone())
        .clock(Arc::new(Noon))
        .transport(api.clone())
        .connect()?;
    // The token has ended. It is renewed, kept, and used; the second call uses it from the start.
    for _ in 0..2 {
        let me: Value = connection.execute("readers", "me", json!({})).await?.record()?;
        println!("signed in as {}", me["name"]);
    }
    let rows = table.rows.lock().unwrap_or_else(PoisonError::into_inner);
    for (token, version) in rows.values() {
        println!("kept at version {version}, until {}", token["expires_at"]);
    }
    assert!(rows.len() == 1 && api.remaining().is_empty(), "one token is kept, and everything was asked for");
    Ok(())
}

/// What the API is expected to be asked, and what it answers.
fn api() -> Replay {
    Replay::new([
        Exchange::new("GET", "/me").answer(401, json!({ "message": "The token has ended." })),
        Exchange::new("POST", "/token")
            .answer(200, json!({ "access_token": "a-2", "refresh_token": "r-2", "expires_in": 3600 })),
        Exchange::new("GET", "/me").answer(200, json!({ "name": "Shevek" })),
        Exchange::new("GET", "/me").answer(200, json!({ "name": "Shevek" })),
    ])
}

#[test]
fn runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
