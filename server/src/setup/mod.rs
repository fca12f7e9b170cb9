//! Setting up a connector in a browser: a link that works once, pages that need no script, and a vendor's consent.

mod callback;
mod consent;
mod form;
mod markdown;
mod page;
mod pages;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use uuid::Uuid;

use crate::api::Given;
use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{ConnectorRow, Setup, SetupStatus, now};

pub(crate) use consent::{begin_with_own_client, consent_scheme};

/// How long a link works, and a set-up may take, in milliseconds.
const LIFE: i64 = 15 * 60 * 1000;
/// Where vendors send browsers back to.
pub(crate) const CALLBACK: &str = "/oauth/callback";

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/setup", get(pages::show).post(pages::submit))
        .route("/setup/choose", post(pages::choose))
        .route("/setup/done", get(pages::done))
        .route("/setup/style.css", get(page::style))
        .route("/setup/link/{link}", get(pages::welcome).post(pages::begin))
        .route("/oauth/start/{link}", get(callback::start))
        .route(CALLBACK, get(callback::come_back))
}

/// A set-up that nobody has begun.
pub(crate) fn new(
    caller: &Caller,
    workspace: Uuid,
    definition: Option<&Definition>,
    name: Option<String>,
    replaces: Option<Uuid>,
    redirect_url: Option<String>,
) -> Setup {
    Setup {
        id: Uuid::new_v4(),
        organization: caller.organization,
        workspace,
        definition: definition.map(|definition| definition.id),
        name,
        replaces,
        redirect_url,
        status: SetupStatus::Pending,
        error: None,
        connector: None,
        expires_at: now() + LIFE,
    }
}

/// The URL of a link.
pub(crate) fn link_url(service: &Service, link: &str) -> String {
    service.url(&format!("/setup/link/{link}"))
}

/// The URL of a new link, with which a connector can be signed in anew. Links for it that nobody has used no longer work.
pub(crate) async fn link_for(service: &Service, row: &ConnectorRow) -> Result<String, ApiError> {
    service.store.drop_unused_setups(row.id).await?;
    let setup = Setup {
        id: Uuid::new_v4(),
        organization: row.organization,
        workspace: row.workspace,
        definition: Some(row.definition),
        name: Some(row.name.clone()),
        replaces: Some(row.id),
        redirect_url: None,
        status: SetupStatus::Pending,
        error: None,
        connector: None,
        expires_at: now() + LIFE,
    };
    let link = service.store.add_setup(&setup).await?;
    Ok(link_url(service, &link))
}

/// How far a set-up is; one that has expired has failed.
pub(crate) fn status_of(setup: &Setup) -> SetupStatus {
    match setup.status {
        SetupStatus::Pending if setup.expires_at <= now() => SetupStatus::Failed,
        status => status,
    }
}

/// Ends a set-up with a connector that is made, or signed in anew, of what is given. It has been tried first.
async fn finish(service: &Service, setup: &Setup, definition: &Definition, given: &Given) -> Result<Uuid, ApiError> {
    let connection = given.connect(service, definition)?;
    crate::api::tried(&connection).await?;
    let at = now();
    let mut row = ConnectorRow {
        id: Uuid::new_v4(),
        organization: setup.organization,
        workspace: setup.workspace,
        definition: definition.id,
        name: setup.name.clone().unwrap_or_else(|| definition.title().to_owned()),
        scheme: None,
        config: given.config.clone(),
        entities: None,
        fields: Vec::new(),
        reauthorize: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    if let Some(id) = setup.replaces {
        let before = service.store.connector(setup.organization, Some(setup.workspace), id).await?;
        row = before.ok_or_else(|| ApiError::not_found("connector"))?;
        row.config = given.config.clone();
    }
    row.scheme = connection.scheme().map(str::to_owned);
    row.fields = given.credentials.keys().cloned().collect();
    // Whoever completes the set-up first makes the connector: a form that is sent twice makes one.
    if !service.store.complete_setup(setup.id, &row, &given.secrets(), setup.replaces.is_some()).await? {
        return Err(ApiError::new(http::StatusCode::CONFLICT, "conflict", "this set-up has ended already"));
    }
    tracing::info!(connector_id = %row.id, setup_id = %setup.id, "a connector was set up");
    Ok(row.id)
}
