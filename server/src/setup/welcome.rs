//! A link: what it is for, and the button that uses it up. From there it goes on to the form or, where a caller's own page has asked
//! for a consent alone, to the vendor's page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use url::Url;

use crate::service::Service;
use crate::store::{Setup, SetupStatus, now};

use super::callback::{answered, ended};
use super::consent::Waiting;
use super::form::{page_of, workspace};
use super::notice::{Notice, Stop};
use super::page::{leave, page};
use super::{LIFE, browser, path, status_of};

/// What a link is for. It is used up by the button, so that a program that looks at links does not.
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let setup = linked(&service, &link).await?;
    if setup.browser.is_some() {
        return gone_on(&service, &setup, &headers).await;
    }
    if status_of(&setup) != SetupStatus::Pending {
        return Err(Notice::LinkExpired.into());
    }
    let definition = setup.definition.and_then(|id| service.definitions.of_id(id));
    let organization = service.store.organization(setup.organization).await?;
    let title = definition.map(|definition| definition.title());
    let content = json!({
        "action": path(&service, &format!("/setup/link/{link}")),
        "title": title,
        "summary": definition.map(|definition| &definition.connector.head().summary),
        "workspace": workspace(&service, &setup).await?,
        "is_renewal": setup.replaces.is_some(),
        "name": setup.name,
        "host": service.public_url.host_str(),
        "organization": organization.map(|organization| organization.name),
        "back": back(&setup),
    });
    let cookie = browser::greeted(&service, &headers, &setup)?;
    let page = page(StatusCode::OK, "welcome", &format!("Connect {}", title.unwrap_or("a service")), &content);
    Ok(match cookie {
        Some(cookie) => ([cookie], page).into_response(),
        None => page,
    })
}

/// Uses a link up, and binds the set-up to this browser. The cookie is there before, so that a second click does no harm.
pub(super) async fn begin(
    State(service): State<Arc<Service>>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    browser::must_be_own(&service, &headers)?;
    let setup = linked(&service, &link).await?;
    let Some(browser) = browser::of(&service, &headers, setup.id) else {
        return Err(if setup.browser.is_some() { Notice::LinkUsed } else { Notice::NoCookies }.into());
    };
    service.store.begin_setup(&link, &browser, now() + LIFE).await?;
    match linked(&service, &link).await? {
        setup if setup.browser.is_some() => gone_on(&service, &setup, &headers).await,
        _ => Err(Notice::LinkExpired.into()),
    }
}

async fn linked(service: &Service, link: &str) -> Result<Setup, Stop> {
    service.store.setup_of_link(link).await?.ok_or_else(|| Notice::NoLink.into())
}

/// Where somebody who has used a link goes on; another browser does not.
async fn gone_on(service: &Service, setup: &Setup, headers: &HeaderMap) -> Result<Response, Stop> {
    if !browser::is_bound(service, headers, setup) {
        return Err(Notice::LinkUsed.into());
    }
    if setup.redirect_url.is_none() {
        return Ok(Redirect::to(&page_of(service, setup)).into_response());
    }
    if status_of(setup) != SetupStatus::Pending {
        return Ok(ended(service, setup));
    }
    let Some(waiting) = Waiting::of(service, setup).await? else { return Ok(answered(service, setup)) };
    let definition = service.definitions.of_id(waiting.definition).ok_or(Notice::LinkUsed)?;
    let authorization = waiting.authorization().map_err(|_| Notice::Failed)?;
    let title = definition.title();
    Ok(leave(&format!("On to {title}"), title, authorization.url(), back(setup).as_deref()))
}

/// The site of the caller's own page, where somebody ends up who came from there.
fn back(setup: &Setup) -> Option<String> {
    Url::parse(setup.redirect_url.as_deref()?).ok()?.host_str().map(str::to_owned)
}
