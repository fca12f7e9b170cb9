//! The pages of a set-up, step by step.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, json};
use uuid::Uuid;

use crate::definitions::Definition;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{Setup, SetupStatus, StoreError};

use super::form::{self, Form, Sent, Way};
use super::page::{self, Notice, notice, page};
use super::{CALLBACK, consent, finish};

/// What a link is for. It is used up by the button, so that a program that looks at links does not.
pub(super) async fn welcome(
    State(service): State<Arc<Service>>,
    Path(link): Path<String>,
) -> Result<Response, Response> {
    let setup = service.store.setup_of_link(&link).await.map_err(page::failed)?;
    let setup = setup.ok_or_else(|| notice(Notice::LinkUsed))?;
    let title = title(&service, &setup).unwrap_or_else(|| "a connector".to_owned());
    let content = json!({
        "title": title,
        "workspace": workspace(&service, &setup).await.map_err(page::failed)?,
        "is_renewal": setup.replaces.is_some(),
        "action": format!("/setup/link/{link}"),
    });
    Ok(page(StatusCode::OK, "welcome", &format!("Set up {title}"), &content))
}

/// Uses a link up, and binds the set-up to this browser.
pub(super) async fn begin(
    State(service): State<Arc<Service>>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    if !page::is_own(&service, &headers) {
        return Err(notice(Notice::Foreign));
    }
    let browser = service.store.begin_setup(&link).await.map_err(page::failed)?;
    let browser = browser.ok_or_else(|| notice(Notice::LinkUsed))?;
    Ok(([page::cookie(&service, &browser)], Redirect::to("/setup")).into_response())
}

/// The set-up that belongs to a browser and goes on.
async fn own(service: &Service, headers: &HeaderMap) -> Result<Setup, Response> {
    let browser = page::browser(headers).ok_or_else(|| notice(Notice::NotYours))?;
    let setup = service.store.setup_of_browser(&browser).await.map_err(page::failed)?;
    setup.ok_or_else(|| notice(Notice::NotYours))
}

/// Which way to sign in is shown.
#[derive(Deserialize)]
pub(super) struct Shown {
    auth: Option<String>,
}

/// What is to be given next.
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Query(shown): Query<Shown>,
) -> Result<Response, Response> {
    let setup = own(&service, &headers).await?;
    if setup.status == SetupStatus::Completed {
        return Ok(Redirect::to("/setup/done").into_response());
    }
    let Some(definition) = definition(&service, &setup) else { return choices(&service, &setup).await };
    let told = setup.error.as_deref().map(|text| ApiError::bad_request(text));
    asked(&service, &setup, &definition, shown.auth.as_deref(), &Sent::default(), told.as_ref()).await
}

async fn choices(service: &Service, setup: &Setup) -> Result<Response, Response> {
    let one = |definition: &Arc<Definition>| json!({ "id": definition.id, "title": definition.title(), "summary": definition.connector.head().summary });
    let all: Vec<_> = service.definitions.all().iter().map(one).collect();
    let content = json!({ "connectors": all, "workspace": workspace(service, setup).await.map_err(page::failed)? });
    Ok(page(StatusCode::OK, "choose", "Choose a connector", &content))
}

/// Chooses the connector.
pub(super) async fn choose(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    if !page::is_own(&service, &headers) {
        return Err(notice(Notice::Foreign));
    }
    let setup = own(&service, &headers).await?;
    let chosen = Sent::read(&body).text("definition").and_then(|text| Uuid::parse_str(text).ok());
    let chosen = chosen.and_then(|id| service.definitions.of_id(id)).ok_or_else(|| notice(Notice::NotYours))?;
    service.store.choose_in_setup(setup.id, chosen.id).await.map_err(page::failed)?;
    Ok(Redirect::to("/setup").into_response())
}

/// What somebody is asked, with what is wrong with what they gave before.
async fn asked(
    service: &Service,
    setup: &Setup,
    definition: &Definition,
    auth: Option<&str>,
    sent: &Sent,
    error: Option<&ApiError>,
) -> Result<Response, Response> {
    let has_client =
        service.store.oauth_client(setup.organization, definition.id).await.map_err(page::failed)?.is_some();
    let before = before(service, setup).await.map_err(page::failed)?;
    let chosen = form::way(definition, auth.or(before.0.as_deref()));
    let settings = form::settings(definition, &before.1, sent, error);
    let must_configure = settings.iter().any(|setting| setting.is_required || setting.error.is_some());
    let told = error.filter(|error| error.errors.iter().all(|one| one.field.is_none()) || error.errors.is_empty());
    let mut form = Form {
        title: definition.title().to_owned(),
        workspace: workspace(service, setup).await.map_err(page::failed)?,
        name: sent.text("name").or(setup.name.as_deref()).unwrap_or(definition.title()).to_owned(),
        is_renewal: setup.replaces.is_some(),
        ways: Vec::new(),
        auth: String::new(),
        auth_title: String::new(),
        description: None,
        setup: None,
        link: None,
        inputs: Vec::new(),
        settings,
        must_configure,
        is_consent: false,
        has_client: false,
        redirect_uri: service.url(CALLBACK),
        error: told.map(|error| error.message.clone()),
        help: told.and_then(|error| error.help.clone()),
    };
    if let Some((name, scheme)) = chosen {
        let (fields, is_consent) = form::asked(definition, name, scheme, has_client);
        form.inputs = form::inputs(scheme, &fields, sent, error);
        form.auth = name.clone();
        form.auth_title = scheme.title.clone().unwrap_or_else(|| name.clone());
        form.description = scheme.description.clone();
        form.setup = form::instructions(scheme);
        form.link = scheme.link.clone();
        form.is_consent = is_consent;
        form.has_client = is_consent && has_client;
        let ways = form::ways(definition).map(|(known, scheme)| Way {
            name: known.clone(),
            title: scheme.title.clone().unwrap_or_else(|| known.clone()),
            description: scheme.description.clone(),
            is_chosen: known == name,
        });
        form.ways = ways.collect();
        if form.ways.len() == 1 {
            form.ways.clear();
        }
    }
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(status, "form", &format!("Set up {}", definition.title()), &form))
}

