//! The way to a vendor's page and back: bound to one browser, and good for one return.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, Uri};
use url::Url;

use crate::api::Given;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{Setup, SetupStatus};

use super::consent::Waiting;
use super::page::{self, Notice};
use super::{finish, pages};

/// Sends a browser to the vendor's page, for a consent that began in a caller's own page.
pub(super) async fn start(State(service): State<Arc<Service>>, Path(link): Path<String>) -> Result<Response, Response> {
    let setup = service.store.setup_of_link(&link).await.map_err(page::failed)?;
    let setup = setup.ok_or_else(|| page::notice(Notice::LinkUsed))?;
    let browser = service.store.begin_setup(&link).await.map_err(page::failed)?;
    let browser = browser.ok_or_else(|| page::notice(Notice::LinkUsed))?;
    let waiting = service.store.waiting(setup.id).await.map_err(page::failed)?;
    let waiting: Option<Waiting> = waiting.and_then(|plain| serde_json::from_slice(&plain).ok());
    let authorization = waiting.and_then(|waiting| waiting.authorization().ok());
    let url = authorization.map(|authorization| authorization.url().to_string());
    let url = url.ok_or_else(|| page::notice(Notice::LinkUsed))?;
    let cookie = page::cookie(&service, &browser);
    Ok(([cookie], Redirect::to(&url)).into_response())
}

/// A browser comes back from the vendor's page.
pub(super) async fn come_back(State(service): State<Arc<Service>>, headers: HeaderMap, uri: Uri) -> Response {
    let setup = match page::browser(&headers) {
        Some(browser) => service.store.setup_of_browser(&browser).await,
        None => Ok(None),
    };
    let setup = match setup {
        Ok(Some(setup)) if setup.status == SetupStatus::Pending => setup,
        // The state may be right: but it is another browser that began.
        Ok(Some(_) | None) => return page::notice(Notice::NotYours),
        Err(error) => return page::failed(error),
    };
    let result = exchanged(&service, &setup, &uri).await;
    match (result, &setup.redirect_url) {
        (Ok(connector), Some(url)) => redirect(url, &[("connector_id", &connector.to_string())]),
        (Ok(_), None) => Redirect::to("/setup/done").into_response(),
        (Err(error), Some(url)) => {
            let noted = service.store.fail_setup(setup.id, &error.message, true).await;
            if let Err(error) = noted {
                tracing::error!(%error, "a failed set-up could not be noted");
            }
            redirect(url, &[("error", "creation_failed"), ("error_description", &error.message)])
        }
        (Err(error), None) => pages::again(&service, &setup, &error).await,
    }
}

async fn exchanged(service: &Service, setup: &Setup, uri: &Uri) -> Result<uuid::Uuid, ApiError> {
    let came_back = Url::parse(&service.url(uri.path_and_query().map_or("/", |path| path.as_str())));
    let came_back = came_back
        .map_err(|_| ApiError::bad_request("the address that the vendor sent the browser to cannot be read"))?;
    let state = came_back.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned());
    let plain = service.store.take_waiting(setup.id, &state.unwrap_or_default()).await?;
    let waiting: Option<Waiting> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    let waiting = waiting.ok_or_else(|| {
        let message = "the vendor's answer does not belong to this sign-in, or has been used already";
        ApiError::bad_request(message).help("start the sign-in again")
    })?;
    let definition = setup.definition.and_then(|id| service.definitions.of_id(id));
    let definition = definition.ok_or_else(|| ApiError::not_found("connector"))?;
    let authorization = waiting.authorization()?;
    let builder = service.connections.builder(definition).scheme(&waiting.scheme).config(waiting.config.clone());
    let builder = builder.credentials(crate::connections::values(waiting.credentials.clone())?);
    let token = builder.exchange(&authorization, &came_back).await?;
    let given = Given {
        scheme: Some(waiting.scheme),
        credentials: waiting.credentials,
        config: waiting.config,
        token: Some(token),
    };
    finish(service, setup, definition, &given).await
}

/// Sends a browser to a caller's own page.
fn redirect(url: &str, params: &[(&str, &str)]) -> Response {
    match Url::parse(url) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(params);
            Redirect::to(url.as_str()).into_response()
        }
        Err(_) => page::notice(Notice::NotYours),
    }
}
