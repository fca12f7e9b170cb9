//! From an answer that is an error to an [`Error`].

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::manifest::ErrorRules;
use crate::notation::Lookup;
use crate::transport::{TransportError, TransportFailure};

/// The kind of failure that a status means.
fn kind(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        429 | 529 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::UnexpectedResponse,
    }
}

/// The error of an answer with a status that is not 2xx.
pub(super) fn from_status(
    rules: &ErrorRules,
    status: StatusCode,
    document: &Document<'_>,
    retry_after: Option<Duration>,
) -> Error {
    let reason = status.canonical_reason().unwrap_or("an unknown status");
    let message =
        message(rules, document).unwrap_or_else(|| format!("the API answered {} ({reason})", status.as_u16()));
    details(Error::new(kind(status), message).with_status(status.as_u16()), rules, document)
        .with_retry_after(retry_after)
}

/// The error of an answer with status 2xx that is an error all the same, as the manifest (or GraphQL) says.
pub(super) fn inside_success(
    rules: &ErrorRules,
    graphql: bool,
    status: StatusCode,
    document: &Document<'_>,
) -> Option<Error> {
    let failed = rules.failed_if.iter().any(|condition| document.fulfils(condition));
    let graphql_message = graphql.then(|| graphql_errors(document)).flatten();
    if !failed && graphql_message.is_none() {
        return None;
    }
    let message = graphql_message.or_else(|| message(rules, document));
    let message = message.unwrap_or_else(|| "the API answered with an error and no message".to_owned());
    Some(details(Error::new(ErrorKind::Rejected, message).with_status(status.as_u16()), rules, document))
}

/// The messages under `errors` of a GraphQL answer (GraphQL specification, section 7.1.2).
fn graphql_errors(document: &Document<'_>) -> Option<String> {
    let errors = document.lookup(&Lookup::Body(crate::notation::JsonPath::root().member("errors")))?;
    let messages: Vec<_> = errors.as_array()?.iter().filter_map(|error| error.get("message")?.as_str()).collect();
    let there_are_some = errors.as_array().is_some_and(|errors| !errors.is_empty());
    there_are_some.then(
        || {
            if messages.is_empty() { "the API reports an error".to_owned() } else { messages.join("; ") }
        },
    )
}

fn details(error: Error, rules: &ErrorRules, document: &Document<'_>) -> Error {
    let text = |lookup: Option<&Lookup>| lookup.and_then(|lookup| first_text(document, lookup));
    error.with_code(text(rules.code.as_deref())).with_request_id(text(rules.request_id.as_deref()))
}

fn message(rules: &ErrorRules, document: &Document<'_>) -> Option<String> {
    rules.message.0.iter().find_map(|lookup| first_text(document, lookup))
}

/// The first text or number that a lookup finds.
fn first_text(document: &Document<'_>, lookup: &Lookup) -> Option<String> {
    document.look_for_all(lookup).iter().find_map(scalar)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The error when no answer came.
pub(super) fn from_transport(error: &TransportError) -> Error {
    let (kind, message) = match error.failure {
        TransportFailure::Connect => (ErrorKind::Unavailable, format!("the API cannot be reached: {}", error.message)),
        TransportFailure::Broken => (ErrorKind::Unavailable, format!("the connection broke: {}", error.message)),
        TransportFailure::Timeout => (ErrorKind::Timeout, format!("no answer in time: {}", error.message)),
        TransportFailure::Refused => (ErrorKind::Refused, error.message.clone()),
    };
    Error::new(kind, message)
}
