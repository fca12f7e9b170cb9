//! Set-up sessions: what the command line begins when somebody is to sign in on a page of this server, and then asks about.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::extract::{Body, Id, Name, name, optional_uuid};
use crate::service::Service;
use crate::setup;
use crate::watch::RequestId;

use super::connectors::definition_of;
use super::given::Meant;

/// A set-up that somebody will go through in a browser.
#[derive(Deserialize, ToSchema)]
pub(super) struct CreateSession {
    /// The workspace that the connector will be in.
    workspace_id: Uuid,
    /// The connector, by its definition. When nothing says which, whoever opens the page chooses.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    source_definition_id: Option<Uuid>,
    /// The connector, by its template.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    source_template_id: Option<Uuid>,
    /// The connector, by name or title, in any case.
    #[schema(nullable = true)]
    connector_type: Option<String>,
    /// What people call the connector, if it is a new one.
    #[schema(value_type = Option<Name>, nullable = true)]
    source_name: Option<String>,
    /// A connector that is signed in anew, in place of a new one.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    connector_id: Option<Uuid>,
}

/// A set-up that has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionCreated {
    /// Its id.
    session_id: Uuid,
    /// Open it in a browser; it works once, for a quarter of an hour.
    oauth_flow_url: String,
}

/// How far a set-up is.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionBody {
    /// `pending`, `completed` or `error`.
    status: &'static str,
    /// What went wrong last.
    error: Option<String>,
    /// The connector, once it is there.
    source_id: Option<Uuid>,
    /// What people call it.
    source_name: Option<String>,
    /// Its template.
    source_template_id: Option<Uuid>,
    /// Its definition, once it is chosen.
    source_definition_id: Option<Uuid>,
    /// The workspace that it is in.
    workspace_id: Uuid,
}

/// Begins a set-up that somebody will go through in a browser
#[utoipa::path(post, path = "/api/v1/internal/mcp_oauth/sessions", tag = "set-up",
    request_body = CreateSession, responses((status = 200, body = SessionCreated)))]
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<CreateSession>,
) -> Result<Json<SessionCreated>, ApiError> {
    let creating = async {
        let workspace = caller.workspace(&service, request.workspace_id).await?;
        let replaced = match request.connector_id {
            Some(id) => Some(caller.connector(&service, id).await?),
            None => None,
        };
        let meant = Meant {
            connector_type: request.connector_type.as_deref(),
            definition: request.source_definition_id,
            template: request.source_template_id,
        };
        let called = request.source_name.as_deref().map(|text| name("source_name", text)).transpose()?;
        let setup = match &replaced {
            Some(row) => {
                definition_of(&service, row)?;
                setup::renewal(row)
            }
            None => {
                let definition = if meant.is_nothing() { None } else { Some(meant.find(&service)?.id) };
                setup::new(caller.organization, workspace.id, definition, called)
            }
        };
        let link = service.store.add_setup(&setup).await?;
        Ok((setup, link))
    };
    let act = Act::begin(&caller, &request_id, "setup.create");
    let (setup, link) = act.make(&service, creating, |act, (setup, _)| act.in_setup(setup)).await?;
    Ok(Json(SessionCreated { session_id: setup.id, oauth_flow_url: setup::link_url(&service, &link) }))
}

/// Says how far a set-up is
#[utoipa::path(get, path = "/api/v1/internal/mcp_oauth/sessions/{id}", tag = "set-up",
    params(("id" = Uuid, Path, description = "The set-up")), responses((status = 200, body = SessionBody)))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<SessionBody>, ApiError> {
    let found = service.store.setup(caller.organization, id).await?;
    let found = found.filter(|setup| caller.workspace.is_none_or(|only| only == setup.workspace));
    let setup = found.ok_or_else(|| ApiError::not_found("set-up"))?;
    let status = setup::status_of(&setup);
    let definition = setup.definition.and_then(|id| service.definitions.of_id(id));
    Ok(Json(SessionBody {
        status: status.as_str(),
        error: setup.error,
        source_id: setup.connector,
        source_name: setup.name,
        source_template_id: definition.map(|definition| definition.template),
        source_definition_id: setup.definition,
        workspace_id: setup.workspace,
    }))
}
