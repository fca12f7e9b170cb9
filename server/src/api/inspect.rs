//! What a connector is, for an agent that begins with it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::extract::Id;
use crate::service::Service;

use super::connectors::definition_of;
use super::skills::skill_id;

/// What a connector is.
#[derive(Serialize, ToSchema)]
pub(super) struct Inspection {
    /// Its id.
    connector_id: Uuid,
    /// What people call it.
    name: String,
    /// The workspace that it is in.
    workspace_id: Uuid,
    /// The organization.
    organization_id: Uuid,
    /// Its definition.
    source_definition_id: Uuid,
    /// Its template.
    source_config_template_id: Uuid,
    /// The skill that tells how to use it.
    docs_skill_id: String,
    /// The connector's title.
    source_definition_name: Option<String>,
    /// What an agent should know before it calls.
    warnings: Vec<String>,
    /// Always null: there is no copy of the data to search.
    #[schema(value_type = Option<Object>)]
    context_store_readiness: Option<Value>,
}

/// Says what a connector is, and which skill tells how to use it
#[utoipa::path(get, path = "/api/v1/integrations/connectors/{id}/inspect", tag = "connectors",
    params(("id" = Uuid, Path, description = "The connector")), responses((status = 200, body = Inspection)))]
pub(super) async fn inspect(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Inspection>, ApiError> {
    let row = caller.connector(&service, id).await?;
    let definition = definition_of(&service, &row)?;
    Ok(Json(Inspection {
        connector_id: row.id,
        docs_skill_id: skill_id(row.id),
        warnings: row.warnings(),
        name: row.name,
        workspace_id: row.workspace,
        organization_id: row.organization,
        source_definition_id: definition.id,
        source_config_template_id: definition.template,
        source_definition_name: Some(definition.title().to_owned()),
        context_store_readiness: None,
    }))
}
