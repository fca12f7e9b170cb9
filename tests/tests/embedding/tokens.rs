//! An embedder's own token store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use serde_json::Value;
use tieline::auth::AccessToken;
use tieline::connect::{Lease, StoredTokens, TokenStore};
use tieline::{Error, ErrorKind};

/// Rows of a table: the token as JSON, and a version.
#[derive(Default)]
struct Table {
    rows: Mutex<HashMap<String, (Value, u64)>>,
    /// Whose user has to sign in again, with the version that cannot be renewed.
    ended: Mutex<HashMap<String, u64>>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl TokenStore for Table {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async move {
            let row = self.rows.lock().unwrap().get(key).cloned();
            let Some((token, version)) = row else { return Ok(StoredTokens::default()) };
            Ok(StoredTokens { token: Some(AccessToken::from_secret_json(&token)?), version })
        })
    }

    fn lease<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async move { Ok(Lease::holding(self.renewing.clone().lock_owned().await)) })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let mut rows = self.rows.lock().unwrap();
            let is_unchanged = rows.get(key).map_or(0, |(_, version)| *version) == version;
            if is_unchanged {
                rows.insert(key.to_owned(), (token.to_secret_json(), version + 1));
            }
            Ok(is_unchanged)
        })
    }

    fn refused<'a>(&'a self, key: &'a str, version: u64, _: &'a Error) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.ended.lock().unwrap().insert(key.to_owned(), version);
        })
    }
}

#[tokio::test]
async fn only_the_first_of_two_renewals_counts() {
    let table = Table::default();
    let version = table.load("a").await.unwrap().version;
    let _lease = table.lease("a").await.unwrap();
    assert!(table.commit("a", version, AccessToken::new("one")).await.unwrap());
    assert!(!table.commit("a", version, AccessToken::new("two")).await.unwrap());
    let kept = table.load("a").await.unwrap();
    assert_eq!(kept.token.unwrap().to_secret_json()["access_token"], "one");
    table.refused("a", kept.version, &Error::new(ErrorKind::Unauthorized, "no")).await;
    assert_eq!(table.ended.lock().unwrap().get("a"), Some(&kept.version));
}
