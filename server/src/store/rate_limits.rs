//! A vendor's rate limits, kept by all servers together.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::Row as _;
use tieline::connect::{RateLimiter, SlidingRateLimiter, SystemClock};
use tieline::manifest::RateLimit;

use super::{Dialect, Store, StoreError, now};

/// Keeps rate limits: within this process over SQLite, in the database where several servers share one.
pub(crate) struct SharedRateLimiter {
    store: Store,
    here: SlidingRateLimiter,
}

impl SharedRateLimiter {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, here: SlidingRateLimiter::new(Arc::new(SystemClock)) }
    }

    /// Takes a place in the window, or says how long to wait for one.
    async fn take(&self, key: &str, limit: &RateLimit) -> Result<Option<Duration>, StoreError> {
        let mut transaction = self.store.limits.begin().await?;
        let make = "INSERT INTO rate_windows (name, sent) VALUES ($1, '[]') ON CONFLICT DO NOTHING";
        sqlx::query(make).bind(key).execute(&mut *transaction).await?;
        let row = sqlx::query("SELECT sent FROM rate_windows WHERE name = $1 FOR UPDATE").bind(key);
        let text: String = row.fetch_one(&mut *transaction).await?.try_get("sent")?;
        let (now, window) = (now(), i64::try_from(limit.per.duration().as_millis()).unwrap_or(i64::MAX));
        let mut sent: Vec<i64> = super::json(&text)?;
        // A clock that was set back, or another server's that is ahead, must not stop everybody.
        sent.retain(|at| now - at < window && *at <= now + window);
        if sent.len() >= *limit.requests as usize {
            let oldest = sent.iter().min().copied().unwrap_or(now);
            return Ok(Some(Duration::from_millis((oldest + window - now).max(1).unsigned_abs())));
        }
        sent.push(now);
        let write = "UPDATE rate_windows SET sent = $2 WHERE name = $1";
        sqlx::query(write).bind(key).bind(serde_json::json!(sent).to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(None)
    }
}

impl RateLimiter for SharedRateLimiter {
    fn acquire<'a>(&'a self, key: &'a str, limit: &'a RateLimit) -> BoxFuture<'a, ()> {
        if self.store.dialect == Dialect::Sqlite {
            return self.here.acquire(key, limit);
        }
        Box::pin(async move {
            loop {
                match self.take(key, limit).await {
                    Ok(None) => return,
                    Ok(Some(wait)) => tokio::time::sleep(wait).await,
                    Err(error) => {
                        tracing::warn!(%error, "a rate limit is kept by this server alone");
                        return self.here.acquire(key, limit).await;
                    }
                }
            }
        })
    }
}
