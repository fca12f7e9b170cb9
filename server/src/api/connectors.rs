//! Connectors: made, listed, read, changed, deleted.

use std::sync::Arc;

use axum::Extension;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::extract::{Body, Id, Name, Query, name, optional_uuid};
use crate::service::Service;
use crate::store::{ConnectorRow, Exposed, now, time};
use crate::watch::RequestId;

use super::check::tried;
use super::given::{ExposedEntity, Given, MASK, Meant, exposed};
use super::templates::{Template, TemplateSummary};

/// A new connector.
#[derive(Deserialize, ToSchema)]
pub(super) struct CreateConnector {
    /// The workspace that it is in.
    #[schema(value_type = Name)]
    pub workspace_name: String,
    /// The connector, by name or title, in any case.
    #[schema(nullable = true)]
    pub connector_type: Option<String>,
    /// The connector, by its definition.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    pub definition_id: Option<Uuid>,
    /// The connector, by its template.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    pub source_template_id: Option<Uuid>,
    /// What people call it; the connector's title when left out.
    #[schema(value_type = Option<Name>, nullable = true)]
    pub name: Option<String>,
    /// The values to sign in with, by field; `option_title` names the way to sign in where the fields do not say it.
    #[schema(value_type = Option<Object>, nullable = true)]
    pub credentials: Option<Map<String, Value>>,
    /// Configuration values; the values to sign in with too, under `credentials`.
    #[schema(value_type = Option<Object>, nullable = true)]
    pub replication_config: Option<Map<String, Value>>,
    /// Configuration values.
    #[schema(value_type = Option<Object>, nullable = true)]
    pub environment: Option<Map<String, Value>>,
    /// The entities that callers may use; all when left out.
    #[schema(nullable = true)]
    pub entities: Option<Vec<ExposedEntity>>,
    /// Whether the credentials are tried at the vendor's API first, and nothing is made if it refuses them.
    #[serde(default)]
    pub check: bool,
    /// Not offered here.
    #[schema(nullable = true)]
    pub server_side_oauth_secret_id: Option<String>,
}

/// A connector.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectorBody {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What it was made from.
    pub source_template: Template,
    /// Its configuration; what it signs in with is not shown.
    #[schema(value_type = Object)]
    pub replication_config: Map<String, Value>,
    /// The entities that callers may use; null: all.
    pub entities: Option<Vec<ExposedEntity>>,
    /// The workspace that it is in.
    pub workspace_id: Uuid,
    /// The way to sign in.
    pub auth: Option<String>,
    /// `ready`, or `reauthorize`: somebody has to sign in anew.
    pub status: &'static str,
    /// Why somebody has to sign in anew.
    pub status_reason: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When it was changed last.
    pub updated_at: String,
}

impl ConnectorBody {
    pub(super) fn new(row: &ConnectorRow, definition: &Definition) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            source_template: Template::new(definition),
            replication_config: shown(row, definition),
            entities: row.entities.as_ref().map(listed),
            workspace_id: row.workspace,
            auth: row.scheme.clone(),
            status: row.status(),
            status_reason: row.reauthorize.clone(),
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        }
    }
}

fn listed(entities: &Exposed) -> Vec<ExposedEntity> {
    let one = |(entity, modes): (&String, &Option<Vec<String>>)| ExposedEntity {
        entity: entity.clone(),
        modes: modes.clone(),
    };
    entities.iter().map(one).collect()
}

/// The configuration, and which fields are given to sign in with, without their values.
fn shown(row: &ConnectorRow, definition: &Definition) -> Map<String, Value> {
    let mut shown = row.config.clone();
    let mut credentials = Map::new();
    if let Some(scheme) = row.scheme.as_deref().and_then(|name| definition.connector.head().auth.get(name)) {
        credentials.insert("option_title".to_owned(), json!(scheme.title));
    }
    credentials.extend(row.fields.iter().map(|field| (field.clone(), json!(MASK))));
    shown.insert("credentials".to_owned(), credentials.into());
    shown
}

/// The definition of a connector, which the operator may have taken away since.
pub(super) fn definition_of(service: &Service, row: &ConnectorRow) -> Result<Arc<Definition>, ApiError> {
    service.definitions.of_id(row.definition).cloned().ok_or_else(|| {
        let message = "the definition that this connector was made from is no longer on this server";
        ApiError::new(StatusCode::CONFLICT, "unknown_connector", message)
    })
}

/// Makes a connector
#[utoipa::path(post, path = "/api/v1/integrations/connectors", tag = "connectors",
    request_body = CreateConnector, responses((status = 200, body = ConnectorBody)))]
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<CreateConnector>,
) -> Result<Json<ConnectorBody>, ApiError> {
    let act = Act::begin(&caller, &request_id, "connectors.create");
    let row = act.make(&service, make(&service, &caller, request), Act::on).await?;
    let definition = definition_of(&service, &row)?;
    Ok(Json(ConnectorBody::new(&row, &definition)))
}

