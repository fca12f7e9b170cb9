//! The tokens of a connector, as the engine's store of tokens: sealed, renewed by one process at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use tieline::auth::AccessToken;
use tieline::connect::{Lease, StoredTokens, TokenStore};
use tieline::{Error, ErrorKind};
use url::Url;

use super::applications::digest_of;
use super::{ConnectorRow, Store, StoreError};

/// The tokens of one connector.
pub(crate) struct ConnectorTokens {
    store: Store,
    connector: String,
    /// The version of the connector that they belong to.
    version: i64,
    /// Where they may go.
    reach: Reach,
    /// Whether a renewal before this one ended with the process that had begun it.
    was_broken_off: AtomicBool,
}

impl ConnectorTokens {
    pub(crate) fn new(store: Store, row: &ConnectorRow, reach: Reach) -> Self {
        let (connector, was_broken_off) = (row.id.to_string(), AtomicBool::new(false));
        Self { store, connector, version: row.version, reach, was_broken_off }
    }

    async fn stored(&self, key: &str) -> Result<StoredTokens, StoreError> {
        let Some(opened) = self.store.secret(&self.connector, &self.reach.kind(key)).await? else {
            return Ok(StoredTokens::default());
        };
        let unreadable = || StoreError::Unreadable("a token is not what was stored".to_owned());
        let json = serde_json::from_slice(&opened.plain).map_err(|_| unreadable())?;
        let token = AccessToken::from_secret_json(&json).map_err(|_| unreadable())?;
        Ok(StoredTokens { token: Some(token), version: opened.version.unsigned_abs() })
    }

    async fn replace(&self, key: &str, version: u64, token: &AccessToken) -> Result<bool, StoreError> {
        let plain = Zeroizing::new(token.to_secret_json().to_string().into_bytes());
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        self.store.replace_secret(&self.connector, &self.reach.kind(key), version, &plain).await
    }
}

impl TokenStore for ConnectorTokens {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async move { self.stored(key).await.map_err(unavailable) })
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async move {
            let held = self.store.lease(&self.connector).await.map_err(unavailable)?;
            self.was_broken_off.fetch_or(held.was_broken_off, Ordering::Relaxed);
            Ok(Lease::holding(held))
        })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let is_kept = self.replace(key, version, &token).await.map_err(unavailable)?;
            self.was_broken_off.store(false, Ordering::Relaxed);
            Ok(is_kept)
        })
    }

    fn refused<'a>(&'a self, _: &'a str, _: u64, error: &'a Error) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let why = match self.was_broken_off.load(Ordering::Relaxed) {
                false => error.message().to_owned(),
                true => format!(
                    "a server ended while it renewed the access token, and what the vendor had handed out is lost; {}",
                    error.message()
                ),
            };
            let noted = self.store.needs_reauthorization(&self.connector, self.version, &why).await;
            if let Err(error) = noted {
                tracing::error!(%error, "a refused renewal could not be noted");
            }
        })
    }
}

/// Tokens that are renewed while credentials are tried, before there is a connector. A refresh token may work once: the connector is
/// made with the one that came last.
#[derive(Clone, Default)]
pub(crate) struct NewTokens {
    kept: Arc<Mutex<BTreeMap<String, StoredTokens>>>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl NewTokens {
    /// All of them, each with the key that the engine gave it.
    pub(crate) fn all(&self) -> Vec<(String, AccessToken)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().filter_map(|(key, stored)| Some((key.clone(), stored.token.clone()?))).collect()
    }
}

impl TokenStore for NewTokens {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        Box::pin(std::future::ready(Ok(kept.unwrap_or_default())))
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async move { Ok(Lease::holding(self.renewing.clone().lock_owned().await)) })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = kept.entry(key.to_owned()).or_default();
        let is_unchanged = stored.version == version;
        if is_unchanged {
            *stored = StoredTokens { token: Some(token), version: version + 1 };
        }
        Box::pin(std::future::ready(Ok(is_unchanged)))
    }
}

/// Where the tokens of a connector may go: the address that the operator names, and configuration values that are parts of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reach(String);

impl Reach {
    pub(crate) fn new<'a>(base_url: Option<&Url>, parts: impl Iterator<Item = (&'a str, &'a Value)>) -> Self {
        let parts: BTreeMap<_, _> = parts.collect();
        Self(digest_of(&serde_json::json!([base_url.map(Url::as_str), parts]).to_string()))
    }

    /// The kind of secret that a renewed token is. The engine's key is `connector:scheme:asked:given`; `asked` changes with any
    /// configuration value that a token request has, and a token that has been renewed would be lost with it.
    pub(crate) fn kind(&self, key: &str) -> String {
        let mut parts = key.split(':');
        let (scheme, given) = (parts.nth(1).unwrap_or_default(), parts.next_back().unwrap_or_default());
        format!("token {scheme}:{}:{given}", self.0)
    }
}

/// The caller of an operation is told no more than that; the log has the rest.
fn unavailable(error: StoreError) -> Error {
    tracing::error!(%error, "tokens cannot be stored or read");
    Error::new(ErrorKind::Unavailable, "the server cannot reach what it stores tokens in")
}
