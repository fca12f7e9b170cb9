//! The mock in process: a transport that answers by itself.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use tieline::transport::{Transport, TransportError, TransportFailure};
use tieline::wire::{Body, Response, ResponseBody, SignedRequest};

use crate::mock::{MAX_BODY, Mock};
use crate::received::Received;

impl Transport for Mock {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let (request, _) = request.open();
            let body = collected(request.body).await?;
            if !self.delay().is_zero() {
                tokio::time::sleep(self.delay()).await;
            }
            let received = Received { method: request.method, url: request.url, headers: request.headers, body };
            let answer = self.answer(&received).map_err(|dropped| broken(dropped.to_string()))?;
            let (parts, body) = answer.into_parts();
            Ok(Response { status: parts.status, headers: parts.headers, body: ResponseBody::Bytes(body) })
        })
    }
}

/// The whole body; one byte more than is allowed is enough to know that it is too large.
async fn collected(body: Body) -> Result<Bytes, TransportError> {
    let mut whole = BytesMut::new();
    let mut pieces = body.open();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece.map_err(|error| broken(format!("a file cannot be read: {error}")))?);
        if whole.len() > MAX_BODY {
            break;
        }
    }
    Ok(whole.freeze())
}

fn broken(message: String) -> TransportError {
    TransportError { failure: TransportFailure::Broken, message }
}
