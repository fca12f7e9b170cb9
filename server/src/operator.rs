//! What an operator does beside a server: clients, organizations, master keys.

use std::sync::Arc;

use uuid::Uuid;

use crate::extract::{NO_NAME, sound_name};
use crate::keys::{KeySource, Keyring};
use crate::service::StartError;
use crate::store::{Client, FirstClient, Login, Rewrapped, Store};

/// An operator at the database of servers, which may be running.
pub struct Operator {
    store: Store,
    keys: Arc<Keyring>,
}

impl Operator {
    /// Opens a database.
    ///
    /// # Errors
    /// When the keys or the database cannot be used.
    pub async fn open(database: &str, keys: KeySource) -> Result<Self, StartError> {
        let keys = Arc::new(Keyring::open(keys)?);
        Ok(Self { store: Store::open(database, keys.clone()).await?, keys })
    }

    /// Puts a new master key in front of the others, if they are in a file, and wraps all data keys under the first; gives back
    /// what became of them. Tokens are signed with a new key from now on. Broken off anywhere, it loses nothing: run it again.
    ///
    /// # Errors
    /// When the keys or the database cannot be used.
    pub async fn rotate_keys(&self) -> Result<Rewrapped, StartError> {
        // Two at once would each put a key in front, and take the other's away.
        let _lease = self.store.lease("rotate keys").await?;
        if self.keys.is_file() {
            // What a rotation before this one has left under the key that goes.
            let left = self.store.rewrap_secrets().await?;
            if left.unreadable > 0 {
                let help = "put the master keys back that they are under, and rotate again";
                return Err(StartError::Setting(format!("{} secrets cannot be opened: {help}", left.unreadable)));
            }
            self.keys.add_key()?;
        }
        let rewrapped = self.store.rewrap_secrets().await?;
        self.store.replace_signing_key().await?;
        Ok(rewrapped)
    }

    /// Makes a client that may act for these organizations, by name or id. One that is not there is made.
    ///
    /// # Errors
    /// When the database cannot be used, or no organization is named.
    pub async fn add_client(&self, name: &str, organizations: &[String]) -> Result<FirstClient, StartError> {
        let name = sound("the client's name", name)?;
        let ids = self.named(organizations).await?;
        let issued = self.store.add_application(&name, &ids).await?;
        Ok(FirstClient::new(ids.first().copied().unwrap_or_default(), issued))
    }

    /// A code with which somebody logs in once, within so many minutes, and gets a client for these organizations, which is called by
    /// this name.
    ///
    /// # Errors
    /// Those of [`add_client`](Self::add_client).
    pub async fn login_code(
        &self,
        name: Option<&str>,
        organizations: &[String],
        minutes: u32,
    ) -> Result<String, StartError> {
        let name = name.map(|name| sound("the name", name)).transpose()?;
        let login = Login { organizations: self.named(organizations).await?, name };
        Ok(self.store.add_login_code(&login, i64::from(minutes) * 60_000).await?)
    }

    /// Organizations by name or id; one that is not there is made.
    async fn named(&self, organizations: &[String]) -> Result<Vec<Uuid>, StartError> {
        let mut ids = Vec::new();
        for wanted in organizations {
            ids.push(self.store.organization_called(&sound("the organization's name", wanted)?).await?);
        }
        match ids.is_empty() {
            true => Err(StartError::Setting("a client belongs to one organization at least".to_owned())),
            false => Ok(ids),
        }
    }

    /// All clients.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn clients(&self) -> Result<Vec<Client>, StartError> {
        Ok(self.store.clients().await?)
    }

    /// Takes a client away; `false` when there is none of this id. Its tokens end within 20 minutes.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn revoke(&self, client_id: &str) -> Result<bool, StartError> {
        Ok(self.store.delete_application(client_id).await?)
    }

    /// The organizations, each as its id and name.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn organizations(&self) -> Result<Vec<(String, String)>, StartError> {
        let organizations = self.store.organizations().await?;
        Ok(organizations.into_iter().map(|one| (one.id.to_string(), one.name)).collect())
    }
}

fn sound(what: &str, name: &str) -> Result<String, StartError> {
    sound_name(name).ok_or_else(|| StartError::Setting(format!("{what} {NO_NAME}")))
}
