//! Workspaces: where connectors are, within an organization.

use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use uuid::Uuid;

use super::{Store, StoreError, now, uuid};

/// A workspace.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub id: Uuid,
    pub organization: Uuid,
    pub name: String,
    pub is_active: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Which workspaces are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkspaceFilter {
    /// The one that the caller is confined to.
    pub only: Option<Uuid>,
    /// What the name must contain.
    pub name_contains: Option<String>,
    /// Whether it must be active, or must not.
    pub is_active: Option<bool>,
    /// Those after this name.
    pub after: Option<String>,
}

impl Store {
    /// The workspace of this name.
    pub(crate) async fn workspace_named(
        &self,
        organization: Uuid,
        name: &str,
    ) -> Result<Option<Workspace>, StoreError> {
        if name.contains('\0') {
            return Ok(None);
        }
        let sql = "SELECT id, organization_id, name, status, created_at, updated_at FROM workspaces \
                   WHERE organization_id = $1 AND name = $2 AND deleted_at IS NULL";
        let row = sqlx::query(sql).bind(organization.to_string()).bind(name).fetch_optional(&self.pool).await?;
        row.as_ref().map(workspace).transpose()
    }

    /// The workspace of this id, if it belongs to the organization.
    pub(crate) async fn workspace(&self, organization: Uuid, id: Uuid) -> Result<Option<Workspace>, StoreError> {
        let sql = "SELECT id, organization_id, name, status, created_at, updated_at FROM workspaces \
                   WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let query = sqlx::query(sql).bind(organization.to_string()).bind(id.to_string());
        query.fetch_optional(&self.pool).await?.as_ref().map(workspace).transpose()
    }

    /// The workspace of this name, made when there is none.
    pub(crate) async fn workspace_made(&self, organization: Uuid, name: &str) -> Result<Workspace, StoreError> {
        if let Some(workspace) = self.workspace_named(organization, name).await? {
            return Ok(workspace);
        }
        // Whoever is slower finds the other's.
        sqlx::query(
            "INSERT INTO workspaces (id, organization_id, name, status, created_at, updated_at) \
             VALUES ($1, $2, $3, 'active', $4, $4) ON CONFLICT DO NOTHING",
        )
        .bind(Uuid::new_v4().to_string())
        .bind(organization.to_string())
        .bind(name)
        .bind(now())
        .execute(&self.pool)
        .await?;
        let made = self.workspace_named(organization, name).await?;
        made.ok_or_else(|| StoreError::Unreadable("a new workspace is gone at once".to_owned()))
    }

    /// The workspaces of an organization, by name, one more than the limit if there are more.
    pub(crate) async fn workspaces(
        &self,
        organization: Uuid,
        filter: &WorkspaceFilter,
        limit: i64,
    ) -> Result<Vec<Workspace>, StoreError> {
        let sql = "SELECT id, organization_id, name, status, created_at, updated_at FROM workspaces \
                   WHERE organization_id = $1 AND deleted_at IS NULL AND ($2 = '' OR id = $2) \
                   AND ($3 = '' OR LOWER(name) LIKE LOWER($4) ESCAPE '!') AND ($5 = '' OR status = $5) AND ($6 = '' OR name > $6) \
                   ORDER BY name LIMIT $7";
        let part = filter.name_contains.as_deref().unwrap_or_default();
        let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let rows = sqlx::query(sql)
            .bind(organization.to_string())
            .bind(filter.only.map(|id| id.to_string()).unwrap_or_default())
            .bind(part)
            .bind(format!("%{escaped}%"))
            .bind(filter.is_active.map(status).unwrap_or_default())
            .bind(filter.after.as_deref().unwrap_or_default())
            .bind(limit + 1)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(workspace).collect()
    }

    /// How many workspaces are active, and how many are not.
    pub(crate) async fn workspace_counts(
        &self,
        organization: Uuid,
        only: Option<Uuid>,
    ) -> Result<(i64, i64), StoreError> {
        let sql = "SELECT COUNT(*) FROM workspaces WHERE organization_id = $1 AND deleted_at IS NULL AND status = $2 \
                   AND ($3 = '' OR id = $3)";
        let only = only.map(|id| id.to_string()).unwrap_or_default();
        let mut counts = [0; 2];
        for (count, is_active) in counts.iter_mut().zip([true, false]) {
            let query = sqlx::query(sql).bind(organization.to_string()).bind(status(is_active)).bind(&only);
            *count = query.fetch_one(&self.pool).await?.try_get(0)?;
        }
        Ok((counts[0], counts[1]))
    }

    /// Changes a workspace's name and status; `false` when another has the name.
    pub(crate) async fn change_workspace(&self, workspace: &Workspace) -> Result<bool, StoreError> {
        let sql = "UPDATE workspaces SET name = $3, status = $4, updated_at = $5 \
                   WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let changed = sqlx::query(sql)
            .bind(workspace.organization.to_string())
            .bind(workspace.id.to_string())
            .bind(&workspace.name)
            .bind(status(workspace.is_active))
            .bind(workspace.updated_at)
            .execute(&self.pool)
            .await;
        match changed {
            Ok(_) => Ok(true),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Holds a workspace until the end of a transaction: it is not deleted meanwhile, and nothing else comes into it.
    ///
    /// # Errors
    /// [`StoreError::NoWorkspace`] when it has been deleted.
    pub(super) async fn hold_workspace(
        &self,
        transaction: &mut Transaction<'_, Any>,
        workspace: Uuid,
    ) -> Result<(), StoreError> {
        let held = sqlx::query("UPDATE workspaces SET name = name WHERE id = $1 AND deleted_at IS NULL");
        match held.bind(workspace.to_string()).execute(&mut **transaction).await?.rows_affected() {
            0 => Err(StoreError::NoWorkspace),
            _ => Ok(()),
        }
    }

    /// Deletes a workspace with its connectors and their secrets.
    pub(crate) async fn delete_workspace(&self, workspace: &Workspace) -> Result<i64, StoreError> {
        let (id, at) = (workspace.id.to_string(), now());
        let mut transaction = self.begin().await?;
        // First, and the connectors before their secrets, as all others do: what comes into it now waits, and finds it gone.
        let sql = "UPDATE workspaces SET deleted_at = $2, status = 'inactive' WHERE id = $1";
        sqlx::query(sql).bind(&id).bind(at).execute(&mut *transaction).await?;
        for sql in [
            "UPDATE connectors SET version = version + 1 WHERE workspace_id = $1",
            "UPDATE setups SET status = status WHERE workspace_id = $1",
            "DELETE FROM secrets WHERE owner IN (SELECT id FROM connectors WHERE workspace_id = $1)",
            "DELETE FROM secrets WHERE owner IN (SELECT id FROM setups WHERE workspace_id = $1)",
            "DELETE FROM setups WHERE workspace_id = $1",
            "DELETE FROM connectors WHERE workspace_id = $1",
        ] {
            sqlx::query(sql).bind(&id).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(at)
    }
}

fn status(is_active: bool) -> &'static str {
    if is_active { "active" } else { "inactive" }
}

fn workspace(row: &AnyRow) -> Result<Workspace, StoreError> {
    let status: String = row.try_get("status")?;
    Ok(Workspace {
        id: uuid(row.try_get("id")?)?,
        organization: uuid(row.try_get("organization_id")?)?,
        name: row.try_get("name")?,
        is_active: status == "active",
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