/// What a connector that is signed in anew has: the way to sign in, and its configuration.
async fn before(
    service: &Service,
    setup: &Setup,
) -> Result<(Option<String>, Map<String, serde_json::Value>), StoreError> {
    let Some(id) = setup.replaces else { return Ok((None, Map::new())) };
    let row = service.store.connector(setup.organization, Some(setup.workspace), id).await?;
    Ok(row.map(|row| (row.scheme, row.config)).unwrap_or_default())
}

/// What somebody gives: it is tried, and becomes a connector; or they go on to the vendor's page.
pub(super) async fn submit(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    if !page::is_own(&service, &headers) {
        return Err(notice(Notice::Foreign));
    }
    let mut setup = own(&service, &headers).await?;
    if setup.status != SetupStatus::Pending {
        return Ok(Redirect::to("/setup/done").into_response());
    }
    let Some(definition) = definition(&service, &setup) else { return Ok(Redirect::to("/setup").into_response()) };
    let sent = Sent::read(&body);
    let auth = sent.text("auth").map(str::to_owned);
    match given(&service, &mut setup, &definition, &sent).await {
        Ok(Next::Done) => Ok(Redirect::to("/setup/done").into_response()),
        Ok(Next::Leave(url)) => {
            let host = url::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
            let content = json!({ "title": definition.title(), "url": url, "host": host });
            // Not a redirect: the policy of these pages lets a form lead to this server alone.
            Ok(page(StatusCode::OK, "leave", &format!("On to {}", definition.title()), &content))
        }
        Err(error) => asked(&service, &setup, &definition, auth.as_deref(), &sent, Some(&error)).await,
    }
}

/// Where a form leads.
enum Next {
    /// The connector is there.
    Done,
    /// The user agrees there.
    Leave(String),
}

async fn given(service: &Service, setup: &mut Setup, definition: &Definition, sent: &Sent) -> Result<Next, ApiError> {
    if setup.replaces.is_none() {
        let name = crate::extract::name("name", sent.text("name").unwrap_or(definition.title()))?;
        service.store.name_setup(setup.id, &name).await?;
        setup.name = Some(name);
    }
    let Some((name, scheme)) = form::way(definition, sent.text("auth")) else {
        let given = form::given(definition, "", &[], sent);
        let given = crate::api::Given { scheme: None, ..given };
        return finish(service, setup, definition, &given).await.map(|_| Next::Done);
    };
    let client = service.store.oauth_client(setup.organization, definition.id).await?;
    let (fields, is_consent) = form::asked(definition, name, scheme, client.is_some());
    let mut given = form::given(definition, name, &fields, sent);
    if !is_consent {
        return finish(service, setup, definition, &given).await.map(|_| Next::Done);
    }
    if let Some(client) = client {
        given.credentials = client;
    }
    consent::begin(service, setup, definition, given).await.map(Next::Leave)
}

/// The form again, after the vendor's page.
pub(super) async fn again(service: &Service, setup: &Setup, error: &ApiError) -> Response {
    if let Err(error) = service.store.fail_setup(setup.id, &error.message, false).await {
        return page::failed(error);
    }
    let Some(definition) = definition(service, setup) else { return notice(Notice::NotYours) };
    let auth = consent::consent_scheme(&definition).map(|scheme| scheme.name);
    let shown = asked(service, setup, &definition, auth.as_deref(), &Sent::default(), Some(error)).await;
    shown.unwrap_or_else(|response| response)
}

/// The connector is there.
pub(super) async fn done(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Response> {
    let setup = own(&service, &headers).await?;
    if setup.status != SetupStatus::Completed {
        return Ok(Redirect::to("/setup").into_response());
    }
    let title = title(&service, &setup).unwrap_or_default();
    let content = json!({
        "title": title,
        "name": setup.name,
        "workspace": workspace(&service, &setup).await.map_err(page::failed)?,
        "is_renewal": setup.replaces.is_some(),
    });
    Ok(page(StatusCode::OK, "done", &format!("{title} is connected"), &content))
}

fn definition(service: &Service, setup: &Setup) -> Option<Arc<Definition>> {
    service.definitions.of_id(setup.definition?).cloned()
}

fn title(service: &Service, setup: &Setup) -> Option<String> {
    definition(service, setup).map(|definition| definition.title().to_owned())
}

async fn workspace(service: &Service, setup: &Setup) -> Result<String, StoreError> {
    let workspace = service.store.workspace(setup.organization, setup.workspace).await?;
    Ok(workspace.map(|workspace| workspace.name).unwrap_or_default())
}
