//! Connections of the engine, kept from call to call: a token in hand, a rate limit, and what has been compiled.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use serde_json::{Map, Value};
use tieline::connect::{ConnectionBuilder, Options, RateLimiter, TokenStore};
use tieline::transport::{HttpOptions, HttpTransport, Reach, Transport, TransportError};
use tieline::{Connection, Credentials, Error};
use url::{Host, Url};
use uuid::Uuid;

use crate::definitions::Definition;
use crate::error::ApiError;
use crate::store::{ConnectorRow, ConnectorTokens, Secrets, SharedRateLimiter, Store};

/// How many connections are kept; more are made anew when they are used.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// Connections of the engine.
pub(crate) struct Connections {
    store: Store,
    kept: Mutex<LruCache<Uuid, (i64, Connection)>>,
    limiter: Arc<dyn RateLimiter>,
    /// For APIs that are where their manifests say.
    guarded: Arc<dyn Transport>,
    /// For APIs that are where the operator says.
    named: Arc<dyn Transport>,
    /// For APIs that the operator plays on a private address: their answers may name files there.
    private: Arc<dyn Transport>,
    options: Options,
}

impl Connections {
    pub(crate) fn new(store: Store, http: &HttpOptions, allow_private: bool) -> Result<Self, TransportError> {
        let transport = |http: HttpOptions| HttpTransport::new(&http).map(|made| Arc::new(made) as Arc<dyn Transport>);
        let private = transport(HttpOptions { reach: Reach::Anywhere, ..http.clone() })?;
        let named = match allow_private {
            true => private.clone(),
            false => transport(HttpOptions { reach: Reach::DeclaredAnywhere, ..http.clone() })?,
        };
        let guarded = match allow_private {
            true => private.clone(),
            false => transport(HttpOptions { reach: Reach::PublicOnly, ..http.clone() })?,
        };
        let limiter = Arc::new(SharedRateLimiter::new(store.clone()));
        let options = Options { allow_http: allow_private, ..Options::default() };
        Ok(Self { store, kept: Mutex::new(LruCache::new(KEPT)), limiter, guarded, named, private, options })
    }

    /// A connection to be made, with all that this server brings.
    pub(crate) fn builder(&self, definition: &Definition) -> ConnectionBuilder {
        let builder = Connection::builder(definition.connector.clone()).rate_limiter(self.limiter.clone());
        match &definition.base_url {
            Some(url) => {
                let allow_http = self.options.allow_http || url.scheme() == "http";
                let transport = if is_local(url) { &self.private } else { &self.named };
                let options = Options { allow_http, ..self.options.clone() };
                builder.base_url(url.clone()).transport(transport.clone()).options(options)
            }
            None => builder.transport(self.guarded.clone()).options(self.options.clone()),
        }
    }

    /// The connection of a connector, made when there is none of this version.
    pub(crate) async fn of(&self, row: &ConnectorRow, definition: &Definition) -> Result<Connection, ApiError> {
        let known = self.kept().get(&row.id).filter(|(version, _)| *version == row.version).cloned();
        if let Some((_, connection)) = known {
            return Ok(connection);
        }
        let Secrets { credentials, token, .. } = self.store.secrets(row).await?;
        let tokens = self.tokens(row, definition, &row.config);
        let mut builder = self.builder(definition).credentials(values(credentials)?).config(row.config.clone());
        if let Some(scheme) = &row.scheme {
            builder = builder.scheme(scheme);
        }
        if let Some(token) = token {
            builder = builder.signed_in(token);
        }
        let connection = builder.token_store(tokens).connect()?;
        // Two calls may have made one each: the later one stays, and tokens are in the store.
        self.kept().put(row.id, (row.version, connection.clone()));
        Ok(connection)
    }

    /// What keeps the tokens of a connector, with this configuration.
    pub(crate) fn tokens(
        &self,
        row: &ConnectorRow,
        definition: &Definition,
        config: &Map<String, Value>,
    ) -> Arc<dyn TokenStore> {
        Arc::new(ConnectorTokens::new(self.store.clone(), row, definition.reach(config)))
    }

    /// Forgets the connection of a connector that is gone.
    pub(crate) fn forget(&self, connector: Uuid) {
        self.kept().pop(&connector);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, LruCache<Uuid, (i64, Connection)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a URL names an address of this machine or of a private network, literally.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Credentials of a JSON object.
pub(crate) fn values(object: Map<String, Value>) -> Result<Credentials, Error> {
    Credentials::from_json(&Value::Object(object))
}
