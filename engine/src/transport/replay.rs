//! Answers from a list instead of the network: for tests, here and in programs that embed the engine.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::form_urlencoded;

use crate::notation::Millis;
use crate::wire::{Request, Response, ResponseBody, SignedRequest};

use super::{Transport, TransportError, TransportFailure};

/// A transport that expects requests in an order and answers each as it is told. A request that differs from the one
/// expected is an error that says how.
///
/// ```
/// use std::sync::Arc;
/// use serde_json::json;
/// use tieline::transport::{Exchange, Replay, TransportFailure};
///
/// # fn connect(connector: tieline::Connector) -> Result<(), tieline::Error> {
/// let replay = Arc::new(Replay::new([
///     Exchange::new("GET", "/v1/users?page_size=2").fail(TransportFailure::Connect),
///     Exchange::new("GET", "/v1/users?page_size=2").answer(200, json!({ "results": [] })),
/// ]));
/// let connection = tieline::Connection::builder(Arc::new(connector)).transport(replay.clone()).connect()?;
/// // … calls …
/// assert_eq!(replay.remaining().len(), 2, "nothing was called yet");
/// # Ok(())
/// # }
/// ```
///
/// Exchanges can be written as JSON or YAML too; what is left out is not compared:
///
/// ```
/// let exchanges: Vec<tieline::transport::Exchange> = serde_json::from_str(r#"[{
///     "request": {
///         "method": "POST", "path": "/v1/items?a=1", "json": { "name": "x" },
///         "headers": { "authorization": "[secret]", "x-absent": null }
///     },
///     "delay": "20ms",
///     "response": { "status": 201, "headers": { "x-request-id": "r1" }, "json": { "id": "1" } }
/// }]"#).unwrap();
/// # assert_eq!(exchanges.len(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Replay {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    expected: VecDeque<Exchange>,
    sent: Vec<Request>,
}

/// A request that is expected, and what happens then.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request.
    pub request: ExpectedRequest,
    /// The answer; an empty one with status 200 when neither it nor a failure is given.
    #[serde(default)]
    pub response: Option<PreparedAnswer>,
    /// Why no answer comes. Beside an answer: why its body breaks off at the end.
    #[serde(default)]
    pub fail: Option<TransportFailure>,
    /// How long it takes.
    #[serde(default)]
    pub delay: Option<Millis>,
}

/// What a request must be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The method.
    pub method: String,
    /// Path and query, or a whole URL. The order of parameters with different names does not count.
    pub path: String,
    /// Headers: a text that the header must be, `[secret]` for any that holds a secret, null for one that must not be there.
    #[serde(default)]
    pub headers: IndexMap<String, Option<String>>,
    /// The body as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body as text, with `\n` for every line break.
    #[serde(default)]
    pub body: Option<String>,
}

/// An answer that is ready.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparedAnswer {
    /// The status; 200 when left out.
    #[serde(default)]
    pub status: Option<u16>,
    /// The headers. `content-type` is `application/json` for a JSON body when it is not among them.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// The body as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body as text.
    #[serde(default)]
    pub body: Option<String>,
}

/// Null is a value here, and not the same as nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Exchange {
    /// Expects a request with this method, and this path with its query.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        let request = ExpectedRequest { method: method.into(), path: path.into(), ..ExpectedRequest::default() };
        Self { request, response: None, fail: None, delay: None }
    }

    /// Expects a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.headers.insert(name.into(), Some(value.into()));
        self
    }

    /// Expects a header not to be there.
    #[must_use]
    pub fn without_header(mut self, name: impl Into<String>) -> Self {
        self.request.headers.insert(name.into(), None);
        self
    }

    /// Expects a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.request.json = Some(body);
        self
    }

    /// Answers with JSON.
    #[must_use]
    pub fn answer(mut self, status: u16, json: Value) -> Self {
        let response = self.response.get_or_insert_default();
        response.status = Some(status);
        response.json = Some(json);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn answer_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.response.get_or_insert_default().headers.insert(name.into(), value.into());
        self
    }

    /// Fails instead of answering, or after the answer's body.
    #[must_use]
    pub fn fail(mut self, failure: TransportFailure) -> Self {
        self.fail = Some(failure);
        self
    }
}

