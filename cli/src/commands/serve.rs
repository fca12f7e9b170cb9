//! `tieline serve`: the hosted API, where credentials stay.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tieline::{Connector, Error, ErrorKind};
use tieline_server::{FirstClient, OidcSettings, Server, Settings};
use tokio::net::TcpListener;
use url::Url;

use crate::hosted::settings::server_url;
use crate::logging::LogFormat;
use crate::operate::{StorageArgs, not_started};
use crate::stop::{Stop, invalid};
use crate::token_file::write_private;
use crate::{connector, logging, network};

/// Where the secret of the first client is kept, in the data folder.
pub(crate) const CLIENT: &str = "client.json";

/// How to serve.
#[derive(Args)]
#[command(
    after_help = "The first start makes an organization, its workspace `default`, and a client, whose secret is printed once.
Every option can be given in the environment; SIGTERM and Ctrl-C let requests end first.

Examples:
  tieline serve
  tieline serve --base-url notion=http://127.0.0.1:4010
  tieline serve --listen 0.0.0.0:8400 --public-url https://tieline.example.com --database postgres://tieline@db/tieline"
)]
pub(crate) struct ServeArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", env = "TIELINE_LISTEN", default_value = "127.0.0.1:8400")]
    pub listen: SocketAddr,
    /// Another address, on which `/metrics` is served as Prometheus reads it; nowhere when left out
    #[arg(long, value_name = "ADDRESS", env = "TIELINE_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Where callers and browsers reach this server; http://ADDRESS when left out
    #[arg(long, value_name = "URL", env = "TIELINE_PUBLIC_URL", value_parser = server_url)]
    pub public_url: Option<Url>,
    /// How the log on stderr is written; TIELINE_LOG says what is in it
    #[arg(long, value_enum, env = "TIELINE_LOG_FORMAT", default_value_t)]
    pub log: LogFormat,
    /// A manifest or OpenAPI document beside the built-in connectors, or a folder of manifests. May be repeated
    #[arg(long, value_name = "PATH", env = "TIELINE_CONNECTORS", value_delimiter = ',', help_heading = "Connectors")]
    pub connector: Vec<PathBuf>,
    /// Call this URL instead of the API of this connector: `tieline mock`, say. May be repeated
    #[arg(
        long,
        value_name = "NAME=URL",
        env = "TIELINE_BASE_URLS",
        value_delimiter = ',',
        help_heading = "Connectors"
    )]
    pub base_url: Vec<String>,
    /// Let connectors call private addresses, and plain http
    #[arg(long, env = "TIELINE_ALLOW_PRIVATE_ADDRESSES", help_heading = "Connectors")]
    pub allow_private_addresses: bool,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub oidc: OidcArgs,
    /// The largest body of a request, in bytes
    #[arg(long, value_name = "BYTES", env = "TIELINE_MAX_BODY_BYTES", default_value_t = Settings::MAX_BODY_BYTES, value_parser = at_least_one, help_heading = "Limits")]
    pub max_body_bytes: usize,
    /// The most requests a second of one client, on average
    #[arg(long, value_name = "NUMBER", env = "TIELINE_REQUESTS_PER_SECOND", default_value_t = Settings::REQUESTS_PER_SECOND, value_parser = value_parser!(u32).range(1..), help_heading = "Limits")]
    pub requests_per_second: u32,
    /// How many days entries of the audit log are kept; for ever when left out
    #[arg(long, value_name = "DAYS", env = "TIELINE_AUDIT_DAYS", value_parser = value_parser!(u32).range(1..), help_heading = "Limits")]
    pub audit_days: Option<u32>,
}

/// Where people log in by themselves. The secret of a client that has one is in TIELINE_OIDC_CLIENT_SECRET.
#[derive(Args)]
#[command(next_help_heading = "Logging in with OpenID Connect (a secret of the client: TIELINE_OIDC_CLIENT_SECRET)")]
pub(crate) struct OidcArgs {
    /// Let people log in at this OpenID Connect issuer, which must know PUBLIC_URL/login/callback
    #[arg(long, value_name = "URL", env = "TIELINE_OIDC_ISSUER", requires = "oidc_client_id", requires = "oidc_allow")]
    pub oidc_issuer: Option<String>,
    /// What this server is known as there
    #[arg(long, value_name = "ID", env = "TIELINE_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// The organization that whoever logs in gets a client of; made when it is not there
    #[arg(long, value_name = "NAME", env = "TIELINE_OIDC_ORGANIZATION", default_value = "default")]
    pub oidc_organization: String,
    /// Who may log in: a verified e-mail address, or a domain as @example.com. May be repeated
    #[arg(long, value_name = "WHO", env = "TIELINE_OIDC_ALLOW", value_delimiter = ',', requires = "oidc_issuer")]
    pub oidc_allow: Vec<String>,
}

