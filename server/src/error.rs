//! What a caller is told when something fails: one body, with a real status code.
//!
//! 401 and 403 are about the caller's own token, always; a vendor's refusal of stored credentials is 424, with the vendor's status
//! inside. Members of RFC 9457 stand beside `message` and `errors`, which clients of the peer's API read.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use tieline::ErrorKind;
use utoipa::ToSchema;

use crate::store::StoreError;

/// A failure, as a caller is told.
#[derive(Clone, Debug)]
pub(crate) struct ApiError(Box<Failure>);

/// What a caller is told.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub status: StatusCode,
    /// What programs act on.
    pub kind: &'static str,
    pub message: String,
    pub help: Option<String>,
    pub errors: Vec<FieldError>,
    pub vendor: Option<VendorAnswer>,
    /// In seconds.
    pub retry_after: Option<u64>,
    /// Where somebody can sign in anew.
    pub setup_url: Option<String>,
    /// Where a list goes on of which a part had come.
    pub next: Option<String>,
}

impl Deref for ApiError {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl DerefMut for ApiError {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0
    }
}

/// The body of every failure.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody<'a> {
    /// What happened, in a sentence.
    message: &'a str,
    /// What is wrong with the request, one by one.
    errors: &'a [FieldError],
    /// What programs act on: `invalid_input`, `unauthenticated`, `credentials`, `rate_limited`, …
    kind: &'a str,
    /// Names this request in the server's logs and audit log.
    request_id: &'a str,
    /// RFC 9457; always `about:blank`.
    #[serde(rename = "type")]
    problem_type: &'static str,
    /// RFC 9457: the name of the status.
    title: &'a str,
    /// RFC 9457: the status.
    status: u16,
    /// RFC 9457: the same as `message`.
    detail: &'a str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    /// What the vendor's API said.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'a VendorAnswer>,
    /// How long to wait, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Where somebody can sign in anew; works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup_url: Option<&'a str>,
    /// Where a list goes on of which a part had come.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Where it is.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What programs act on.
    pub error_code: Option<String>,
    /// More about it.
    pub details: Option<serde_json::Map<String, serde_json::Value>>,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            message: message.into(),
            error_code: Some("value_error".to_owned()),
            details: None,
        }
    }
}

/// What a vendor's API said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VendorAnswer {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The API's code for it.
    pub code: Option<String>,
    /// The API's id of the request.
    pub request_id: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Failure {
            status,
            kind,
            message: message.into(),
            help: None,
            errors: Vec::new(),
            vendor: None,
            retry_after: None,
            setup_url: None,
            next: None,
        }))
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The request is not what it should be.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_input", message)
    }

    /// A value of the request does not fit.
    pub(crate) fn unfit(field: &str, message: impl Into<String>) -> Self {
        Self::all_unfit(vec![FieldError::new(field, message)])
    }

    /// Values of the request do not fit.
    pub(crate) fn all_unfit(errors: Vec<FieldError>) -> Self {
        let all: Vec<_> = errors
            .iter()
            .map(|error| match &error.field {
                Some(field) => format!("{field}: {}", error.message),
                None => error.message.clone(),
            })
            .collect();
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", all.join("; "));
        error.errors = errors;
        error
    }

    /// There is no such thing, or the caller may not know of it.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// No token, or none that counts.
    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    /// The token does not reach that far.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// The server's own fault, of which the caller is told no more.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed to do this; its log says why")
    }

    /// The answer, written out.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let errors = match self.errors.as_slice() {
            // Clients of the peer's API look into `errors` first.
            [] => vec![FieldError {
                field: None,
                message: self.message.clone(),
                error_code: Some(self.kind.into()),
                details: None,
            }],
            errors => errors.to_vec(),
        };
        let body = ErrorBody {
            message: &self.message,
            errors: &errors,
            kind: self.kind,
            request_id,
            problem_type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.message,
            help: self.help.as_deref(),
            vendor: self.vendor.as_ref(),
            retry_after: self.retry_after,
            setup_url: self.setup_url.as_deref(),
            next: self.next.as_deref(),
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The failure goes with the response as it is; who knows the request's id writes it out (`crate::watch`).
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let conflict = || Self::new(StatusCode::CONFLICT, "conflict", error.to_string());
        match error {
            StoreError::Full => conflict().help("delete connectors, or use another workspace"),
            StoreError::Changed => conflict(),
            StoreError::NoWorkspace => Self::not_found("workspace"),
            StoreError::Database(_)
            | StoreError::Unopened(..)
            | StoreError::Schema(_)
            | StoreError::Key(_)
            | StoreError::Unreadable(_) => {
                tracing::error!(%error, "the store failed");
                Self::internal()
            }
        }
    }
}

/// What an operation of a connector failed with.
impl From<tieline::Error> for ApiError {
    fn from(error: tieline::Error) -> Self {
        let status = match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::UnknownEntity | ErrorKind::UnknownAction | ErrorKind::Refused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ErrorKind::Rejected => StatusCode::BAD_REQUEST,
            ErrorKind::UnknownConnector | ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Credentials | ErrorKind::Unauthorized | ErrorKind::Forbidden => StatusCode::FAILED_DEPENDENCY,
            ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable | ErrorKind::UnexpectedResponse | ErrorKind::TooLarge => StatusCode::BAD_GATEWAY,
            ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::InvalidManifest => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let answered = error.status().is_some() || error.code().is_some() || error.request_id().is_some();
        let vendor = answered.then(|| VendorAnswer {
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
        });
        let errors = error.problems().iter().map(|problem| FieldError::new(&problem.at, &problem.message)).collect();
        let retry_after = error.retry_after().map(|wait| wait.as_secs_f64().ceil() as u64);
        Self(Box::new(Failure {
            status,
            kind: error.kind().as_str(),
            message: error.message().to_owned(),
            help: error.help().map(str::to_owned),
            errors,
            vendor,
            // The peer's clients read whole seconds, and wait for nothing when there are none.
            retry_after: retry_after.or_else(|| (status == StatusCode::TOO_MANY_REQUESTS).then_some(1)),
            setup_url: None,
            next: error.next().map(str::to_owned),
        }))
    }
}
