//! The pages of a set-up that has begun: the connectors to choose from, the form, and the end.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::json;
use url::Url;

use crate::definitions::Definition;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{Setup, SetupStatus};
use crate::watch::RequestId;

use super::draft::Draft;
use super::finish::finish;
use super::form::{Asking, page_of, steps, workspace};
use super::notice::{Notice, Stop};
use super::page::{leave, page};
use super::sent::Sent;
use super::told::{NAME, Told};
use super::{browser, consent, path, status_of};

/// From how many connectors on somebody can search among them.
const SEARCHED: usize = 7;

/// What is to be given next.
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Stop> {
    let setup = match going_on(&service, &headers, &id).await? {
        Ok(setup) => setup,
        Err(ended) => return Ok(ended),
    };
    let mut sent = Sent::read(uri.query().unwrap_or_default().as_bytes());
    let Draft { values, had_secrets, told } = match sent.text("again") {
        Some(_) => Draft::of_setup(&service, &setup).await?,
        None => Draft::default(),
    };
    sent = sent.with(values);
    let Some(definition) = definition(&service, &setup, &sent) else { return choices(&service, &setup, &sent).await };
    let asking = Asking::new(&service, &setup, &definition, &sent).await?;
    let prefix = if told.is_some() { "Error: " } else { "" };
    let title = format!("{prefix}Connect {}", definition.title());
    Ok(page(StatusCode::OK, "form", &title, &asking.form(told, had_secrets).await?))
}

/// The set-up of this browser if it goes on, or where it has ended.
async fn going_on(service: &Service, headers: &HeaderMap, id: &str) -> Result<Result<Setup, Response>, Stop> {
    let setup = browser::own(service, headers, id).await?;
    match status_of(&setup) {
        SetupStatus::Pending => Ok(Ok(setup)),
        SetupStatus::Completed => Ok(Err(to_the_end(service, &setup))),
        SetupStatus::Failed => Err(Notice::Expired.into()),
    }
}

/// The connector that is set up: the one that the link is for, or the one that was chosen.
fn definition(service: &Service, setup: &Setup, sent: &Sent) -> Option<Arc<Definition>> {
    if let Some(id) = setup.definition {
        return service.definitions.of_id(id).cloned();
    }
    let name = sent.text("connector")?;
    service.definitions.all().iter().find(|definition| definition.name() == name).cloned()
}

async fn choices(service: &Service, setup: &Setup, sent: &Sent) -> Result<Response, Stop> {
    let page_path = page_of(service, setup);
    let all = service.definitions.all();
    let wanted = sent.text("find").unwrap_or_default().to_lowercase();
    let is_wanted = |definition: &&Arc<Definition>| {
        let summary = &definition.connector.head().summary;
        [definition.name(), definition.title(), summary].iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let one = |definition: &Arc<Definition>| {
        let query: String = url::form_urlencoded::byte_serialize(definition.name().as_bytes()).collect();
        json!({
            "url": format!("{page_path}?connector={query}"),
            "title": definition.title(),
            "summary": definition.connector.head().summary,
        })
    };
    let content = json!({
        "action": page_path,
        "steps": steps(1, 3),
        "workspace": workspace(service, setup).await?,
        "connectors": all.iter().filter(is_wanted).map(one).collect::<Vec<_>>(),
        "is_searched": all.len() >= SEARCHED,
        "find": sent.text("find"),
    });
    Ok(page(StatusCode::OK, "choose", "Choose what to connect", &content))
}

/// What somebody gives: it is tried, and becomes a connector; or they go on to the vendor's page.
pub(super) async fn submit(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Stop> {
    browser::must_be_own(&service, &headers)?;
    let setup = match going_on(&service, &headers, &id).await? {
        Ok(setup) => setup,
        Err(ended) => return Ok(ended),
    };
    let sent = Sent::read(&body);
    let Some(definition) = definition(&service, &setup, &sent) else { return choices(&service, &setup, &sent).await };
    let asking = Asking::new(&service, &setup, &definition, &sent).await?;
    match given(&service, &asking, &definition, &request_id).await {
        Ok(Next::Done) => Ok(to_the_end(&service, &setup)),
        Ok(Next::Leave(url)) => {
            let title = definition.title();
            // For when they come back and have not agreed.
            Draft::of(&asking, None).keep(&service, &setup).await?;
            Ok(leave(&format!("On to {title}"), title, &url, None))
        }
        Err(error) => {
            let told = Told::of(&error, &definition, asking.way().map(|(_, scheme)| scheme));
            service.store.fail_setup(setup.id, &error.message, false).await?;
            Draft::of(&asking, Some(told)).keep(&service, &setup).await?;
            let auth = asking.way().map(|(name, _)| name);
            let client = sent.text("client").map(|client| ("client", client));
            let more: Vec<_> = client.into_iter().chain([("again", "1")]).collect();
            Ok(Redirect::to(&asking.url(auth, &more)).into_response())
        }
    }
}

/// Where a form leads.
enum Next {
    /// The connector is there.
    Done,
    /// The user agrees there.
    Leave(Url),
}

async fn given(
    service: &Service,
    asking: &Asking<'_>,
    definition: &Definition,
    request_id: &RequestId,
) -> Result<Next, ApiError> {
    let sent = asking.sent;
    let name = match asking.setup.replaces {
        // It has its name already.
        Some(_) => Ok(None),
        None => crate::extract::name(NAME, sent.text(NAME).unwrap_or_default()).map(Some),
    };
    let way = asking.way();
    let asked = match way {
        Some(way) => Some(asking.asked(way).await?),
        None => None,
    };
    let fields = asked.as_ref().map(|asked| asked.fields.as_slice()).unwrap_or_default();
    let mut given = sent.given(definition, way, fields);
    if let Some(asked) = asked.filter(|asked| asked.is_consent) {
        if let Some(client) = asked.client {
            if !asking.may_go(&client, &given.config) {
                return Err(consent::client_stays(definition));
            }
            given.credentials = client.values;
        }
        return consent::begin(service, asking.setup, definition, name?, given).await.map(Next::Leave);
    }
    let name = name.map_err(|mut error| {
        // All that is wrong is told at once.
        error
            .errors
            .extend(given.connect(service, definition).err().into_iter().flat_map(|other| other.errors.clone()));
        error
    })?;
    finish(service, asking.setup, definition, name, &given, request_id).await.map(|()| Next::Done)
}

/// The connector is there.
pub(super) async fn done(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let setup = browser::own(&service, &headers, &id).await?;
    if setup.status != SetupStatus::Completed {
        return Ok(Redirect::to(&page_of(&service, &setup)).into_response());
    }
    let definition = setup.definition.and_then(|id| service.definitions.of_id(id));
    let title = definition.map_or_else(|| "The service".to_owned(), |definition| definition.title().to_owned());
    let content = json!({
        "title": title,
        "name": setup.name,
        "workspace": workspace(&service, &setup).await?,
        "is_renewal": setup.replaces.is_some(),
        "is_tried": definition.is_some_and(|definition| definition.connector.head().check.is_some()),
    });
    Ok(page(StatusCode::OK, "done", &format!("{title} is connected"), &content))
}

/// To the page that says so. Whoever goes back from there does not send a form again.
pub(super) fn to_the_end(service: &Service, setup: &Setup) -> Response {
    Redirect::to(&path(service, &format!("/setup/{}/done", setup.id))).into_response()
}
