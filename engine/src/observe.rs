//! What an operator sees of calls: spans and metrics, through `tracing`. When nobody looks, nothing is computed.
//!
//! A metric is an event of level TRACE with the target [`METRICS`], in the form that `tracing-opentelemetry` reads: a field
//! `monotonic_counter.…` adds to a counter, `histogram.…` records a value, and all other fields are attributes. Names are those of
//! OpenTelemetry's semantic conventions for HTTP clients, or begin with `tieline.`; durations are in seconds.

use http::{Method, StatusCode};
use tracing::field::Empty;
use tracing::{Level, Span};
use url::Url;

use crate::error::Error;

/// The target of the events that are metrics.
pub const METRICS: &str = "tieline::metrics";

/// Whether somebody takes metrics.
pub(crate) fn is_metered() -> bool {
    tracing::enabled!(target: METRICS, Level::TRACE)
}

/// What every metric and the span of a call say about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub connector: &'a str,
    pub entity: &'a str,
    pub action: &'a str,
}

/// A metric of a call.
macro_rules! metric {
    ($subject:expr, $($field:tt)+) => {
        tracing::event!(
            target: METRICS,
            Level::TRACE,
            tieline.connector = $subject.connector,
            tieline.entity = $subject.entity,
            tieline.action = $subject.action,
            $($field)+
        )
    };
}

impl Subject<'_> {
    /// The span of a call, or of a page of a list that is taken page by page.
    pub(crate) fn span(self) -> Span {
        tracing::info_span!(
            "tieline.call",
            otel.name = %format_args!("{}.{}", self.entity, self.action),
            otel.kind = "internal",
            tieline.connector = self.connector,
            tieline.entity = self.entity,
            tieline.action = self.action,
            error.r#type = Empty,
            otel.status_code = Empty,
        )
    }

    /// A call has ended, after so long.
    pub(crate) fn ended(self, seconds: f64, error: Option<&Error>) {
        metric!(self, tieline.outcome = outcome(error), histogram.tieline.call.duration = seconds);
    }

    /// The span of an attempt ("HTTP client span" of the conventions). The URL is shown without what may hold secrets.
    pub(crate) fn attempt_span(method: &Method, url: &Url, resends: u32) -> Span {
        tracing::info_span!(
            "http.client",
            otel.name = %method,
            otel.kind = "client",
            http.request.method = %method,
            server.address = url.host_str().unwrap_or_default(),
            server.port = url.port_or_known_default(),
            url.full = %without_query(url),
            http.request.resend_count = (resends > 0).then_some(resends),
            http.response.status_code = Empty,
            error.r#type = Empty,
            otel.status_code = Empty,
        )
    }

    /// An attempt has ended, after so long.
    pub(crate) fn attempted(self, method: &Method, url: &Url, seconds: f64, ended: &AttemptEnd) {
        metric!(
            self,
            http.request.method = method.as_str(),
            server.address = url.host_str().unwrap_or_default(),
            server.port = url.port_or_known_default(),
            http.response.status_code = ended.status(),
            error.r#type = ended.error_type(),
            histogram.http.client.request.duration = seconds,
        );
        if let AttemptEnd::Answer { bytes: Some(bytes), .. } = ended {
            self.received(*bytes as u64);
        }
    }

    /// So many bytes of an answer have come, after decompression.
    pub(crate) fn received(self, bytes: u64) {
        metric!(self, monotonic_counter.tieline.received.bytes = bytes);
    }

    /// An attempt is followed by another, for a reason.
    pub(crate) fn retried(self, reason: &str) {
        metric!(self, error.r#type = reason, monotonic_counter.tieline.retries = 1_u64);
    }

    /// A call waited so long for its place under the rate limits.
    pub(crate) fn waited(self, seconds: f64) {
        metric!(self, histogram.tieline.rate_limit.wait.duration = seconds);
    }

    /// A page of a list has come, with so many records.
    pub(crate) fn paged(self, records: usize) {
        metric!(self, monotonic_counter.tieline.pages = 1_u64);
        metric!(self, monotonic_counter.tieline.records = records as u64);
    }
}

/// How an attempt ended.
pub(crate) enum AttemptEnd {
    /// With an answer, and so many bytes where they have come.
    Answer { status: StatusCode, bytes: Option<usize> },
    /// Without one, for a reason.
    NoAnswer(&'static str),
}

impl AttemptEnd {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(status.as_u16()),
            Self::NoAnswer(_) => None,
        }
    }

    /// What the conventions call `error.type`: the reason, or the status as text where it tells of an error.
    fn error_type(&self) -> Option<&str> {
        match self {
            Self::Answer { status, .. } => {
                (status.is_client_error() || status.is_server_error()).then(|| status.as_str())
            }
            Self::NoAnswer(reason) => Some(reason),
        }
    }

    /// Tells the span of the attempt.
    pub(crate) fn record(&self, span: &Span) {
        span.record("http.response.status_code", self.status());
        if let Some(error_type) = self.error_type() {
            record_failure(span, error_type);
        }
    }
}

/// The span is of something that failed.
pub(crate) fn failed(span: &Span, error: &Error) {
    record_failure(span, error.kind().as_str());
}

fn record_failure(span: &Span, error_type: &str) {
    span.record("error.type", error_type);
    span.record("otel.status_code", "ERROR");
}

fn outcome(error: Option<&Error>) -> &'static str {
    error.map_or("ok", |error| error.kind().as_str())
}

/// The access token of a way to sign in was renewed, or not.
pub(crate) fn renewed(connector: &str, scheme: &str, error: Option<&Error>) {
    tracing::event!(
        target: METRICS,
        Level::TRACE,
        tieline.connector = connector,
        tieline.scheme = scheme,
        tieline.outcome = outcome(error),
        monotonic_counter.tieline.token.renewals = 1_u64,
    );
}

fn without_query(url: &Url) -> Url {
    let mut shown = url.clone();
    shown.set_query(None);
    // Both fail only for URLs without a host, which have no user either.
    let _ = (shown.set_username(""), shown.set_password(None));
    shown
}
