//! From a request to an answer: attempts, until one counts.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use crate::auth::{AccessToken, Scheme};
use crate::body::Body;
use crate::build::Base;
use crate::connect::{Inner, Session};
use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::manifest::{ErrorRules, Retry};
use crate::notation::is_same_origin;
use crate::observe::{self, Subject};
use crate::plan::Operation;
use crate::transport::TransportFailure;
use crate::wire::{Request, ResponseBody, Trust};

use super::attempt::{Attempt, Outcome};
use super::failure;
use super::redact::without_secrets;
use super::retry::Repeatable;

/// The end of a call whose deadline lies beyond what the clock can say.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// How the requests of one call are sent.
pub(super) struct Sending<'a> {
    pub inner: &'a Inner,
    pub operation: &'a Operation,
    pub scheme: Option<&'a Scheme>,
    session: Option<Session>,
    /// Values of the token response, for templates.
    pub token_values: Map<String, Value>,
    /// The URL of the operation's server: the credentials belong to its origin.
    pub server: Url,
    deadline: Instant,
}

/// What is wanted of an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// All of it.
    Whole,
    /// As it arrives.
    Stream,
}

/// An answer with status 2xx.
pub(super) struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The whole body; empty when it was wanted as a stream.
    pub body: Bytes,
    /// The body as it arrives, when that was wanted.
    pub stream: Option<ResponseBody>,
    /// The access token that it was asked with.
    pub token: Option<Box<AccessToken>>,
}

/// What one attempt leads to.
enum Verdict {
    Done(Answered),
    Renew(Error),
    Again(Error, Option<Duration>),
    Failed(Error),
}

impl Verdict {
    fn map_error(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Done(answered) => Self::Done(answered),
            Self::Renew(error) => Self::Renew(change(error)),
            Self::Again(error, asked) => Self::Again(change(error), asked),
            Self::Failed(error) => Self::Failed(change(error)),
        }
    }
}

impl<'a> Sending<'a> {
    /// Gets ready to send: obtains an access token first where its values decide what is sent.
    pub(super) async fn start(
        inner: &'a Inner,
        operation: &'a Operation,
        scheme: Option<(&str, &'a Scheme)>,
        deadline: Option<Duration>,
    ) -> Result<Self, Error> {
        let session = scheme.map(|(name, _)| inner.session(name)).transpose()?.flatten();
        let now = inner.clock.instant();
        let deadline = now.checked_add(deadline.unwrap_or(inner.options.deadline)).unwrap_or(now + FAR);
        let scheme = scheme.map(|(_, scheme)| scheme);
        let decides = scheme.and_then(|scheme| scheme.oauth2.as_ref()).is_some_and(|oauth2| !oauth2.extract.is_empty());
        let token_values = match session.as_ref().filter(|_| decides) {
            Some(session) => session.token_values(token(inner, session, deadline).await?.as_ref()),
            None => Map::new(),
        };
        let server = inner.server(&token_values, operation)?;
        Ok(Self { inner, operation, scheme, session, token_values, server, deadline })
    }

    /// What every request is built with.
    pub(super) fn base(&self) -> Base<'_> {
        self.inner.base(&self.token_values)
    }

    /// Whether the credentials belong to this URL's origin.
    pub(super) fn is_home(&self, url: &Url) -> bool {
        is_same_origin(url, &self.server)
    }

    /// Sends the operation's request until an answer counts, within the deadline.
    pub(super) async fn send(&self, request: &mut Request, want: Want) -> Result<Answered, Error> {
        let repeatable = self.mark_repeatable(request)?;
        self.attempts(request, repeatable, Trust::Declared, want).await
    }

    /// Fetches a file that an answer names; that may always be repeated.
    pub(super) async fn fetch(&self, request: &Request, trust: Trust) -> Result<Answered, Error> {
        self.attempts(request, Repeatable::Yes, trust, Want::Stream).await
    }

