//! Connectors: what somebody has connected, and what it signs in with.

use std::collections::BTreeMap;

use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};
use tieline::auth::AccessToken;
use tieline::manifest::Effect;
use tieline::plan::Operation;
use uuid::Uuid;

use super::{Store, StoreError, json, now, uuid};

/// The kind of secret that a connector's credentials are.
const CREDENTIALS: &str = "credentials";
/// The kind of secret that the token of the user's consent is.
const FIRST_TOKEN: &str = "first token";

/// Entities that callers may use, each with the modes: `read`, `write`; `None`: both.
pub(crate) type Exposed = BTreeMap<String, Option<Vec<String>>>;

/// A connector, without what it signs in with.
#[derive(Clone, Debug)]
pub(crate) struct ConnectorRow {
    pub id: Uuid,
    pub organization: Uuid,
    pub workspace: Uuid,
    pub definition: Uuid,
    pub name: String,
    /// The way to sign in.
    pub scheme: Option<String>,
    /// Configuration values.
    pub config: Map<String, Value>,
    /// The entities that callers may use; `None`: all.
    pub entities: Option<Exposed>,
    /// The names of the credential fields that are given.
    pub fields: Vec<String>,
    /// Why somebody has to sign in anew.
    pub reauthorize: Option<String>,
    /// Grows with every change.
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ConnectorRow {
    /// Whether callers may use an operation.
    pub(crate) fn offers(&self, operation: &Operation) -> bool {
        !operation.internal && self.exposes(operation)
    }

    /// Whether the connector's owner lets callers use an operation.
    pub(crate) fn exposes(&self, operation: &Operation) -> bool {
        let mode = mode(operation);
        self.entities.as_ref().is_none_or(|entities| {
            let modes = entities.get(&operation.entity);
            modes.is_some_and(|modes| modes.as_ref().is_none_or(|modes| modes.iter().any(|one| one == mode)))
        })
    }

    /// Whether it can be used: `ready`, or `reauthorize` when somebody has to sign in anew.
    pub(crate) fn status(&self) -> &'static str {
        if self.reauthorize.is_some() { "reauthorize" } else { "ready" }
    }

    /// What an agent should know before it calls.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.reauthorize.iter().map(|why| format!("Somebody has to sign in anew: {why}")).collect()
    }
}

/// How an entity must be exposed for an operation: `read` or `write`.
pub(crate) fn mode(operation: &Operation) -> &'static str {
    if operation.effect == Effect::Read { "read" } else { "write" }
}

/// What a connector signs in with.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// The values to sign in with, by field.
    pub credentials: Map<String, Value>,
    /// The token that the user's consent gave, with its end.
    pub token: Option<AccessToken>,
    /// Tokens that have been renewed already, each with the kind of secret that it is.
    pub renewed: Vec<(String, AccessToken)>,
}

/// The most connectors that a workspace holds: lists of them have no pages.
pub(super) const MOST_IN_A_WORKSPACE: i64 = 10_000;

/// A statement that reads connectors.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organization_id, workspace_id, definition_id, name, scheme, config, entities, fields, reauthorize, \
             version, created_at, updated_at FROM connectors ",
            $rest
        )
    };
}

impl Store {
    /// Adds a connector with its secrets, all or nothing.
    ///
    /// # Errors
    /// Those of [`Store::room`].
    pub(crate) async fn add_connector(&self, row: &ConnectorRow, secrets: &Secrets) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        self.insert_connector(&mut transaction, row, secrets).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn insert_connector(
        &self,
        transaction: &mut sqlx::Transaction<'_, sqlx::Any>,
        row: &ConnectorRow,
        secrets: &Secrets,
    ) -> Result<(), StoreError> {
        self.hold_workspace(transaction, row.workspace).await?;
        has_room(&mut **transaction, row.workspace).await?;
        sqlx::query(
            "INSERT INTO connectors (id, organization_id, workspace_id, definition_id, name, scheme, config, entities, \
             fields, version, credentials_version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1, $10, $10)",
        )
        .bind(row.id.to_string())
        .bind(row.organization.to_string())
        .bind(row.workspace.to_string())
        .bind(row.definition.to_string())
        .bind(&row.name)
        .bind(row.scheme.clone())
        .bind(Value::Object(row.config.clone()).to_string())
        .bind(row.entities.as_ref().map(|entities| serde_json::json!(entities).to_string()))
        .bind(serde_json::json!(row.fields).to_string())
        .bind(row.created_at)
        .execute(&mut **transaction)
        .await?;
        self.put_secrets(transaction, row.id, secrets).await
    }

    /// Whether a workspace has room for another connector.
    ///
    /// # Errors
    /// [`StoreError::Full`] when it holds as many as it may, [`StoreError::NoWorkspace`] when it has been deleted.
    pub(crate) async fn room(&self, workspace: Uuid) -> Result<(), StoreError> {
        let query = sqlx::query("SELECT 1 FROM workspaces WHERE id = $1 AND deleted_at IS NULL");
        let is_there = query.bind(workspace.to_string()).fetch_optional(&self.pool).await?.is_some();
        if !is_there {
            return Err(StoreError::NoWorkspace);
        }
        has_room(&self.pool, workspace).await
    }

