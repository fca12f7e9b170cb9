//! Checks: whether a connector works, by the operation that its manifest names for that.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use serde::Serialize;
use tieline::{Connection, ErrorKind};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::extract::{Body, Id};
use crate::service::Service;
use crate::store::now;
use crate::watch::RequestId;

use super::change::{UpdateConnector, changed};
use super::connectors::{CreateConnector, definition_of};
use super::given::{Given, Meant};

/// Whether a connector works.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckBody {
    /// Names the check.
    id: Uuid,
    /// `succeeded`, `failed`, or `skipped` where the manifest names no operation for it.
    status: &'static str,
    /// What the vendor said.
    error_message: Option<String>,
    /// Why it failed.
    failure_reason: Option<FailureReason>,
    /// The entity that was read.
    entity_check_results: Vec<EntityCheck>,
}

/// Why a check failed.
#[derive(Serialize, ToSchema)]
pub(super) struct FailureReason {
    /// When, in milliseconds since 1970.
    timestamp: i64,
    /// `source`.
    failure_origin: &'static str,
    /// `config_error`: what was given does not do; `transient_error`: it may later; `system_error`: neither.
    failure_type: &'static str,
    /// What the vendor said.
    external_message: String,
    /// The kind of error.
    internal_message: String,
    /// None here.
    stacktrace: Option<String>,
    /// Whether it may work later.
    retryable: bool,
}

/// How reading one entity went.
#[derive(Serialize, ToSchema)]
pub(super) struct EntityCheck {
    /// The entity.
    entity: String,
    /// `succeeded` or `failed`.
    status: &'static str,
    /// The HTTP status of the vendor's answer.
    status_code: Option<u16>,
    /// What the vendor said.
    error_message: Option<String>,
}

/// How long credentials are tried: with the exchange of a code before it, within the time that a request has.
const TRIED: Duration = Duration::from_secs(120);

/// Tries a connection's credentials.
///
/// # Errors
/// What the vendor said. Where the manifest names no operation to try, nothing is tried.
pub(crate) async fn tried(connection: &Connection) -> Result<(), ApiError> {
    if connection.connector().head().check.is_none() {
        return Ok(());
    }
    let checking = tokio::time::timeout(TRIED, connection.check()).await.map_err(|_| {
        let message = "the API has not said within two minutes whether it takes the credentials";
        ApiError::new(StatusCode::GATEWAY_TIMEOUT, "timeout", message)
    })?;
    checking.map(drop).map_err(ApiError::from)
}

async fn outcome(connection: &Connection) -> CheckBody {
    let id = Uuid::new_v4();
    let Some((entity, _)) = &connection.connector().head().check else {
        return CheckBody {
            id,
            status: "skipped",
            error_message: None,
            failure_reason: None,
            entity_check_results: Vec::new(),
        };
    };
    let error = connection.check().await.err();
    let status = if error.is_none() { "succeeded" } else { "failed" };
    let message = error.as_ref().map(|error| error.message().to_owned());
    CheckBody {
        id,
        status,
        failure_reason: error.as_ref().map(|error| {
            let (failure_type, retryable) = failure_type(error.kind());
            FailureReason {
                timestamp: now(),
                failure_origin: "source",
                failure_type,
                external_message: error.message().to_owned(),
                internal_message: error.kind().as_str().to_owned(),
                stacktrace: None,
                retryable,
            }
        }),
        entity_check_results: vec![EntityCheck {
            entity: entity.clone(),
            status,
            status_code: error.as_ref().and_then(tieline::Error::status),
            error_message: message.clone(),
        }],
        error_message: message,
    }
}

fn failure_type(kind: ErrorKind) -> (&'static str, bool) {
    match kind {
        ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Cancelled => {
            ("transient_error", true)
        }
        ErrorKind::UnexpectedResponse | ErrorKind::TooLarge | ErrorKind::InvalidManifest => ("system_error", false),
        ErrorKind::InvalidInput
        | ErrorKind::UnknownConnector
        | ErrorKind::UnknownEntity
        | ErrorKind::UnknownAction
        | ErrorKind::Credentials
        | ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Rejected
        | ErrorKind::Refused => ("config_error", false),
    }
}

/// Tries credentials without keeping them
#[utoipa::path(post, path = "/api/v1/integrations/connectors/check", tag = "connectors",
    request_body = CreateConnector, responses((status = 200, body = CheckBody)))]
pub(super) async fn check_new(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<CreateConnector>,
) -> Result<Json<CheckBody>, ApiError> {
    let act = Act::begin(&caller, &request_id, "connectors.check");
    let checking = async {
        let meant = Meant {
            connector_type: request.connector_type.as_deref(),
            definition: request.definition_id,
            template: request.source_template_id,
        };
        caller.workspace_named(&service, &request.workspace_name).await?;
        let definition = meant.find(&service)?;
        let given = Given::new(&definition, request.credentials, request.replication_config, request.environment)?;
        Ok(Json(outcome(&given.connect(&service, &definition)?).await))
    };
    act.end(&service, checking).await
}

/// Tries a connector, with other values if some are given; nothing is changed
#[utoipa::path(post, path = "/api/v1/integrations/connectors/{id}/check", tag = "connectors",
    params(("id" = Uuid, Path, description = "The connector")),
    request_body = UpdateConnector, responses((status = 200, body = CheckBody)))]
pub(super) async fn check(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<UpdateConnector>,
) -> Result<Json<CheckBody>, ApiError> {
    let row = caller.connector(&service, id).await?;
    let act = Act::begin(&caller, &request_id, "connectors.check").on(&row);
    let checking = async {
        let definition = definition_of(&service, &row)?;
        let mut given = changed(&definition, &row, request.credentials, request.replication_config)?;
        if given.credentials.is_empty() && given.config == row.config {
            return Ok(Json(outcome(&service.connections.of(&row, &definition).await?).await));
        }
        if given.credentials.is_empty() {
            given.sign_in_as(&service, &definition, &row).await?;
        }
        Ok(Json(outcome(&given.connect(&service, &definition)?).await))
    };
    act.end(&service, checking).await
}
