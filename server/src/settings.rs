//! How a server is set up: all that the face which starts it has found in options, files and the environment.

use std::collections::HashMap;
use std::path::Path;

use secrecy::SecretString;
use tieline::Connector;
use tieline::transport::HttpOptions;
use url::Url;

use crate::keys::KeySource;

/// How a server is set up.
#[derive(Debug)]
pub struct Settings {
    /// The database: `postgres://…` or `sqlite://…`.
    pub database: String,
    /// Where the master keys are.
    pub master_keys: KeySource,
    /// Where callers and browsers reach the server.
    pub public_url: Url,
    /// Connectors beside the built-in ones.
    pub connectors: Vec<Connector>,
    /// Where the API of a connector is, by the connector's name, if not where its manifest says.
    pub base_urls: HashMap<String, Url>,
    /// How APIs are reached.
    pub http: HttpOptions,
    /// Whether APIs may have private addresses, and be called over plain http.
    pub allow_private_addresses: bool,
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// The most requests a second of one client, on average; ten times as many at once.
    pub requests_per_second: u32,
    /// How many days audit entries are kept; `None`: for ever.
    pub audit_days: Option<u32>,
    /// Where people may log in, beside with an operator's code.
    pub oidc: Option<OidcSettings>,
}

/// An OpenID Connect provider, and who of its users may log in.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// The issuer, letter by letter as it names itself; over https, or on this machine.
    pub issuer: String,
    /// What the server is known as there.
    pub client_id: String,
    /// Its secret; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// The organization, by name or id, that whoever logs in gets a client of; made when it is not there.
    pub organization: String,
    /// Who may: e-mail addresses, and domains as `@example.com`. At least one.
    pub allow: Vec<String>,
}

impl Settings {
    /// The largest body of a request, in bytes, unless it is set.
    pub const MAX_BODY_BYTES: usize = 8 << 20;
    /// The most requests a second of one client, unless it is set.
    pub const REQUESTS_PER_SECOND: u32 = 50;

    /// The URL of a SQLite database in a file.
    pub fn sqlite(path: &Path) -> String {
        crate::store::sqlite_url(path)
    }

    /// Settings with nothing but these.
    pub fn new(database: impl Into<String>, master_keys: KeySource, public_url: Url) -> Self {
        Self {
            database: database.into(),
            master_keys,
            public_url,
            connectors: Vec::new(),
            base_urls: HashMap::new(),
            http: HttpOptions::default(),
            allow_private_addresses: false,
            max_body_bytes: Self::MAX_BODY_BYTES,
            requests_per_second: Self::REQUESTS_PER_SECOND,
            audit_days: None,
            oidc: None,
        }
    }
}
