//! The API's rate limits, kept before the API has to say no.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;

use crate::manifest::RateLimit;

use super::Clock;

/// Keeps rate limits. One limiter may serve many connections. `key` names one limit and who shares it: two limits have two keys,
/// even where their numbers are the same.
pub trait RateLimiter: Send + Sync {
    /// Comes back when a request may be sent.
    fn acquire<'a>(&'a self, key: &'a str, limit: &'a RateLimit) -> BoxFuture<'a, ()>;
}

/// Keeps limits within this process: never more than the allowed number of requests in any window.
pub struct SlidingRateLimiter {
    clock: Arc<dyn Clock>,
    sent: Mutex<HashMap<String, VecDeque<Instant>>>,
}

impl SlidingRateLimiter {
    /// A limiter with nothing sent yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, sent: Mutex::default() }
    }

    /// Takes a place in the window, or says how long to wait for one.
    fn take(&self, key: &str, limit: &RateLimit) -> Result<(), Duration> {
        let now = self.clock.instant();
        let window = limit.per.duration();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = sent.entry(key.to_owned()).or_default();
        while sent.front().is_some_and(|first| now.duration_since(*first) >= window) {
            sent.pop_front();
        }
        if sent.len() < *limit.requests as usize {
            sent.push_back(now);
            return Ok(());
        }
        let oldest = sent.front().map(|first| now.duration_since(*first)).unwrap_or_default();
        Err(window.saturating_sub(oldest).max(Duration::from_millis(1)))
    }
}

impl RateLimiter for SlidingRateLimiter {
    fn acquire<'a>(&'a self, key: &'a str, limit: &'a RateLimit) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            while let Err(wait) = self.take(key, limit) {
                self.clock.sleep(wait).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::decode;
    use crate::connect::SystemClock;

    #[test]
    fn two_limits_with_the_same_numbers_are_two() {
        let limiter = SlidingRateLimiter::new(Arc::new(SystemClock));
        let limit: RateLimit = decode("{ requests: 1, per: 1h }");
        assert!(limiter.take("notes 0", &limit).is_ok());
        assert!(limiter.take("notes list 0", &limit).is_ok());
        let wait = limiter.take("notes 0", &limit).unwrap_err();
        assert!(wait > Duration::from_secs(3590) && wait <= Duration::from_secs(3600), "{wait:?}");
    }
}