async fn make(service: &Service, caller: &Caller, request: CreateConnector) -> Result<ConnectorRow, ApiError> {
    let meant = Meant {
        connector_type: request.connector_type.as_deref(),
        definition: request.definition_id,
        template: request.source_template_id,
    };
    let workspace = caller.workspace_named(service, &request.workspace_name).await?;
    let definition = meant.find(service)?;
    if request.server_side_oauth_secret_id.is_some() {
        let error = ApiError::unfit("server_side_oauth_secret_id", "is not offered here");
        return Err(error.help("ask /api/v1/integrations/connectors/oauth/initiate for a consent URL"));
    }
    let name = name("name", request.name.as_deref().unwrap_or(definition.title()))?;
    let entities = exposed(&definition, request.entities)?;
    let given = Given::new(&definition, request.credentials, request.replication_config, request.environment)?;
    let connection = given.connect(service, &definition)?;
    if request.check {
        // Before a refresh token is spent for nothing.
        service.store.room(workspace.id).await?;
        tried(&connection).await?;
    }
    let at = now();
    let row = ConnectorRow {
        id: Uuid::new_v4(),
        organization: caller.organization,
        workspace: workspace.id,
        definition: definition.id,
        name,
        scheme: connection.scheme().map(str::to_owned),
        config: given.config.clone(),
        entities,
        fields: given.credentials.keys().cloned().collect(),
        reauthorize: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    service.store.add_connector(&row, &given.secrets(&definition)).await?;
    Ok(row)
}

/// Which connectors are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListConnectors {
    /// The workspace, by name.
    workspace_name: Option<String>,
    /// The workspace, by id.
    workspace_id: Option<Uuid>,
    /// The workspace, by name, as old clients say it.
    customer_name: Option<String>,
    /// The workspace, by name, as old clients say it.
    external_user_id: Option<String>,
    /// Only connectors of this definition.
    definition_id: Option<Uuid>,
}

/// Connectors of a workspace.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectorList {
    /// The connectors, by name.
    data: Vec<ConnectorSummary>,
}

/// A connector in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectorSummary {
    /// Its id.
    id: Uuid,
    /// What people call it.
    name: String,
    /// What it was made from.
    summarized_source_template: TemplateSummary,
    /// `ready`, or `reauthorize`: somebody has to sign in anew.
    status: &'static str,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
}

/// Lists the connectors of a workspace
#[utoipa::path(get, path = "/api/v1/integrations/connectors", tag = "connectors",
    params(ListConnectors), responses((status = 200, body = ConnectorList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<ListConnectors>,
) -> Result<Json<ConnectorList>, ApiError> {
    let named = query.workspace_name.or(query.customer_name).or(query.external_user_id);
    let workspace = match (named, query.workspace_id, caller.workspace) {
        (Some(name), _, _) => caller.workspace_named(&service, &name).await?,
        (None, Some(id), _) | (None, None, Some(id)) => caller.workspace(&service, id).await?,
        (None, None, None) => return Err(ApiError::bad_request("workspace_name or workspace_id is required")),
    };
    let rows = service.store.connectors(workspace.id, query.definition_id).await?;
    let summary = |row: ConnectorRow| {
        let definition = service.definitions.of_id(row.definition)?;
        Some(ConnectorSummary {
            id: row.id,
            status: row.status(),
            name: row.name,
            summarized_source_template: TemplateSummary::new(definition, row.organization),
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        })
    };
    Ok(Json(ConnectorList { data: rows.into_iter().filter_map(summary).collect() }))
}

/// Reads a connector
#[utoipa::path(get, path = "/api/v1/integrations/connectors/{id}", tag = "connectors",
    params(("id" = Uuid, Path, description = "The connector")), responses((status = 200, body = ConnectorBody)))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<ConnectorBody>, ApiError> {
    let row = caller.connector(&service, id).await?;
    let definition = definition_of(&service, &row)?;
    Ok(Json(ConnectorBody::new(&row, &definition)))
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct Deleted {
    /// Names the deletion; it is done already.
    job_id: Uuid,
}

/// Deletes a connector, with what it signs in with
#[utoipa::path(delete, path = "/api/v1/integrations/connectors/{id}", tag = "connectors",
    params(("id" = Uuid, Path, description = "The connector")), responses((status = 202, body = Deleted)))]
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
) -> Result<(StatusCode, Json<Deleted>), ApiError> {
    let row = caller.connector(&service, id).await?;
    let act = Act::begin(&caller, &request_id, "connectors.delete").on(&row);
    let deleting = async {
        if !service.store.delete_connector(row.id).await? {
            return Err(ApiError::not_found("connector"));
        }
        service.connections.forget(row.id);
        Ok((StatusCode::ACCEPTED, Json(Deleted { job_id: Uuid::new_v4() })))
    };
    act.end(&service, deleting).await
}
