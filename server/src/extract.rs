//! What handlers take from a request, with our own errors where it does not fit.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::error::{ApiError, FieldError};

/// How long a body may take to come.
const READING: Duration = Duration::from_secs(30);

/// How many characters a name may have.
const NAME_LENGTH: usize = 200;

/// The body as JSON.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let reading = tokio::time::timeout(READING, Bytes::from_request(request, state)).await;
        let reading = reading.map_err(|_| {
            ApiError::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the body did not come within 30 seconds")
        })?;
        let bytes = reading.map_err(|rejection| {
            let message = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this server takes".to_owned(),
                _ => format!("the body cannot be read: {}", rejection.body_text()),
            };
            ApiError::new(rejection.status(), "invalid_input", message)
        })?;
        // Some clients send no content type; whatever it says, the body has to be JSON.
        let read = serde_json::from_slice(if bytes.is_empty() { b"{}" } else { &bytes });
        read.map(Self).map_err(|error| {
            // The error must not repeat what may be a secret: it is told where, and what was expected.
            ApiError::all_unfit(vec![if error.is_data() {
                misfit(&error)
            } else {
                FieldError::new("body", "is not JSON")
            }])
        })
    }
}

/// What was expected, without what was there: serde says `invalid type: string "…", expected a map`.
fn misfit(error: &serde_json::Error) -> FieldError {
    let text = error.to_string();
    if let Some(name) = missing(&text) {
        return FieldError::new(name, "is required");
    }
    let place = format!("line {} column {}", error.line(), error.column());
    let message = match text.split_once(", expected ") {
        Some((_, expected)) if expected.starts_with("struct ") => format!("expected a JSON object at {place}"),
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("does not fit at {place}"),
    };
    FieldError::new("body", message)
}

/// The name of a field that serde misses.
fn missing(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

/// The query as a struct.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|query| Self(query.0)).map_err(|rejection| {
            // `Failed to deserialize query string: limit: invalid digit found in string`
            let text = rejection.body_text();
            let text = text.split_once(": ").map_or(text.as_str(), |(_, why)| why);
            match (missing(text), text.split_once(": ")) {
                (Some(name), _) => ApiError::unfit(name, "is required"),
                (None, Some((name, why))) => ApiError::unfit(name, format!("does not fit: {why}")),
                (None, None) => ApiError::unfit("query string", text),
            }
        })
    }
}

/// The id in the path. What is no UUID names nothing.
pub(crate) struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        let id = read.ok().and_then(|text| Uuid::parse_str(&text.0).ok());
        id.map(Self).ok_or_else(|| {
            // `/connectors/{id}/execute` is about a connector.
            let route = parts.extensions.get::<MatchedPath>().map_or("", |path| path.as_str());
            let before = route.split("/{id}").next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
            ApiError::not_found(match before {
                "connectors" => "connector",
                "workspaces" => "workspace",
                "organizations" => "organization",
                "sessions" => "set-up",
                _ => "id",
            })
        })
    }
}

/// An optional UUID; an empty text is none.
pub(crate) fn optional_uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| Uuid::parse_str(&text).map_err(|_| D::Error::custom("invalid value, expected a UUID"))).transpose()
}

/// An optional whole number; for JSON Schema `2.0` is one.
pub(crate) fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let whole =
        number.as_u64().or_else(|| number.as_f64().filter(|it| it.fract() == 0.0 && *it >= 0.0).map(|it| it as u64));
    let whole = whole.and_then(|whole| usize::try_from(whole).ok());
    whole.map(Some).ok_or_else(|| D::Error::custom("invalid value, expected a whole number"))
}

/// What a [`name`] is, in the published document.
pub(crate) struct Name;

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What people call something."))
            .min_length(Some(1))
            .max_length(Some(NAME_LENGTH))
            .pattern(Some(r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"))
            .into()
    }
}

impl ToSchema for Name {}

/// A name that somebody gives: short, and without what no terminal should be told.
pub(crate) fn name(field: &str, text: &str) -> Result<String, ApiError> {
    sound_name(text).ok_or_else(|| ApiError::unfit(field, NO_NAME))
}

/// What is said of a text that is no name.
pub(crate) const NO_NAME: &str = "must have 1 to 200 characters, and no control characters";

/// A text as a name, if it is one.
pub(crate) fn sound_name(text: &str) -> Option<String> {
    let text = text.trim();
    let is_sound = !text.is_empty() && text.chars().count() <= NAME_LENGTH && !text.chars().any(char::is_control);
    is_sound.then(|| text.to_owned())
}
