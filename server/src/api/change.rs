//! Changes of a connector: its name, what it signs in with, its configuration, and what callers may use of it.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::audit::Act;
use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::extract::{Body, Id, Name, name};
use crate::service::Service;
use crate::store::ConnectorRow;
use crate::watch::RequestId;

use super::check::tried;
use super::connectors::{ConnectorBody, definition_of};
use super::given::{ExposedEntity, Given, exposed};

/// What changes about a connector; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(super) struct UpdateConnector {
    /// What people call it.
    #[schema(value_type = Option<Name>, nullable = true)]
    pub name: Option<String>,
    /// New configuration values, in place of all that were there; new values to sign in with, under `credentials`.
    #[schema(value_type = Option<Object>, nullable = true)]
    pub replication_config: Option<Map<String, Value>>,
    /// New values to sign in with, in place of all that were there.
    #[schema(value_type = Option<Object>, nullable = true)]
    pub credentials: Option<Map<String, Value>>,
    /// The entities that callers may use; an empty list: all.
    #[schema(nullable = true)]
    pub entities: Option<Vec<ExposedEntity>>,
    /// Whether new credentials are tried at the vendor's API first, and nothing changes if it refuses them.
    #[serde(default)]
    check: bool,
}

/// Changes a connector
#[utoipa::path(put, path = "/api/v1/integrations/connectors/{id}", tag = "connectors",
    params(("id" = Uuid, Path, description = "The connector")),
    request_body = UpdateConnector, responses((status = 200, body = ConnectorBody)))]
pub(super) async fn update(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<UpdateConnector>,
) -> Result<Json<ConnectorBody>, ApiError> {
    let row = caller.connector(&service, id).await?;
    let act = Act::begin(&caller, &request_id, "connectors.update").on(&row);
    act.end(&service, change(&service, row, request)).await
}

async fn change(
    service: &Service,
    mut row: ConnectorRow,
    request: UpdateConnector,
) -> Result<Json<ConnectorBody>, ApiError> {
    let definition = definition_of(service, &row)?;
    if let Some(text) = &request.name {
        row.name = name("name", text)?;
    }
    if let Some(entities) = request.entities {
        row.entities = exposed(&definition, Some(entities))?;
    }
    let mut given = changed(&definition, &row, request.credentials, request.replication_config)?;
    let renews = !given.credentials.is_empty();
    if !renews {
        given.sign_in_as(service, &definition, &row).await?;
    }
    let connection = given.connect(service, &definition)?;
    if request.check {
        tried(&connection).await?;
    }
    row.config = given.config.clone();
    if renews {
        row.scheme = connection.scheme().map(str::to_owned);
        row.fields = given.credentials.keys().cloned().collect();
    }
    let secrets = renews.then(|| given.secrets(&definition));
    service.store.change_connector(&row, secrets.as_ref()).await?;
    let row = service.store.connector(row.organization, None, row.id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("connector"))?;
    Ok(Json(ConnectorBody::new(&row, &definition)))
}

/// What a connector would have after a change. Configuration that is given takes the place of all that was there.
pub(super) fn changed(
    definition: &Definition,
    row: &ConnectorRow,
    credentials: Option<Map<String, Value>>,
    replication_config: Option<Map<String, Value>>,
) -> Result<Given, ApiError> {
    let has_config = replication_config
        .as_ref()
        .is_some_and(|config| config.is_empty() || config.keys().any(|name| name != "credentials"));
    let mut given = Given::new(definition, credentials, replication_config, None)?;
    given.unmask(row)?;
    if !has_config {
        given.config = row.config.clone().into_iter().chain(given.config).collect();
    }
    Ok(given)
}
