//! Who calls, and what they may reach: the one place where that is decided.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::AUTHORIZATION;
use http::request::Parts;
use uuid::Uuid;

use crate::error::ApiError;
use crate::service::Service;
use crate::store::{ConnectorRow, Workspace};
use crate::token::Claims;

/// The header that says which organization is meant.
pub(crate) const ORGANIZATION: &str = "x-organization-id";

/// Whoever holds a token, for one organization, and for one workspace of it if the token is confined to that.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The application.
    pub client: Uuid,
    pub organization: Uuid,
    /// The workspace that the token is confined to.
    pub workspace: Option<Uuid>,
}

/// A caller whose token reaches all of its organization.
pub(crate) struct WholeOrganization(pub Caller);

/// Whoever holds a token that reaches all of its organizations, whichever is meant.
pub(crate) struct AnyOrganization(pub Claims);

/// What a token says, for who holds one.
///
/// # Errors
/// 401 when there is none or it does not count, 429 when its client has sent too much.
async fn claims(parts: &Parts, service: &Service) -> Result<Claims, ApiError> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        let error = ApiError::unauthenticated("a bearer token is required");
        return Err(error.help("send `Authorization: Bearer …` with a token from /api/v1/account/applications/token"));
    };
    let claims = service.signer.verify(token.trim()).await.ok_or_else(|| {
        let error = ApiError::unauthenticated("the token is not one of this server's, or has ended");
        error.help("ask /api/v1/account/applications/token for a new one; it lasts 15 minutes")
    })?;
    service.count(&claims.sub.to_string())?;
    Ok(claims)
}

/// The organization that a request is about.
///
/// # Errors
/// 400 when it is not said and there are several, 403 when the token does not reach it.
fn organization(parts: &Parts, claims: &Claims) -> Result<Uuid, ApiError> {
    let named = match parts.headers.get(ORGANIZATION) {
        None => None,
        Some(value) => {
            let id = value.to_str().ok().and_then(|text| Uuid::parse_str(text.trim()).ok());
            Some(id.ok_or_else(|| ApiError::bad_request("X-Organization-Id must be a UUID"))?)
        }
    };
    match (named, claims.orgs.as_slice()) {
        (Some(named), all) if all.contains(&named) => Ok(named),
        (Some(_), _) => Err(ApiError::forbidden("this token does not reach the organization of X-Organization-Id")),
        (None, [only]) => Ok(*only),
        (None, []) => Err(ApiError::forbidden("this client belongs to no organization")),
        (None, _) => {
            let message = "specify target organization: this client belongs to several";
            let error = ApiError::new(StatusCode::BAD_REQUEST, "organization_required", message);
            Err(error.help("send X-Organization-Id; /api/v1/internal/account/organizations lists them"))
        }
    }
}

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let claims = claims(parts, service).await?;
        let organization = organization(parts, &claims)?;
        Ok(Self { client: claims.sub, organization, workspace: claims.workspace })
    }
}

impl FromRequestParts<Arc<Service>> for WholeOrganization {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, service).await?;
        match caller.workspace {
            None => Ok(Self(caller)),
            Some(_) => Err(confined()),
        }
    }
}

impl FromRequestParts<Arc<Service>> for AnyOrganization {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let claims = claims(parts, service).await?;
        if parts.headers.contains_key(ORGANIZATION) {
            organization(parts, &claims)?;
        }
        match claims.workspace {
            None => Ok(Self(claims)),
            Some(_) => Err(confined()),
        }
    }
}

fn confined() -> ApiError {
    ApiError::forbidden("this token reaches one workspace, and this needs all of the organization")
}

impl Caller {
    /// The workspace of this name, if the caller reaches it.
    pub(crate) async fn workspace_named(&self, service: &Service, name: &str) -> Result<Workspace, ApiError> {
        let found = service.store.workspace_named(self.organization, name).await?;
        let found = found.filter(|workspace| self.workspace.is_none_or(|only| only == workspace.id));
        found.ok_or_else(|| {
            let error = ApiError::not_found("workspace");
            error.help("GET /api/v1/workspaces lists them; asking for a scoped token makes one")
        })
    }

    /// The workspace of this id, if the caller reaches it.
    pub(crate) async fn workspace(&self, service: &Service, id: Uuid) -> Result<Workspace, ApiError> {
        let reached = self.workspace.is_none_or(|only| only == id);
        let found = if reached { service.store.workspace(self.organization, id).await? } else { None };
        found.ok_or_else(|| ApiError::not_found("workspace"))
    }

    /// The connector of this id, if the caller reaches it.
    pub(crate) async fn connector(&self, service: &Service, id: Uuid) -> Result<ConnectorRow, ApiError> {
        let found = service.store.connector(self.organization, self.workspace, id).await?;
        found.ok_or_else(|| ApiError::not_found("connector"))
    }
}
