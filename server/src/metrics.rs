//! Metrics of a server, as Prometheus and OpenMetrics read them: counts and times, by names that no caller chooses.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

/// Metrics of a server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_seconds: Family<Route, Histogram>,
    executions: Family<Execution, Counter>,
    /// Connections that are open.
    pub connections: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Execution {
    connector: String,
    outcome: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let (requests, executions, connections) = (Family::default(), Family::default(), Gauge::default());
        // From a millisecond to half a minute.
        let seconds: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let request_seconds = Family::new_with_constructor(seconds);
        let mut registry = Registry::with_prefix("tieline");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit("http_request_duration", "Time to answer", Unit::Seconds, request_seconds.clone());
        registry.register("executions", "Operations executed, by how they ended", executions.clone());
        registry.register("http_connections_open", "Connections that are open", connections.clone());
        Self { registry, requests, request_seconds, executions, connections }
    }
}

impl Metrics {
    /// A request has been answered.
    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, time: Duration) {
        // A method or path that no route has is the caller's own invention.
        let method = route.map_or("none", |_| method.as_str()).to_owned();
        let route = route.unwrap_or("none").to_owned();
        self.request_seconds.get_or_create(&Route { route: route.clone() }).observe(time.as_secs_f64());
        self.requests.get_or_create(&Request { method, route, status: status.as_u16() }).inc();
    }

    /// An operation of a connector has been executed.
    pub(crate) fn executed(&self, connector: &str, outcome: &str) {
        let (connector, outcome) = (connector.to_owned(), outcome.to_owned());
        self.executions.get_or_create(&Execution { connector, outcome }).inc();
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut all = String::new();
        text::encode(&mut all, &self.registry)?;
        Ok(all)
    }
}

/// Serves `/metrics`, on an address of its own: they are the operator's.
pub(crate) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) -> io::Result<()> {
    let router = Router::new().route("/metrics", get(show)).with_state(metrics);
    axum::serve(listener, router).await
}

async fn show(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => {
            ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
