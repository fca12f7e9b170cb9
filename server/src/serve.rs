//! Serving: connections are accepted, kept within bounds, and drained at the end.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::api::router;
use crate::service::{Service, StartError};
use crate::settings::Settings;
use crate::store::{FirstClient, StoreError};

/// How many connections are open at once; more wait.
const CONNECTIONS: usize = 4096;
/// How long a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests may go on after the end was asked for.
const DRAIN: Duration = Duration::from_secs(30);
/// How often what no longer counts is forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// How long to wait after a connection could not be accepted: too many are open, say.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that is ready to serve.
pub struct Server {
    service: Arc<Service>,
    router: Router,
    audit_days: Option<u32>,
}

impl Server {
    /// Opens the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When a setting, a key or the database cannot be used.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let (max_body_bytes, audit_days) = (settings.max_body_bytes, settings.audit_days);
        let service = Service::open(settings).await?;
        let router = router(service.clone(), max_body_bytes);
        Ok(Self { service, router, audit_days })
    }

    /// Makes an organization and a client for it, when there is no client yet. `None` when there is one.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn first_client(&self) -> Result<Option<FirstClient>, StoreError> {
        self.service.store.first_client().await
    }

    /// Serves `/metrics` at another address, for as long as the runtime lives.
    pub fn serve_metrics(&self, listener: TcpListener) {
        let metrics = self.service.metrics.clone();
        tokio::spawn(async move {
            if let Err(error) = crate::metrics::serve(listener, metrics).await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
    }

    /// Serves until `shutdown` is done, and what has begun then is ended.
    ///
    /// # Errors
    /// When the listener has no address any more.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        listener.local_addr()?;
        let tidying = tokio::spawn(tidy(self.service.clone(), self.audit_days));
        let mut shutdown = pin!(shutdown);
        let (open, connections) = (Arc::new(Semaphore::new(CONNECTIONS)), GracefulShutdown::new());
        loop {
            let accepting = async {
                let place = open.clone().acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut shutdown => break,
                accepting = accepting => accepting,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let counted = Counted::new(self.service.metrics.connections.clone());
            // An answer is written at once and whole.
            let _ = stream.set_nodelay(true);
            let service = TowerToHyperService::new(self.router.clone());
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service);
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                // An error is the other side's: nobody is left to be told.
                let _ = connection.await;
                drop((place, counted));
            });
        }
        tidying.abort();
        drop(listener);
        self.service.requests.close();
        let ended = async {
            connections.shutdown().await;
            // Those whose callers have gone away: a vendor may have handed out what is not stored yet.
            self.service.requests.wait().await;
        };
        if tokio::time::timeout(DRAIN, ended).await.is_err() {
            tracing::warn!("requests were broken off that did not end in time");
        }
        self.service.store.close().await;
        Ok(())
    }
}

/// A connection, counted as long as it is open.
struct Counted(Gauge);

impl Counted {
    fn new(open: Gauge) -> Self {
        open.inc();
        Self(open)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

async fn tidy(service: Arc<Service>, audit_days: Option<u32>) {
    loop {
        tokio::time::sleep(TIDY).await;
        if let Err(error) = service.tidy(audit_days).await {
            tracing::warn!(%error, "what no longer counts could not be forgotten");
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.service.public_url)
    }
}
