//! Whether the server lives, and whether it can work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::service::Service;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
}

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", security(), responses((status = 200, body = Health)))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether requests can be answered: the database is there
#[utoipa::path(get, path = "/readyz", security(), responses((status = 200, body = Health)))]
pub(super) async fn readyz(State(service): State<Arc<Service>>) -> Result<Json<Health>, ApiError> {
    service.store.ping().await.map_err(|error| {
        tracing::error!(%error, "not ready");
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the database does not answer")
    })?;
    Ok(Json(Health { status: "ok" }))
}