    async fn attempts(
        &self,
        request: &Request,
        repeatable: Repeatable,
        trust: Trust,
        want: Want,
    ) -> Result<Answered, Error> {
        let retry = self.retry();
        let mut renewed = false;
        let mut sent = 0;
        loop {
            self.keep_rate_limits().await?;
            let token = if self.is_home(&request.url) { self.token().await? } else { None };
            sent += 1;
            let (time, done) = (self.time_for_one()?, AtomicBool::new(false));
            let attempt = Attempt { sending: self, request, trust, want, resends: sent - 1, time, done };
            let outcome = attempt.run(token.as_ref()).await;
            let outcome = outcome.map_err(|error| self.without_secrets(error, token.as_ref()))?;
            let done = attempt.done.load(Ordering::Relaxed);
            let verdict = self.judge(outcome, if done { repeatable.once_done() } else { repeatable });
            match verdict.map_error(|error| self.without_secrets(error, token.as_ref())) {
                Verdict::Done(answered) => {
                    self.inner.quota.refund();
                    return Ok(Answered { token: token.map(Box::new), ..answered });
                }
                Verdict::Renew(error) => {
                    let Some(refused) = token.filter(|_| !renewed) else { return Err(error) };
                    renewed = true;
                    if self.renewed(&refused).await?.is_none() {
                        return Err(error);
                    }
                }
                Verdict::Again(error, asked) => {
                    let delay = asked.unwrap_or_else(|| retry.delay(sent, &*self.inner.clock));
                    let too_late = delay >= self.deadline.saturating_duration_since(self.inner.clock.instant());
                    let ends = sent >= retry.most_attempts() || delay > retry.longest_delay() || too_late;
                    let Some(paid) = (!ends).then(|| self.inner.quota.pay()).flatten() else { return Err(error) };
                    self.subject().retried(error.kind().as_str());
                    // In quotes: what an API says may hold line breaks, and must not look like another line.
                    let (delay_ms, message) = (delay.as_millis() as u64, error.message());
                    tracing::debug!(attempt = sent, delay_ms, error = ?message, "trying again");
                    self.inner.clock.sleep(delay).await;
                    paid.spend();
                }
                Verdict::Failed(error) => return Err(error),
            }
        }
    }

    /// Gives the request a key by which the API knows it again, where it takes one.
    fn mark_repeatable(&self, request: &mut Request) -> Result<Repeatable, Error> {
        let Some(idempotency) = self.operation.idempotency_key(self.inner.connector.head()) else {
            return Ok(if self.operation.repeatable { Repeatable::Yes } else { Repeatable::No });
        };
        let invalid = |_| {
            Error::new(ErrorKind::InvalidManifest, format!("`{}` is not the name of a header", *idempotency.header))
        };
        let name = http::HeaderName::try_from(idempotency.header.as_str()).map_err(invalid)?;
        if !request.headers.contains_key(&name) {
            let (high, low) = (self.inner.clock.random(), self.inner.clock.random());
            let key = uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
                .into_uuid();
            if let Ok(value) = http::HeaderValue::try_from(key.to_string()) {
                request.headers.insert(name, value);
            }
        }
        Ok(Repeatable::Yes)
    }

    /// Whether an error may hide in an answer with status 2xx and these headers.
    pub(super) fn looks_inside(&self, headers: &HeaderMap) -> bool {
        let content_type = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        !self.errors().failed_if.is_empty() && content_type.is_some_and(|content_type| content_type.contains("json"))
    }

    /// What an outcome leads to.
    fn judge(&self, outcome: Outcome, repeatable: Repeatable) -> Verdict {
        let (status, headers, body, stream, at_home) = match outcome {
            Outcome::Answer { status, headers, body, stream, at_home } => (status, headers, body, stream, at_home),
            Outcome::NoAnswer(error) => {
                let failed = failure::from_transport(&error);
                return match (error.failure, repeatable) {
                    (TransportFailure::Refused, _) | (_, Repeatable::Done) => Verdict::Failed(failed),
                    (TransportFailure::Connect, _) | (_, Repeatable::Yes) => Verdict::Again(failed, None),
                    (TransportFailure::Broken | TransportFailure::Timeout, Repeatable::No) => Verdict::Failed(failed),
                };
            }
        };
        let document = Document::new(&headers, &body);
        if status.is_success() {
            let inside = failure::inside_success(self.errors(), self.is_graphql(), status, &document);
            return match inside.filter(|_| !document.is_empty()) {
                Some(error) => Verdict::Failed(error),
                None => Verdict::Done(Answered { status, headers, body, stream, token: None }),
            };
        }
        let asked = self.retry().asked_delay(&headers, &document, self.inner.clock.now());
        let error = failure::from_status(self.errors(), status, &document, asked);
        let never = self.retry().never_if.iter().any(|condition| document.fulfils(condition));
        if status == StatusCode::UNAUTHORIZED && at_home && repeatable != Repeatable::Done {
            Verdict::Renew(error)
        } else if !never && self.retry().wants(status.as_u16(), repeatable) {
            Verdict::Again(error, asked)
        } else {
            Verdict::Failed(error)
        }
    }

