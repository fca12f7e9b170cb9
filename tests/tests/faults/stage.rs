//! A transport on which an API plays that fails as it is told, and the connectors that call it.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tieline::connect::{Clock, ConnectionBuilder};
use tieline::transport::{Transport, TransportError, TransportFailure};
use tieline::wire::{Request, Response, ResponseBody, SignedRequest};
use tieline::{Connection, Connector, Error, Source};
use tieline_tests::clock::TestClock;

/// What becomes of one request.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// No answer.
    Fail(TransportFailure),
    /// Nothing ever comes.
    Stall,
    /// An answer, whose body comes in pieces.
    Answer(u16, Vec<(&'static str, String)>, Vec<Piece>),
}

/// A piece of a body.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Some bytes.
    Bytes(Bytes),
    /// The connection breaks.
    Reset,
    /// Nothing more comes, and no end either.
    Stall,
    /// A byte a second, for ever.
    Trickle,
}

impl Play {
    /// An answer with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// An answer with this body, in two pieces.
    pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Self {
        let body = Bytes::from(body.to_owned());
        let middle = body.len() / 2;
        let pieces = vec![Piece::Bytes(body.slice(..middle)), Piece::Bytes(body.slice(middle..))];
        Self::Answer(status, vec![("content-type", content_type.to_owned())], pieces)
    }

    /// An answer of half a body, and then this.
    pub(crate) fn half(then: Piece) -> Self {
        let half = Piece::Bytes(Bytes::from_static(br#"{"items": [{"id": 1},"#));
        Self::Answer(200, vec![("content-type", "application/json".to_owned())], vec![half, then])
    }

    /// The answer with one header more.
    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Answer(status, mut headers, pieces) => {
                headers.push((name, value.into()));
                Self::Answer(status, headers, pieces)
            }
            Self::Fail(_) | Self::Stall => panic!("{self:?} has no headers"),
        }
    }
}

type Api = dyn Fn(usize, &Request) -> Play + Send + Sync;

/// The transport. Nothing on it happens at once: each step gives way to others first, so that a caller can leave in between.
pub(crate) struct Stage {
    api: Box<Api>,
    sent: AtomicUsize,
    lines: Mutex<Vec<String>>,
    /// Held by each exchange that is not over.
    open: Arc<()>,
}

impl Stage {
    /// An API that is told how many requests came before, and the request.
    pub(crate) fn new(api: impl Fn(usize, &Request) -> Play + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { api: Box::new(api), sent: AtomicUsize::new(0), lines: Mutex::default(), open: Arc::default() })
    }

    /// How many requests came.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// The requests that came: `GET /items?after=c-2`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// How many exchanges are not over: their connections would be held.
    pub(crate) fn open(&self) -> usize {
        Arc::strong_count(&self.open) - 1
    }
}

impl Transport for Stage {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        let open = self.open.clone();
        Box::pin(async move {
            tokio::task::yield_now().await;
            let (request, _) = request.open();
            self.lines.lock().unwrap().push(format!(
                "{} {}",
                request.method,
                &request.url[url::Position::BeforePath..]
            ));
            let play = (self.api)(self.sent.fetch_add(1, Ordering::SeqCst), &request);
            tokio::task::yield_now().await;
            match play {
                Play::Fail(failure) => Err(told(failure)),
                Play::Stall => pending().await,
                Play::Answer(status, headers, pieces) => {
                    let header = |(name, value): (&str, String)| {
                        (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap())
                    };
                    let headers = headers.into_iter().map(header);
                    let mut all = HeaderMap::new();
                    for (name, value) in headers {
                        all.append(name, value);
                    }
                    let body = stream::iter(pieces).flat_map(chunks);
                    // The connection is held for as long as the body is.
                    let body = body.map(move |chunk| (chunk, open.clone()).0);
                    let status = StatusCode::from_u16(status).unwrap();
                    Ok(Response { status, headers: all, body: ResponseBody::Stream(body.boxed()) })
                }
            }
        })
    }
}

fn chunks(piece: Piece) -> stream::BoxStream<'static, Result<Bytes, TransportError>> {
    match piece {
        Piece::Bytes(bytes) => stream::once(async {
            tokio::task::yield_now().await;
            Ok(bytes)
        })
        .boxed(),
        Piece::Reset => stream::once(async { Err(told(TransportFailure::Broken)) }).boxed(),
        Piece::Stall => stream::pending().boxed(),
        Piece::Trickle => stream::repeat(())
            .then(|()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Bytes::from_static(b" "))
            })
            .boxed(),
    }
}

fn told(failure: TransportFailure) -> TransportError {
    TransportError { failure, message: format!("{failure:?}, as the test says") }
}

/// Lists and creates things: three pages of two, two and one.
const MANIFEST: &str = r#"
tieline: 1
name: example
title: Example
version: 0.1.0
summary: Shows one thing.
server: https://api.example.com
timeout: 20s
pagination:
  after: { kind: cursor, cursor: after, next: $.next }
  link: { kind: link }
entities:
  items:
    summary: Things.
    actions:
      list: { get: /items, summary: Lists the things., records: $.items, meta: { next: $.next }, paginate: after }
      links: { get: /linked, summary: Lists the things., records: $.items, paginate: link }
      create: { post: /items, summary: Makes a thing., params: { name: { type: string } } }
      read: { get: /file, summary: Reads a file., download: {} }
"#;

/// The connector, with more keys.
pub(crate) fn connector(more: &str) -> Arc<Connector> {
    let (connector, warnings) = Connector::load(&Source::new("example.yaml", format!("{MANIFEST}{more}"))).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    Arc::new(connector)
}

/// A connection to it over a stage, with a clock that only waits when everybody does.
pub(crate) fn connection(more: &str, stage: &Arc<Stage>) -> Connection {
    build(more, stage, Arc::new(TestClock::new()), |builder| builder)
}

/// The same, with more that the embedder brings.
pub(crate) fn build(
    more: &str,
    stage: &Arc<Stage>,
    clock: Arc<dyn Clock>,
    bring: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> Connection {
    bring(Connection::builder(connector(more)).transport(stage.clone()).clock(clock)).connect().unwrap()
}

/// The page that a request asks for: 1 to 3.
pub(crate) fn page_of(request: &Request) -> usize {
    let after = request.url.query_pairs().find(|(name, _)| name == "after");
    after.map_or(1, |(_, cursor)| cursor.strip_prefix("c-").unwrap().parse().unwrap())
}

/// A page of the list.
pub(crate) fn page(number: usize) -> Play {
    Play::json(200, &page_json(number))
}

/// A page of the list as JSON.
pub(crate) fn page_json(number: usize) -> Value {
    match number {
        1 => json!({ "items": [{ "id": 1 }, { "id": 2 }], "next": "c-2" }),
        2 => json!({ "items": [{ "id": 3 }, { "id": 4 }], "next": "c-3" }),
        3 => json!({ "items": [{ "id": 5 }], "next": null }),
        other => panic!("there is no page {other}"),
    }
}

/// The ids of records.
pub(crate) fn ids<'a>(records: impl IntoIterator<Item = &'a tieline::Raw>) -> Vec<u64> {
    records.into_iter().map(|record| record.to_value()["id"].as_u64().unwrap()).collect()
}

/// The ids of what an error has beside it.
pub(crate) fn ids_so_far(error: &Error) -> Vec<u64> {
    error.so_far().map(|page| ids(&page.records)).unwrap_or_default()
}
