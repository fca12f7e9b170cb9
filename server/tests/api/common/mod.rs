//! A server for a test: on a database of its own, with a played vendor, and a client that knows a token.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod vendor;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tieline::Connector;
use tieline_mock::{Faults, Mock, MockOptions};
use tieline_server::{FirstClient, KeySource, OidcSettings, Operator, Server, Settings};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use url::Url;

/// The connectors' path.
pub const CONNECTORS: &str = "/api/v1/integrations/connectors";

/// A server that runs until it is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub client: FirstClient,
    pub database: String,
    pub folder: Arc<tempfile::TempDir>,
    stop: Option<oneshot::Sender<()>>,
}

/// How a server of a test differs.
#[derive(Default)]
pub struct Options {
    pub faults: Option<&'static str>,
    pub requests_per_second: Option<u32>,
    /// The vendor is where its manifest says.
    pub without_mock: bool,
    pub connectors: Vec<Connector>,
    /// Where the API of another connector is.
    pub vendor_of: Option<(&'static str, Url)>,
    /// Where browsers reach the server, if not where it listens.
    pub public_url: Option<Url>,
    /// Where people log in.
    pub oidc: Option<OidcSettings>,
}

/// A server with a database of its own, and a mock of Notion.
pub async fn running() -> Running {
    running_with(Options::default()).await
}

pub async fn running_with(options: Options) -> Running {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let database = database(&folder).await;
    let vendor = mock(options.faults).await;
    start(database, folder, vendor, options).await
}

/// A new database: of PostgreSQL where `TIELINE_TEST_POSTGRES` names a server (`postgres://user@host:port`), or a file of SQLite.
pub async fn database(folder: &tempfile::TempDir) -> String {
    let Ok(server) = std::env::var("TIELINE_TEST_POSTGRES") else {
        return Settings::sqlite(&folder.path().join("tieline.db"));
    };
    sqlx::any::install_default_drivers();
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut connection = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    format!("{server}/{name}")
}

/// A server over a database.
pub async fn start(database: String, folder: Arc<tempfile::TempDir>, vendor: Url, options: Options) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let keys = KeySource::File(folder.path().join("master.keys"));
    let mut settings = Settings::new(&database, keys, Url::parse(&format!("http://{address}")).unwrap());
    if let Some(url) = options.public_url {
        settings.public_url = url;
    }
    if !options.without_mock {
        settings.base_urls.insert("notion".to_owned(), vendor);
    }
    settings.base_urls.extend(options.vendor_of.map(|(name, url)| (name.to_owned(), url)));
    settings.connectors = options.connectors;
    settings.oidc = options.oidc;
    settings.requests_per_second = options.requests_per_second.unwrap_or(10_000);
    let server = Server::open(settings).await.unwrap();
    let client = match server.first_client().await.unwrap() {
        Some(client) => client,
        None => operator(&database, &folder).await.add_client("another", &["default".to_owned()]).await.unwrap(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(server.serve(listener, async move { drop(stopped.await) }));
    Running { address, client, database, folder, stop: Some(stop) }
}

/// The operator of a database.
pub async fn operator(database: &str, folder: &tempfile::TempDir) -> Operator {
    Operator::open(database, KeySource::File(folder.path().join("master.keys"))).await.unwrap()
}

/// A mock of Notion.
pub async fn mock(faults: Option<&str>) -> Url {
    let connector = Arc::new(tieline_specs::open("notion").unwrap().unwrap());
    let faults = faults.map(|text| Faults::parse(text).unwrap()).unwrap_or_default();
    let mock = Mock::new(connector, MockOptions { faults, ..MockOptions::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(tieline_mock::serve(listener, mock, std::future::pending()));
    url
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.body)))
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn with(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }
}

/// Who calls a server.
#[derive(Clone)]
pub struct Api {
    pub address: SocketAddr,
    pub token: Option<String>,
    pub organization: Option<String>,
}

impl Running {
    /// Nobody in particular.
    pub fn nobody(&self) -> Api {
        Api { address: self.address, token: None, organization: None }
    }

    /// Whoever has the first client.
    pub async fn api(&self) -> Api {
        self.api_of(&self.client).await
    }

    /// Whoever has a client.
    pub async fn api_of(&self, client: &FirstClient) -> Api {
        let secret = client.client_secret.expose_secret();
        let body = json!({ "client_id": client.client_id, "client_secret": secret });
        let answer = self.nobody().post("/api/v1/account/applications/token", body).await.with(200);
        Api { token: answer["access_token"].as_str().map(str::to_owned), ..self.nobody() }
    }
}

impl Api {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.try_send(method, path, body).await.unwrap()
    }

    /// The answer; `None` when there is no server, or none any more.
    pub async fn try_send(&self, method: Method, path: &str, body: Option<Value>) -> Option<Answer> {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.exchange(method, path, body, &[("content-type", "application/json".to_owned())]).await
    }

    /// A page, as a browser asks for it.
    pub async fn get_with(&self, path: &str, headers: &[(&str, String)]) -> Answer {
        self.exchange(Method::GET, path, String::new(), headers).await.unwrap()
    }

    /// A form, as a browser sends it.
    pub async fn send_form(&self, path: &str, form: &str, headers: &[(&str, String)]) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        all.extend(headers.iter().cloned());
        self.exchange(Method::POST, path, form.to_owned(), &all).await.unwrap()
    }

    async fn exchange(&self, method: Method, path: &str, body: String, headers: &[(&str, String)]) -> Option<Answer> {
        let stream = TcpStream::connect(self.address).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", self.address.to_string());
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(organization) = &self.organization {
            request = request.header("x-organization-id", organization);
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let request = request.body(Full::<bytes::Bytes>::from(body));
        let response: http::Response<hyper::body::Incoming> = sender.send_request(request.unwrap()).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes().to_vec();
        Some(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// A token that is confined to a workspace.
    pub async fn scoped(&self, workspace: &str) -> Api {
        let path = "/api/v1/account/applications/scoped-token";
        let answer = self.post(path, json!({ "workspace_name": workspace })).await.with(200);
        Api { token: answer["token"].as_str().map(str::to_owned), ..self.clone() }
    }

    /// Makes a connector in a workspace; its id.
    pub async fn connector(&self, workspace: &str, credentials: Value) -> String {
        let body = json!({ "workspace_name": workspace, "connector_type": "Notion", "credentials": credentials });
        self.post(CONNECTORS, body).await.with(200)["id"].as_str().unwrap().to_owned()
    }

    /// Executes an operation of a connector.
    pub async fn execute(&self, connector: &str, entity: &str, action: &str, params: Value) -> Answer {
        let body = json!({ "entity": entity, "action": action, "params": params });
        self.post(&format!("{CONNECTORS}/{connector}/execute"), body).await
    }
}
