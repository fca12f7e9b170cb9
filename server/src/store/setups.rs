//! Set-ups: a connector that somebody sets up in a browser, with a link that works once.

use secrecy::zeroize::Zeroizing;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::applications::{digest_of, random_text};
use super::{ConnectorRow, Secrets, Store, StoreError, now, optional_uuid, uuid};

/// The kind of secret that a sign-in which waits for a user is.
const WAITING: &str = "authorization";
/// The kind of secret that values are which somebody has entered, and will put right.
const DRAFT: &str = "draft";

/// A set-up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub id: Uuid,
    pub organization: Uuid,
    pub workspace: Uuid,
    /// The connector that is set up, once it is chosen.
    pub definition: Option<Uuid>,
    /// The name that the connector is to have.
    pub name: Option<String>,
    /// The connector that is signed in anew.
    pub replaces: Option<Uuid>,
    /// Where the browser goes in the end, if not to a page of this server.
    pub redirect_url: Option<String>,
    pub status: SetupStatus,
    /// What went wrong last.
    pub error: Option<String>,
    /// The connector that it ended with.
    pub connector: Option<Uuid>,
    pub expires_at: i64,
    /// The digest of what the browser has that it is bound to.
    pub browser: Option<String>,
}

impl Setup {
    /// Whether it is bound to the browser that has this.
    pub(crate) fn is_bound_to(&self, browser: &str) -> bool {
        self.browser.as_ref().is_some_and(|bound| bound.as_bytes().ct_eq(digest_of(browser).as_bytes()).into())
    }
}

/// How far a set-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetupStatus {
    /// Under way, or not begun.
    Pending,
    /// There is a connector.
    Completed,
    /// It has failed, and cannot be taken up again.
    Failed,
}

impl SetupStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "error",
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organization_id, workspace_id, definition_id, name, replaces, redirect_url, status, error, \
             connector_id, expires_at, browser_digest FROM setups ",
            $rest
        )
    };
}

