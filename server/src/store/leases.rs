//! Leases: the right to do something alone, to renew tokens say, which one process holds at a time and loses when it dies.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Dialect, Store, StoreError};

/// How long a lease lasts unless its holder says that it lives.
const LIFE: Duration = Duration::from_secs(10);
/// How often its holder says so.
const HEARTBEAT: Duration = Duration::from_secs(3);
/// How often who waits asks again.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// How long anybody waits: longer than a token request may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A lease that is held until it is dropped.
pub(crate) struct Held {
    name: String,
    holder: String,
    store: Store,
    heartbeat: tokio::task::JoinHandle<()>,
    /// Whether whoever held it before died with it.
    pub(super) was_broken_off: bool,
}

impl Store {
    /// Waits until nobody else holds this lease.
    pub(crate) async fn lease(&self, name: &str) -> Result<Held, StoreError> {
        let holder = Uuid::new_v4().to_string();
        let started = tokio::time::Instant::now();
        loop {
            if let Some(was_broken_off) = self.take_lease(name, &holder).await? {
                let (store, owned) = (self.clone(), (name.to_owned(), holder.clone()));
                let heartbeat = tokio::spawn(async move { store.keep_lease(&owned.0, &owned.1).await });
                return Ok(Held { name: name.to_owned(), holder, store: self.clone(), heartbeat, was_broken_off });
            }
            if started.elapsed() > PATIENCE {
                return Err(StoreError::Unreadable(format!("the lease {name} has been held for two minutes")));
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    /// Takes a lease that nobody holds: `Some(true)` when the holder before did not give it back.
    async fn take_lease(&self, name: &str, holder: &str) -> Result<Option<bool>, StoreError> {
        let sql = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, {now} + $3) ON CONFLICT DO NOTHING";
        let made = self.lease_query(sql).bind(name).bind(holder).bind(millis(LIFE)).execute(&self.pool).await?;
        if made.rows_affected() == 1 {
            return Ok(Some(false));
        }
        let sql = "UPDATE leases SET holder = $2, until = {now} + $3 WHERE name = $1 AND until < {now}";
        let taken = self.lease_query(sql).bind(name).bind(holder).bind(millis(LIFE)).execute(&self.pool).await?;
        Ok((taken.rows_affected() == 1).then_some(true))
    }

    async fn keep_lease(&self, name: &str, holder: &str) {
        let sql = "UPDATE leases SET until = {now} + $3 WHERE name = $1 AND holder = $2";
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let kept = self.lease_query(sql).bind(name).bind(holder).bind(millis(LIFE)).execute(&self.pool).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "a lease could not be kept");
            }
        }
    }

    /// A statement in which `{now}` is the database's own clock, which all servers share.
    fn lease_query(&self, sql: &'static str) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
        let now = match self.dialect {
            Dialect::Sqlite => "CAST(unixepoch('subsec') * 1000 AS BIGINT)",
            Dialect::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        };
        sqlx::query(AssertSqlSafe(sql.replace("{now}", now)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.heartbeat.abort();
        let (store, name, holder) = (self.store.clone(), self.name.clone(), self.holder.clone());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let sql = "DELETE FROM leases WHERE name = $1 AND holder = $2";
            if let Err(error) = sqlx::query(sql).bind(name).bind(holder).execute(&store.pool).await {
                tracing::warn!(%error, "a lease could not be given back; it ends by itself");
            }
        });
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
