//! What an operator sees of calls: the spans and metrics that `docs/observability.md` lists, and no others.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tieline::observe::METRICS;
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Credentials, Source};
use tieline_tests::case::here;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

const MANIFEST: &str = r#"
tieline: 1
name: notes
title: Notes
version: 0.1.0
summary: Notes.
server: https://notes.example.com
limits: [{ requests: 2, per: 10s }]
auth:
  oauth:
    fields:
      client_id: { description: The client }
      client_secret: { description: Its secret, secret: true }
    oauth2:
      grant: client_credentials
      token: { url: "https://notes.example.com/token" }
pagination:
  cursor: { kind: cursor, cursor: after, next: $.next }
entities:
  notes:
    actions:
      list: { get: /notes, records: $.notes, paginate: cursor, params: { after: { type: string } } }
      get: { get: "/notes/{id}", params: { id: { type: string, required: true } } }
"#;

/// A span or a metric: its name, and what it says.
type Seen = (String, BTreeMap<String, Value>);

#[derive(Clone, Default)]
struct Watcher {
    spans: Arc<Mutex<Vec<(u64, Seen)>>>,
    metrics: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Default)]
struct Fields(BTreeMap<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Watcher {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let seen = (attributes.metadata().name().to_owned(), fields.0);
        self.spans.lock().unwrap().push((id.into_u64(), seen));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        record.record(&mut fields);
        let mut spans = self.spans.lock().unwrap();
        let span = spans.iter_mut().rev().find(|(known, _)| *known == id.into_u64()).unwrap();
        span.1.1.extend(fields.0);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == METRICS {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let is_metric = |name: &&String| name.starts_with("histogram.") || name.starts_with("monotonic_counter.");
            let name = fields.0.keys().find(is_metric).unwrap().clone();
            self.metrics.lock().unwrap().push((name, fields.0));
        }
    }
}

impl Watcher {
    /// What one metric said, each time.
    fn metric(&self, name: &str) -> Vec<BTreeMap<String, Value>> {
        let metrics = self.metrics.lock().unwrap();
        metrics.iter().filter(|(known, _)| known == name).map(|(_, fields)| fields.clone()).collect()
    }

    fn spans(&self, name: &str) -> Vec<BTreeMap<String, Value>> {
        let spans = self.spans.lock().unwrap();
        spans.iter().filter(|(_, (known, _))| known == name).map(|(_, (_, fields))| fields.clone()).collect()
    }
}

/// Two pages, the first after a 503, and a note that is not there; a token first.
fn api() -> Replay {
    Replay::new([
        Exchange::new("POST", "/token").answer(200, json!({ "access_token": "a-1", "token_type": "bearer" })),
        Exchange::new("GET", "/notes").answer(503, json!({})),
        Exchange::new("GET", "/notes").answer(200, json!({ "notes": [{}, {}], "next": "c" })),
        Exchange::new("GET", "/notes?after=c").answer(200, json!({ "notes": [{}], "next": null })),
        Exchange::new("GET", "/notes/7").answer(404, json!({})),
    ])
}

fn watched() -> Watcher {
    let watcher = Watcher::default();
    let subscriber = tracing_subscriber::registry().with(watcher.clone());
    tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (connector, _) = Connector::load(&Source::new("notes.yaml", MANIFEST)).unwrap();
            let connection = Connection::builder(Arc::new(connector))
                .credentials(Credentials::none().with("client_id", "me").with("client_secret", "hush"))
                .transport(Arc::new(api()))
                .connect()
                .unwrap();
            let envelope = connection.call("notes", "list").all().execute().await.unwrap();
            assert_eq!(envelope.records::<Value>().unwrap().len(), 3);
            connection.execute("notes", "get", json!({ "id": "7" })).await.unwrap_err();
        });
    });
    watcher
}

#[test]
fn calls_attempts_pages_and_renewals_are_counted() {
    let watcher = watched();
    let sum = |name: &str| {
        let of = |fields: BTreeMap<String, Value>| fields[name].as_f64().unwrap();
        watcher.metric(name).into_iter().map(of).sum::<f64>()
    };
    assert_eq!((sum("monotonic_counter.tieline.pages"), sum("monotonic_counter.tieline.records")), (2.0, 3.0));
    assert_eq!(sum("monotonic_counter.tieline.retries"), 1.0);
    assert_eq!(sum("monotonic_counter.tieline.token.renewals"), 1.0);
    assert!(sum("monotonic_counter.tieline.received.bytes") > 50.0);

    let requests = watcher.metric("histogram.http.client.request.duration");
    let statuses: Vec<_> = requests.iter().map(|request| request["http.response.status_code"].clone()).collect();
    assert_eq!(statuses, [503, 200, 200, 404]);
    let failures: Vec<_> = requests.iter().map(|request| request.get("error.type").cloned()).collect();
    assert_eq!(failures, [Some(json!("503")), None, None, Some(json!("404"))]);
    for (name, value) in [
        ("tieline.connector", json!("notes")),
        ("tieline.entity", json!("notes")),
        ("tieline.action", json!("list")),
        ("http.request.method", json!("GET")),
        ("server.address", json!("notes.example.com")),
        ("server.port", json!(443)),
    ] {
        assert_eq!(requests[0][name], value, "{name}");
    }
    let calls = watcher.metric("histogram.tieline.call.duration");
    let outcomes: Vec<_> = calls.iter().map(|call| (&call["tieline.action"], &call["tieline.outcome"])).collect();
    assert_eq!(outcomes, [(&json!("list"), &json!("ok")), (&json!("get"), &json!("not_found"))]);
    let waits = watcher.metric("histogram.tieline.rate_limit.wait.duration");
    assert!(!waits.is_empty() && waits[0]["histogram.tieline.rate_limit.wait.duration"].as_f64().unwrap() > 0.0);
}

#[test]
fn spans_have_the_names_of_opentelemetry() {
    let watcher = watched();
    let calls = watcher.spans("tieline.call");
    assert_eq!(calls.iter().map(|call| call["otel.name"].clone()).collect::<Vec<_>>(), ["notes.list", "notes.get"]);
    assert_eq!((calls[0].get("error.type"), &calls[1]["error.type"]), (None, &json!("not_found")));
    let attempts = watcher.spans("http.client");
    assert_eq!(attempts.len(), 4);
    assert_eq!(
        (&attempts[0]["http.response.status_code"], &attempts[1]["http.request.resend_count"]),
        (&json!(503), &json!(1))
    );
    let failed = |attempt: usize| (attempts[attempt].get("error.type"), attempts[attempt].get("otel.status_code"));
    assert_eq!(failed(0), (Some(&json!("503")), Some(&json!("ERROR"))));
    assert_eq!(failed(1), (None, None));
    assert_eq!(attempts[0].get("http.request.resend_count"), None, "nothing was sent before");
    assert_eq!((calls[0].get("otel.status_code"), &calls[1]["otel.status_code"]), (None, &json!("ERROR")));
    assert_eq!(attempts[2]["url.full"], "https://notes.example.com/notes", "a query may hold secrets");
}

#[test]
fn the_page_lists_what_there_is() {
    let watcher = watched();
    let metrics = watcher.metrics.lock().unwrap();
    let strip = |name: &str| name.replace("histogram.", "").replace("monotonic_counter.", "");
    let said: BTreeSet<_> = metrics.iter().flat_map(|(_, fields)| fields.keys().map(|name| strip(name))).collect();
    let page = std::fs::read_to_string(here("../docs/observability.md")).unwrap();
    let untold: Vec<_> = said.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(untold.is_empty(), "docs/observability.md does not have {untold:?}");
}