impl Store {
    /// Adds a set-up; gives back the text that its link has, of which only a digest is kept.
    ///
    /// # Errors
    /// [`StoreError::NoWorkspace`] when its workspace has been deleted.
    pub(crate) async fn add_setup(&self, setup: &Setup) -> Result<String, StoreError> {
        let link = random_text()?;
        let mut transaction = self.begin().await?;
        self.hold_workspace(&mut transaction, setup.workspace).await?;
        sqlx::query(
            "INSERT INTO setups (id, organization_id, workspace_id, definition_id, name, replaces, redirect_url, \
             link_digest, status, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10)",
        )
        .bind(setup.id.to_string())
        .bind(setup.organization.to_string())
        .bind(setup.workspace.to_string())
        .bind(setup.definition.map(|id| id.to_string()))
        .bind(setup.name.clone())
        .bind(setup.replaces.map(|id| id.to_string()))
        .bind(setup.redirect_url.clone())
        .bind(digest_of(&link))
        .bind(now())
        .bind(setup.expires_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// The set-up of this id, in this organization.
    pub(crate) async fn setup(&self, organization: Uuid, id: Uuid) -> Result<Option<Setup>, StoreError> {
        let query = sqlx::query(select!("WHERE id = $1 AND organization_id = $2"));
        let row = query.bind(id.to_string()).bind(organization.to_string()).fetch_optional(&self.pool).await?;
        row.as_ref().map(setup).transpose()
    }

    /// The set-up of this id, for the browser that it is bound to.
    pub(crate) async fn setup_of_id(&self, id: Uuid) -> Result<Option<Setup>, StoreError> {
        let row = sqlx::query(select!("WHERE id = $1")).bind(id.to_string()).fetch_optional(&self.pool).await?;
        row.as_ref().map(setup).transpose()
    }

    /// The set-up of a link, also of one that has been used or has expired.
    pub(crate) async fn setup_of_link(&self, link: &str) -> Result<Option<Setup>, StoreError> {
        let query = sqlx::query(select!("WHERE link_digest = $1")).bind(digest_of(link));
        query.fetch_optional(&self.pool).await?.as_ref().map(setup).transpose()
    }

    /// The set-up whose sign-in was begun last with this state.
    pub(crate) async fn setup_of_state(&self, state: &str) -> Result<Option<Setup>, StoreError> {
        let query = sqlx::query(select!("WHERE state_digest = $1")).bind(digest_of(state));
        query.fetch_optional(&self.pool).await?.as_ref().map(setup).transpose()
    }

    /// Uses a link up: binds the set-up to the browser that has this, until then, unless another browser was faster, or the link has
    /// expired. The same browser may do it again: somebody clicks twice.
    pub(crate) async fn begin_setup(&self, link: &str, browser: &str, until: i64) -> Result<(), StoreError> {
        let sql = "UPDATE setups SET browser_digest = $2, \
                   expires_at = CASE WHEN browser_digest IS NULL THEN $4 ELSE expires_at END \
                   WHERE link_digest = $1 AND (browser_digest IS NULL OR browser_digest = $2) AND expires_at > $3 AND status = 'pending'";
        let query = sqlx::query(sql).bind(digest_of(link)).bind(digest_of(browser)).bind(now()).bind(until);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Keeps a sign-in that waits for the user to come back with this state, in the place of any before; `false` when the set-up has
    /// ended.
    pub(crate) async fn put_waiting(&self, setup: Uuid, state: &str, waiting: &str) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let sql = "UPDATE setups SET state_digest = $2, error = NULL WHERE id = $1 AND status = 'pending'";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(digest_of(state));
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        self.put_secret(&mut *transaction, &setup.to_string(), WAITING, waiting.as_bytes()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The sign-in that waits in a set-up; it goes on waiting.
    pub(crate) async fn waiting(&self, setup: Uuid) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.secret(&setup.to_string(), WAITING).await?.map(|opened| opened.plain))
    }

    /// Keeps what somebody has entered, in the place of what was there before, unless the set-up has ended.
    pub(crate) async fn put_draft(&self, setup: Uuid, draft: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let held = sqlx::query("UPDATE setups SET status = status WHERE id = $1 AND status = 'pending'");
        if held.bind(setup.to_string()).execute(&mut *transaction).await?.rows_affected() == 1 {
            self.put_secret(&mut *transaction, &setup.to_string(), DRAFT, draft.as_bytes()).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What somebody has entered.
    pub(crate) async fn draft(&self, setup: Uuid) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.secret(&setup.to_string(), DRAFT).await?.map(|opened| opened.plain))
    }

    /// Takes the sign-in that waits in this set-up for this state: it is given out once.
    pub(crate) async fn take_waiting(
        &self,
        setup: Uuid,
        state: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(opened) = self.secret(&setup.to_string(), WAITING).await? else { return Ok(None) };
        // The version says that it is still the one that was read: of two who ask, one deletes it.
        let sql = "DELETE FROM secrets WHERE owner = $1 AND kind = $2 AND version = $3 AND EXISTS \
                   (SELECT 1 FROM setups WHERE id = $1 AND state_digest = $4 AND status = 'pending' AND expires_at > $5)";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(WAITING).bind(opened.version);
        let deleted = query.bind(digest_of(state)).bind(now()).execute(&self.pool).await?;
        Ok((deleted.rows_affected() == 1).then_some(opened.plain))
    }

    /// Ends a set-up with its connector, which is made, or changed if it `is_there`; `false` when the set-up has ended already.
    ///
    /// # Errors
    /// Those of making or changing the connector, among them.
    pub(crate) async fn complete_setup(
        &self,
        setup: Uuid,
        row: &ConnectorRow,
        secrets: &Secrets,
        is_there: bool,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        match is_there {
            false => self.insert_connector(&mut transaction, row, secrets).await?,
            true => self.update_connector(&mut transaction, row, Some(secrets)).await?,
        }
        let sql = "UPDATE setups SET status = 'completed', connector_id = $2, definition_id = $3, name = $4, \
                   error = NULL WHERE id = $1 AND status = 'pending'";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(row.id.to_string());
        let query = query.bind(row.definition.to_string()).bind(&row.name);
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let sql = "DELETE FROM secrets WHERE owner = $1";
        sqlx::query(sql).bind(setup.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes what went wrong with a set-up; it can be tried again unless `ends`.
    pub(crate) async fn fail_setup(&self, setup: Uuid, error: &str, ends: bool) -> Result<(), StoreError> {
        let status = if ends { SetupStatus::Failed } else { SetupStatus::Pending };
        let sql = "UPDATE setups SET status = $2, error = $3 WHERE id = $1 AND status = 'pending'";
        sqlx::query(sql).bind(setup.to_string()).bind(status.as_str()).bind(error).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends set-ups of a connector whose link nobody has used, all but the 20 newest.
    pub(crate) async fn drop_unused_setups(&self, connector: Uuid) -> Result<(), StoreError> {
        let sql = "DELETE FROM setups WHERE replaces = $1 AND browser_digest IS NULL AND id NOT IN \
                   (SELECT id FROM setups WHERE replaces = $1 ORDER BY created_at DESC LIMIT 20)";
        sqlx::query(sql).bind(connector.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets what waits in set-ups that have ended, and those that ended more than a day ago.
    pub(crate) async fn forget_setups(&self) -> Result<(), StoreError> {
        let ended = now();
        for (sql, before) in [
            ("DELETE FROM secrets WHERE owner IN (SELECT id FROM setups WHERE expires_at < $1)", ended),
            ("DELETE FROM setups WHERE expires_at < $1", ended - 24 * 3600 * 1000),
        ] {
            sqlx::query(sql).bind(before).execute(&self.pool).await?;
        }
        Ok(())
    }
}

fn setup(row: &AnyRow) -> Result<Setup, StoreError> {
    let status: String = row.try_get("status")?;
    Ok(Setup {
        id: uuid(row.try_get("id")?)?,
        organization: uuid(row.try_get("organization_id")?)?,
        workspace: uuid(row.try_get("workspace_id")?)?,
        definition: optional_uuid(row.try_get("definition_id")?)?,
        name: row.try_get("name")?,
        replaces: optional_uuid(row.try_get("replaces")?)?,
        redirect_url: row.try_get("redirect_url")?,
        status: match status.as_str() {
            "pending" => SetupStatus::Pending,
            "completed" => SetupStatus::Completed,
            "error" => SetupStatus::Failed,
            other => return Err(StoreError::Unreadable(format!("a set-up is `{other}`"))),
        },
        error: row.try_get("error")?,
        connector: optional_uuid(row.try_get("connector_id")?)?,
        expires_at: row.try_get("expires_at")?,
        browser: row.try_get("browser_digest")?,
    })
}
