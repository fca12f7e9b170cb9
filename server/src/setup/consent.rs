//! Consent: the vendor's page on which a user agrees, and what has to be known before.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tieline::auth::Authorization;
use tieline::catalog::sign_in::asked_before_browser;
use url::Url;
use uuid::Uuid;

use crate::api::Given;
use crate::connections::values;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{Setup, StoreError};

use super::finish::has_room;
use super::{CALLBACK, link_url};

/// A way to sign in that asks a user in a browser.
pub(crate) struct ConsentScheme {
    /// Its name.
    pub name: String,
    /// The fields that must be known before: the client's id and secret.
    pub asked: Vec<String>,
    /// Those of them that are required.
    pub required: Vec<String>,
}

/// The way to sign in that asks a user in a browser, where there is one.
pub(crate) fn consent_scheme(definition: &Definition) -> Option<ConsentScheme> {
    definition.connector.head().auth.iter().find_map(|(name, scheme)| {
        let asked: Vec<_> = asked_before_browser(scheme)?.into_iter().map(str::to_owned).collect();
        let is_required = |field: &&String| scheme.fields.get(*field).is_some_and(|field| field.is_required());
        let required = asked.iter().filter(is_required).cloned().collect();
        Some(ConsentScheme { name: name.clone(), asked, required })
    })
}

/// The way to sign in that asks a user in a browser.
///
/// # Errors
/// 422 when there is none.
pub(crate) fn required_consent(definition: &Definition) -> Result<ConsentScheme, ApiError> {
    consent_scheme(definition).ok_or_else(|| {
        let message = format!("{} has no way to sign in that asks a user in a browser", definition.title());
        ApiError::unfit("connector_type", message)
    })
}

/// A sign-in that waits for a user, as it is kept: sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The connector.
    pub definition: Uuid,
    /// What it will be called.
    pub name: Option<String>,
    /// The way to sign in.
    pub scheme: String,
    /// The client's id and secret, by field.
    pub credentials: Map<String, Value>,
    pub config: Map<String, Value>,
    authorization: Value,
}

impl Waiting {
    /// What was kept.
    pub(super) fn read(plain: &[u8]) -> Option<Self> {
        serde_json::from_slice(plain).ok()
    }

    /// What waits in a set-up, as long as nobody has answered.
    pub(super) async fn of(service: &Service, setup: &Setup) -> Result<Option<Self>, StoreError> {
        Ok(service.store.waiting(setup.id).await?.and_then(|plain| Self::read(&plain)))
    }

    /// What the engine keeps of it.
    pub(super) fn authorization(&self) -> Result<Authorization, ApiError> {
        Ok(Authorization::from_secret_json(&self.authorization)?)
    }
}

/// Keeps a sign-in that begins now, and gives back where the user agrees.
pub(super) async fn begin(
    service: &Service,
    setup: &Setup,
    definition: &Definition,
    name: Option<String>,
    given: Given,
) -> Result<Url, ApiError> {
    let scheme = match &given.scheme {
        Some(scheme) => scheme.clone(),
        None => required_consent(definition)?.name,
    };
    has_room(service, setup).await?;
    let builder = service.connections.builder(definition).scheme(&scheme).config(given.config.clone());
    let authorization = builder.credentials(values(given.credentials.clone())?).authorize(&service.url(CALLBACK))?;
    let url = authorization.url().clone();
    let state = authorization.state().to_owned();
    let waiting = Waiting {
        definition: definition.id,
        name,
        scheme,
        credentials: given.credentials,
        config: given.config,
        authorization: authorization.to_secret_json(),
    };
    let text = serde_json::to_string(&waiting).map_err(|_| ApiError::internal())?;
    match service.store.put_waiting(setup.id, &state, &text).await? {
        true => Ok(url),
        false => Err(ApiError::new(StatusCode::CONFLICT, "conflict", "this set-up has ended meanwhile")),
    }
}

/// Keeps a consent with the organization's own client; gives back the link that the user's browser opens.
///
/// # Errors
/// 422 when no way to sign in asks a user in a browser, 400 when the organization has given no client for it.
pub(crate) async fn with_own_client(
    service: &Service,
    setup: &Setup,
    definition: &Definition,
    mut given: Given,
) -> Result<String, ApiError> {
    given.scheme = Some(required_consent(definition)?.name);
    let client = service.store.oauth_client(setup.organization, definition.id).await?;
    let client = client.ok_or_else(|| {
        let message = format!("this organization has no OAuth client of its own for {}", definition.title());
        ApiError::bad_request(message).help("give one with PUT /api/v1/oauth/credentials")
    })?;
    if definition.moves_token_endpoint(&given.config) {
        return Err(client_stays(definition));
    }
    given.credentials = client;
    let link = service.store.add_setup(setup).await?;
    begin(service, setup, definition, setup.name.clone(), given).await?;
    Ok(link_url(service, &link))
}

/// The secret of an organization's client is not sent to an address that a caller chooses.
pub(super) fn client_stays(definition: &Definition) -> ApiError {
    let message = format!(
        "the configuration says where {} is asked for tokens, and this organization's own OAuth client is not sent there",
        definition.title()
    );
    ApiError::unfit("replication_config", message)
        .help("give a client of your own on the set-up page, or the tokens themselves")
}
