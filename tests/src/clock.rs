//! Time that does not pass by itself: tokio's paused clock, counted from a fixed day, and numbers that are always the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use tieline::connect::Clock;
use tokio::time::Instant;

/// The first second of every test: 2026-01-01T00:00:00Z, a Thursday.
pub const START: Duration = Duration::from_secs(1_767_225_600);

/// A clock for tests. On a runtime that was started with its time paused, a sleep costs nothing and still takes its time.
pub struct TestClock {
    started: Instant,
    drawn: AtomicU64,
}

impl TestClock {
    /// A clock that starts now at [`START`].
    #[expect(clippy::new_without_default, reason = "it starts running here")]
    pub fn new() -> Self {
        Self { started: Instant::now(), drawn: AtomicU64::new(0) }
    }

    /// How long it has been running.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + START + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        // Far apart, so that a jitter made from them is neither always nothing nor always everything.
        self.drawn.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
