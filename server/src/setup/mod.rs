//! What happens in a browser: setting up a connector, with a link that works once, pages that need no script, and a vendor's
//! consent; and logging in from a command line, with a code or at a provider.

mod browser;
mod callback;
mod consent;
mod draft;
mod finish;
mod form;
mod input;
mod login;
mod markdown;
mod notice;
mod page;
mod pages;
mod sent;
mod sign_in;
mod told;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use http::StatusCode;
use uuid::Uuid;

use crate::error::ApiError;
use crate::oidc;
use crate::service::Service;
use crate::store::{ConnectorRow, Setup, SetupStatus, now};

pub(crate) use consent::{required_consent, with_own_client};

/// How long a link works, in milliseconds.
const LINK_LIFE: i64 = 15 * 60 * 1000;
/// How long somebody has after that, in milliseconds: a vendor may have to be told of this server first.
const LIFE: i64 = 30 * 60 * 1000;
/// Where vendors send browsers back to.
pub(crate) const CALLBACK: &str = "/oauth/callback";

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<Service>> {
    // What only looks at a link must not use it up.
    let only_looked_at = || async { StatusCode::METHOD_NOT_ALLOWED };
    Router::new()
        .route("/setup", get(notice::nothing_here))
        .route("/setup/link/{link}", get(welcome::show).post(welcome::begin))
        .route("/setup/{id}", get(pages::show).post(pages::submit))
        .route("/setup/{id}/done", get(pages::done))
        .route("/login", get(login::show).post(login::submit))
        .route("/login/start", post(sign_in::start))
        .route(oidc::CALLBACK, get(sign_in::come_back).head(only_looked_at))
        .route(CALLBACK, get(callback::come_back).head(only_looked_at))
}

/// A set-up of a new connector, which nobody has begun.
pub(crate) fn new(organization: Uuid, workspace: Uuid, definition: Option<Uuid>, name: Option<String>) -> Setup {
    Setup {
        id: Uuid::new_v4(),
        organization,
        workspace,
        definition,
        name,
        replaces: None,
        redirect_url: None,
        status: SetupStatus::Pending,
        error: None,
        connector: None,
        expires_at: now() + LINK_LIFE,
        browser: None,
    }
}

/// A set-up in which a connector is signed in anew.
pub(crate) fn renewal(row: &ConnectorRow) -> Setup {
    let new = new(row.organization, row.workspace, Some(row.definition), Some(row.name.clone()));
    Setup { replaces: Some(row.id), ..new }
}

/// The URL of a link.
pub(crate) fn link_url(service: &Service, link: &str) -> String {
    service.url(&format!("/setup/link/{link}"))
}

/// The URL of a new link, with which a connector can be signed in anew. Of those that nobody has used, the newest go on to work.
pub(crate) async fn link_for(service: &Service, row: &ConnectorRow) -> Result<String, ApiError> {
    service.store.drop_unused_setups(row.id).await?;
    let link = service.store.add_setup(&renewal(row)).await?;
    Ok(link_url(service, &link))
}

/// How far a set-up is; one that has expired has failed.
pub(crate) fn status_of(setup: &Setup) -> SetupStatus {
    match setup.status {
        SetupStatus::Pending if setup.expires_at <= now() => SetupStatus::Failed,
        status => status,
    }
}

/// The path of a page, as browsers reach it: below that of the public URL.
fn path(service: &Service, path: &str) -> String {
    format!("{}{path}", service.public_url.path().trim_end_matches('/'))
}
