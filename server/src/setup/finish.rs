//! The end of a set-up: what was given is tried, and becomes a connector.

use http::StatusCode;
use uuid::Uuid;

use crate::api::{Given, tried};
use crate::audit::Act;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{ConnectorRow, Setup, SetupStatus, StoreError, now};
use crate::watch::RequestId;

/// Ends a set-up with a connector that is made, or signed in anew, of what is given. It has been tried first.
///
/// # Errors
/// What does not fit, or what the vendor said.
pub(super) async fn finish(
    service: &Service,
    setup: &Setup,
    definition: &Definition,
    name: Option<String>,
    given: &Given,
    request_id: &RequestId,
) -> Result<(), ApiError> {
    let act = Act::of_setup(setup, request_id);
    act.make(service, finished(service, setup, definition, name, given), Act::on).await.map(drop)
}

async fn finished(
    service: &Service,
    setup: &Setup,
    definition: &Definition,
    name: Option<String>,
    given: &Given,
) -> Result<ConnectorRow, ApiError> {
    let connection = given.connect(service, definition)?;
    // Before a refresh token is spent.
    has_room(service, setup).await?;
    tried(&connection).await?;
    let at = now();
    let mut row = ConnectorRow {
        id: Uuid::new_v4(),
        organization: setup.organization,
        workspace: setup.workspace,
        definition: definition.id,
        name: name.or_else(|| setup.name.clone()).unwrap_or_else(|| definition.title().to_owned()),
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
        row = before.ok_or_else(gone)?;
        row.config = given.config.clone();
    }
    row.scheme = connection.scheme().map(str::to_owned);
    row.fields = given.credentials.keys().cloned().collect();
    // Whoever completes the set-up first makes the connector: a form that is sent twice makes one.
    match service.store.complete_setup(setup.id, &row, &given.secrets(definition), setup.replaces.is_some()).await {
        Ok(true) => {
            tracing::info!(connector_id = %row.id, setup_id = %setup.id, "a connector was set up");
            return Ok(row);
        }
        Ok(false) | Err(StoreError::Changed) => {}
        Err(error) => return Err(error.into()),
    }
    let now = service.store.setup_of_id(setup.id).await?;
    let made = now.filter(|setup| setup.status == SetupStatus::Completed).and_then(|setup| setup.connector);
    let made = made.ok_or_else(gone)?;
    service.store.connector(setup.organization, Some(setup.workspace), made).await?.ok_or_else(gone)
}

/// Whether there is room for what a set-up makes.
///
/// # Errors
/// 409 when there is none, 404 when the workspace is gone.
pub(super) async fn has_room(service: &Service, setup: &Setup) -> Result<(), ApiError> {
    match setup.replaces {
        Some(_) => Ok(()),
        None => Ok(service.store.room(setup.workspace).await?),
    }
}

/// The connector was changed or deleted while somebody signed it in anew.
fn gone() -> ApiError {
    let message = "what was to be signed in again has been changed or deleted meanwhile";
    ApiError::new(StatusCode::CONFLICT, "conflict", message)
}
