//! Logging in: a code that an operator gave somebody, or what a browser brought back for it, becomes a client.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::error::ApiError;
use crate::extract::{Body, Name, name};
use crate::service::Service;
use crate::store::Login;
use crate::watch::RequestId;

/// What somebody logs in with: a code, or a grant with its verifier.
#[derive(Deserialize, ToSchema)]
pub(super) struct LogIn {
    /// The code that an operator gave.
    #[schema(nullable = true)]
    code: Option<String>,
    /// What a browser brought back from `/login`.
    #[schema(nullable = true)]
    grant: Option<String>,
    /// The verifier of the challenge that the browser was sent with (RFC 7636, S256).
    #[schema(nullable = true)]
    code_verifier: Option<String>,
    /// What the client is called; `login` when left out. Where it is known who logs in, it is called by that.
    #[schema(value_type = Option<Name>, nullable = true)]
    name: Option<String>,
}

/// A new client, with the secret that is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct LoggedIn {
    /// Its id.
    client_id: String,
    /// Its secret.
    client_secret: String,
    /// The organization that it acts for; null when there are several.
    organization_id: Option<Uuid>,
}

/// Makes a client for who has a code of the operator's
#[utoipa::path(post, path = "/api/v1/internal/account/login", tag = "tokens", security(),
    request_body = LogIn, responses((status = 200, body = LoggedIn)))]
pub(super) async fn login(
    State(service): State<Arc<Service>>,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<LogIn>,
) -> Result<Json<LoggedIn>, ApiError> {
    let called = name("name", request.name.as_deref().unwrap_or("login"))?;
    let login = match (&request.code, &request.grant, &request.code_verifier) {
        (Some(code), None, None) => service.store.use_login_code(code).await?,
        (None, Some(grant), Some(verifier)) => service.store.use_login_grant(grant, verifier).await?,
        _ => return Err(ApiError::bad_request("code, or grant with code_verifier, is required")),
    };
    let Login { organizations, name } = login.ok_or_else(|| {
        let message = "this code does not count: it is another, has been used, or is too old";
        let error = ApiError::new(StatusCode::UNAUTHORIZED, "code_refused", message);
        error.help("ask the server's operator for a new one: `tieline keys login-code`")
    })?;
    let issued = service.store.add_application(name.as_ref().unwrap_or(&called), &organizations).await?;
    for organization in &organizations {
        let act = Act::of_login(issued.id, *organization, &request_id);
        act.end(&service, async { Ok(()) }).await?;
    }
    let only = if let [only] = organizations.as_slice() { Some(*only) } else { None };
    Ok(Json(LoggedIn {
        client_id: issued.id.to_string(),
        client_secret: issued.client_secret.expose_secret().to_owned(),
        organization_id: only,
    }))
}
