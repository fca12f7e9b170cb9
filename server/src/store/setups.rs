//! Set-ups: a connector that somebody sets up in a browser, with a link that works once.

use secrecy::zeroize::Zeroizing;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::applications::{digest_of, random_text};
use super::{ConnectorRow, Secrets, Store, StoreError, now, optional_uuid, uuid};

/// The kind of secret that a sign-in which waits for a user is.
const WAITING: &str = "authorization";

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
             connector_id, expires_at FROM setups ",
            $rest
        )
    };
}

impl Store {
    /// Adds a set-up; gives back the text that its link has, of which only a digest is kept.
    pub(crate) async fn add_setup(&self, setup: &Setup) -> Result<String, StoreError> {
        let link = random_text()?;
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
        .execute(&self.pool)
        .await?;
        Ok(link)
    }

    /// The set-up of this id, in this organization.
    pub(crate) async fn setup(&self, organization: Uuid, id: Uuid) -> Result<Option<Setup>, StoreError> {
        let query = sqlx::query(select!("WHERE id = $1 AND organization_id = $2"));
        let row = query.bind(id.to_string()).bind(organization.to_string()).fetch_optional(&self.pool).await?;
        row.as_ref().map(setup).transpose()
    }

    /// The set-up of a link that has not been used and has not expired.
    pub(crate) async fn setup_of_link(&self, link: &str) -> Result<Option<Setup>, StoreError> {
        let sql = select!("WHERE link_digest = $1 AND browser_digest IS NULL AND expires_at > $2");
        let row = sqlx::query(sql).bind(digest_of(link)).bind(now()).fetch_optional(&self.pool).await?;
        row.as_ref().map(setup).transpose()
    }

    /// Uses a link up: gives back the text that binds the set-up to one browser. `None` when it has been used, or has expired.
    pub(crate) async fn begin_setup(&self, link: &str) -> Result<Option<String>, StoreError> {
        let browser = random_text()?;
        let sql = "UPDATE setups SET browser_digest = $2 \
                   WHERE link_digest = $1 AND browser_digest IS NULL AND expires_at > $3";
        let query = sqlx::query(sql).bind(digest_of(link)).bind(digest_of(&browser)).bind(now());
        Ok((query.execute(&self.pool).await?.rows_affected() == 1).then_some(browser))
    }

    /// The set-up that is bound to a browser, and has not expired.
    pub(crate) async fn setup_of_browser(&self, browser: &str) -> Result<Option<Setup>, StoreError> {
        let query = sqlx::query(select!("WHERE browser_digest = $1 AND expires_at > $2"));
        let row = query.bind(digest_of(browser)).bind(now()).fetch_optional(&self.pool).await?;
        row.as_ref().map(setup).transpose()
    }

    /// Keeps a sign-in that waits for the user to come back with this state.
    pub(crate) async fn put_waiting(&self, setup: Uuid, state: &str, waiting: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let sql = "UPDATE setups SET state_digest = $2, error = NULL WHERE id = $1 AND status = 'pending'";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(digest_of(state));
        query.execute(&mut *transaction).await?;
        self.put_secret(&mut *transaction, &setup.to_string(), WAITING, waiting.as_bytes()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The sign-in that waits in a set-up; it goes on waiting.
    pub(crate) async fn waiting(&self, setup: Uuid) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.secret(&setup.to_string(), WAITING).await?.map(|opened| opened.plain))
    }

    /// Takes the sign-in that waits in this set-up for this state: it is given out once.
    pub(crate) async fn take_waiting(
        &self,
        setup: Uuid,
        state: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let sql = "UPDATE setups SET state_digest = NULL WHERE id = $1 AND state_digest = $2 AND expires_at > $3";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(digest_of(state)).bind(now());
        if query.execute(&self.pool).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let opened = self.secret(&setup.to_string(), WAITING).await?;
        let delete = "DELETE FROM secrets WHERE owner = $1 AND kind = $2";
        sqlx::query(delete).bind(setup.to_string()).bind(WAITING).execute(&self.pool).await?;
        Ok(opened.map(|opened| opened.plain))
    }

    /// Ends a set-up with its connector, which is made, or changed if it `is_there`; `false` when the set-up has ended already, or
    /// the connector is gone.
    pub(crate) async fn complete_setup(
        &self,
        setup: Uuid,
        row: &ConnectorRow,
        secrets: &Secrets,
        is_there: bool,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let sql = "UPDATE setups SET status = 'completed', connector_id = $2, error = NULL \
                   WHERE id = $1 AND status = 'pending'";
        let query = sqlx::query(sql).bind(setup.to_string()).bind(row.id.to_string());
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        match is_there {
            false => self.insert_connector(&mut transaction, row, secrets).await?,
            true if !self.update_connector(&mut transaction, row, Some(secrets)).await? => return Ok(false),
            true => {}
        }
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

    /// Chooses the connector of a set-up for which none is chosen.
    pub(crate) async fn choose_in_setup(&self, setup: Uuid, definition: Uuid) -> Result<(), StoreError> {
        let sql = "UPDATE setups SET definition_id = $2 WHERE id = $1 AND definition_id IS NULL AND status = 'pending'";
        sqlx::query(sql).bind(setup.to_string()).bind(definition.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Says what the connector of a set-up is to be called.
    pub(crate) async fn name_setup(&self, setup: Uuid, name: &str) -> Result<(), StoreError> {
        let sql = "UPDATE setups SET name = $2 WHERE id = $1 AND status = 'pending'";
        sqlx::query(sql).bind(setup.to_string()).bind(name).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends set-ups of a connector whose link nobody has used: a new one takes their place.
    pub(crate) async fn drop_unused_setups(&self, connector: Uuid) -> Result<(), StoreError> {
        let sql = "DELETE FROM setups WHERE replaces = $1 AND browser_digest IS NULL";
        sqlx::query(sql).bind(connector.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets set-ups that ended more than a day ago.
    pub(crate) async fn forget_setups(&self) -> Result<(), StoreError> {
        let before = now() - 24 * 3600 * 1000;
        for sql in [
            "DELETE FROM secrets WHERE owner IN (SELECT id FROM setups WHERE expires_at < $1)",
            "DELETE FROM setups WHERE expires_at < $1",
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
    })
}
