//! Templates: what a connector is made from. There is one for each definition, and nobody has to write any.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::service::Service;

use super::definitions::{Specification, specification};

/// What a connector is made from.
#[derive(Serialize, ToSchema)]
pub(super) struct Template {
    /// Its id.
    id: Uuid,
    /// The connector's title.
    name: String,
    /// None here.
    icon: Option<String>,
    /// The connector's name.
    connector_name: String,
    /// Its definition.
    source_definition_id: Uuid,
    /// What somebody has to give.
    user_config_spec: Specification,
    /// Nothing here.
    #[schema(value_type = Object)]
    partial_default_config: Map<String, Value>,
    /// Nothing here.
    #[schema(value_type = Object)]
    customization: Map<String, Value>,
    /// None here.
    tags: Vec<String>,
    /// `DIRECT`: operations are executed when they are called.
    mode: &'static str,
    /// Never here.
    is_experimental: bool,
    /// Not known.
    created_at: Option<String>,
    /// Not known.
    updated_at: Option<String>,
}

impl Template {
    pub(super) fn new(definition: &Definition) -> Self {
        Self {
            id: definition.template,
            name: definition.title().to_owned(),
            icon: None,
            connector_name: definition.name().to_owned(),
            source_definition_id: definition.id,
            user_config_spec: specification(definition),
            partial_default_config: Map::new(),
            customization: Map::new(),
            tags: Vec::new(),
            mode: "DIRECT",
            is_experimental: false,
            created_at: None,
            updated_at: None,
        }
    }
}

/// A template in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateSummary {
    /// Its id.
    id: Uuid,
    /// The connector's title.
    name: String,
    /// None here.
    icon: Option<String>,
    /// The connector's name.
    connector_name: String,
    /// The organization that sees it.
    organization_id: Uuid,
    /// Its definition.
    actor_definition_id: Uuid,
    /// None here.
    tags: Vec<String>,
    /// Nothing here.
    #[schema(value_type = Object)]
    customization: Map<String, Value>,
    /// `DIRECT`: operations are executed when they are called.
    mode: &'static str,
    /// Not known.
    created_at: Option<String>,
    /// Not known.
    updated_at: Option<String>,
}

impl TemplateSummary {
    pub(super) fn new(definition: &Definition, organization: Uuid) -> Self {
        Self {
            id: definition.template,
            name: definition.title().to_owned(),
            icon: None,
            connector_name: definition.name().to_owned(),
            organization_id: organization,
            actor_definition_id: definition.id,
            tags: Vec::new(),
            customization: Map::new(),
            mode: "DIRECT",
            created_at: None,
            updated_at: None,
        }
    }
}

/// Templates.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateList {
    /// The templates, by name.
    data: Vec<TemplateSummary>,
}

/// Which templates are listed. Those of an organization's own are not offered here, so that all are global.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListTemplates {
    /// Whether global templates are listed.
    use_global: Option<bool>,
}

/// Lists the templates
#[utoipa::path(get, path = "/api/v1/integrations/templates/sources", tag = "definitions",
    params(ListTemplates), responses((status = 200, body = TemplateList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<ListTemplates>,
) -> Json<TemplateList> {
    all(&service, caller.organization, query.use_global.unwrap_or(true))
}

/// Lists the templates of all organizations
#[utoipa::path(get, path = "/api/v1/integrations/templates/sources/global", tag = "definitions",
    responses((status = 200, body = TemplateList)))]
pub(super) async fn global(State(service): State<Arc<Service>>, caller: Caller) -> Json<TemplateList> {
    all(&service, caller.organization, true)
}

fn all(service: &Service, organization: Uuid, are_wanted: bool) -> Json<TemplateList> {
    let all = service.definitions.all().iter().filter(|_| are_wanted);
    Json(TemplateList { data: all.map(|definition| TemplateSummary::new(definition, organization)).collect() })
}

/// Reads a template
#[utoipa::path(get, path = "/api/v1/integrations/templates/sources/{id}", tag = "definitions",
    params(("id" = Uuid, Path, description = "The template")), responses((status = 200, body = Template)))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    _: Caller,
    Id(id): Id,
) -> Result<Json<Template>, ApiError> {
    let found = service.definitions.of_template(id).map(|definition| Json(Template::new(definition)));
    found.ok_or_else(|| ApiError::not_found("template"))
}
