//! Where renewed tokens are kept: the embedder's, so that several processes on one store renew once.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::auth::AccessToken;
use crate::error::Error;

/// Tokens as a store keeps them, with the version they were read at.
#[derive(Clone, Debug, Default)]
pub struct StoredTokens {
    /// The token, if any was kept.
    pub token: Option<AccessToken>,
    /// Changes with every commit; opaque to the engine.
    pub version: u64,
}

/// Keeps renewed tokens. `key` names what they are for, as `connector:scheme:asked:given`: connector, way to sign in, a digest
/// of where tokens come from and what is asked for, and a digest of what the user gave.
///
/// A renewal leases, loads, asks the API, and commits before the new token is used. A store that cannot lease across processes
/// may hand out leases at once: then `commit` alone decides which of two renewals counts.
pub trait TokenStore: Send + Sync {
    /// What is kept.
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>>;

    /// Waits until nobody else renews these tokens. The lease ends when it is dropped.
    fn lease<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Lease, Error>>;

    /// Keeps new tokens if the store is still at this version. `false`: somebody else was faster, load again.
    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>>;

    /// Takes note that the token endpoint refused to renew what was kept at this version (`error.is_grant_refused()`): the user
    /// has to sign in again, unless the store has another version by now. Told while the lease is held, once for each request
    /// that was refused. Does nothing, where a store has no use for it.
    fn refused<'a>(&'a self, key: &'a str, version: u64, error: &'a Error) -> BoxFuture<'a, ()> {
        let _ = (key, version, error);
        Box::pin(std::future::ready(()))
    }
}

/// The right to renew. Dropping it gives it back.
pub struct Lease {
    _guard: Box<dyn Any + Send + Sync>,
}

impl Lease {
    /// A lease that holds a guard until it is dropped.
    pub fn holding(guard: impl Any + Send + Sync) -> Self {
        Self { _guard: Box::new(guard) }
    }
}

/// Keeps tokens in memory: enough for one process.
#[derive(Default)]
pub struct MemoryTokenStore {
    slots: Mutex<HashMap<String, Slot>>,
}

#[derive(Clone, Default)]
struct Slot {
    tokens: StoredTokens,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryTokenStore {
    fn with_slot<T>(&self, key: &str, look: impl FnOnce(&mut Slot) -> T) -> T {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        look(slots.entry(key.to_owned()).or_default())
    }
}

impl TokenStore for MemoryTokenStore {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async move { Ok(self.with_slot(key, |slot| slot.tokens.clone())) })
    }

    fn lease<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async move {
            let renewing = self.with_slot(key, |slot| slot.renewing.clone());
            Ok(Lease::holding(renewing.lock_owned().await))
        })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            Ok(self.with_slot(key, |slot| {
                let unchanged = slot.tokens.version == version;
                if unchanged {
                    slot.tokens = StoredTokens { token: Some(token), version: version + 1 };
                }
                unchanged
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MemoryTokenStore, TokenStore as _};
    use crate::auth::AccessToken;

    #[tokio::test]
    async fn commits_only_what_nobody_changed() {
        let store = MemoryTokenStore::default();
        let version = store.load("a").await.unwrap().version;
        assert!(store.commit("a", version, AccessToken::new("one")).await.unwrap());
        assert!(!store.commit("a", version, AccessToken::new("two")).await.unwrap());
        let kept = store.load("a").await.unwrap();
        assert!(kept.token.unwrap().is(&AccessToken::new("one")));
        assert_ne!(kept.version, version);
        assert!(store.load("b").await.unwrap().token.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn leases_one_key_to_one_at_a_time() {
        let store = MemoryTokenStore::default();
        let soon = Duration::from_secs(1);
        let first = store.lease("a").await.unwrap();
        assert!(tokio::time::timeout(soon, store.lease("b")).await.is_ok());
        assert!(tokio::time::timeout(soon, store.lease("a")).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(soon, store.lease("a")).await.is_ok());
    }
}
