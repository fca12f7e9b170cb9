//! The mock: from a request to an answer.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use tieline::Connector;
use tieline::auth::Scheme;
use tieline::body::Body;
use tieline::manifest::ErrorRules;
use tieline::plan::Operation;

use crate::check;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::faults::{Fault, Faults};
use crate::file;
use crate::given::{Given, ReceivedUpload};
use crate::kind::Kind;
use crate::play::{Play, World};
use crate::received::Received;
use crate::route::{Match, Routes};
use crate::sample::Seed;
use crate::schemas::Schemas;
use crate::sign_in::{self, SignIn};
use crate::state::State;
use crate::token;

/// The most bytes of a request's body.
pub(crate) const MAX_BODY: usize = 32 << 20;

/// How a mock behaves.
#[derive(Clone, Debug)]
pub struct MockOptions {
    /// How many records a list has before anything is created; 7.
    pub records: usize,
    /// Mocks with the same seed make up the same records; 0.
    pub seed: u64,
    /// Whether requests must be signed; yes.
    pub sign_in: SignIn,
    /// What goes wrong; nothing.
    pub faults: Faults,
}

impl Default for MockOptions {
    fn default() -> Self {
        Self { records: 7, seed: 0, sign_in: SignIn::default(), faults: Faults::default() }
    }
}

/// An API played from its manifest. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Mock {
    inner: Arc<Inner>,
}

struct Inner {
    connector: Arc<Connector>,
    schemas: Schemas,
    records: usize,
    seed: Seed,
    sign_in: SignIn,
    delay: Duration,
    routes: OnceLock<Result<Routes, tieline::Error>>,
    state: Mutex<State>,
}

/// The connection breaks instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the mock dropped the connection, as it was told to")
    }
}

impl std::error::Error for Dropped {}

