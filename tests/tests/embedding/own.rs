//! An embedder's own transport, clock and rate limiter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use serde_json::json;
use tieline::connect::{Clock, RateLimiter, SlidingRateLimiter};
use tieline::manifest::RateLimit;
use tieline::transport::{Exchange, Replay, Transport, TransportError};
use tieline::wire::{Response, SignedRequest};
use tieline::{Connection, Connector, Credentials};
use tokio::time::Instant;

use super::taskboard;

/// Counts what is sent, and leaves the sending to another.
struct Counted<T> {
    inner: T,
    requests: AtomicU64,
}

impl<T: Transport> Transport for Counted<T> {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request)
    }
}

/// A clock for tests under `#[tokio::test(start_paused = true)]`: what sleeps is woken at once, and all see the time pass.
struct Paused {
    started: Instant,
}

impl Clock for Paused {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        4
    }
}

/// Keeps the limits, and lets those who wait go in the order in which they came.
struct InOrder {
    limits: SlidingRateLimiter,
    turn: tokio::sync::Mutex<()>,
}

impl RateLimiter for InOrder {
    fn acquire<'a>(&'a self, key: &'a str, limit: &'a RateLimit) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            self.limits.acquire(key, limit).await;
        })
    }
}

fn connect(connector: Arc<Connector>, transport: Arc<dyn Transport>) -> Result<Connection, tieline::Error> {
    let clock = Arc::new(Paused { started: Instant::now() });
    let limiter = InOrder { limits: SlidingRateLimiter::new(clock.clone()), turn: Default::default() };
    Connection::builder(connector)
        .credentials(Credentials::none().with("key", "tb_1"))
        .transport(transport)
        .clock(clock)
        .rate_limiter(Arc::new(limiter))
        .connect()
}

fn recorded() -> Replay {
    Replay::new([
        Exchange::new("GET", "/v2/cards/c_1").answer(429, json!({})).answer_header("retry-after", "30"),
        Exchange::new("GET", "/v2/cards/c_1")
            .answer(200, json!({ "card": { "id": "c_1", "title": "Weed", "due": null } })),
    ])
}

#[tokio::test(start_paused = true)]
async fn everything_is_the_embedders_own() {
    let transport = Arc::new(Counted { inner: recorded(), requests: AtomicU64::new(0) });
    let connection = connect(taskboard(), transport.clone()).unwrap();
    let began = Instant::now();
    let card: serde_json::Value =
        connection.execute("cards", "get", json!({ "card_id": "c_1" })).await.unwrap().record().unwrap();
    assert_eq!(card["title"], "Weed");
    assert_eq!(transport.requests.load(Ordering::Relaxed), 2, "the 429 is tried again");
    assert!(began.elapsed() >= Duration::from_secs(30), "as the API asked");
}
