//! Lists of several pages: put together within bounds; one that breaks off keeps what came.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tieline::execute::Data;
use tieline::{Call, Envelope, Error};
use tokio::time::Instant;

/// How many bytes of records one call gives out, and no more than a page beyond; `next` goes on from there.
const MOST_BYTES: usize = 32 << 20;

/// How long pages are taken; `next` goes on from there.
const LONGEST: Duration = Duration::from_secs(180);
/// How long a page may take, so that all of it is within the time that a request has.
const PAGE: Duration = Duration::from_secs(120);

/// The pages of a list.
pub(super) struct Listed {
    pub envelope: Envelope,
    /// Why there are not as many as were asked for.
    pub warning: Option<Value>,
}

/// Takes pages until there are as many records as the call says, as many bytes as one call may have, or no time is left.
///
/// # Errors
/// Those of the first page. Where a later one fails, what came is given out, and where the list goes on.
pub(super) async fn listed(call: Call) -> Result<Listed, Error> {
    let started = Instant::now();
    let mut pages = call.deadline(PAGE).pages();
    let (mut records, mut bytes, mut meta, mut next) = (Vec::new(), 0, Default::default(), None);
    let mut warning = None;
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                bytes += page.records.iter().map(|record| record.as_bytes().len()).sum::<usize>();
                records.extend(page.records);
                (meta, next) = (page.meta, page.next);
                if bytes > MOST_BYTES || started.elapsed() > LONGEST {
                    break;
                }
            }
            Err(error) if records.is_empty() => return Err(error),
            Err(error) => {
                next = error.next().map(str::to_owned);
                warning = Some(json!({ "kind": error.kind().as_str(), "message": error.message() }));
                break;
            }
        }
    }
    Ok(Listed { envelope: Envelope { data: Data::Records(records), meta, next: Some(next) }, warning })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;
    use tieline::transport::{Transport, TransportError};
    use tieline::wire::{Response, ResponseBody, SignedRequest};
    use tieline::{Connection, Connector, Credentials, Source};

    use super::*;

    const ENDLESS: &str = r#"
tieline: 1
name: endless
title: Endless
version: 0.1.0
summary: A list without end.
server: https://endless.example
auth:
  token: { fields: { token: { secret: true, description: A token } }, bearer: "${token}" }
pagination:
  cursor: { kind: cursor, cursor: cursor, next: $.next }
entities:
  things:
    summary: Things.
    actions:
      list: { get: /things, summary: Lists them., records: $.things, paginate: cursor }
"#;

    /// Takes its time for each page.
    #[derive(Default)]
    struct Slow(AtomicUsize);

    impl Transport for Slow {
        fn send(&self, _: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
            let body = json!({ "things": [{ "id": 1 }], "next": self.0.fetch_add(1, Ordering::Relaxed).to_string() });
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(50)).await;
                let body = ResponseBody::Bytes(body.to_string().into());
                Ok(Response { status: http::StatusCode::OK, headers: http::HeaderMap::new(), body })
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_takes_long_says_where_it_goes_on() {
        let (connector, _) = Connector::load(&Source::new("endless.yaml", ENDLESS)).unwrap();
        let connection = Connection::builder(Arc::new(connector))
            .credentials(Credentials::from_json(&json!({ "token": "t" })).unwrap())
            .transport(Arc::new(Slow::default()))
            .connect()
            .unwrap();
        let started = Instant::now();
        let Listed { envelope, warning } = listed(connection.call("things", "list").all()).await.unwrap();
        let Data::Records(records) = envelope.data else { unreachable!() };
        assert_eq!((records.len(), warning), (4, None));
        assert!(envelope.next.flatten().is_some() && started.elapsed() < Duration::from_secs(300));
    }
}
