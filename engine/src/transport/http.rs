//! HTTP over the network, with reqwest and rustls.

use futures_util::future::BoxFuture;

use crate::wire::{Response, SignedRequest};

use super::{Transport, TransportError, TransportFailure};

/// How the HTTP client reaches the network. The engine reads no environment: a face that obeys `HTTPS_PROXY` and the like puts them here.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// Proxy for `https` URLs.
    pub https_proxy: Option<String>,
    /// Proxy for `http` URLs.
    pub http_proxy: Option<String>,
    /// Hosts that are reached without a proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// Certificates (PEM) to trust instead of the built-in roots.
    pub root_certificates: Option<Vec<u8>>,
    /// Sent as `User-Agent` where the manifest sets none; `tieline/<version>` when left out.
    pub user_agent: Option<String>,
    /// Whether URLs from answers may lead to private addresses.
    pub allow_private_addresses: bool,
}

/// HTTP over the network. Holds a pool of connections: make one and share it.
pub struct HttpTransport {}

impl HttpTransport {
    /// A client.
    ///
    /// # Errors
    /// When a proxy or certificate cannot be used.
    pub fn new(options: &HttpOptions) -> Result<Self, TransportError> {
        let _ = options;
        Ok(Self {})
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        drop(request);
        Box::pin(async { Err(TransportError { failure: TransportFailure::Connect, message: "not built".to_owned() }) })
    }
}
