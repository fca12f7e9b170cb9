//! The audit log: who did what, when, and how it ended. Never a parameter, a record or a secret.

use std::fmt;

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{Store, StoreError, now, optional_uuid, uuid};

/// How many entries are written at once: PostgreSQL takes 65,535 values in a statement.
const BATCH: usize = 500;
/// How many entries may wait; after that, calls do.
const WAITING: usize = 4096;
const COLUMNS: usize = 10;

/// One line of the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: Uuid,
    pub at: i64,
    pub organization: Uuid,
    pub workspace: Option<Uuid>,
    pub connector: Option<Uuid>,
    /// Whose token it was.
    pub client: String,
    /// What was done: `connectors.create`, or `execute users.list`.
    pub operation: String,
    /// `success`, or the kind of error.
    pub outcome: String,
    pub milliseconds: i64,
    pub request_id: String,
}

/// A place in the log: before the entry of this time and id or, without an id, before all of this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub at: i64,
    pub id: Option<Uuid>,
}

impl Place {
    /// Before this entry.
    pub(crate) fn before(entry: &Entry) -> Self {
        Self { at: entry.at, id: Some(entry.id) }
    }

    /// The text that [`Display`](fmt::Display) gives.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('-')?;
        Some(Self { at: at.parse().ok()?, id: Some(Uuid::parse_str(id).ok()?) })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at, self.id.unwrap_or_default())
    }
}

/// Writes entries, all that wait in one transaction: a call is answered when its entry is there.
#[derive(Clone)]
pub(crate) struct AuditLog {
    entries: mpsc::Sender<(Entry, oneshot::Sender<()>)>,
}

impl AuditLog {
    /// Starts to write.
    pub(crate) fn start(store: Store) -> Self {
        let (entries, mut waiting) = mpsc::channel::<(Entry, oneshot::Sender<()>)>(WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                let (entries, written): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                if let Err(error) = store.write_audit(&entries).await {
                    tracing::error!(%error, count = entries.len(), "audit entries could not be written");
                    for entry in &entries {
                        tracing::error!(?entry, "unwritten audit entry");
                    }
                }
                // Who has gone away is not told.
                for written in written {
                    let _ = written.send(());
                }
            }
        });
        Self { entries }
    }

    /// Writes an entry; comes back when it is written.
    pub(crate) async fn write(&self, entry: Entry) {
        let (written, done) = oneshot::channel();
        if self.entries.send((entry, written)).await.is_ok() {
            let _ = done.await;
        }
    }
}

impl Store {
    async fn write_audit(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let row = |row: usize| {
            let values: Vec<_> = (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
            format!("({})", values.join(", "))
        };
        let rows: Vec<_> = (0..entries.len()).map(row).collect();
        let columns =
            "id, at, organization_id, workspace_id, connector_id, client, operation, outcome, milliseconds, request_id";
        // Nothing but numbers of placeholders is put together here.
        let sql = AssertSqlSafe(format!("INSERT INTO audit ({columns}) VALUES {}", rows.join(", ")));
        let query = entries.iter().fold(sqlx::query(sql), |query, entry| {
            query
                .bind(entry.id.to_string())
                .bind(entry.at)
                .bind(entry.organization.to_string())
                .bind(entry.workspace.map(|id| id.to_string()))
                .bind(entry.connector.map(|id| id.to_string()))
                .bind(&entry.client)
                .bind(&entry.operation)
                .bind(&entry.outcome)
                .bind(entry.milliseconds)
                .bind(&entry.request_id)
        });
        query.execute(&self.audit).await?;
        Ok(())
    }

    /// The newest entries of an organization from a place on, one more than the limit if there are more.
    pub(crate) async fn audit(&self, organization: Uuid, from: &Place, limit: i64) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT id, at, organization_id, workspace_id, connector_id, client, operation, outcome, milliseconds, \
                   request_id FROM audit WHERE organization_id = $1 AND (at < $2 OR (at = $2 AND id < $3)) \
                   ORDER BY at DESC, id DESC LIMIT $4";
        let id = from.id.map(|id| id.to_string()).unwrap_or_default();
        let query = sqlx::query(sql).bind(organization.to_string()).bind(from.at).bind(id).bind(limit + 1);
        query.fetch_all(&self.pool).await?.iter().map(entry).collect()
    }

    /// Forgets entries that are older than so many days.
    pub(crate) async fn forget_audit(&self, days: u32) -> Result<u64, StoreError> {
        let before = now() - i64::from(days) * 24 * 3600 * 1000;
        let deleted = sqlx::query("DELETE FROM audit WHERE at < $1").bind(before).execute(&self.pool).await?;
        Ok(deleted.rows_affected())
    }
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: uuid(row.try_get("id")?)?,
        at: row.try_get("at")?,
        organization: uuid(row.try_get("organization_id")?)?,
        workspace: optional_uuid(row.try_get("workspace_id")?)?,
        connector: optional_uuid(row.try_get("connector_id")?)?,
        client: row.try_get("client")?,
        operation: row.try_get("operation")?,
        outcome: row.try_get("outcome")?,
        milliseconds: row.try_get("milliseconds")?,
        request_id: row.try_get("request_id")?,
    })
}
