//! The ways to ask for a page of users: through the engine, and written by hand.

use std::sync::Arc;

use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tieline::connect::Options;
use tieline::transport::{HttpOptions, HttpTransport, Transport};
use tieline::{Connection, Connector, Credentials, Source};
use url::Url;

use crate::Outcome;
use crate::upstream::Size;

pub(crate) const MANIFEST: &str = include_str!("manifest.yaml");
pub(crate) const TOKEN: &str = "a token of twenty-five bytes";

/// How a page is asked for, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The engine; the envelope is written as it is passed on.
    EngineRaw,
    /// By hand; the records are borrowed as `RawValue` and written into an envelope.
    HandRaw,
    /// By hand; nobody looks at the body.
    HandBytes,
    /// The engine; the records as a type.
    EngineTyped,
    /// By hand; the whole answer as a type.
    HandTyped,
    /// The engine; the records as `serde_json::Value`.
    EngineValue,
    /// By hand; the whole answer as `serde_json::Value`.
    HandValue,
}

impl Way {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::EngineRaw,
        Self::HandRaw,
        Self::HandBytes,
        Self::EngineTyped,
        Self::HandTyped,
        Self::EngineValue,
        Self::HandValue,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EngineRaw => "engine-raw",
            Self::HandRaw => "hand-raw",
            Self::HandBytes => "hand-bytes",
            Self::EngineTyped => "engine-typed",
            Self::HandTyped => "hand-typed",
            Self::EngineValue => "engine-value",
            Self::HandValue => "hand-value",
        }
    }
}

/// A user, as a generated client or a person would declare one.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "nobody reads a user that only shows how fast it is read")]
pub(crate) struct User {
    id: String,
    name: String,
    email: String,
    active: bool,
    score: f64,
    team: Team,
    tags: Vec<String>,
    created: String,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "as above")]
struct Team {
    name: String,
}

/// A page as who writes by hand would declare it.
#[derive(Deserialize)]
struct Users {
    results: Vec<User>,
    has_more: bool,
    next_cursor: Option<String>,
}

/// A page whose records nobody looks at.
#[derive(Deserialize)]
struct RawUsers<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
    has_more: bool,
    next_cursor: Option<String>,
    total: Option<u64>,
}

/// What is passed on.
#[derive(Serialize)]
struct Passed<'a> {
    data: Vec<&'a RawValue>,
    meta: Meta,
    next: Option<String>,
}

#[derive(Serialize)]
struct Meta {
    total: Option<u64>,
}

/// What every way needs to ask.
#[derive(Clone)]
pub(crate) struct Ways {
    connection: Connection,
    client: Client,
    url: Url,
}

impl Ways {
    /// Connects both to an API.
    pub(crate) fn new(url: &Url) -> Outcome<Self> {
        Self::with(url, Arc::new(HttpTransport::new(&HttpOptions::default())?))
    }

    /// Connects the engine to what answers in place of an API.
    pub(crate) fn through(transport: Arc<dyn Transport>) -> Outcome<Self> {
        Self::with(&Url::parse("https://bench.example.com")?, transport)
    }

    fn with(url: &Url, transport: Arc<dyn Transport>) -> Outcome<Self> {
        let (connector, _) =
            Connector::load(&Source::new("manifest.yaml", MANIFEST)).map_err(|findings| findings.to_string())?;
        let connection = Connection::builder(Arc::new(connector))
            .credentials(Credentials::none().with("token", TOKEN))
            .base_url(url.clone())
            .options(Options { max_response_bytes: 1 << 30, ..Options::default() })
            .transport(transport)
            .connect()?;
        Ok(Self { connection, client: client()?, url: url.clone() })
    }

    /// The engine's connection.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Asks once. Gives something that depends on what came.
    pub(crate) async fn ask(&self, way: Way, size: Size) -> Outcome<usize> {
        match way {
            Way::EngineRaw => Ok(self.engine(size).await?.to_json().len()),
            Way::EngineTyped => Ok(self.engine(size).await?.records::<User>()?.len()),
            Way::EngineValue => Ok(self.engine(size).await?.records::<Value>()?.len()),
            Way::HandBytes => Ok(self.body(size).await?.len()),
            Way::HandRaw => {
                let body = self.body(size).await?;
                let users: RawUsers<'_> = serde_json::from_slice(&body)?;
                let next = users.next_cursor.filter(|_| users.has_more);
                let passed = Passed { data: users.results, meta: Meta { total: users.total }, next };
                Ok(serde_json::to_vec(&passed)?.len())
            }
            Way::HandTyped => {
                let users: Users = serde_json::from_slice(&self.body(size).await?)?;
                Ok(users.results.len() + usize::from(users.has_more) + usize::from(users.next_cursor.is_some()))
            }
            Way::HandValue => {
                let users: Value = serde_json::from_slice(&self.body(size).await?)?;
                Ok(users["results"].as_array().map_or(0, Vec::len) + usize::from(users["has_more"] == true))
            }
        }
    }

    /// Asks so many times, one after the other.
    pub(crate) async fn repeat(&self, way: Way, size: Size, calls: u32) -> Outcome<()> {
        for _ in 0..calls {
            self.ask(way, size).await?;
        }
        Ok(())
    }

    async fn engine(&self, size: Size) -> Outcome<tieline::Envelope> {
        let params = json!({ "pages": size.name(), "page_size": size.records() });
        Ok(self.connection.execute("users", "list", params).await?)
    }

    async fn body(&self, size: Size) -> Outcome<bytes::Bytes> {
        let url = format!("{}users/{}?page_size={}", self.url, size.name(), size.records());
        Ok(self.client.get(url).bearer_auth(TOKEN).send().await?.error_for_status()?.bytes().await?)
    }
}

/// An HTTP client, as one would set it up by hand.
pub(crate) fn client() -> Outcome<Client> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let roots = roots.filter_map(|der| reqwest::Certificate::from_der(der).ok());
    Ok(Client::builder().tls_certs_only(roots).no_proxy().user_agent("bench/1").build()?)
}

/// Makes TLS ready for who writes by hand; the engine brings its own.
pub(crate) fn set_up_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
