//! From the options on the command line to a connection.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tieline::connect::{Options, TokenStore};
use tieline::plan::Head;
use tieline::transport::{HttpOptions, HttpTransport, Reach, Transport, TransportError, TransportFailure};
use tieline::wire::{Response, SignedRequest};
use tieline::{Connection, Connector, Credentials, Error, ErrorKind};
use tieline_mock::{Mock, MockOptions};
use url::{Host, Url};

use crate::args::ConnectionArgs;
use crate::credentials::Given;
use crate::token_file::{FileTokenStore, NowhereToKeep};
use crate::{config, credentials, made_up, network};

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
    /// Nobody's, to show where they would stand.
    Nobodys,
    /// Made up, and required configuration too, unless the user gives some: enough for a mock.
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
    let mut builder = Connection::builder(connector.clone());
    let mut scheme = args.auth.as_deref();
    if identity == Identity::Users || args.credentials.is_some() {
        let given = credentials::given(head, args)?;
        if let Some(tokens) = token_store(head, args, destination, &given) {
            builder = builder.token_store(tokens);
        }
        builder = builder.credentials(given.credentials);
    } else {
        let nobody = made_up::nobody(head, scheme);
        scheme = scheme.or(nobody.scheme);
        let values = nobody.credentials.into_iter().chain(nobody.others).collect();
        builder = builder.credentials(Credentials::from_json(&Value::Object(values))?);
    }
    if let Some(scheme) = scheme {
        builder = builder.scheme(scheme);
    }
    let mut config = config::given(head, args)?;
    if identity == Identity::MadeUp {
        config.extend(made_up::config(head, &config));
    }
    if let Some(url) = &args.base_url {
        builder = builder.base_url(base(url)?);
        config::add_for_hosts(connector, &mut config)?;
    }
    let how_to_configure = config::how_to_give(head, &config);
    // Who calls an API on this machine is led to other addresses of it.
    let is_local = args.base_url.as_ref().is_some_and(is_this_machine);
    // What goes to the mock or nowhere is seen by nobody.
    let allow_http = args.allow_http || destination != Destination::Network;
    let options = Options { allow_http, ..Options::default() };
    let builder = builder.config(config).options(options).transport(transport(connector, destination, is_local)?);
    builder.connect().map_err(|error| match (error.kind(), how_to_configure) {
        (ErrorKind::InvalidInput, Some(how)) => error.with_help(how),
        _ => error,
    })
}

/// Where renewed tokens are kept; `None`: in memory, because they are no tokens of the API that the user's own could give way to.
fn token_store(
    head: &Head,
    args: &ConnectionArgs,
    destination: Destination,
    given: &Given,
) -> Option<Arc<dyn TokenStore>> {
    match destination {
        Destination::Network => {}
        Destination::Mock | Destination::Nowhere => return None,
    }
    if let Some(path) = &args.token_store {
        return Some(Arc::new(FileTokenStore::tokens(path)));
    }
    if args.base_url.is_some() {
        return None;
    }
    let fields = credentials::rotating(head, &given.credentials, args.auth.as_deref())?;
    Some(match &given.file {
        Some(file) => Arc::new(FileTokenStore::credentials(file, fields)),
        None => Arc::new(NowhereToKeep),
    })
}

fn transport(
    connector: &Arc<Connector>,
    destination: Destination,
    is_local: bool,
) -> Result<Arc<dyn Transport>, Error> {
    Ok(match destination {
        Destination::Network => {
            let options = network::options()?;
            let reach = if is_local { Reach::Anywhere } else { Reach::DeclaredAnywhere };
            let options = HttpOptions { reach, ..options };
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

/// Whether a URL leads to this machine.
pub(crate) fn is_this_machine(url: &Url) -> bool {
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
