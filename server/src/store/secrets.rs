//! Secrets, sealed: written, opened, and moved from one master key to the next.

use secrecy::zeroize::Zeroizing;
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};

use crate::keys::{Sealed, random};

use super::{Dialect, Store, StoreError};

/// The owner of the keys that tokens are signed with.
pub(crate) const SIGNING: &str = "signing";
/// How long such a key is, in bytes: as long as what SHA-256 gives (RFC 7518 section 3.2).
const SIGNING_KEY: usize = 32;
/// How many secrets are moved to a new master key at a time.
const BATCH: i64 = 100;

/// An opened secret, with the version that it was read at.
pub(crate) struct Opened {
    pub plain: Zeroizing<Vec<u8>>,
    pub version: i64,
}

impl Store {
    /// The secret of this owner and kind.
    pub(crate) async fn secret(&self, owner: &str, kind: &str) -> Result<Option<Opened>, StoreError> {
        let sql = "SELECT version, sealed, wrapped_key, master_key FROM secrets WHERE owner = $1 AND kind = $2";
        let row = sqlx::query(sql).bind(owner).bind(kind).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Opened { plain: self.unseal(owner, kind, &row)?, version: row.try_get("version")? }))
    }

    /// The secret of this owner and kind that a row holds.
    pub(super) fn unseal(&self, owner: &str, kind: &str, row: &AnyRow) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(self.keys.unseal(owner, kind, &sealed(row)?)?)
    }

    /// Writes a secret, whatever was there before.
    pub(super) async fn put_secret<'e>(
        &self,
        executor: impl Executor<'e, Database = Any>,
        owner: &str,
        kind: &str,
        plain: &[u8],
    ) -> Result<(), StoreError> {
        let Sealed { sealed, wrapped_key, master_key } = self.keys.seal(owner, kind, plain)?;
        let sql = "INSERT INTO secrets (owner, kind, version, sealed, wrapped_key, master_key) \
                   VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT (owner, kind) DO UPDATE SET \
                   version = secrets.version + 1, sealed = excluded.sealed, wrapped_key = excluded.wrapped_key, \
                   master_key = excluded.master_key";
        let query = sqlx::query(sql).bind(owner).bind(kind).bind(sealed).bind(wrapped_key).bind(master_key);
        query.execute(executor).await?;
        Ok(())
    }

    /// Writes a secret of a connector if its version is still this one (0: if there is none), and the connector is still there.
    pub(super) async fn replace_secret(
        &self,
        connector: &str,
        kind: &str,
        version: i64,
        plain: &[u8],
    ) -> Result<bool, StoreError> {
        let Sealed { sealed, wrapped_key, master_key } = self.keys.seal(connector, kind, plain)?;
        let query = |sql| {
            let query = sqlx::query(sql).bind(connector).bind(kind).bind(version);
            query.bind(sealed).bind(wrapped_key).bind(master_key)
        };
        if version > 0 {
            let sql = "UPDATE secrets SET version = $3 + 1, sealed = $4, wrapped_key = $5, master_key = $6 \
                       WHERE owner = $1 AND kind = $2 AND version = $3";
            return Ok(query(sql).execute(&self.pool).await?.rows_affected() == 1);
        }
        let mut transaction = self.begin().await?;
        // Held until the end: it is not deleted meanwhile, with all secrets but this.
        let held = sqlx::query("UPDATE connectors SET version = version WHERE id = $1").bind(connector);
        if held.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO secrets (owner, kind, version, sealed, wrapped_key, master_key) \
                   VALUES ($1, $2, $3 + 1, $4, $5, $6) ON CONFLICT DO NOTHING";
        let written = query(sql).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(written.rows_affected() == 1)
    }

    /// Keeps the first key that tokens are signed with. Where another server was faster, its key counts.
    pub(crate) async fn add_signing_key(&self) -> Result<(), StoreError> {
        let key = random::<SIGNING_KEY>()?;
        let Sealed { sealed, wrapped_key, master_key } = self.keys.seal(SIGNING, "current", key.as_slice())?;
        let sql = "INSERT INTO secrets (owner, kind, version, sealed, wrapped_key, master_key) \
                   VALUES ($1, 'current', 1, $2, $3, $4) ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(SIGNING).bind(sealed).bind(wrapped_key).bind(master_key).execute(&self.pool).await?;
        Ok(())
    }

    /// Signs with a new key from now on; tokens under the one before still count.
    pub(crate) async fn replace_signing_key(&self) -> Result<(), StoreError> {
        let key = random::<SIGNING_KEY>()?;
        let before = self.secret(SIGNING, "current").await?;
        let mut transaction = self.begin().await?;
        if let Some(before) = before {
            self.put_secret(&mut *transaction, SIGNING, "previous", &before.plain).await?;
        }
        self.put_secret(&mut *transaction, SIGNING, "current", key.as_slice()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Wraps the data keys of all secrets under the current master key. What is written meanwhile is under it already. A secret that
    /// cannot be opened stays as it is.
    pub(crate) async fn rewrap_secrets(&self) -> Result<Rewrapped, StoreError> {
        let current = self.keys.current_id()?;
        // PostgreSQL locks each by itself: several at once may wait for others who change the same in another order.
        let batch = if self.dialect == Dialect::Sqlite { BATCH } else { 1 };
        let sql = "SELECT owner, kind, version, sealed, wrapped_key, master_key FROM secrets WHERE master_key <> $1 \
                   AND (owner > $2 OR (owner = $2 AND kind > $3)) ORDER BY owner, kind LIMIT $4";
        let (mut done, mut last) = (Rewrapped::default(), (String::new(), String::new()));
        loop {
            let query = sqlx::query(sql).bind(&current).bind(&last.0).bind(&last.1).bind(batch);
            let rows = query.fetch_all(&self.pool).await?;
            if rows.is_empty() {
                return Ok(done);
            }
            let mut transaction = self.begin().await?;
            for row in rows {
                let (owner, kind): (String, String) = (row.try_get("owner")?, row.try_get("kind")?);
                let before = sealed(&row)?;
                match self.keys.rewrap(&owner, &kind, &before, &current) {
                    Ok(now) => {
                        // A secret that has been written anew since is not touched: its data key is another.
                        let update = "UPDATE secrets SET wrapped_key = $3, master_key = $4 \
                                      WHERE owner = $1 AND kind = $2 AND wrapped_key = $5";
                        let query = sqlx::query(update).bind(&owner).bind(&kind).bind(now.wrapped_key);
                        let query = query.bind(now.master_key).bind(before.wrapped_key);
                        done.moved += query.execute(&mut *transaction).await?.rows_affected();
                    }
                    Err(error) => {
                        tracing::error!(%error, owner, "a secret cannot be moved to the new master key");
                        done.unreadable += 1;
                    }
                }
                last = (owner, kind);
            }
            transaction.commit().await?;
        }
    }
}

/// What became of secrets that were to be wrapped anew.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rewrapped {
    /// How many are under the new master key now.
    pub moved: u64,
    /// How many cannot be opened: the master key that they are under is not there.
    pub unreadable: u64,
}

fn sealed(row: &AnyRow) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        sealed: row.try_get("sealed")?,
        wrapped_key: row.try_get("wrapped_key")?,
        master_key: row.try_get("master_key")?,
    })
}
