//! What happens around every request: it gets an id, its failure is written out, and the log says how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

use crate::error::ApiError;
use crate::service::Service;

/// The longest that a request may take: a little longer than a call of the engine.
const LONGEST: Duration = Duration::from_secs(310);

/// Names a request in answers, logs and the audit log.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub String);

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs a request.
pub(crate) async fn watch(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    let started = Instant::now();
    let method = request.method().clone();
    // The path itself may hold what nobody should read in a log.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    // A task of its own: what has begun is ended, and stands in the audit log, even if the caller has gone away.
    let running = service.requests.spawn(tokio::time::timeout(LONGEST, next.run(request)));
    let response = match running.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            let message = "this took longer than the server allows";
            ApiError::new(StatusCode::GATEWAY_TIMEOUT, "timeout", message).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a request was broken off");
            ApiError::internal().into_response()
        }
    };
    let mut response = written_out(response, &id);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID.clone(), value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let taken = started.elapsed();
    service.metrics.answered(&method, route.as_deref(), response.status(), taken);
    tracing::info!(
        target: "tieline_server::request",
        request_id = id,
        http.request.method = %method,
        http.route = route.as_deref().unwrap_or("none"),
        http.response.status_code = response.status().as_u16(),
        seconds = taken.as_secs_f64(),
        "answered"
    );
    response
}

/// The response; of a failure, with its body.
fn written_out(mut response: Response, request_id: &str) -> Response {
    if let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() {
        let mut rendered = error.render(request_id);
        for (name, value) in response.headers() {
            rendered.headers_mut().entry(name).or_insert(value.clone());
        }
        return rendered;
    }
    // What the router itself refuses has no body of ours.
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            let error =
                ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path has no such method");
            let mut rendered = error.render(request_id);
            if let Some(allow) = response.headers().get(http::header::ALLOW) {
                rendered.headers_mut().insert(http::header::ALLOW, allow.clone());
            }
            rendered
        }
        _ => response,
    }
}
