//! The HTTP API: one file a resource, each with its routes and what they take and give.

mod absent;
mod change;
mod check;
mod connectors;
mod definitions;
mod document;
mod download;
mod execute;
mod given;
mod health;
mod inspect;
mod listed;
mod login;
mod oauth;
mod organizations;
mod sessions;
mod shape;
mod skills;
mod templates;
mod tokens;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Service;
use crate::watch::watch;

pub(crate) use check::tried;
pub(crate) use given::Given;

/// The largest body where nobody has shown a token, in bytes.
const SMALL_BODY: usize = 64 << 10;

/// All routes, and the document that describes them.
fn routes() -> (Router<Arc<Service>>, OpenApi) {
    // Who has no token yet has little to say.
    let open = OpenApiRouter::new().routes(routes!(tokens::token)).routes(routes!(login::login));
    let (router, mut document) = OpenApiRouter::new()
        .merge(open.layer(DefaultBodyLimit::max(SMALL_BODY)))
        .routes(routes!(tokens::scoped_token))
        .routes(routes!(tokens::scoped_token_info))
        .routes(routes!(connectors::create, connectors::list))
        .routes(routes!(connectors::get, change::update, connectors::delete))
        .routes(routes!(check::check_new))
        .routes(routes!(check::check))
        .routes(routes!(execute::execute))
        .routes(routes!(inspect::inspect))
        .routes(routes!(skills::list))
        .routes(routes!(skills::search))
        .routes(routes!(skills::docs))
        .routes(routes!(definitions::list))
        .routes(routes!(definitions::get))
        .routes(routes!(templates::list))
        .routes(routes!(templates::global))
        .routes(routes!(templates::get))
        .routes(routes!(workspaces::list))
        .routes(routes!(workspaces::stats))
        .routes(routes!(workspaces::get, workspaces::update, workspaces::delete))
        .routes(routes!(organizations::list))
        .routes(routes!(organizations::credentials))
        .routes(routes!(organizations::audit))
        .routes(routes!(oauth::put_client))
        .routes(routes!(oauth::delete_client))
        .routes(routes!(oauth::initiate))
        .routes(routes!(sessions::create))
        .routes(routes!(sessions::get))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .split_for_parts();
    document::complete(&mut document);
    (router, document)
}

/// The document that describes the API (OpenAPI 3.1), as JSON.
pub fn openapi() -> String {
    let mut text = serde_json::to_string_pretty(&routes().1).unwrap_or_default();
    text.push('\n');
    text
}

/// The API, ready to be served.
pub(crate) fn router(service: Arc<Service>, max_body_bytes: usize) -> Router {
    let (router, document) = routes();
    let text = serde_json::to_string(&document).unwrap_or_default();
    let document = move || async move { ([(http::header::CONTENT_TYPE, "application/json")], text) };
    router
        .route("/openapi.json", get(document))
        .merge(crate::setup::routes().layer(DefaultBodyLimit::max(SMALL_BODY)))
        .fallback(absent::absent)
        .layer(DefaultBodyLimit::max(max_body_bytes))
        .layer(middleware::from_fn_with_state(service.clone(), watch))
        .with_state(service)
}