impl Replay {
    /// A transport for these exchanges.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Self { state: Mutex::new(State { expected: exchanges.into_iter().collect(), sent: Vec::new() }) }
    }

    /// The requests that were sent, with `[secret]` where a secret was.
    pub fn sent(&self) -> Vec<Request> {
        self.state().sent.clone()
    }

    /// The requests that are still expected: `GET /v1/users`.
    pub fn remaining(&self) -> Vec<String> {
        self.state().expected.iter().map(|exchange| exchange.request.to_string()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exchange of this request. One that does not fit stays where it is.
    fn take(&self, request: &Request, shown: Request, body: &[u8]) -> Result<Exchange, TransportError> {
        let mut state = self.state();
        let found = match state.expected.front() {
            None => Err("nothing more was expected".to_owned()),
            Some(next) => next.request.differences(request, &shown, body),
        };
        let line = format!("{} {}", shown.method, shown.url);
        state.sent.push(shown);
        let exchange = found.map(|()| state.expected.pop_front()).map_err(|why| mismatch(&line, &why))?;
        exchange.ok_or_else(|| mismatch(&line, "nothing more was expected"))
    }

    async fn exchange(&self, request: SignedRequest) -> Result<Response, TransportError> {
        let shown = request.without_secrets();
        let (request, _) = request.open();
        let chunks: Vec<Bytes> = request.body.clone().open().try_collect().await.map_err(|error| TransportError {
            failure: TransportFailure::Broken,
            message: format!("the body of the request cannot be read: {error}"),
        })?;
        let exchange = self.take(&request, shown, &chunks.concat())?;
        if let Some(delay) = exchange.delay {
            tokio::time::sleep(delay.duration()).await;
        }
        match (exchange.response, exchange.fail.map(injected)) {
            (None, Some(failure)) => Err(failure),
            (response, failure) => response.unwrap_or_default().to_response(failure),
        }
    }
}

impl Transport for Replay {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn injected(failure: TransportFailure) -> TransportError {
    let message = match failure {
        TransportFailure::Connect => "no connection (as the replay was told)",
        TransportFailure::Broken => "the exchange broke off (as the replay was told)",
        TransportFailure::Timeout => "no answer in time (as the replay was told)",
        TransportFailure::Refused => "the address is not called (as the replay was told)",
    };
    TransportError { failure, message: message.to_owned() }
}

fn mismatch(line: &str, why: &str) -> TransportError {
    TransportError { failure: TransportFailure::Refused, message: format!("the replay got `{line}`: {why}") }
}

impl std::fmt::Display for ExpectedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl ExpectedRequest {
    /// `Err` says what is different. `shown` is the request without secrets: what is expected may be written either way.
    fn differences(&self, request: &Request, shown: &Request, body: &[u8]) -> Result<(), String> {
        let expects_url = self.path.contains("://");
        let target = |request: &Request| {
            let start = if expects_url { request.url.origin().ascii_serialization() } else { String::new() };
            (start + request.url.path(), query(request.url.query()))
        };
        let (path, written) =
            self.path.split_once('?').map_or((self.path.as_str(), None), |(path, query)| (path, Some(query)));
        let expected = (path.to_owned(), query(written));
        let same_target = [request, shown].into_iter().any(|request| target(request) == expected);
        if self.method != request.method.as_str() || !same_target {
            return Err(format!("expected `{self}`"));
        }
        for (name, expected) in &self.headers {
            let [actual, shown] = [request, shown].map(|request| {
                request.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            });
            if *expected != actual && (*expected != shown || expected.is_none()) {
                let shown = shown.map_or_else(|| "it is not there".to_owned(), |shown| format!("it is `{shown}`"));
                let expected = expected.as_ref().map_or("not there".to_owned(), |_| "another one".to_owned());
                return Err(format!("the header `{name}` was expected to be {expected}; {shown}"));
            }
        }
        let shown = shown.body.to_text();
        if let Some(expected) = &self.json {
            let actual: Option<Value> = serde_json::from_slice(body).ok();
            if actual.as_ref() != Some(expected) {
                return Err(format!("expected the body `{expected}`; it is `{shown}`"));
            }
        }
        if let Some(expected) = &self.body {
            let actual = String::from_utf8_lossy(body).replace("\r\n", "\n");
            if actual != *expected {
                return Err(format!("expected the body `{expected}`; it is `{shown}`"));
            }
        }
        Ok(())
    }
}

/// The parameters of a query, those of one name in their order.
fn query(text: Option<&str>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().collect();
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    pairs
}

impl PreparedAnswer {
    fn to_response(&self, breaks_off: Option<TransportError>) -> Result<Response, TransportError> {
        let unusable = |what: String| TransportError {
            failure: TransportFailure::Refused,
            message: format!("the replay cannot answer: {what}"),
        };
        let status = self.status.unwrap_or(200);
        let status = StatusCode::from_u16(status).map_err(|_| unusable(format!("{status} is no status")))?;
        let mut headers = HeaderMap::new();
        if self.json.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
            let (name, value) = header.ok_or_else(|| unusable(format!("`{name}` is no header")))?;
            headers.insert(name, value);
        }
        let body = match (&self.json, &self.body) {
            (Some(json), _) => Bytes::from(json.to_string()),
            (None, body) => Bytes::from(body.clone().unwrap_or_default()),
        };
        let body = match breaks_off {
            None => ResponseBody::Bytes(body),
            Some(failure) => ResponseBody::Stream(stream::iter([Ok(body), Err(failure)]).boxed()),
        };
        Ok(Response { status, headers, body })
    }
}

#[cfg(test)]
mod tests;
