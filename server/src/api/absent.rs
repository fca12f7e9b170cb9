//! Paths that are not there: those that the peer's API has and this one does not say so.

use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode, Uri};

use crate::error::ApiError;

/// What the peer offers and this server does not: where it begins, and what it is.
const NOT_OFFERED: &[(&str, &str)] = &[
    ("/api/v1/internal/workflows", "workflows and automations"),
    ("/api/v1/account/applications/widget-token", "the embedded widget; a set-up link does what it does"),
    ("/api/v1/embedded", "the embedded widget; a set-up link does what it does"),
    ("/api/v1/workspaces/query", "questions in plain language"),
    ("/api/v1/integrations/templates/connections", "replication"),
    ("/api/v1/integrations/definitions/destinations", "replication"),
    ("/api/v1/integrations/connections", "replication"),
    ("/v1/responses", "a model"),
    ("/v1/messages", "a model"),
];

/// Answers what no route does.
pub(super) async fn absent(method: Method, uri: Uri) -> Response {
    let path = uri.path();
    if let Some((_, what)) = NOT_OFFERED.iter().find(|(prefix, _)| path.starts_with(prefix)) {
        return not_offered(what).into_response();
    }
    if path.ends_with("/execute/prepare") {
        return not_offered("execution outside of the server: its credentials never leave it").into_response();
    }
    let known: String = path.chars().take(200).filter(|c| !c.is_control()).collect();
    let error = ApiError::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {method} {known}"));
    error.help("/openapi.json has all there is").into_response()
}

/// Something that the peer offers and this server does not.
pub(super) fn not_offered(what: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_IMPLEMENTED, "not_offered", format!("this server does not offer {what}"))
}
