//! How a request reaches the API: a trait, and the implementations that come with the engine.

mod address;
mod http;
mod replay;
mod tls;

use futures_util::future::BoxFuture;

use crate::wire::{Response, SignedRequest};

pub use http::{HttpOptions, HttpTransport};
pub use replay::{Exchange, ExpectedRequest, PreparedAnswer, Replay};

/// Sends one request and gives back the answer. It follows no redirects, repeats nothing and logs nothing: the engine does.
pub trait Transport: Send + Sync {
    /// Sends it.
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>>;
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportFailure {
    /// No connection was made, so nothing was sent.
    Connect,
    /// The connection broke; the API may have done what was asked.
    Broken,
    /// No answer in time; the API may have done what was asked.
    Timeout,
    /// The transport will not call this address.
    Refused,
}

/// No answer came.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// Why.
    pub failure: TransportFailure,
    /// What happened, without secrets.
    pub message: String,
}
