//! What a connection is made of, and what the embedder may bring.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::SystemTime;

use serde_json::{Map, Value};
use url::Url;

use crate::auth::{AccessToken, Credentials, Yielded, choose, choose_asking};
use crate::error::{Error, ErrorKind};
use crate::plan::{Connector, Head};
use crate::transport::{HttpTransport, Transport};

use super::quota::Quota;
use super::token_endpoint;
use super::{
    Clock, Connection, Inner, MemoryTokenStore, Options, RateLimiter, SlidingRateLimiter, SystemClock, TokenStore,
};

/// Collects what a [`Connection`] is made of.
pub struct ConnectionBuilder {
    pub(super) connector: Arc<Connector>,
    pub(super) credentials: Credentials,
    pub(super) signed_in: Option<AccessToken>,
    pub(super) scheme: Option<String>,
    pub(super) config: Map<String, Value>,
    pub(super) rebind: Option<Url>,
    pub(super) options: Options,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limiter: Option<Arc<dyn RateLimiter>>,
    pub(super) tokens: Option<Arc<dyn TokenStore>>,
}

impl ConnectionBuilder {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self {
            connector,
            credentials: Credentials::none(),
            signed_in: None,
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

    /// What the user's sign-in in a browser yielded ([`exchange`](Self::exchange)), in place of the fields for it. Give the same
    /// one whenever you connect: the token store knows it by it, and keeps what it was renewed to.
    #[must_use]
    pub fn signed_in(mut self, token: AccessToken) -> Self {
        self.signed_in = Some(token);
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
        let wanted = self.scheme.as_deref();
        let (scheme, credentials) = match &self.signed_in {
            None => choose(&head.title, &head.auth, self.credentials, wanted),
            Some(token) => choose_asking(&head.title, &head.auth, self.credentials, wanted).map(|chosen| {
                let (name, scheme, mut given) = chosen;
                Yielded::of(scheme).unwrap_or_default().fill(&mut given, token);
                (Some(name.to_owned()), given)
            }),
        }
        .map_err(|error| with_config(error, head, &self.config, self.clock.now()))?;
        let chosen = scheme.as_deref().and_then(|name| head.auth.get(name));
        let config = super::config::resolve(head, self.config, chosen, &credentials, self.clock.now())?;
        let transport = transport(self.transport)?;
        let key = format!("{} {}", head.name, credentials.digest(&head.name));
        let inner = Inner {
            scheme,
            credentials,
            signed_in: self.signed_in,
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

/// What is wrong with the credentials, and with the configuration values that are given: all of it at once.
fn with_config(error: Error, head: &Head, config: &Map<String, Value>, now: SystemTime) -> Error {
    let Err(other) = super::config::resolve(head, config.clone(), None, &Credentials::none(), now) else {
        return error;
    };
    // What is missing may be a part of a credential.
    let given = other.problems().iter().filter(|problem| config.contains_key(&problem.at));
    let problems = error.problems().iter().chain(given).cloned().collect();
    error.with_problems(problems)
}

/// The embedder's transport, or a new HTTP client.
pub(super) fn transport(given: Option<Arc<dyn Transport>>) -> Result<Arc<dyn Transport>, Error> {
    match given {
        Some(transport) => Ok(transport),
        None => match HttpTransport::new(&Default::default()) {
            Ok(transport) => Ok(Arc::new(transport)),
            Err(error) => Err(Error::new(ErrorKind::Unavailable, error.message)),
        },
    }
}