impl OidcArgs {
    fn settings(&self) -> Option<OidcSettings> {
        let secret = std::env::var("TIELINE_OIDC_CLIENT_SECRET").ok().filter(|secret| !secret.is_empty());
        Some(OidcSettings {
            issuer: self.oidc_issuer.clone()?,
            client_id: self.oidc_client_id.clone()?,
            client_secret: secret.map(SecretString::from),
            organization: self.oidc_organization.clone(),
            allow: self.oidc_allow.clone(),
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
pub(crate) fn run(args: &ServeArgs, verbose: u8) -> Result<(), Stop> {
    logging::start_server(verbose, args.log);
    let connectors = connectors(&args.connector)?;
    let base_urls = base_urls(&args.base_url)?;
    let storage = args.storage.find()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Unavailable, format!("the system gives no event loop: {error}")))?;
    runtime.block_on(async {
        let listener = listen(args.listen).await?;
        let address = listener.local_addr()?;
        let public_url = match &args.public_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("http://{address}")).map_err(|error| invalid(error.to_string()))?,
        };
        let mut settings = Settings::new(storage.database, storage.keys, public_url.clone());
        settings.connectors = connectors;
        settings.base_urls = base_urls;
        settings.http = network::options()?;
        settings.allow_private_addresses = args.allow_private_addresses;
        settings.max_body_bytes = args.max_body_bytes;
        settings.requests_per_second = args.requests_per_second;
        settings.audit_days = args.audit_days;
        settings.oidc = args.oidc.settings();
        let server = Server::open(settings).await.map_err(not_started)?;
        let first = server.first_client().await.map_err(|error| not_started(error.into()))?;
        if let Some(address) = args.metrics_listen {
            server.serve_metrics(listen(address).await?);
        }
        announce(&storage.folder, public_url.as_str().trim_end_matches('/'), first.as_ref())?;
        Ok(server.serve(listener, ended()).await?)
    })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Error::new(ErrorKind::Unavailable, format!("{address} cannot be listened on: {error}")))
}

/// The connectors at these paths.
fn connectors(paths: &[PathBuf]) -> Result<Vec<Connector>, Stop> {
    let mut connectors = Vec::new();
    for path in paths {
        let files = if path.is_dir() { connector::manifests(path)? } else { vec![path.clone()] };
        for file in files {
            connectors.push(connector::load(&file)?);
        }
    }
    Ok(connectors)
}

fn base_urls(texts: &[String]) -> Result<HashMap<String, Url>, Error> {
    let pair = |text: &String| {
        let (name, url) = text.split_once('=')?;
        let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
        Some((name.to_owned(), url))
    };
    let read = |text| {
        pair(text)
            .ok_or_else(|| invalid(format!("--base-url must look like notion=http://127.0.0.1:4010, not `{text}`")))
    };
    texts.iter().map(read).collect()
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a whole number, 1 at least".to_owned())
}

/// Says where it is, and tells the secret of a new client.
fn announce(folder: &Path, url: &str, first: Option<&FirstClient>) -> Result<(), Error> {
    let mut text = format!("Tieline serves at {url} until Ctrl-C\n");
    match first {
        Some(client) => {
            let path = folder.join(CLIENT);
            let secret = client.client_secret.expose_secret();
            let kept = json!({ "server": url, "organization_id": client.organization_id, "client_id": client.client_id, "client_secret": secret });
            write_private(&path, format!("{kept:#}\n").as_bytes()).map_err(|error| {
                Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display()))
            })?;
            text.push_str(&format!("  client id      {}\n  client secret  {secret}\n", client.client_id));
            text.push_str(&format!(
                "  The secret is told this once; {} has it, for its owner alone.\n",
                path.display()
            ));
            text.push_str(&format!("  tieline login --server {url} --client-id {}\n", client.client_id));
        }
        None => text.push_str(&format!("  tieline login --server {url}\n")),
    }
    let mut stdout = io::stdout().lock();
    // Nobody has to read it.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    Ok(())
}

/// Comes back after Ctrl-C or SIGTERM.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => return,
                () = crate::runtime::interrupted() => return,
            }
        }
    }
    crate::runtime::interrupted().await
}