    /// Changes a connector, all or nothing. With new secrets it forgets tokens that were renewed from those before.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when it is gone, or has been changed since it was read.
    pub(crate) async fn change_connector(
        &self,
        row: &ConnectorRow,
        secrets: Option<&Secrets>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        self.update_connector(&mut transaction, row, secrets).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn update_connector(
        &self,
        transaction: &mut sqlx::Transaction<'_, sqlx::Any>,
        row: &ConnectorRow,
        secrets: Option<&Secrets>,
    ) -> Result<(), StoreError> {
        // What is noted of a refused renewal meanwhile goes with the secrets alone.
        let changed = sqlx::query(
            "UPDATE connectors SET name = $2, scheme = $3, config = $4, entities = $5, fields = $6, \
             reauthorize = CASE WHEN $7 = 1 THEN NULL ELSE reauthorize END, \
             credentials_version = CASE WHEN $7 = 1 OR config <> $4 THEN version + 1 ELSE credentials_version END, \
             version = version + 1, updated_at = $8 WHERE id = $1 AND version = $9",
        )
        .bind(row.id.to_string())
        .bind(&row.name)
        .bind(row.scheme.clone())
        .bind(Value::Object(row.config.clone()).to_string())
        .bind(row.entities.as_ref().map(|entities| serde_json::json!(entities).to_string()))
        .bind(serde_json::json!(row.fields).to_string())
        .bind(i64::from(secrets.is_some()))
        .bind(now())
        .bind(row.version)
        .execute(&mut **transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::Changed);
        }
        if let Some(secrets) = secrets {
            let delete = sqlx::query("DELETE FROM secrets WHERE owner = $1").bind(row.id.to_string());
            delete.execute(&mut **transaction).await?;
            self.put_secrets(transaction, row.id, secrets).await?;
        }
        Ok(())
    }

    async fn put_secrets(
        &self,
        transaction: &mut sqlx::Transaction<'_, sqlx::Any>,
        connector: Uuid,
        secrets: &Secrets,
    ) -> Result<(), StoreError> {
        let owner = connector.to_string();
        let plain = Zeroizing::new(Value::Object(secrets.credentials.clone()).to_string().into_bytes());
        self.put_secret(&mut **transaction, &owner, CREDENTIALS, &plain).await?;
        if let Some(token) = &secrets.token {
            let plain = Zeroizing::new(token.to_secret_json().to_string().into_bytes());
            self.put_secret(&mut **transaction, &owner, FIRST_TOKEN, &plain).await?;
        }
        for (kind, token) in &secrets.renewed {
            let plain = Zeroizing::new(token.to_secret_json().to_string().into_bytes());
            self.put_secret(&mut **transaction, &owner, kind, &plain).await?;
        }
        Ok(())
    }

    /// What a connector signs in with.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when it is gone, or signs in with something else or elsewhere since it was read: what is there now may be
    /// for another address.
    pub(crate) async fn secrets(&self, row: &ConnectorRow) -> Result<Secrets, StoreError> {
        let sql = "SELECT s.kind, s.sealed, s.wrapped_key, s.master_key FROM secrets s \
                   JOIN connectors c ON c.id = s.owner \
                   WHERE c.id = $1 AND c.credentials_version <= $2 AND s.kind IN ($3, $4)";
        let owner = row.id.to_string();
        let query = sqlx::query(sql).bind(&owner).bind(row.version).bind(CREDENTIALS).bind(FIRST_TOKEN);
        let (mut credentials, mut token) = (None, None);
        // The error of the reader would repeat a part of it.
        let unreadable = || StoreError::Unreadable("credentials are not what was stored".to_owned());
        for row in query.fetch_all(&self.pool).await? {
            let kind: String = row.try_get("kind")?;
            let plain = self.unseal(&owner, &kind, &row)?;
            if kind == CREDENTIALS {
                credentials = Some(serde_json::from_slice(&plain).map_err(|_| unreadable())?);
            } else {
                let json = serde_json::from_slice(&plain).map_err(|_| unreadable())?;
                token = Some(AccessToken::from_secret_json(&json).map_err(|_| unreadable())?);
            }
        }
        if let Some(credentials) = credentials {
            return Ok(Secrets { credentials, token, renewed: Vec::new() });
        }
        let query = sqlx::query("SELECT 1 FROM connectors WHERE id = $1 AND credentials_version <= $2");
        let is_there = query.bind(&owner).bind(row.version).fetch_optional(&self.pool).await?.is_some();
        Err(match is_there {
            true => StoreError::Unreadable("a connector without credentials".to_owned()),
            false => StoreError::Changed,
        })
    }

