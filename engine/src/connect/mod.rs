//! A connection: a connector with somebody's credentials, and what the embedder brings.

mod builder;
mod clock;
mod config;
mod rate_limit;
mod session;
mod token_store;

use std::sync::Arc;

use serde_json::{Map, Value};
use url::Url;

use crate::auth::Credentials;
use crate::error::{Error, ErrorKind};
use crate::execute::{Call, Envelope};
use crate::plan::Connector;
use crate::transport::Transport;

pub use builder::{ConnectionBuilder, Options};
pub use clock::{Clock, SystemClock};
pub use rate_limit::{RateLimiter, SlidingRateLimiter};
pub(crate) use session::{SendToken, Session, SessionParts};
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
    pub config: Map<String, Value>,
    pub rebind: Option<Url>,
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
    ///     .credentials(tieline::Credentials::none().with("token", "ntn_…"))
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

    /// One call: one page of a list, one record, or nothing.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn execute(&self, entity: &str, action: &str, params: Value) -> Result<Envelope, Error> {
        self.call(entity, action).params(params).execute().await
    }

    /// A call to be described further.
    pub fn call(&self, entity: &str, action: &str) -> Call {
        Call::new(self.clone(), entity, action)
    }

    /// Whether the connection works: runs the operation that the manifest names under `check`.
    ///
    /// # Errors
    /// Those of the call; `invalid_manifest` when the manifest names none.
    pub async fn check(&self) -> Result<Envelope, Error> {
        let head = self.inner.connector.head();
        let (entity, action) = head.check.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidManifest,
                format!("the manifest of {} names no operation under `check`", head.title),
            )
        })?;
        self.execute(entity, action, Value::Object(Map::new())).await
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({}, {:?})", self.inner.connector.name(), self.inner.credentials)
    }
}
