//! What a connection is made of, and what the embedder may bring.

use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Map, Value};
use url::Url;

use crate::auth::{Credentials, choose};
use crate::error::{Error, ErrorKind};
use crate::plan::Connector;
use crate::transport::{HttpTransport, Transport};

use super::quota::Quota;
use super::token_endpoint;
use super::{
    Clock, Connection, Inner, MemoryTokenStore, Options, RateLimiter, SlidingRateLimiter, SystemClock, TokenStore,
};

/// Collects what a [`Connection`] is made of.
pub struct ConnectionBuilder {
    connector: Arc<Connector>,
    credentials: Credentials,
    scheme: Option<String>,
    config: Map<String, Value>,
    rebind: Option<Url>,
    options: Options,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    limiter: Option<Arc<dyn RateLimiter>>,
    tokens: Option<Arc<dyn TokenStore>>,
}

impl ConnectionBuilder {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self {
            connector,
            credentials: Credentials::none(),
            scheme: None,
            config: Map::new(),
            rebind: None,
            options: Options::default(),
            transport: None,
            clock: Arc::new(SystemClock),
            limiter: None,
            tokens: None,
        }
    }

    /// The user's values for a way to sign in.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The way to sign in, where the credentials alone do not say it.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// Configuration values, by name.
    #[must_use]
    pub fn config(mut self, config: Map<String, Value>) -> Self {
        self.config = config;
        self
    }

    /// Binds every origin of the manifest, token endpoints too, to this URL.
    #[must_use]
    pub fn base_url(mut self, url: Url) -> Self {
        self.rebind = Some(url);
        self
    }

    /// Limits of its calls.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// How requests reach the API; share one among all connections. A new HTTP client when left out.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Time and randomness.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Who keeps the API's rate limits.
    #[must_use]
    pub fn rate_limiter(mut self, limiter: Arc<dyn RateLimiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Who keeps tokens that are renewed.
    #[must_use]
    pub fn token_store(mut self, tokens: Arc<dyn TokenStore>) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Makes the connection. Sends nothing.
    ///
    /// # Errors
    /// `credentials` when they fit no way to sign in or are malformed; `invalid_input` for a configuration value that does not fit.
    pub fn connect(self) -> Result<Connection, Error> {
        let head = self.connector.head();
        let (scheme, credentials) = choose(&head.title, &head.auth, self.credentials, self.scheme.as_deref())?;
        let chosen = scheme.as_deref().and_then(|name| head.auth.get(name));
        let config = super::config::resolve(head, self.config, chosen, &credentials, self.clock.now())?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(
                HttpTransport::new(&Default::default())
                    .map_err(|error| Error::new(ErrorKind::Unavailable, error.message))?,
            ),
        };
        let key = format!("{} {}", head.name, credentials.digest(&head.name));
        let inner = Inner {
            scheme,
            credentials,
            config,
            key,
            send_token: token_endpoint::sender(transport.clone(), self.clock.clone(), self.options.clone()),
            rebind: self.rebind,
            server: OnceLock::new(),
            options: self.options,
            transport,
            limiter: self.limiter.unwrap_or_else(|| Arc::new(SlidingRateLimiter::new(self.clock.clone()))),
            clock: self.clock,
            tokens: self.tokens.unwrap_or_else(|| Arc::new(MemoryTokenStore::default())),
            sessions: Mutex::default(),
            quota: Quota::default(),
            connector: self.connector,
        };
        Ok(Connection { inner: Arc::new(inner) })
    }
}