impl Mock {
    /// Plays a connector's API.
    pub fn new(connector: Arc<Connector>, options: MockOptions) -> Self {
        let inner = Inner {
            schemas: Schemas::new(connector.clone()),
            connector,
            records: options.records,
            seed: Seed::new(options.seed),
            sign_in: options.sign_in,
            delay: options.faults.delay,
            routes: OnceLock::new(),
            state: Mutex::new(State::new(options.faults)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// How long every answer takes.
    pub fn delay(&self) -> Duration {
        self.inner.delay
    }

    /// Forgets what was created, changed, deleted and handed out; faults that have been played stay played.
    pub fn forget(&self) {
        let mut state = self.state();
        let faults = std::mem::take(&mut state.faults);
        *state = State::new(faults);
    }

    /// The files that were sent so far.
    pub fn uploads(&self) -> Vec<ReceivedUpload> {
        self.state().uploads.clone()
    }

    /// Answers a request, at once: whoever calls this waits for [`Mock::delay`].
    ///
    /// # Errors
    /// When the connection is to break.
    pub fn answer(&self, request: &Received) -> Result<Response<Bytes>, Dropped> {
        let (fault, number) = {
            let mut state = self.state();
            (state.faults.next(), state.next_request())
        };
        let request_id = self.inner.seed.and("request").nth(number).uuid().to_string();
        match fault {
            Some(Fault::Drop) => Err(Dropped),
            Some(Fault::Status(status, retry_after)) => Ok(self.fault(request, status, retry_after, &request_id)),
            None => Ok(self.good_answer(request, &request_id)),
        }
    }

    fn good_answer(&self, request: &Received, request_id: &str) -> Response<Bytes> {
        if request.body.len() > MAX_BODY {
            return self.too_large(request_id);
        }
        if let [folder, name @ ..] = request.segments().as_slice()
            && folder == file::FOLDER
        {
            let seed = self.inner.seed.and(&name.join("/"));
            let name = name.last().map_or("file", String::as_str);
            return file::answer(request, name, file::type_of(name), seed)
                .unwrap_or_else(|failure| failure.draft(&self.head().errors, request_id).finish());
        }
        let matches = match self.matches(request) {
            Ok(matches) => matches,
            Err(failure) => return failure.draft(&self.head().errors, request_id).finish(),
        };
        let schemes = token::endpoints(self.head(), request);
        if !schemes.is_empty() {
            return self.token(&schemes, matches.first(), request, request_id);
        }
        if matches.is_empty() {
            let message = format!("no operation of {} is {} {}", self.head().title, request.method, request.url.path());
            return Failure::new(StatusCode::NOT_FOUND, message).draft(&self.head().errors, request_id).finish();
        }
        self.play(matches, request, request_id)
    }

    /// Plays the first of these operations that the request fits.
    fn play(&self, matches: Vec<Match<'_>>, request: &Received, request_id: &str) -> Response<Bytes> {
        let mut first = None;
        for Match { operation, path } in matches {
            match self.attempt(operation, path, request, request_id) {
                Ok(response) => return response,
                Err(failure) => drop(first.get_or_insert((operation, failure))),
            }
        }
        match first {
            Some((operation, failure)) => failure.draft(self.rules(operation), request_id).finish(),
            None => Draft::empty().finish(),
        }
    }

    fn attempt(
        &self,
        operation: &Operation,
        path: Vec<(String, String)>,
        request: &Received,
        request_id: &str,
    ) -> Result<Response<Bytes>, Failure> {
        let inner = &*self.inner;
        match inner.sign_in {
            SignIn::Required => sign_in::check(self.head(), operation, request)?,
            SignIn::Skipped => {}
        }
        let given = Given::read(&inner.schemas, self.head(), operation, path, request);
        check::check(&inner.schemas, self.head(), operation, &given, request)?;
        let world = World {
            connector: &inner.connector,
            schemas: &inner.schemas,
            state: &inner.state,
            seed: inner.seed,
            records: inner.records,
        };
        Play::new(&world, operation, &given, request).answer(request_id)
    }

    /// The operations that a request is for, as far as its path and its GraphQL query say it.
    fn matches(&self, request: &Received) -> Result<Vec<Match<'_>>, Failure> {
        let connector = &self.inner.connector;
        let routes = self.inner.routes.get_or_init(|| Routes::new(connector)).as_ref();
        let routes = routes.map_err(|error| {
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the mock cannot play: {error}"))
        })?;
        let mut matches = routes.find(connector, request);
        if matches.len() > 1 {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let asked = body.get("query").and_then(Value::as_str).map(words);
            matches.sort_by_key(|found| match (&found.operation.body, &asked) {
                (Some(Body::Graphql(graphql)), Some(asked)) => {
                    let start = graphql.query.split("{{").next().unwrap_or_default();
                    !asked.starts_with(&words(start))
                }
                _ => false,
            });
        }
        Ok(matches)
    }

    fn token(
        &self,
        schemes: &[&Scheme],
        same: Option<&Match<'_>>,
        request: &Received,
        request_id: &str,
    ) -> Response<Bytes> {
        let inner = &*self.inner;
        let body = same.map(|found| Kind::of(&inner.connector, &inner.schemas, found.operation, inner.seed).0.single());
        let granted = self.state().tokens.grant(self.head(), schemes, request, inner.seed, body.unwrap_or_default());
        match granted {
            Ok(body) => Draft::json(body).finish(),
            Err(denied) => {
                let rules = &self.head().errors;
                let mut draft = Failure::new(denied.status, denied.message.clone()).draft(rules, request_id);
                if let Some(code) = &rules.code {
                    draft.put(code, denied.error.into());
                }
                if let Some(Value::Object(members)) = &mut draft.body {
                    members.entry("error").or_insert(denied.error.into());
                    members.entry("error_description").or_insert(denied.message.into());
                }
                draft.finish()
            }
        }
    }

    fn fault(&self, request: &Received, status: StatusCode, after: Option<u64>, request_id: &str) -> Response<Bytes> {
        let matches = self.matches(request).unwrap_or_default();
        let operation = matches.first().map(|found| found.operation);
        let rules = operation.map_or(&self.head().errors, |operation| self.rules(operation));
        let mut draft = Failure::new(status, "a fault that was ordered").draft(rules, request_id);
        if let Some(after) = after {
            let retry = operation.and_then(|operation| operation.retry.as_ref()).unwrap_or(&self.head().retry);
            match retry.retry_after.as_deref() {
                Some(place) => draft.put(place, after.into()),
                None => draft.set_header("retry-after", &after.to_string()),
            }
        }
        draft.finish()
    }

    pub(crate) fn too_large(&self, request_id: &str) -> Response<Bytes> {
        let message = format!("the body has more than {} MiB", MAX_BODY >> 20);
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message).draft(&self.head().errors, request_id).finish()
    }

    fn rules<'a>(&'a self, operation: &'a Operation) -> &'a ErrorRules {
        operation.errors.as_ref().unwrap_or(&self.head().errors)
    }

    fn head(&self) -> &tieline::plan::Head {
        self.inner.connector.head()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text without differences of white space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
