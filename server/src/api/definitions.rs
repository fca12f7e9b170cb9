//! Definitions: the connectors that can be made here, and what somebody has to give for one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tieline::auth::{Field, FieldType, Scheme};
use tieline::manifest::ConfigValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::service::Service;

/// What somebody has to give for a connector.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Specification {
    /// A page of the vendor.
    documentation_url: Option<String>,
    /// A JSON Schema of configuration values, and of the values to sign in with under `credentials`.
    #[schema(value_type = Object)]
    connection_specification: Value,
}

pub(super) fn specification(definition: &Definition) -> Specification {
    let head = definition.connector.head();
    let mut properties = Map::new();
    let mut required = Vec::new();
    let ways: Vec<_> = head.auth.iter().filter(|(_, scheme)| scheme.limited != Some(true)).map(way).collect();
    if !ways.is_empty() {
        properties.insert("credentials".to_owned(), json!({ "type": "object", "title": "Credentials", "oneOf": ways }));
        required.push("credentials");
    }
    for (name, value) in &head.config {
        properties.insert(name.clone(), config(name, value));
        if value.required == Some(true) && value.default.is_none() {
            required.push(name);
        }
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": head.title,
        "description": head.summary,
        "required": required,
        "properties": properties,
    });
    let link = head.links.first().map(|link| link.url.to_string());
    Specification { documentation_url: link, connection_specification: schema }
}

fn way((name, scheme): (&String, &Scheme)) -> Value {
    let title = scheme.title.as_deref().unwrap_or(name);
    let mut properties = Map::from_iter([("option_title".to_owned(), json!({ "type": "string", "const": title }))]);
    properties.extend(scheme.fields.iter().map(|(name, value)| (name.clone(), field(value))));
    let required: Vec<_> =
        scheme.fields.iter().filter(|(_, field)| field.is_required()).map(|(name, _)| name).collect();
    let mut way = json!({ "type": "object", "title": title, "required": required, "properties": properties });
    if let Some(description) = &scheme.description {
        way["description"] = description.as_str().into();
    }
    way
}

fn field(field: &Field) -> Value {
    let mut schema = typed(field.field_type.unwrap_or(FieldType::Text));
    let mut set = |key: &str, value: Option<Value>| value.into_iter().for_each(|value| schema[key] = value);
    set("title", field.title.as_deref().map(Value::from));
    set("description", field.description.as_deref().map(Value::from));
    set("default", field.default.as_deref().map(Value::from));
    set("enum", (!field.choices.is_empty()).then(|| json!(field.choices)));
    set("examples", field.example.as_deref().map(|example| json!([example])));
    set("airbyte_secret", field.is_secret().then_some(Value::Bool(true)));
    set("writeOnly", field.is_secret().then_some(Value::Bool(true)));
    schema
}

fn config(name: &str, value: &ConfigValue) -> Value {
    let mut schema = typed(value.value_type.unwrap_or(FieldType::Text));
    let mut set = |key: &str, value: Option<Value>| value.into_iter().for_each(|value| schema[key] = value);
    set("title", Some(value.title.as_deref().unwrap_or(name).into()));
    set("description", value.description.as_deref().map(Value::from));
    set("default", value.default.clone());
    set("enum", (!value.choices.is_empty()).then(|| json!(value.choices)));
    set("pattern", value.pattern.as_ref().map(|pattern| format!("^(?:{})$", pattern.value).into()));
    schema
}

fn typed(field_type: FieldType) -> Value {
    match field_type {
        FieldType::Text => json!({ "type": "string" }),
        FieldType::Integer => json!({ "type": "integer" }),
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::List => json!({ "type": "array", "items": { "type": "string" } }),
    }
}

/// A definition in a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefinitionSummary {
    /// Its id.
    source_definition_id: Uuid,
    /// The connector's title.
    name: String,
    /// The connector's name; there is no image of it.
    docker_repository: String,
    /// The version of its manifest.
    docker_image_tag: String,
    /// None here.
    icon_url: Option<String>,
    /// Never here.
    custom: bool,
    /// `none`: nobody but the operator stands for it.
    support_level: &'static str,
}

impl DefinitionSummary {
    fn new(definition: &Definition) -> Self {
        Self {
            source_definition_id: definition.id,
            name: definition.title().to_owned(),
            docker_repository: definition.name().to_owned(),
            docker_image_tag: definition.connector.head().version.clone(),
            icon_url: None,
            custom: false,
            support_level: "none",
        }
    }
}

/// Definitions.
#[derive(Serialize, ToSchema)]
pub(super) struct DefinitionList {
    /// The definitions, by name.
    definitions: Vec<DefinitionSummary>,
}

/// Which definitions are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListDefinitions {
    /// What the name must contain, in any case.
    name: Option<String>,
}

/// Lists the connectors that can be made here
#[utoipa::path(get, path = "/api/v1/integrations/definitions/sources", tag = "definitions",
    params(ListDefinitions), responses((status = 200, body = DefinitionList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    _: Caller,
    Query(query): Query<ListDefinitions>,
) -> Json<DefinitionList> {
    let part = query.name.unwrap_or_default().to_lowercase();
    let is_meant = |text: &str| text.to_lowercase().contains(&part);
    let all = service.definitions.all().iter().filter(|one| is_meant(one.name()) || is_meant(one.title()));
    Json(DefinitionList { definitions: all.map(|definition| DefinitionSummary::new(definition)).collect() })
}

/// A definition.
#[derive(Serialize, ToSchema)]
pub(super) struct DefinitionBody {
    /// Its id.
    id: Uuid,
    /// The definition, with what somebody has to give.
    definition: DefinitionWithSpecification,
    /// What it can be asked.
    example_questions: Questions,
}

/// A definition, with what somebody has to give.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefinitionWithSpecification {
    /// Its id.
    source_definition_id: Uuid,
    /// The connector's title.
    name: String,
    /// The connector's name.
    docker_repository: String,
    /// What somebody has to give.
    spec: Specification,
}

/// What a connector can be asked.
#[derive(Serialize, ToSchema)]
pub(super) struct Questions {
    /// What its operations answer.
    direct: Vec<String>,
    /// Always empty: there is no copy of the data to search.
    search: Vec<String>,
}

/// Reads a definition, with what somebody has to give for it
#[utoipa::path(get, path = "/api/v1/integrations/definitions/sources/{id}", tag = "definitions",
    params(("id" = Uuid, Path, description = "The definition")), responses((status = 200, body = DefinitionBody)))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    _: Caller,
    Id(id): Id,
) -> Result<Json<DefinitionBody>, ApiError> {
    let definition = service.definitions.of_id(id).ok_or_else(|| ApiError::not_found("definition"))?;
    let questions = definition.connector.head().questions.as_ref();
    Ok(Json(DefinitionBody {
        id: definition.id,
        definition: DefinitionWithSpecification {
            source_definition_id: definition.id,
            name: definition.title().to_owned(),
            docker_repository: definition.name().to_owned(),
            spec: specification(definition),
        },
        example_questions: Questions {
            direct: questions.map(|questions| questions.can.clone()).unwrap_or_default(),
            search: Vec::new(),
        },
    }))
}
