//! Renewed tokens and stores that fail, or that change meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{World, call, current};
use crate::auth::AccessToken;
use crate::connect::{Lease, MemoryTokenStore, StoredTokens, TokenStore};
use crate::error::{Error, ErrorKind};

/// A store whose leases keep nobody away, where somebody else commits first or the first commits fail.
#[derive(Default)]
struct RoughStore {
    kept: MemoryTokenStore,
    faster: Mutex<Option<AccessToken>>,
    failures: AtomicUsize,
    /// How many times something beside the token changes just before a commit.
    edits: AtomicUsize,
    /// What it was told of refusals: the version, the code, and whether somebody held a lease.
    refusals: Mutex<Vec<(u64, Option<String>, bool)>>,
    leased: Arc<AtomicUsize>,
}

/// Counts a lease for as long as it is held.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl TokenStore for RoughStore {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        self.kept.load(key)
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        self.leased.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(Lease::holding(Held(self.leased.clone()))) })
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                return Err(Error::new(ErrorKind::Unavailable, "the database is away"));
            }
            let faster = self.faster.lock().unwrap().take();
            if let Some(faster) = faster {
                assert!(self.kept.commit(key, version, faster).await?);
            }
            if self.edits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                return Ok(false);
            }
            self.kept.commit(key, version, token).await
        })
    }

    fn refused<'a>(&'a self, _: &'a str, version: u64, error: &'a Error) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            assert!(error.is_grant_refused());
            let is_leased = self.leased.load(Ordering::SeqCst) == 1;
            self.refusals.lock().unwrap().push((version, error.code().map(str::to_owned), is_leased));
        })
    }
}

#[tokio::test]
async fn the_store_is_told_of_each_renewal_that_is_refused() {
    let store = Arc::new(RoughStore::default());
    let world = World::with_store(store.clone());
    let session = world.oauth();
    assert_eq!(call(&session, |token| token == "a-1").await.unwrap(), "a-1");
    world.endpoint.answer(503, json!({ "error": "invalid_grant" }));
    assert!(!call(&session, |_| false).await.unwrap_err().is_grant_refused(), "it could not answer");
    assert_eq!(*store.refusals.lock().unwrap(), []);

    world.endpoint.answer(400, json!({ "error": "invalid_grant" }));
    for _ in 0..3 {
        assert!(call(&session, |_| false).await.unwrap_err().is_grant_refused());
    }
    // What is remembered was not asked for, and an API's own 401 is nobody's refusal to renew.
    let told = || (1, Some("invalid_grant".to_owned()), true);
    assert_eq!(*store.refusals.lock().unwrap(), [told()]);
    assert!(!call(&world.oauth(), |_| false).await.unwrap_err().is_grant_refused());
    assert_eq!(store.leased.load(Ordering::SeqCst), 0, "no lease outlives its renewal");
}

#[tokio::test]
async fn where_somebody_was_faster_their_token_is_used() {
    let store = Arc::new(RoughStore::default());
    *store.faster.lock().unwrap() = Some(AccessToken::new("theirs").with_refresh_token("r-theirs"));
    let world = World::with_store(store);
    let session = world.oauth();
    assert_eq!(call(&session, |token| token == "theirs").await.unwrap(), "theirs");
    assert_eq!(current(&session).await, "theirs");
    assert_eq!(call(&session, |token| token == "a-2").await.unwrap(), "a-2");
    assert_eq!(world.endpoint.requests()[1]["refresh_token"], "r-theirs");
}

#[tokio::test]
async fn a_token_is_used_only_once_it_is_kept() {
    let store = Arc::new(RoughStore { failures: AtomicUsize::new(2), ..Default::default() });
    let world = World::with_store(store);
    let session = world.oauth();
    for _ in 0..2 {
        assert_eq!(call(&session, |_| false).await.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(call(&session, |token| token == "a-1").await.unwrap(), "a-1");
    assert_eq!(world.endpoint.requests().len(), 1, "the token that came is not asked for again");
}

#[tokio::test]
async fn a_token_that_came_is_not_thrown_away_when_something_beside_it_changes() {
    for edits in 1..=4 {
        let store = Arc::new(RoughStore { edits: AtomicUsize::new(edits), ..Default::default() });
        let world = World::with_store(store.clone());
        let session = world.oauth();
        // Each renewal tries twice, with the one token that came.
        for _ in 0..edits / 2 {
            assert_eq!(call(&session, |_| false).await.unwrap_err().kind(), ErrorKind::Unavailable);
        }
        assert_eq!(call(&session, |token| token == "a-1").await.unwrap(), "a-1");
        let kept = store.load(&session.shared.key).await.unwrap().token.unwrap();
        assert_eq!(kept.refresh_token.unwrap().expose_secret(), "r-1");
        assert_eq!(world.endpoint.requests().len(), 1);
    }
}
