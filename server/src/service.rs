//! What all handlers share.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::connections::Connections;
use crate::definitions::Definitions;
use crate::error::ApiError;
use crate::keys::{KeyError, Keyring};
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::settings::Settings;
use crate::store::{AuditLog, Store, StoreError};
use crate::token::Signer;

/// How many seconds' worth of requests a client may send at once.
const BURST: u32 = 10;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The master keys cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// What all handlers share.
pub(crate) struct Service {
    pub store: Store,
    pub definitions: Definitions,
    pub connections: Connections,
    pub signer: Signer,
    pub audit: AuditLog,
    pub metrics: Arc<Metrics>,
    pub public_url: Url,
    /// Requests that are under way, whether somebody still waits for them or not.
    pub requests: TaskTracker,
    pub oidc: Option<Oidc>,
    rates: DefaultKeyedRateLimiter<String>,
}

impl Service {
    /// Opens the database and all that stands on it.
    pub(crate) async fn open(settings: Settings) -> Result<Arc<Self>, StartError> {
        settings.master_keys.make()?;
        let keys = Arc::new(Keyring::open(settings.master_keys)?);
        let definitions = Definitions::new(settings.connectors, settings.base_urls).map_err(StartError::Setting)?;
        let oidc = settings.oidc.map(|oidc| Oidc::open(oidc, &settings.http, &settings.public_url));
        let oidc = oidc.transpose().map_err(|message| StartError::Setting(format!("OpenID Connect: {message}")))?;
        let store = Store::open(&settings.database, keys).await?;
        let connections = Connections::new(store.clone(), &settings.http, settings.allow_private_addresses)
            .map_err(|error| StartError::Setting(error.to_string()))?;
        let a_second = NonZeroU32::new(settings.requests_per_second).unwrap_or(NonZeroU32::MIN);
        let quota =
            Quota::per_second(a_second).allow_burst(a_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1)));
        Ok(Arc::new(Self {
            signer: Signer::open(store.clone()).await?,
            audit: AuditLog::start(store.clone()),
            metrics: Arc::default(),
            definitions,
            connections,
            public_url: settings.public_url,
            requests: TaskTracker::new(),
            oidc,
            rates: RateLimiter::keyed(quota),
            store,
        }))
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// 429 when it has sent too many.
    pub(crate) fn count(&self, client: &str) -> Result<(), ApiError> {
        use governor::clock::{Clock as _, DefaultClock};
        self.rates.check_key(&client.to_owned()).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(DefaultClock::default().now()).as_secs_f64().ceil() as u64;
            let mut error = ApiError::new(
                http::StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "this client sends more requests than this server allows",
            );
            error.retry_after = Some(wait.max(1));
            error
        })
    }

    /// Forgets what no longer counts: clients that have been quiet, old set-ups, old audit entries. Reads the signing keys again.
    pub(crate) async fn tidy(&self, audit_days: Option<u32>) -> Result<(), StoreError> {
        self.rates.retain_recent();
        self.signer.refresh().await?;
        self.store.forget_setups().await?;
        self.store.forget_login_codes().await?;
        if let Some(days) = audit_days {
            self.store.forget_audit(days).await?;
        }
        Ok(())
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        below(&self.public_url, path)
    }
}

/// A URL below the one where callers and browsers reach the server.
pub(crate) fn below(public_url: &Url, path: &str) -> String {
    format!("{}{path}", public_url.as_str().trim_end_matches('/'))
}
