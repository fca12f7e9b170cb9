//! Time and randomness, so that tests can bring their own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;

/// Time and randomness.
pub trait Clock: Send + Sync {
    /// The time of day, which may be set forwards and backwards: for what others say about time, such as when a token ends.
    fn now(&self) -> SystemTime;

    /// A time that nobody sets, and that passes as [`sleep`](Self::sleep) does: for deadlines and rate limits. That of tokio,
    /// unless a clock has its own.
    fn instant(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// Comes back after a while.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A number that cannot be guessed.
    fn random(&self) -> u64;
}

/// The time of day in seconds since 1970.
pub(super) fn seconds(clock: &dyn Clock) -> i64 {
    let since = clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The machine's clock, with tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        uuid::Uuid::new_v4().as_u64_pair().0
    }
}
