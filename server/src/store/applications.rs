//! Applications: programs that sign in with a client id and secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use secrecy::SecretString;
use sqlx::Row as _;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::keys::random;

use super::{Store, StoreError, now, time, uuid};

/// A client, as an operator sees it.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// What it is for.
    pub name: String,
    /// The names of the organizations that it acts for.
    pub organizations: Vec<String>,
    /// When it was made, as RFC 3339 has it.
    pub created_at: String,
}

/// An application that has shown its secret.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub id: Uuid,
    /// The organizations that it may act for.
    pub organizations: Vec<Uuid>,
}

/// A new application, with the secret that is told this once.
#[derive(Debug)]
pub(crate) struct Issued {
    /// The client id.
    pub id: Uuid,
    pub client_secret: SecretString,
}

/// The client of a new server, with the secret that is told this once.
#[derive(Debug)]
pub struct FirstClient {
    /// The organization that it belongs to.
    pub organization_id: String,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

impl FirstClient {
    pub(crate) fn new(organization: Uuid, issued: Issued) -> Self {
        let Issued { id, client_secret } = issued;
        Self { organization_id: organization.to_string(), client_id: id.to_string(), client_secret }
    }
}

impl Store {
    /// Adds an application that may act for these organizations.
    pub(crate) async fn add_application(&self, name: &str, organizations: &[Uuid]) -> Result<Issued, StoreError> {
        let (id, secret) = (Uuid::new_v4(), random_text()?);
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO applications (id, name, secret_digest, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(name)
            .bind(digest_of(&secret))
            .bind(now())
            .execute(&mut *transaction)
            .await?;
        for organization in organizations {
            sqlx::query("INSERT INTO memberships (application_id, organization_id) VALUES ($1, $2)")
                .bind(id.to_string())
                .bind(organization.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Issued { id, client_secret: SecretString::from(secret) })
    }

    /// An organization and an application of it, made when there is no application yet; `None` when there is one. Servers that start
    /// together make one.
    pub(crate) async fn first_client(&self) -> Result<Option<FirstClient>, StoreError> {
        let _lease = self.lease("first client").await?;
        let row = sqlx::query("SELECT COUNT(*) FROM applications").fetch_one(&self.pool).await?;
        if row.try_get::<i64, _>(0)? > 0 {
            return Ok(None);
        }
        // A server that was killed in between has made the organization already.
        let organization = match self.organizations().await?.into_iter().next() {
            Some(organization) => organization,
            None => self.add_organization("default").await?,
        };
        let issued = self.add_application("default", &[organization.id]).await?;
        Ok(Some(FirstClient::new(organization.id, issued)))
    }

    /// All clients, the newest first.
    pub(crate) async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let sql = "SELECT a.id, a.name, a.created_at, o.name AS organization FROM applications a \
                   JOIN memberships m ON m.application_id = a.id JOIN organizations o ON o.id = m.organization_id \
                   ORDER BY a.created_at DESC, a.id, o.name";
        let mut clients: Vec<Client> = Vec::new();
        for row in sqlx::query(sql).fetch_all(&self.pool).await? {
            let (client_id, organization): (String, String) = (row.try_get("id")?, row.try_get("organization")?);
            match clients.last_mut().filter(|last| last.client_id == client_id) {
                Some(last) => last.organizations.push(organization),
                None => clients.push(Client {
                    client_id,
                    name: row.try_get("name")?,
                    organizations: vec![organization],
                    created_at: time(row.try_get("created_at")?),
                }),
            }
        }
        Ok(clients)
    }

    /// Deletes the application of this client id; `false` when there is none.
    pub(crate) async fn delete_application(&self, client_id: &str) -> Result<bool, StoreError> {
        let Some(id) = id(client_id) else { return Ok(false) };
        let mut transaction = self.begin().await?;
        let memberships = sqlx::query("DELETE FROM memberships WHERE application_id = $1").bind(&id);
        memberships.execute(&mut *transaction).await?;
        let deleted = sqlx::query("DELETE FROM applications WHERE id = $1").bind(&id);
        let deleted = deleted.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// The application of this client id and secret; `None` when there is none, or the secret is another.
    pub(crate) async fn sign_in(&self, client_id: &str, secret: &str) -> Result<Option<Application>, StoreError> {
        let Some(id) = id(client_id) else { return Ok(None) };
        let query = sqlx::query("SELECT secret_digest FROM applications WHERE id = $1").bind(&id);
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        let kept: String = row.try_get("secret_digest")?;
        if !bool::from(kept.as_bytes().ct_eq(digest_of(secret).as_bytes())) {
            return Ok(None);
        }
        let rows = sqlx::query("SELECT organization_id FROM memberships WHERE application_id = $1 ORDER BY 1")
            .bind(&id)
            .fetch_all(&self.pool)
            .await?;
        let organizations = rows.iter().map(|row| uuid(row.try_get(0)?)).collect::<Result<_, StoreError>>()?;
        Ok(Some(Application { id: uuid(&id)?, organizations }))
    }

    /// Whether an application, which may have been taken away since its token was signed, acts for this organization.
    pub(crate) async fn is_member(&self, application: Uuid, organization: Uuid) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT 1 FROM memberships WHERE application_id = $1 AND organization_id = $2");
        let query = query.bind(application.to_string()).bind(organization.to_string());
        Ok(query.fetch_optional(&self.pool).await?.is_some())
    }
}

/// A client id as it is kept.
fn id(client_id: &str) -> Option<String> {
    Uuid::parse_str(client_id).ok().map(|id| id.to_string())
}

/// 256 random bits as text. A digest without salt or stretching is enough to keep them by: nobody can guess them.
pub(crate) fn random_text() -> Result<String, StoreError> {
    Ok(BASE64URL.encode(random::<32>()?))
}

/// What is kept of a random text.
pub(super) fn digest_of(text: &str) -> String {
    BASE64URL.encode(digest(&SHA256, text.as_bytes()))
}