    /// The connector of this id, in this organization, and in this workspace if one is given.
    pub(crate) async fn connector(
        &self,
        organization: Uuid,
        workspace: Option<Uuid>,
        id: Uuid,
    ) -> Result<Option<ConnectorRow>, StoreError> {
        let sql = select!(
            "WHERE id = $1 AND organization_id = $2 AND ($3 = '' OR workspace_id = $3) AND EXISTS \
             (SELECT 1 FROM workspaces w WHERE w.id = workspace_id AND w.deleted_at IS NULL)"
        );
        let row = sqlx::query(sql)
            .bind(id.to_string())
            .bind(organization.to_string())
            .bind(workspace.map(|id| id.to_string()).unwrap_or_default())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(connector).transpose()
    }

    /// The connectors of a workspace, those of one definition if it is given, by name.
    pub(crate) async fn connectors(
        &self,
        workspace: Uuid,
        definition: Option<Uuid>,
    ) -> Result<Vec<ConnectorRow>, StoreError> {
        let sql = select!("WHERE workspace_id = $1 AND ($2 = '' OR definition_id = $2) ORDER BY name, id");
        let definition = definition.map(|id| id.to_string()).unwrap_or_default();
        let rows = sqlx::query(sql).bind(workspace.to_string()).bind(definition).fetch_all(&self.pool).await?;
        rows.iter().map(connector).collect()
    }

    /// Some connectors of an organization, in one workspace if it is given, by name: one more than the limit if there are more.
    pub(crate) async fn connectors_of(
        &self,
        organization: Uuid,
        workspace: Option<Uuid>,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ConnectorRow>, StoreError> {
        let sql = select!(
            "WHERE organization_id = $1 AND ($2 = '' OR workspace_id = $2) ORDER BY name, id LIMIT $3 OFFSET $4"
        );
        let workspace = workspace.map(|id| id.to_string()).unwrap_or_default();
        let query = sqlx::query(sql).bind(organization.to_string()).bind(workspace).bind(limit + 1).bind(offset);
        query.fetch_all(&self.pool).await?.iter().map(connector).collect()
    }

    /// How many connectors an organization has.
    pub(crate) async fn count_connectors(&self, organization: Uuid) -> Result<i64, StoreError> {
        let query = sqlx::query("SELECT COUNT(*) FROM connectors WHERE organization_id = $1");
        Ok(query.bind(organization.to_string()).fetch_one(&self.pool).await?.try_get(0)?)
    }

    /// The connectors of an organization, in one workspace if it is given, by name: no more of each than its id, its definition and its
    /// name.
    pub(crate) async fn connector_names(
        &self,
        organization: Uuid,
        workspace: Option<Uuid>,
    ) -> Result<Vec<(Uuid, Uuid, String)>, StoreError> {
        let sql = "SELECT id, definition_id, name FROM connectors \
                   WHERE organization_id = $1 AND ($2 = '' OR workspace_id = $2) ORDER BY name, id";
        let workspace = workspace.map(|id| id.to_string()).unwrap_or_default();
        let rows = sqlx::query(sql).bind(organization.to_string()).bind(workspace).fetch_all(&self.pool).await?;
        let name =
            |row: &AnyRow| Ok((uuid(row.try_get("id")?)?, uuid(row.try_get("definition_id")?)?, row.try_get("name")?));
        rows.iter().map(name).collect()
    }

    /// Deletes a connector with its secrets; `false` when it is gone already.
    pub(crate) async fn delete_connector(&self, id: Uuid) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        // In the order of all others who change both, so that none waits for another in a circle.
        let deleted = sqlx::query("DELETE FROM connectors WHERE id = $1").bind(id.to_string());
        let deleted = deleted.execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM secrets WHERE owner = $1").bind(id.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Notes that somebody has to sign in anew, and why; nothing, if the connector signs in with something else since this version.
    pub(super) async fn needs_reauthorization(&self, id: &str, version: i64, why: &str) -> Result<(), StoreError> {
        let sql = "UPDATE connectors SET reauthorize = $3 WHERE id = $1 AND credentials_version <= $2";
        sqlx::query(sql).bind(id).bind(version).bind(why).execute(&self.pool).await?;
        Ok(())
    }
}

async fn has_room<'e>(executor: impl Executor<'e, Database = Any>, workspace: Uuid) -> Result<(), StoreError> {
    let held = sqlx::query("SELECT COUNT(*) FROM connectors WHERE workspace_id = $1").bind(workspace.to_string());
    match held.fetch_one(executor).await?.try_get::<i64, _>(0)? {
        held if held >= MOST_IN_A_WORKSPACE => Err(StoreError::Full),
        _ => Ok(()),
    }
}

fn connector(row: &AnyRow) -> Result<ConnectorRow, StoreError> {
    let entities: Option<String> = row.try_get("entities")?;
    Ok(ConnectorRow {
        id: uuid(row.try_get("id")?)?,
        organization: uuid(row.try_get("organization_id")?)?,
        workspace: uuid(row.try_get("workspace_id")?)?,
        definition: uuid(row.try_get("definition_id")?)?,
        name: row.try_get("name")?,
        scheme: row.try_get("scheme")?,
        config: json(row.try_get("config")?)?,
        entities: entities.as_deref().map(json).transpose()?,
        fields: json(row.try_get("fields")?)?,
        reauthorize: row.try_get("reauthorize")?,
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
