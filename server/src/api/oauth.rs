//! OAuth: an organization's own client of a vendor, and a consent that begins in a caller's own page.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::{Caller, WholeOrganization};
use crate::error::ApiError;
use crate::extract::{Body, Name, name, optional_uuid};
use crate::service::Service;
use crate::setup;
use crate::store::{Setup, time};
use crate::watch::RequestId;

use super::given::{Given, Meant};

/// An organization's own OAuth client of a vendor.
#[derive(Deserialize, ToSchema)]
pub(super) struct PutClient {
    /// The connector, by name or title.
    connector_type: String,
    /// The client's id and secret, by field.
    #[schema(value_type = Object)]
    configuration: Map<String, Value>,
}

/// An organization's own OAuth client of a vendor, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientBody {
    /// Its id here.
    id: Uuid,
    /// `organization`.
    scope_type: &'static str,
    /// The organization.
    scope_id: Uuid,
    /// `source`.
    connector_type: &'static str,
    /// The connector's definition.
    connector_definition_id: Uuid,
    /// When it was given first.
    created_at: String,
    /// When it was given last.
    updated_at: String,
}

/// Keeps the organization's own OAuth client of a vendor, for consents that begin here
#[utoipa::path(put, path = "/api/v1/oauth/credentials", tag = "oauth",
    request_body = PutClient, responses((status = 200, body = ClientBody)))]
pub(super) async fn put_client(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<PutClient>,
) -> Result<Json<ClientBody>, ApiError> {
    let putting = async {
        let meant = Meant { connector_type: Some(&request.connector_type), definition: None, template: None };
        let definition = meant.find(&service)?;
        let scheme = setup::required_consent(&definition)?;
        let unknown = request.configuration.keys().find(|field| !scheme.asked.contains(field));
        let missing = scheme.asked.iter().find(|field| {
            let value = request.configuration.get(*field).and_then(Value::as_str);
            value.is_none_or(str::is_empty) && scheme.required.contains(field)
        });
        if let Some(field) = unknown {
            return Err(ApiError::unfit(
                &format!("configuration.{}", name("configuration", field)?),
                "is no field of the client",
            ));
        }
        if let Some(field) = missing {
            return Err(ApiError::unfit(&format!("configuration.{field}"), "is required"));
        }
        let client = service.store.put_oauth_client(caller.organization, definition.id, &request.configuration).await?;
        Ok(Json(ClientBody {
            id: client.id,
            scope_type: "organization",
            scope_id: caller.organization,
            connector_type: "source",
            connector_definition_id: client.definition,
            created_at: time(client.created_at),
            updated_at: time(client.updated_at),
        }))
    };
    Act::begin(&caller, &request_id, "oauth.client.put").end(&service, putting).await
}

/// Deletes the organization's own OAuth client of a vendor, if there is one
#[utoipa::path(delete, path = "/api/v1/oauth/credentials/connector_type/{connector_type}", tag = "oauth",
    params(("connector_type" = String, Path, description = "The connector, by name or title")),
    responses((status = 204, description = "There is none any more")))]
pub(super) async fn delete_client(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Extension(request_id): Extension<RequestId>,
    axum::extract::Path(connector_type): axum::extract::Path<String>,
) -> Result<StatusCode, ApiError> {
    let deleting = async {
        let meant = Meant { connector_type: Some(&connector_type), definition: None, template: None };
        let definition = meant.find(&service)?;
        service.store.delete_oauth_client(caller.organization, definition.id).await?;
        Ok(StatusCode::NO_CONTENT)
    };
    Act::begin(&caller, &request_id, "oauth.client.delete").end(&service, deleting).await
}

/// A consent that begins in a caller's own page.
#[derive(Deserialize, ToSchema)]
pub(super) struct Initiate {
    /// The workspace that the connector will be in.
    #[schema(value_type = Name)]
    workspace_name: String,
    /// The connector, by name or title, in any case.
    #[schema(nullable = true)]
    connector_type: Option<String>,
    /// The connector, by its definition.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    definition_id: Option<Uuid>,
    /// The connector, by its template.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    source_template_id: Option<Uuid>,
    /// Where the browser goes in the end, with `connector_id`, or with `error` and `error_description`.
    redirect_url: String,
    /// What people call the connector.
    #[schema(value_type = Option<Name>, nullable = true)]
    name: Option<String>,
    /// Configuration values.
    #[schema(value_type = Option<Object>, nullable = true)]
    replication_config: Option<Map<String, Value>>,
    /// Configuration values.
    #[schema(value_type = Option<Object>, nullable = true)]
    environment: Option<Map<String, Value>>,
}

/// Where a consent begins.
#[derive(Serialize, ToSchema)]
pub(super) struct Initiated {
    /// Open it in the user's browser; it works once, for a quarter of an hour.
    consent_url: String,
}

/// Begins a consent with the organization's own OAuth client
#[utoipa::path(post, path = "/api/v1/integrations/connectors/oauth/initiate", tag = "oauth",
    request_body = Initiate, responses((status = 200, body = Initiated)))]
pub(super) async fn initiate(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<Initiate>,
) -> Result<Json<Initiated>, ApiError> {
    let initiating = async {
        let meant = Meant {
            connector_type: request.connector_type.as_deref(),
            definition: request.definition_id,
            template: request.source_template_id,
        };
        let workspace = caller.workspace_named(&service, &request.workspace_name).await?;
        let definition = meant.find(&service)?;
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let redirect = Url::parse(&request.redirect_url).ok().filter(is_web);
        let redirect = redirect.ok_or_else(|| ApiError::unfit("redirect_url", "must be an http or https URL"))?;
        let connector_name = request.name.as_deref().map(|text| name("name", text)).transpose()?;
        let given = Given::new(&definition, None, request.replication_config, request.environment)?;
        let new = setup::new(caller.organization, workspace.id, Some(definition.id), connector_name);
        let setup = Setup { redirect_url: Some(redirect.into()), ..new };
        let consent_url = setup::with_own_client(&service, &setup, &definition, given).await?;
        Ok((setup, consent_url))
    };
    let act = Act::begin(&caller, &request_id, "oauth.initiate");
    let (_, consent_url) = act.make(&service, initiating, |act, (setup, _)| act.in_setup(setup)).await?;
    Ok(Json(Initiated { consent_url }))
}
