//! The way to a vendor's page and back: bound to one browser, and good for one return.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::REFERRER_POLICY;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::api::Given;
use crate::connections::values;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{Setup, SetupStatus};
use crate::watch::RequestId;

use super::consent::Waiting;
use super::draft::Draft;
use super::finish::{finish, has_room};
use super::form::{Asking, page_of};
use super::notice::{Notice, Stop};
use super::page::page;
use super::pages::to_the_end;
use super::sent::Sent;
use super::told::Told;
use super::{browser, status_of};

/// What a caller's own page is told when no connector was made.
const FAILED: &str = "creation_failed";

/// A browser comes back from the vendor's page.
pub(super) async fn come_back(
    State(service): State<Arc<Service>>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Stop> {
    let sent = Sent::read(uri.query().unwrap_or_default().as_bytes());
    let state = sent.text("state").ok_or(Notice::NoSuchSignIn)?;
    let setup = service.store.setup_of_state(state).await?.ok_or(Notice::NoSuchSignIn)?;
    // The state may be right: but it is another browser that began.
    if !browser::is_bound(&service, &headers, &setup) {
        let is_over = status_of(&setup) == SetupStatus::Failed;
        return Err(if is_over { Notice::Expired } else { Notice::OtherBrowser }.into());
    }
    if status_of(&setup) != SetupStatus::Pending {
        return Ok(ended(&service, &setup));
    }
    let taken = service.store.take_waiting(setup.id, state).await?;
    let Some(waiting) = taken.and_then(|plain| Waiting::read(&plain)) else {
        return Ok(answered(&service, &setup));
    };
    let (definition, scheme) = (waiting.definition, waiting.scheme.clone());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let came_back = Url::parse(&service.url(path)).map_err(|_| Notice::NoSuchSignIn)?;
    let Err(error) = exchanged(&service, &setup, waiting, &came_back, &request_id).await else {
        let now = service.store.setup_of_id(setup.id).await?.unwrap_or(setup);
        return Ok(ended(&service, &now));
    };
    let is_denied = error.vendor.as_ref().and_then(|vendor| vendor.code.as_deref()) == Some("access_denied");
    service.store.fail_setup(setup.id, &error.message, setup.redirect_url.is_some()).await?;
    match &setup.redirect_url {
        Some(url) => Ok(redirect(url, &[("error", FAILED), ("error_description", &error.message)])),
        None => again(&service, &setup, definition, &scheme, is_denied, &error).await,
    }
}

/// To the form that somebody came from: what came back no longer stands in the address then.
async fn again(
    service: &Service,
    setup: &Setup,
    definition: Uuid,
    scheme: &str,
    is_denied: bool,
    error: &ApiError,
) -> Result<Response, Stop> {
    let Some(definition) = service.definitions.of_id(definition) else {
        return Ok(Redirect::to(&page_of(service, setup)).into_response());
    };
    let mut draft = Draft::of_setup(service, setup).await?;
    draft.told = Some(Told::of_consent(definition.title(), is_denied, &error.message));
    draft.keep(service, setup).await?;
    let sent = Sent::default();
    let asking = Asking::new(service, setup, definition, &sent).await?;
    Ok(Redirect::to(&asking.url(Some(scheme), &[("again", "1")])).into_response())
}

async fn exchanged(
    service: &Service,
    setup: &Setup,
    waiting: Waiting,
    came_back: &Url,
    request_id: &RequestId,
) -> Result<(), ApiError> {
    let definition = service.definitions.of_id(waiting.definition).ok_or_else(|| ApiError::not_found("connector"))?;
    let authorization = waiting.authorization()?;
    // Before the code is spent.
    has_room(service, setup).await?;
    let Waiting { name, scheme, credentials, config, .. } = waiting;
    let builder = service.connections.builder(definition).scheme(&scheme).config(config.clone());
    let token = builder.credentials(values(credentials.clone())?).exchange(&authorization, came_back).await?;
    let given = Given { scheme: Some(scheme), credentials, config, token: Some(token), ..Given::default() };
    finish(service, setup, definition, name, &given, request_id).await
}

/// Where a set-up that has ended leads: somebody came back twice.
pub(super) fn ended(service: &Service, setup: &Setup) -> Response {
    match (&setup.redirect_url, setup.status, setup.connector) {
        (Some(url), SetupStatus::Completed, Some(id)) => redirect(url, &[("connector_id", &id.to_string())]),
        (Some(url), _, _) => {
            let said = setup.error.as_deref().unwrap_or("the sign-in took too long");
            redirect(url, &[("error", FAILED), ("error_description", said)])
        }
        (None, SetupStatus::Completed, _) => to_the_end(service, setup),
        (None, SetupStatus::Pending | SetupStatus::Failed, _) => Notice::Expired.into_response(),
    }
}

/// An answer that has been used: what is made of it may take a moment still.
pub(super) fn answered(service: &Service, setup: &Setup) -> Response {
    let form = page_of(service, setup);
    if setup.error.is_some() {
        return Redirect::to(&form).into_response();
    }
    let content = json!({ "form": setup.redirect_url.is_none().then_some(form) });
    page(StatusCode::OK, "busy", "One moment", &content)
}

/// Sends a browser to a caller's own page.
fn redirect(url: &str, params: &[(&str, &str)]) -> Response {
    match Url::parse(url) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(params);
            ([(REFERRER_POLICY, "no-referrer")], Redirect::to(url.as_str())).into_response()
        }
        Err(_) => Notice::Failed.into_response(),
    }
}
