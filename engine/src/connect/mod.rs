//! A connection: a connector with somebody's credentials, and what the embedder brings.

mod builder;
mod clock;
mod config;
mod options;
mod quota;
mod rate_limit;
mod session;
mod sign_in;
mod token_endpoint;
mod token_store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};
use url::Url;

use crate::auth::{AccessToken, Credentials};
use crate::build::{self, Base};
use crate::error::Error;
use crate::plan::{Connector, Operation};
use crate::transport::Transport;

pub use builder::ConnectionBuilder;
use clock::seconds;
pub use clock::{Clock, SystemClock};
pub use options::Options;
use quota::Quota;
pub use rate_limit::{RateLimiter, SlidingRateLimiter};
pub(crate) use session::Session;
use session::{SendToken, SessionParts};
pub use token_store::{Lease, MemoryTokenStore, StoredTokens, TokenStore};

/// A connector with somebody's credentials. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Connection {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub connector: Arc<Connector>,
    pub scheme: Option<String>,
    pub credentials: Credentials,
    /// What a browser sign-in with this scheme yielded.
    pub signed_in: Option<AccessToken>,
    /// Names the connector and the credentials without showing them: what shares a rate limit.
    pub key: String,
    /// The sessions of the ways to sign in with OAuth 2.0, made when they are first used.
    pub sessions: Mutex<HashMap<String, Session>>,
    pub send_token: SendToken,
    pub quota: Quota,
    pub config: Map<String, Value>,
    pub rebind: Option<Url>,
    /// The server's URL, where it is the same for every call.
    pub server: OnceLock<Url>,
    pub options: Options,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub limiter: Arc<dyn RateLimiter>,
    pub tokens: Arc<dyn TokenStore>,
}

impl Connection {
    /// Starts a connection to a connector.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # fn connect(connector: tieline::Connector) -> Result<(), tieline::Error> {
    /// let connection = tieline::Connection::builder(Arc::new(connector))
    ///     .credentials(tieline::Credentials::none().with("token", "…"))
    ///     .connect()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(connector: Arc<Connector>) -> ConnectionBuilder {
        ConnectionBuilder::new(connector)
    }

    /// The connector.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.inner.connector
    }

    /// The way to sign in that is used, if any.
    pub fn scheme(&self) -> Option<&str> {
        self.inner.scheme.as_deref()
    }
}

impl Inner {
    /// What requests are built with.
    pub(crate) fn base<'a>(&'a self, token: &'a Map<String, Value>) -> Base<'a> {
        Base { head: self.connector.head(), config: &self.config, token, rebind: self.rebind.as_ref() }
    }

    /// The URL of an operation's server.
    ///
    /// # Errors
    /// `invalid_input` when a configuration value is missing or the URL is none.
    pub(crate) fn server(&self, token: &Map<String, Value>, operation: &Operation) -> Result<Url, Error> {
        let base = self.base(token);
        let mut names = base.head.server.names();
        if operation.server.is_some() || names.any(|name| name.starts_with("token.")) {
            return build::server(&base, operation);
        }
        match self.server.get() {
            Some(server) => Ok(server.clone()),
            None => build::server(&base, operation).map(|server| self.server.get_or_init(|| server).clone()),
        }
    }

    /// The session of a way to sign in; `None` when it has no access tokens.
    pub(crate) fn session(&self, name: &str) -> Result<Option<Session>, Error> {
        let Some(scheme) = self.connector.head().auth.get(name).filter(|scheme| scheme.oauth2.is_some()) else {
            return Ok(None);
        };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get(name) {
            return Ok(Some(session.clone()));
        }
        let rebind = self.rebind.clone();
        let session = Session::new(SessionParts {
            connector: self.connector.name().to_owned(),
            scheme_name: name.to_owned(),
            scheme: scheme.clone(),
            credentials: self.credentials.clone(),
            signed_in: self.signed_in.clone().filter(|_| self.scheme.as_deref() == Some(name)),
            config: self.config.clone(),
            rebind: Arc::new(move |url| build::rebound(url, rebind.as_ref())),
            store: self.tokens.clone(),
            clock: self.clock.clone(),
            send: self.send_token.clone(),
        })?;
        sessions.insert(name.to_owned(), session.clone());
        Ok(Some(session))
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({}, {:?})", self.inner.connector.name(), self.inner.credentials)
    }
}
