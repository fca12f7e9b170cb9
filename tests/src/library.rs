//! The library face: a case played by the engine in this process, over a transport that plays its exchanges.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use tieline::auth::AccessToken;
use tieline::connect::{ConnectionBuilder, Lease, Options, StoredTokens, TokenStore};
use tieline::transport::{Transport, TransportError, TransportFailure};
use tieline::wire::{Response, ResponseBody, SignedRequest};
use tieline::{Connection, Connector, Credentials, Error};
use tokio::time::Instant;

use crate::call::Call;
use crate::clock::TestClock;
use crate::exchange::{Answer, Exchange};
use crate::script::{Script, Seen};

/// What came of a case.
pub struct Outcome {
    /// The envelope, or the error, of each call.
    pub answers: Vec<Value>,
    /// What the token store holds at the end, if anything.
    pub tokens: Option<Value>,
    /// How long it would have taken.
    pub took: Duration,
    /// How what came of it, and what it was called on, look to a person who prints them.
    pub printed: String,
}

/// Makes the calls, one after another, on one connection. The runtime must have been started with its time paused.
pub async fn execute(connector: Arc<Connector>, calls: &[Call], script: Arc<Script>) -> Outcome {
    let clock = Arc::new(TestClock::new());
    let tokens = Arc::new(Tokens::holding(calls[0].token_store.as_ref()));
    let stage = Arc::new(Stage { script, answered: Mutex::new(Instant::now()) });
    let connection = connection(connector, &calls[0], |builder| {
        builder.transport(stage).clock(clock.clone()).token_store(tokens.clone())
    });
    let mut printed = String::new();
    let answers = match connection {
        Ok(connection) => answers(&connection, calls, &mut printed).await,
        Err(error) => {
            printed += &format!("{error} {error:?}\n");
            calls.iter().map(|_| error.to_json()).collect()
        }
    };
    Outcome { answers, tokens: tokens.inside(), took: clock.elapsed(), printed }
}

/// The records of the first call as a stream, with the error that ends it; `None` when the connection cannot be made.
pub async fn records(
    connector: Arc<Connector>,
    calls: &[Call],
    script: Arc<Script>,
) -> Option<(Vec<Value>, Option<Error>)> {
    let clock = Arc::new(TestClock::new());
    let tokens = Arc::new(Tokens::holding(calls[0].token_store.as_ref()));
    let stage = Arc::new(Stage { script, answered: Mutex::new(Instant::now()) });
    let bring = |builder: ConnectionBuilder| builder.transport(stage).clock(clock).token_store(tokens);
    let connection = connection(connector, &calls[0], bring).ok()?;
    let mut stream = calls[0].on(&connection, None).records();
    let mut records = Vec::new();
    while let Some(record) = stream.next().await {
        match record {
            Ok(record) => records.push(record.to_value()),
            Err(error) => {
                let page = error.so_far().map(|page| page.records).unwrap_or_default();
                records.extend(page.iter().map(tieline::Raw::to_value));
                return Some((records, Some(error)));
            }
        }
    }
    Some((records, None))
}

