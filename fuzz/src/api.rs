//! An API made of an input's bytes: what it answers, what it was asked, and how long the engine waited between.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use tieline::connect::Clock;
use tieline::transport::{Transport, TransportError};
use tieline::wire::{Request, Response, ResponseBody, SignedRequest};
use tieline::{Connection, Connector, Credentials, Error, Source};

use crate::input::Parts;

/// A credential that must never be seen anywhere but at home.
pub(crate) const SECRET: &str = "hush-hush-secret";
/// The header that carries it.
pub(crate) const SECRET_HEADER: &str = "x-key";
/// Where the credential belongs.
pub(crate) const HOME: &str = "https://api.example.com";
/// What the time is when a call begins: 2026-01-08, in seconds since 1970.
pub(crate) const START: u64 = 1_767_830_400;

/// An answer of the API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// An answer with status 200 and this body.
    pub(crate) fn of(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    /// An answer as it is written: the status in a line, a line for each header, an empty line, the body. What makes no status or no
    /// header is left out.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut answer = Self::default();
        let mut rest = bytes;
        loop {
            let (line, after) = match rest.iter().position(|byte| *byte == b'\n') {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, &[][..]),
            };
            rest = after;
            if line.is_empty() {
                answer.body = Bytes::copy_from_slice(rest);
                return answer;
            }
            let colon = line.iter().position(|byte| *byte == b':');
            if let Some((name, value)) = colon.map(|at| (&line[..at], line[at + 1..].trim_ascii())) {
                if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                    answer.headers.append(name, value);
                }
            } else if let Ok(status) = StatusCode::from_bytes(line) {
                answer.status = status;
            }
        }
    }

    /// All answers that are left in an input.
    pub(crate) fn read_all(parts: &mut Parts<'_>) -> Vec<Self> {
        std::iter::from_fn(|| parts.left()).map(Self::read).collect()
    }
}

/// The API, and the clock beside it, which goes on only when somebody waits.
#[derive(Clone)]
pub(crate) struct Api(Arc<Mutex<Story>>);

#[derive(Default)]
struct Story {
    answers: VecDeque<Answer>,
    asked: Vec<Request>,
    waits: Vec<Duration>,
}

impl Api {
    /// Gives these answers one after the other, the last one again and again.
    pub(crate) fn answers(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = answers.into_iter().collect();
        Self(Arc::new(Mutex::new(Story { answers, ..Story::default() })))
    }

    /// A connection to it.
    pub(crate) fn connect(&self, connector: Arc<Connector>, config: Map<String, Value>) -> Result<Connection, Error> {
        let has_auth = !connector.head().auth.is_empty();
        let credentials = if has_auth { Credentials::none().with("key", SECRET) } else { Credentials::none() };
        let builder = Connection::builder(connector).config(config).credentials(credentials);
        builder.transport(Arc::new(self.clone())).clock(Arc::new(self.clone())).connect()
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.story().asked.clone()
    }

    /// How long the engine waited, each time.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.story().waits.clone()
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Api {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        let (request, _) = request.open();
        let mut story = self.story();
        story.asked.push(request);
        let next = if story.answers.len() > 1 { story.answers.pop_front() } else { story.answers.front().cloned() };
        let Answer { status, headers, body } = next.unwrap_or_default();
        ready(Ok(Response { status, headers, body: ResponseBody::Bytes(body) })).boxed()
    }
}

impl Clock for Api {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(START) + self.story().waits.iter().sum::<Duration>()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let api = self.clone();
        async move { api.story().waits.push(duration) }.boxed()
    }

    fn random(&self) -> u64 {
        u64::MAX / 2
    }
}

/// A connector of a target's own.
pub(crate) fn connector(manifest: &str) -> Arc<Connector> {
    let loaded = Connector::load(&Source::new("connector.yaml", manifest));
    Arc::new(loaded.unwrap_or_else(|found| unreachable!("{found}")).0)
}

/// What comes of something for which nobody has to wait: the API and the clock are at once.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing is waited for")
}

/// What holds for every error.
pub(crate) fn check_error(error: &Error) {
    let shown = format!("{error} {error:?} {}", error.to_json());
    assert!(!shown.contains(SECRET), "an error shows a credential: {shown}");
}
