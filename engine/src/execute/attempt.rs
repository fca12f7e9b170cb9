//! One attempt: sign, send, follow redirects, read.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use tracing::Instrument as _;

use crate::auth::{self, AccessToken};
use crate::error::{Error, ErrorKind};
use crate::notation::is_same_origin;
use crate::observe::{self, AttemptEnd, Subject};
use crate::transport::{TransportError, TransportFailure};
use crate::wire::{Body, Request, Response, ResponseBody, SignedRequest, Trust};

use super::send::{Sending, Want};

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;
/// The most of an error's body that is read when the body was wanted as a stream, in bytes.
const ERROR_BYTES: usize = 1 << 20;

/// One attempt to get an answer.
pub(super) struct Attempt<'a> {
    pub sending: &'a Sending<'a>,
    pub request: &'a Request,
    pub trust: Trust,
    pub want: Want,
    /// How many times it was sent before.
    pub resends: u32,
    /// The longest it may take.
    pub time: Duration,
    /// Set when the API has done what was asked and only shows the outcome elsewhere (303): asking again would do it again.
    pub done: AtomicBool,
}

/// What came of an attempt.
pub(super) enum Outcome {
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes, stream: Option<ResponseBody>, at_home: bool },
    NoAnswer(TransportError),
}

/// One request on its way, which redirects may turn into another.
struct Hop<'r> {
    request: Cow<'r, Request>,
    trust: Trust,
    /// Whether it goes to the origin that the credentials belong to.
    at_home: bool,
}

impl Attempt<'_> {
    /// Runs it. Errors are those that no further attempt can mend.
    pub(super) async fn run(&self, token: Option<&AccessToken>) -> Result<Outcome, Error> {
        let Request { method, url, .. } = self.request;
        let (clock, subject) = (&*self.sending.inner.clock, self.sending.subject());
        let span = Subject::attempt_span(method, url, self.resends);
        let start = observe::is_metered().then(|| clock.instant());
        let late = || TransportError {
            failure: TransportFailure::Timeout,
            message: format!("waited {} s", self.time.as_secs_f64()),
        };
        let answer = pin!(self.follow(token).instrument(span.clone()));
        let outcome = match self.sending.within(self.time, answer, "").await {
            Ok(outcome) => outcome?,
            Err(_) => Outcome::NoAnswer(late()),
        };
        let ended = match &outcome {
            Outcome::Answer { status, body, stream, .. } => {
                AttemptEnd::Answer { status: *status, bytes: stream.is_none().then_some(body.len()) }
            }
            Outcome::NoAnswer(error) => AttemptEnd::NoAnswer(error.failure.as_str()),
        };
        ended.record(&span);
        if let Some(start) = start {
            subject.attempted(method, url, clock.instant().duration_since(start).as_secs_f64(), &ended);
        }
        Ok(outcome)
    }

    /// Sends, and follows redirects to where the answer is.
    async fn follow(&self, token: Option<&AccessToken>) -> Result<Outcome, Error> {
        let request = Cow::Borrowed(self.request);
        let mut hop = Hop { request, trust: self.trust, at_home: self.sending.is_home(&self.request.url) };
        for _ in 0..=MOST_REDIRECTS {
            self.sending.inner.options.allows(&hop.request.url)?;
            let signed = match self.sending.scheme.filter(|_| hop.at_home) {
                Some(scheme) => {
                    let inner = self.sending.inner;
                    auth::sign(
                        Request::clone(&hop.request),
                        hop.trust,
                        scheme,
                        &inner.credentials,
                        &inner.config,
                        token,
                    )?
                }
                None => SignedRequest::new(Request::clone(&hop.request), hop.trust),
            };
            let response = match self.sending.inner.transport.send(signed).await {
                Ok(response) => response,
                Err(error) => return Ok(Outcome::NoAnswer(error)),
            };
            match self.redirected(&hop, &response)? {
                Some(next) => hop = next,
                None => return self.read(response, hop.at_home).await,
            }
        }
        Err(Error::new(ErrorKind::UnexpectedResponse, format!("the API redirected more than {MOST_REDIRECTS} times")))
    }

    /// Where a redirect leads. Credentials stay at home, and a body goes nowhere else.
    fn redirected(&self, hop: &Hop<'_>, response: &Response) -> Result<Option<Hop<'static>>, Error> {
        let Some(location) = response.headers.get(LOCATION).filter(|_| is_redirect(response.status)) else {
            return Ok(None);
        };
        let url = location.to_str().ok().and_then(|location| hop.request.url.join(location).ok());
        let url = url.ok_or_else(|| {
            Error::new(ErrorKind::UnexpectedResponse, "the API redirected to something that is not a URL")
        })?;
        let origin = || url.origin().ascii_serialization();
        if hop.request.url.scheme() == "https" && url.scheme() != "https" {
            return Err(Error::new(ErrorKind::Refused, format!("the API redirected from https to {}", origin())));
        }
        let mut request = Request::clone(&hop.request);
        let at_home = hop.at_home && is_same_origin(&url, &hop.request.url);
        let safe = request.method == Method::GET || request.method == Method::HEAD;
        match response.status {
            StatusCode::SEE_OTHER if !safe => {
                self.done.store(true, Ordering::Relaxed);
                request.method = Method::GET;
                request.body = Body::default();
                request.headers.remove(CONTENT_TYPE);
                request.headers.remove(CONTENT_LENGTH);
            }
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if !safe => {
                let message =
                    format!("the API redirected a {} to {}; it was not repeated there", request.method, origin());
                return Err(Error::new(ErrorKind::Refused, message));
            }
            _ if !safe && !at_home => {
                let message = format!("the API redirected a {} to another origin ({})", request.method, origin());
                return Err(Error::new(ErrorKind::Refused, message));
            }
            _ => {}
        }
        request.headers.remove(HOST);
        request.url = url;
        if !at_home {
            self.leave_home(&mut request);
        }
        Ok(Some(Hop {
            request: Cow::Owned(request),
            trust: if at_home { hop.trust } else { Trust::Response },
            at_home,
        }))
    }

    /// What goes to another origin says nothing about the caller: neither credentials nor parameters in headers nor a body.
    fn leave_home(&self, request: &mut Request) {
        const KEPT: [HeaderName; 3] = [ACCEPT, ACCEPT_ENCODING, RANGE];
        if let Some(scheme) = self.sending.scheme {
            auth::without_secrets(&mut request.url, scheme);
        }
        let kept = KEPT.into_iter().filter_map(|name| request.headers.get(&name).cloned().map(|value| (name, value)));
        request.headers = kept.collect();
        request.body = Body::default();
    }

    /// Reads as much of the answer as is wanted; all of it where an error may hide in it.
    async fn read(&self, response: Response, at_home: bool) -> Result<Outcome, Error> {
        let Response { status, headers, body } = response;
        if self.want == Want::Stream && status.is_success() && !self.sending.looks_inside(&headers) {
            return Ok(Outcome::Answer { status, headers, body: Bytes::new(), stream: Some(body), at_home });
        }
        let most = self.sending.inner.options.max_response_bytes;
        let limit = if self.want == Want::Stream { most.min(ERROR_BYTES) } else { most };
        match body.collect(limit).await {
            Ok(Some(body)) => Ok(Outcome::Answer { status, headers, body, stream: None, at_home }),
            Ok(None) => {
                let message = format!("the answer is larger than {limit} bytes");
                Err(Error::new(ErrorKind::TooLarge, message)
                    .with_status(status.as_u16())
                    .with_help("ask for fewer records a page"))
            }
            Err(error) => Ok(Outcome::NoAnswer(error)),
        }
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
