//! What the server keeps, in SQLite or PostgreSQL: the same schema, the same statements.

mod applications;
mod audit;
mod connectors;
mod leases;
mod logins;
mod oauth_clients;
mod organizations;
mod rate_limits;
mod secrets;
mod setups;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;
mod workspaces;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _, SqlSafeStr as _, Transaction};
use uuid::Uuid;

use crate::keys::{KeyError, Keyring};

pub(crate) use applications::random_text;
pub use applications::{Client, FirstClient};
pub(crate) use audit::{AuditLog, Entry, Place};
use connectors::MOST_IN_A_WORKSPACE;
pub(crate) use connectors::{ConnectorRow, Exposed, Secrets, mode};
pub(crate) use logins::Login;
pub(crate) use rate_limits::SharedRateLimiter;
pub use secrets::Rewrapped;
pub(crate) use secrets::SIGNING;
pub(crate) use setups::{Setup, SetupStatus};
pub(crate) use tokens::{ConnectorTokens, NewTokens, Reach};
pub(crate) use workspaces::{Workspace, WorkspaceFilter};

/// The migrations, in order. One that has been released is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "first", include_str!("migrations/1_first.sql"))];

/// How long a statement waits for a connection, and SQLite for its lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how long a connection is asked whether it is still there before it is used.
const IDLE: Duration = Duration::from_secs(5);

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, or not as it should.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database cannot be opened.
    #[error("the database at {0} cannot be opened: {1}")]
    Unopened(String, String),
    /// The schema cannot be brought up to date.
    #[error("the database's schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A secret cannot be sealed or opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A workspace holds as many connectors as it may.
    #[error("the workspace holds {MOST_IN_A_WORKSPACE} connectors, the most that it may")]
    Full,
    /// A workspace has been deleted.
    #[error("there is no such workspace any more")]
    NoWorkspace,
    /// A connector is not what it was when it was read.
    #[error("the connector has been changed or deleted meanwhile")]
    Changed,
    /// What is stored is not what this server writes.
    #[error("the database holds something else than expected: {0}")]
    Unreadable(String),
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// One file, for one server.
    Sqlite,
    /// For any number of servers.
    Postgres,
}

/// What the server keeps.
#[derive(Clone)]
pub(crate) struct Store {
    pool: AnyPool,
    /// What the audit log is written with.
    audit: AnyPool,
    /// What vendors' limits are kept with.
    limits: AnyPool,
    dialect: Dialect,
    keys: Arc<Keyring>,
}

impl Store {
    /// Opens a database by its URL and brings its schema up to date.
    pub(crate) async fn open(url: &str, keys: Arc<Keyring>) -> Result<Self, StoreError> {
        install_default_drivers();
        let error = match Self::opened(url, keys).await {
            // A pool tries until its time is up, for a database that is just being started, and says no more than that.
            Err(StoreError::Database(sqlx::Error::PoolTimedOut)) => {
                match tokio::time::timeout(PATIENCE, AnyConnection::connect(url)).await {
                    Ok(Err(error)) => error,
                    _ => sqlx::Error::PoolTimedOut,
                }
            }
            Err(StoreError::Database(error)) => error,
            opened => return opened,
        };
        Err(StoreError::Unopened(place(url), error.to_string()))
    }

    async fn opened(url: &str, keys: Arc<Keyring>) -> Result<Self, StoreError> {
        let dialect = if url.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres };
        // SQLite lets one write at a time, and readers beside it.
        let connections = if dialect == Dialect::Sqlite { 8 } else { 16 };
        let pool = pool(dialect, connections, Durability::Power).connect(url).await?;
        let audit = pool_of_audit(dialect, &pool, url).await?;
        // Those who wait for a place under a vendor's limit keep nobody else waiting.
        let limits = match dialect {
            Dialect::Sqlite => pool.clone(),
            Dialect::Postgres => self::pool(dialect, 4, Durability::Power).connect(url).await?,
        };
        let store = Self { pool, audit, limits, dialect, keys };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Ok(Migrator::with_migrations(migrations.collect()).run(&self.pool).await?)
    }

    /// A transaction that writes: in SQLite it waits for its turn now, so that it does not fail halfway.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Any>, StoreError> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        })
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections, once what they do is done.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
        self.audit.close().await;
        self.limits.close().await;
    }
}

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// A loss of power.
    Power,
    /// The end of the process: the last entries of the audit log are not worth waiting for the disk.
    Process,
}

fn pool(dialect: Dialect, connections: u32, durability: Durability) -> AnyPoolOptions {
    let options =
        AnyPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).test_before_acquire(false);
    let options = options.before_acquire(|connection, facts| {
        // The other side may have gone meanwhile.
        Box::pin(async move { Ok(facts.idle_for < IDLE || connection.ping().await.is_ok()) })
    });
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            let settings = match (dialect, durability) {
                (Dialect::Postgres, _) => return Ok(()),
                (Dialect::Sqlite, Durability::Power) => "PRAGMA synchronous = FULL",
                (Dialect::Sqlite, Durability::Process) => "PRAGMA synchronous = NORMAL",
            };
            connection
                .execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
                     PRAGMA secure_delete = ON",
                )
                .await?;
            connection.execute(settings).await?;
            Ok(())
        })
    })
}

/// The audit log has a connection of its own to SQLite, which takes writes one by one anyway.
async fn pool_of_audit(dialect: Dialect, pool: &AnyPool, url: &str) -> Result<AnyPool, StoreError> {
    Ok(match dialect {
        Dialect::Postgres => pool.clone(),
        Dialect::Sqlite => self::pool(dialect, 1, Durability::Process).connect(url).await?,
    })
}

/// Where a database is, without what signs in to it. A password with a sign that ends the host's name stands behind it.
fn place(url: &str) -> String {
    let read = url::Url::parse(url).ok();
    let is_plain = |url: &url::Url| !url[url::Position::AfterHost..].contains(['@', '#']);
    let Some(mut url) = read.filter(is_plain) else { return "an address that cannot be read".to_owned() };
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.to_string()
}

/// The URL of a SQLite database in a file.
pub(crate) fn sqlite_url(path: &Path) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(path.as_os_str().as_encoded_bytes()).collect();
    format!("sqlite://{}?mode=rwc", escaped.replace("%2F", "/").replace('+', "%20"))
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970 as RFC 3339 has them.
pub(crate) fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

fn uuid(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|_| StoreError::Unreadable("an id is no UUID".to_owned()))
}

fn optional_uuid(text: Option<String>) -> Result<Option<Uuid>, StoreError> {
    text.as_deref().map(uuid).transpose()
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(error.to_string()))
}
