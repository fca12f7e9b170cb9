//! An organization's own OAuth clients of vendors.

use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Store, StoreError, now, uuid};

/// The kind of secret that a client's id and secret are.
const CLIENT: &str = "oauth client";

/// An organization's own OAuth client of a vendor, without its secret.
#[derive(Clone, Debug)]
pub(crate) struct OAuthClient {
    pub id: Uuid,
    pub definition: Uuid,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Store {
    /// Keeps the client of a definition, in the place of the one before.
    pub(crate) async fn put_oauth_client(
        &self,
        organization: Uuid,
        definition: Uuid,
        values: &Map<String, Value>,
    ) -> Result<OAuthClient, StoreError> {
        let mut transaction = self.begin().await?;
        let sql = "INSERT INTO oauth_clients (id, organization_id, definition_id, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $4) \
                   ON CONFLICT (organization_id, definition_id) DO UPDATE SET updated_at = excluded.updated_at";
        sqlx::query(sql)
            .bind(Uuid::new_v4().to_string())
            .bind(organization.to_string())
            .bind(definition.to_string())
            .bind(now())
            .execute(&mut *transaction)
            .await?;
        let sql = "SELECT id, created_at, updated_at FROM oauth_clients \
                   WHERE organization_id = $1 AND definition_id = $2";
        let query = sqlx::query(sql).bind(organization.to_string()).bind(definition.to_string());
        let row = query.fetch_one(&mut *transaction).await?;
        let client = OAuthClient {
            id: uuid(row.try_get("id")?)?,
            definition,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        };
        let plain = Zeroizing::new(Value::Object(values.clone()).to_string().into_bytes());
        self.put_secret(&mut *transaction, &client.id.to_string(), CLIENT, &plain).await?;
        transaction.commit().await?;
        Ok(client)
    }

    /// The values of an organization's client of a definition: its id and secret, by field.
    pub(crate) async fn oauth_client(
        &self,
        organization: Uuid,
        definition: Uuid,
    ) -> Result<Option<Map<String, Value>>, StoreError> {
        let sql = "SELECT id FROM oauth_clients WHERE organization_id = $1 AND definition_id = $2";
        let query = sqlx::query(sql).bind(organization.to_string()).bind(definition.to_string());
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        let Some(opened) = self.secret(row.try_get("id")?, CLIENT).await? else { return Ok(None) };
        let unreadable = |_| StoreError::Unreadable("an OAuth client is no object".to_owned());
        serde_json::from_slice(&opened.plain).map(Some).map_err(unreadable)
    }

    /// Deletes an organization's client of a definition, if there is one.
    pub(crate) async fn delete_oauth_client(&self, organization: Uuid, definition: Uuid) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for sql in [
            "DELETE FROM secrets WHERE owner IN \
             (SELECT id FROM oauth_clients WHERE organization_id = $1 AND definition_id = $2)",
            "DELETE FROM oauth_clients WHERE organization_id = $1 AND definition_id = $2",
        ] {
            let query = sqlx::query(sql).bind(organization.to_string()).bind(definition.to_string());
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
