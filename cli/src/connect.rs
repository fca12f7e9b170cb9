//! From the options on the command line to a connection.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tieline::connect::Options;
use tieline::transport::{HttpTransport, Transport, TransportError, TransportFailure};
use tieline::wire::{Response, SignedRequest};
use tieline::{Connection, Connector, Credentials, Error, ErrorKind};
use tieline_mock::{Mock, MockOptions};
use url::{Host, Url};

use crate::args::ConnectionArgs;
use crate::token_file::{FileTokenStore, NowhereToKeep};
use crate::{credentials, input, made_up, network};

/// Where a connection's requests go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To the API.
    Network,
    /// To a mock of it, inside this process.
    Mock,
    /// Nowhere: they are only shown.
    Nowhere,
}

/// Whose credentials it signs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The user's.
    Users,
    /// Nobody's: made up, unless the user gives some.
    MadeUp,
}

/// Makes a connection. Sends nothing.
///
/// # Errors
/// `credentials` when they cannot be used, `invalid_input` for another option that cannot.
pub(crate) fn connect(
    connector: &Arc<Connector>,
    args: &ConnectionArgs,
    destination: Destination,
    identity: Identity,
) -> Result<Connection, Error> {
    let head = connector.head();
    let mut config = match &args.config {
        Some(text) => input::object("--config", text, ErrorKind::InvalidInput)?,
        None => Map::new(),
    };
    let mut builder = Connection::builder(connector.clone());
    if identity == Identity::MadeUp && args.credentials.is_none() {
        made_up::config(head, &mut config);
        let values = made_up::credentials(head, args.auth.as_deref());
        builder = builder.credentials(Credentials::from_json(&Value::Object(values))?);
    } else {
        let given = credentials::given(head, args)?;
        let rotating = credentials::rotating(head, &given.credentials, args.auth.as_deref());
        builder = match (&args.token_store, rotating, given.file) {
            (Some(path), _, _) => builder.token_store(Arc::new(FileTokenStore::tokens(path))),
            (None, Some(fields), Some(file)) => {
                builder.token_store(Arc::new(FileTokenStore::credentials(&file, fields)))
            }
            (None, Some(_), None) => builder.token_store(Arc::new(NowhereToKeep)),
            (None, None, _) => builder,
        };
        builder = builder.credentials(given.credentials);
    }
    if let Some(scheme) = &args.auth {
        builder = builder.scheme(scheme);
    }
    if let Some(url) = &args.base_url {
        builder = builder.base_url(base(url)?);
    }
    // Who calls an API on this machine is led to other addresses of it.
    let is_local = args.base_url.as_ref().is_some_and(is_this_machine);
    let options = Options { allow_http: args.allow_http, ..Options::default() };
    builder.config(config).options(options).transport(transport(connector, destination, is_local)?).connect()
}

fn transport(
    connector: &Arc<Connector>,
    destination: Destination,
    is_local: bool,
) -> Result<Arc<dyn Transport>, Error> {
    Ok(match destination {
        Destination::Network => {
            let options = network::options()?;
            let options = tieline::transport::HttpOptions { allow_private_addresses: is_local, ..options };
            let unusable = |error: TransportError| Error::new(ErrorKind::InvalidInput, error.message);
            Arc::new(HttpTransport::new(&options).map_err(unusable)?)
        }
        Destination::Mock => Arc::new(Mock::new(connector.clone(), MockOptions::default())),
        Destination::Nowhere => Arc::new(Nowhere),
    })
}

fn base(url: &Url) -> Result<Url, Error> {
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        return Ok(url.clone());
    }
    Err(Error::new(ErrorKind::InvalidInput, "--base-url must be an http or https URL")
        .with_help("for example --base-url http://127.0.0.1:8080"))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A transport for requests that are only shown.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        let message = "nothing is sent while a call is only explained".to_owned();
        Box::pin(async { Err(TransportError { failure: TransportFailure::Refused, message }) })
    }
}
