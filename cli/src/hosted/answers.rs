//! The network, with an ear on what a server says about a failure and about a file: more than the engine's errors have room for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tieline::transport::{HttpTransport, Transport, TransportError};
use tieline::wire::{Response, ResponseBody, SignedRequest};

/// The longest body of a failure that is read.
const LONGEST: usize = 1 << 20;

/// HTTP, and the last answer.
pub(super) struct Answers {
    http: HttpTransport,
    last: Mutex<Last>,
}

/// What is remembered of the last answer.
#[derive(Default)]
struct Last {
    /// The body, where it is a failure.
    failure: Option<Bytes>,
    is_file: bool,
}

impl Answers {
    pub(super) fn new(http: HttpTransport) -> Self {
        Self { http, last: Mutex::default() }
    }

    /// Forgets what it heard, before another call.
    pub(super) fn forget(&self) {
        *self.last() = Last::default();
    }

    /// The body of the failure that came last.
    pub(super) fn failure(&self) -> Option<Bytes> {
        self.last().failure.clone()
    }

    /// Whether the last answer is a file that was executed for, and not the API's own JSON.
    pub(super) fn is_file(&self) -> bool {
        self.last().is_file
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Answers {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            // Where nothing comes now, what came before is not the reason.
            self.forget();
            let Response { status, headers, body } = self.http.send(request).await?;
            if !(status.is_client_error() || status.is_server_error()) {
                // A file may be JSON too, so its type does not tell: the server gives out files as attachments.
                let disposition = headers.get("content-disposition").and_then(|value| value.to_str().ok());
                let is_file = disposition.is_some_and(|text| text.starts_with("attachment"));
                *self.last() = Last { failure: None, is_file };
                return Ok(Response { status, headers, body });
            }
            let body = body.collect(LONGEST).await?.unwrap_or_default();
            *self.last() = Last { failure: Some(body.clone()), is_file: false };
            Ok(Response { status, headers, body: ResponseBody::Bytes(body) })
        })
    }
}
