//! Organizations: what is kept apart from each other.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{Store, StoreError, now, uuid};

/// An organization.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub id: Uuid,
    pub name: String,
}

impl Store {
    /// Adds an organization with a workspace `default`.
    pub(crate) async fn add_organization(&self, name: &str) -> Result<Organization, StoreError> {
        let id = Uuid::new_v4();
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)")
            .bind(id.to_string())
            .bind(name)
            .bind(now())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO workspaces (id, organization_id, name, status, created_at, updated_at) \
             VALUES ($1, $2, 'default', 'active', $3, $3)",
        )
        .bind(Uuid::new_v4().to_string())
        .bind(id.to_string())
        .bind(now())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Organization { id, name: name.to_owned() })
    }

    /// Every organization, by name.
    pub(crate) async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let rows = sqlx::query("SELECT id, name FROM organizations ORDER BY name, id").fetch_all(&self.pool).await?;
        rows.iter().map(organization).collect()
    }

    /// The organization of this name or id; it is made when there is none.
    pub(crate) async fn organization_called(&self, wanted: &str) -> Result<Uuid, StoreError> {
        if let Some(organization) = self.find_organization(wanted).await? {
            return Ok(organization.id);
        }
        // Two who want it first, at two servers perhaps, make one.
        let _lease = self.lease("make organization").await?;
        match self.find_organization(wanted).await? {
            Some(organization) => Ok(organization.id),
            None => Ok(self.add_organization(wanted).await?.id),
        }
    }

    async fn find_organization(&self, wanted: &str) -> Result<Option<Organization>, StoreError> {
        let query =
            sqlx::query("SELECT id, name FROM organizations WHERE name = $1 OR id = $2 ORDER BY name, id LIMIT 1");
        let id = Uuid::parse_str(wanted).map(|id| id.to_string()).unwrap_or_default();
        query.bind(wanted).bind(id).fetch_optional(&self.pool).await?.as_ref().map(organization).transpose()
    }

    /// The organization of this id.
    pub(crate) async fn organization(&self, id: Uuid) -> Result<Option<Organization>, StoreError> {
        let row = sqlx::query("SELECT id, name FROM organizations WHERE id = $1").bind(id.to_string());
        row.fetch_optional(&self.pool).await?.as_ref().map(organization).transpose()
    }
}

fn organization(row: &AnyRow) -> Result<Organization, StoreError> {
    Ok(Organization { id: uuid(row.try_get("id")?)?, name: row.try_get("name")? })
}
