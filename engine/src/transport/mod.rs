//! How a request reaches the API: a trait, and the implementations that come with the engine.

mod address;
mod http;
mod replay;
mod tls;

use futures_util::future::BoxFuture;

use crate::wire::{Response, SignedRequest};

pub use crate::wire::{TransportError, TransportFailure};
pub use address::Reach;
pub use http::{HttpOptions, HttpTransport};
pub use replay::{Exchange, ExpectedRequest, PreparedAnswer, Replay};

/// Sends one request and gives back the answer. It follows no redirects, repeats nothing and logs nothing: the engine does.
pub trait Transport: Send + Sync {
    /// Sends it.
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>>;
}
