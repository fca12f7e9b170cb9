//! `tieline mock`: a connector's API as a local server.

use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value};
use tieline::plan::Head;
use tieline::{Connector, Error, ErrorKind};
use tieline_mock::{Faults, Mock, MockOptions};
use tokio::net::TcpListener;
use url::Url;

use crate::args::ConnectionArgs;
use crate::connect::{Destination, Identity, connect};
use crate::connector::{self, quoted};
use crate::input::Place;
use crate::stop::{Stop, invalid};
use crate::{config, made_up, runtime};

/// What to play, and where.
#[derive(Args)]
#[command(after_help = "Requests are checked against the manifest and answered from its examples and schemas; what is
created can be read back. Any credentials do that the manifest's ways to sign in would send.

Examples:
  tieline mock notion --port 4010
  tieline mock notion --port 4010 --fail 429:3,500:1,slow:2s")]
pub(crate) struct MockArgs {
    /// A built-in connector, or the path of a manifest or OpenAPI document
    pub connector: String,
    /// The port on this machine; any free one when left out
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Faults to play: three times 429, once 500, every answer two seconds late is `429:3,500:1,slow:2s`
    #[arg(long, value_name = "FAULTS")]
    pub fail: Option<String>,
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Plays it until Ctrl-C.
pub(crate) fn run(args: &MockArgs) -> Result<(), Stop> {
    let connector = Arc::new(connector::find(&args.connector)?);
    let faults = match &args.fail {
        Some(text) => Faults::parse(text).map_err(|error| invalid(format!("--fail: {error}")))?,
        None => Faults::default(),
    };
    let mock = Mock::new(connector.clone(), MockOptions { faults, ..MockOptions::default() });
    runtime::run(async {
        // Options that no call could use are better refused now.
        connect(&connector, &args.connection, Destination::Nowhere, Identity::MadeUp)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await.map_err(|error| {
            Error::new(ErrorKind::Unavailable, format!("port {} cannot be used: {error}", args.port))
        })?;
        let address = listener.local_addr()?;
        let url = match &args.connection.base_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("http://{address}")).map_err(|error| invalid(error.to_string()))?,
        };
        announce(&connector, args, url.as_str().trim_end_matches('/'))?;
        Ok(tieline_mock::serve(listener, mock, runtime::interrupted()).await?)
    })
}

/// Says where it is and how to call it.
fn announce(connector: &Connector, args: &MockArgs, url: &str) -> Result<(), Error> {
    let title = &connector.head().title;
    let mut text = format!("{title} is played at {url} until Ctrl-C\n");
    if let Some((entity, action)) = easy_call(connector)? {
        let name = quoted(&args.connector);
        let options = options(connector.head(), &args.connection)?;
        text.push_str(&format!("  tieline execute {name} {entity} {action} --base-url {url}{options}\n"));
    }
    // Who does not read stderr does not miss it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
    Ok(())
}

/// The operation that shows whether a connection works, or one that needs no parameters.
fn easy_call(connector: &Connector) -> Result<Option<(&str, &str)>, Error> {
    let head = connector.head();
    if let Some((entity, action)) = head.check.as_ref().filter(|_| head.check_params.is_empty()) {
        return Ok(Some((entity, action)));
    }
    let entities = connector.entities()?;
    let mut operations = entities.into_iter().flat_map(|entity| entity.operations());
    let easy = operations.find(|operation| operation.params.iter().all(|param| !param.required));
    Ok(easy.map(|operation| (operation.entity.as_str(), operation.action.as_str())))
}

/// The options that sign in and configure: the user's, or made-up values. Secrets that the user gave are not repeated.
fn options(head: &Head, args: &ConnectionArgs) -> Result<String, Error> {
    let nobody = made_up::nobody(head, args.auth.as_deref());
    let credentials = match &args.credentials {
        Some(given) => match Place::of(given) {
            Place::File(_) => Some(quoted(given)),
            Place::Inline | Place::Stdin => Some("…".to_owned()),
        },
        None => object(&nobody.credentials),
    };
    let is_clear = args.credentials.is_some() || made_up::is_told_apart(head, &nobody);
    let auth = args.auth.as_deref().or(nobody.scheme.filter(|_| !is_clear)).map(quoted);
    let config = match &args.config {
        Some(given) => Some(quoted(given)),
        None => object(&made_up::config(head, &config::given(head, args)?)),
    };
    let options = [("--credentials", credentials), ("--auth", auth), ("--config", config)];
    let given = options.into_iter().filter_map(|(option, value)| Some(format!(" {option} {}", value?)));
    Ok(given.collect())
}

fn object(values: &Map<String, Value>) -> Option<String> {
    (!values.is_empty()).then(|| quoted(&Value::Object(values.clone()).to_string()))
}
