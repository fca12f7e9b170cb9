//! Tokens: of an application, and of one of its workspaces.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::{Caller, ORGANIZATION, WholeOrganization};
use crate::error::ApiError;
use crate::extract::{Body, Name, name, optional_uuid};
use crate::service::Service;
use crate::store::Workspace;
use crate::token::{APPLICATION_LIFE, Claims};
use crate::watch::RequestId;

/// An application's id and secret.
#[derive(Deserialize, ToSchema)]
pub(super) struct TokenRequest {
    /// The client's id.
    client_id: String,
    /// The client's secret.
    client_secret: String,
}

/// A token of an application.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// The token, for `Authorization: Bearer …`.
    access_token: String,
    /// `bearer`.
    token_type: &'static str,
    /// How long it lasts, in seconds.
    expires_in: i64,
    /// The organization that it is for; null when there are several.
    organization_id: Option<Uuid>,
}

/// Gives an application a token
#[utoipa::path(post, path = "/api/v1/account/applications/token", tag = "tokens", security(),
    request_body = TokenRequest, responses((status = 200, body = TokenAnswer)))]
pub(super) async fn token(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Body(request): Body<TokenRequest>,
) -> Result<Json<TokenAnswer>, ApiError> {
    let application = service.store.sign_in(&request.client_id, &request.client_secret).await?;
    let Some(application) = application else {
        return Err(ApiError::unauthenticated("there is no such client, or its secret is another"));
    };
    let named = match headers
        .get(ORGANIZATION)
        .map(|value| value.to_str().ok().and_then(|text| Uuid::parse_str(text).ok()))
    {
        None => None,
        Some(Some(id)) if application.organizations.contains(&id) => Some(id),
        Some(Some(_)) => {
            return Err(ApiError::forbidden("this client does not belong to the organization of X-Organization-Id"));
        }
        Some(None) => return Err(ApiError::bad_request("X-Organization-Id must be a UUID")),
    };
    let only = if let [only] = application.organizations.as_slice() { Some(*only) } else { None };
    let access_token = service.signer.sign(&Claims::new(application.id, application.organizations, None))?;
    Ok(Json(TokenAnswer {
        access_token,
        token_type: "bearer",
        expires_in: APPLICATION_LIFE,
        organization_id: named.or(only),
    }))
}

/// Which workspace a token is confined to.
#[derive(Deserialize, ToSchema)]
pub(super) struct ScopedTokenRequest {
    /// The workspace; it is made when there is none of this name.
    #[schema(value_type = Name)]
    workspace_name: String,
    /// Ignored: a server of one's own is where it is.
    #[serde(default, deserialize_with = "optional_uuid")]
    #[schema(nullable = true)]
    #[expect(dead_code, reason = "the peer's clients send it")]
    region_id: Option<Uuid>,
}

/// A token of one workspace.
#[derive(Serialize, ToSchema)]
pub(super) struct ScopedToken {
    /// The token, for `Authorization: Bearer …`; it lasts 20 minutes.
    token: String,
}

/// Gives an application a token that is confined to one workspace
#[utoipa::path(post, path = "/api/v1/account/applications/scoped-token", tag = "tokens",
    request_body = ScopedTokenRequest, responses((status = 200, body = ScopedToken)))]
pub(super) async fn scoped_token(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<ScopedTokenRequest>,
) -> Result<Json<ScopedToken>, ApiError> {
    let making = async {
        // The token may be older than the revocation of its client; one that is made of it would outlast it.
        if !service.store.is_member(caller.client, caller.organization).await? {
            return Err(ApiError::unauthenticated("the client has been taken away"));
        }
        let name = name("workspace_name", &request.workspace_name)?;
        Ok(service.store.workspace_made(caller.organization, &name).await?)
    };
    let act = Act::begin(&caller, &request_id, "tokens.scoped");
    let workspace = act.make(&service, making, |act, made: &Workspace| act.within(made.id)).await?;
    let claims = Claims::new(caller.client, vec![caller.organization], Some(workspace.id));
    Ok(Json(ScopedToken { token: service.signer.sign(&claims)? }))
}

/// What a scoped token reaches.
#[derive(Serialize, ToSchema)]
pub(super) struct ScopedTokenInfo {
    /// The organization.
    organization_id: Uuid,
    /// The workspace.
    workspace_id: Uuid,
    /// The workspace's name.
    workspace_name: String,
}

/// Says what a scoped token reaches
#[utoipa::path(get, path = "/api/v1/account/applications/scoped-token/info", tag = "tokens",
    responses((status = 200, body = ScopedTokenInfo)))]
pub(super) async fn scoped_token_info(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<ScopedTokenInfo>, ApiError> {
    let id = caller.workspace.ok_or_else(|| ApiError::forbidden("this token is not confined to a workspace"))?;
    let workspace = caller.workspace(&service, id).await?;
    Ok(Json(ScopedTokenInfo {
        organization_id: caller.organization,
        workspace_id: workspace.id,
        workspace_name: workspace.name,
    }))
}