/// The connection of a case.
///
/// # Errors
/// Those of connecting.
pub fn connection(
    connector: Arc<Connector>,
    call: &Call,
    bring: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> Result<Connection, Error> {
    let usual = Options::default();
    let mut builder = Connection::builder(connector).config(call.config.clone()).options(Options {
        max_response_bytes: call.max_response_bytes.unwrap_or(usual.max_response_bytes),
        allow_http: call.allow_http,
        ..usual
    });
    if let Some(credentials) = &call.credentials {
        builder = builder.credentials(Credentials::from_json(credentials)?);
    }
    if let Some(scheme) = &call.auth {
        builder = builder.scheme(scheme);
    }
    bring(builder).connect()
}

async fn answers(connection: &Connection, calls: &[Call], printed: &mut String) -> Vec<Value> {
    let mut answers = Vec::new();
    let mut before = None;
    for call in calls {
        *printed += &format!("{connection:?}\n");
        let answer: Value = match call.on(connection, before.as_deref()).execute().await {
            Ok(envelope) => {
                *printed += &format!("{envelope:?}\n");
                serde_json::from_slice(&envelope.to_json()).unwrap()
            }
            Err(error) => {
                *printed += &format!("{error} {error:?}\n");
                serde_json::from_slice(&error.to_answer()).unwrap()
            }
        };
        before = answer["next"].as_str().map(str::to_owned);
        answers.push(answer);
    }
    answers
}

/// A transport that plays a script.
struct Stage {
    script: Arc<Script>,
    answered: Mutex<Instant>,
}

impl Transport for Stage {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let waited = self.answered.lock().unwrap().elapsed();
            let (request, _) = request.open();
            let seen = Seen {
                method: request.method.to_string(),
                origin: Some(request.url.origin().ascii_serialization()),
                path: request.url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
                headers: request.headers,
                body: request.body.open().try_collect::<Vec<Bytes>>().await.unwrap().concat().into(),
            };
            let exchange = self.script.meet(&seen).ok_or_else(|| broken("no such exchange"))?;
            if let Some(expected) = exchange.waited.filter(|expected| (expected - waited.as_secs_f64()).abs() > 0.002) {
                self.script
                    .fault(format!("{} {}: expected to wait {expected} s, waited {waited:?}", seen.method, seen.path));
            }
            tokio::time::sleep(exchange.delay()).await;
            *self.answered.lock().unwrap() = Instant::now();
            play(exchange)
        })
    }
}

fn play(exchange: &Exchange) -> Result<Response, TransportError> {
    let failure = exchange
        .failure
        .map(|failure| TransportError { failure: failure.into(), message: format!("{failure:?}, as the case says") });
    match (&exchange.response, failure) {
        (Some(answer), failure) => Ok(response(answer, failure)),
        (None, Some(failure)) => Err(failure),
        (None, None) => Err(broken("the exchange has no answer")),
    }
}

fn response(answer: &Answer, failure: Option<TransportError>) -> Response {
    let header =
        |(name, value): (&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    // In pieces, as a network gives it.
    let body = answer.bytes();
    let middle = body.len() / 2;
    let pieces = [body.slice(..middle), body.slice(middle..)].into_iter().filter(|piece| !piece.is_empty()).map(Ok);
    Response {
        status: StatusCode::from_u16(answer.status).unwrap(),
        headers: answer.headers().into_iter().map(header).collect(),
        body: ResponseBody::Stream(stream::iter(pieces.chain(failure.map(Err)).collect::<Vec<_>>()).boxed()),
    }
}

fn broken(message: &str) -> TransportError {
    TransportError { failure: TransportFailure::Broken, message: message.to_owned() }
}

/// A token store that a test can look into.
struct Tokens(Mutex<StoredTokens>);

impl Tokens {
    fn holding(token: Option<&Value>) -> Self {
        let token = token.map(|token| AccessToken::from_secret_json(token).unwrap());
        Self(Mutex::new(StoredTokens { token, version: 0 }))
    }

    fn inside(&self) -> Option<Value> {
        self.0.lock().unwrap().token.as_ref().map(AccessToken::to_secret_json)
    }
}

impl TokenStore for Tokens {
    fn load<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(async { Ok(Lease::holding(())) })
    }

    fn commit<'a>(&'a self, _: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let mut stored = self.0.lock().unwrap();
            let unchanged = stored.version == version;
            if unchanged {
                *stored = StoredTokens { token: Some(token), version: version + 1 };
            }
            Ok(unchanged)
        })
    }
}

/// What a call would send, as HTTP, after a line for each secret that would be added; or the error.
///
/// # Errors
/// The error as JSON.
pub fn explain(connector: Arc<Connector>, call: &Call) -> Result<String, Value> {
    let explained =
        connection(connector, call, |builder| builder).and_then(|connection| call.on(&connection, None).explain());
    let explanation = explained.map_err(|error| error.to_json())?;
    let secret = |(place, name): &(&str, String)| format!("# with a secret in the {place}: {name}\n");
    let text = explanation.secrets.iter().map(secret).collect::<String>() + &explanation.request.to_http();
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}
