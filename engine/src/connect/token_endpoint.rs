//! How token requests are sent: once, within a time limit, to where the manifest says.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::error::{Error, ErrorKind};
use crate::transport::{Transport, TransportError, TransportFailure};
use crate::wire::SignedRequest;

use super::session::SendToken;
use super::{Clock, Options};

/// The longest a token request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes of a token endpoint's answer that are read.
const MOST_BYTES: usize = 1 << 20;

/// Sends token requests over a transport. They are not repeated: a refresh token may work only once.
pub(super) fn sender(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>, options: Options) -> SendToken {
    Arc::new(move |request: SignedRequest| {
        let (transport, late) = (transport.clone(), clock.sleep(TIMEOUT));
        let allowed = options.allows(request.url());
        Box::pin(async move {
            allowed?;
            let exchange = std::pin::pin!(async {
                let response = transport.send(request).await?;
                Ok((response.status, response.body.collect(MOST_BYTES).await?))
            });
            match select(exchange, late).await {
                Either::Left((Ok((status, Some(body))), _)) => Ok((status, body)),
                Either::Left((Ok((_, None)), _)) => Err(Error::new(
                    ErrorKind::TooLarge,
                    format!("the token endpoint answered with more than {MOST_BYTES} bytes"),
                )),
                Either::Left((Err(error), _)) => Err(unanswered(&error)),
                Either::Right(_) => Err(Error::new(ErrorKind::Timeout, "the token endpoint did not answer in time")),
            }
        })
    })
}

fn unanswered(error: &TransportError) -> Error {
    let (kind, what) = match error.failure {
        TransportFailure::Connect | TransportFailure::Broken => (ErrorKind::Unavailable, "did not answer"),
        TransportFailure::Timeout => (ErrorKind::Timeout, "did not answer"),
        TransportFailure::Refused => (ErrorKind::Refused, "was not asked"),
    };
    Error::new(kind, format!("the token endpoint {what}: {}", error.message))
}