    /// The error without the caller's secrets, which the API may have repeated.
    fn without_secrets(&self, error: Error, token: Option<&AccessToken>) -> Error {
        without_secrets(self.inner, self.scheme, token, error)
    }

    /// Waits for a place under every rate limit.
    async fn keep_rate_limits(&self) -> Result<(), Error> {
        let whole = self.inner.connector.head().limits.iter().enumerate();
        let own = self.operation.limits.iter().enumerate();
        let whole = whole.map(|(index, limit)| (format!("{} {index}", self.inner.key), limit));
        let own = own.map(|(index, limit)| (format!("{} {} {index}", self.inner.key, self.operation.name()), limit));
        let start = observe::is_metered().then(|| self.inner.clock.instant());
        for (key, limit) in whole.chain(own) {
            let place = self.inner.limiter.acquire(&key, limit);
            self.within(self.time_left()?, place, "the API's rate limit leaves no place before the deadline").await?;
        }
        let waited = start.map(|start| self.inner.clock.instant().duration_since(start));
        if let Some(waited) = waited.filter(|waited| waited.as_millis() > 0) {
            self.subject().waited(waited.as_secs_f64());
        }
        Ok(())
    }

    /// What is observed.
    pub(super) fn subject(&self) -> Subject<'a> {
        Subject {
            connector: self.inner.connector.name(),
            entity: &self.operation.entity,
            action: &self.operation.action,
        }
    }

    /// Runs something no longer than this. It is pinned where it stands: moved here, it would be kept twice.
    pub(super) async fn within<T>(
        &self,
        time: Duration,
        what: impl Future<Output = T> + Unpin,
        too_late: &str,
    ) -> Result<T, Error> {
        within(self.inner, time, what, too_late).await
    }

    pub(super) fn time_left(&self) -> Result<Duration, Error> {
        time_left(self.inner, self.deadline)
    }

    /// The longest that one attempt may take.
    fn time_for_one(&self) -> Result<Duration, Error> {
        let timeout = self.operation.timeout.unwrap_or(self.inner.connector.head().timeout);
        Ok(timeout.duration().min(self.time_left()?))
    }

    fn retry(&self) -> &'a Retry {
        self.operation.retry.as_ref().unwrap_or(&self.inner.connector.head().retry)
    }

    fn errors(&self) -> &'a ErrorRules {
        self.operation.errors.as_ref().unwrap_or(&self.inner.connector.head().errors)
    }

    fn is_graphql(&self) -> bool {
        matches!(self.operation.body, Some(Body::Graphql(_)))
    }

    /// The access token to sign with, renewed first when its end is near; `None` when the way to sign in has none.
    async fn token(&self) -> Result<Option<AccessToken>, Error> {
        match &self.session {
            Some(session) => token(self.inner, session, self.deadline).await,
            None => Ok(None),
        }
    }

    /// A token after the API refused `used`; `None` when there is nothing to renew it with.
    async fn renewed(&self, used: &AccessToken) -> Result<Option<AccessToken>, Error> {
        match &self.session {
            Some(session) => {
                let renewal = pin!(session.renew_after_401(used));
                self.within(self.time_left()?, renewal, "no new access token came in time").await?
            }
            None => Ok(None),
        }
    }
}

/// The access token of a session, if it comes before the deadline.
async fn token(inner: &Inner, session: &Session, deadline: Instant) -> Result<Option<AccessToken>, Error> {
    within(inner, time_left(inner, deadline)?, pin!(session.token()), "no access token came in time").await?
}

/// Runs something no longer than this.
async fn within<T>(
    inner: &Inner,
    time: Duration,
    what: impl Future<Output = T> + Unpin,
    too_late: &str,
) -> Result<T, Error> {
    match futures_util::future::select(what, inner.clock.sleep(time)).await {
        futures_util::future::Either::Left((result, _)) => Ok(result),
        futures_util::future::Either::Right(_) => Err(Error::new(ErrorKind::Timeout, too_late)),
    }
}

fn time_left(inner: &Inner, deadline: Instant) -> Result<Duration, Error> {
    let left = deadline.saturating_duration_since(inner.clock.instant());
    Some(left)
        .filter(|left| !left.is_zero())
        .ok_or_else(|| Error::new(ErrorKind::Timeout, "the call took longer than its deadline allows"))
}
