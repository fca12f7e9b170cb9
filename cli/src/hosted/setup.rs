//! A set-up page of the server: somebody opens it in a browser, and the command waits until they are done.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use tieline::{Error, ErrorKind};
use url::Url;

use super::api::Api;
use super::browser;
use crate::stop::Reader;
use crate::text::plain;

/// How often the server is asked how far it is.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// How a set-up page is opened and waited for.
#[derive(Args)]
#[command(next_help_heading = "Set-up page")]
pub(crate) struct SetupArgs {
    /// Print the address of the set-up page, and open no browser
    #[arg(long)]
    no_browser: bool,
    /// How long to wait until somebody is done with it
    #[arg(long, value_name = "SECONDS", default_value_t = 180)]
    wait: u64,
}

/// A set-up that has begun.
pub(crate) struct SetUp {
    id: String,
    page: Url,
}

/// Begins a set-up.
///
/// # Errors
/// What the server said.
pub(crate) async fn begin(api: &Api, session: Value) -> Result<SetUp, Error> {
    let begun = api.ask("sessions", "create", session).await?;
    let page = begun["oauth_flow_url"].as_str().and_then(|text| Url::parse(text).ok());
    match (begun["session_id"].as_str(), page) {
        (Some(id), Some(page)) => Ok(SetUp { id: id.to_owned(), page }),
        _ => Err(Error::new(ErrorKind::UnexpectedResponse, "the server names no set-up page")),
    }
}

impl SetUp {
    /// Opens the page, and waits until somebody is done there. Gives the id of the connector.
    ///
    /// # Errors
    /// `timeout` when nobody is done in time, `credentials` when it failed.
    pub(crate) async fn wait(&self, api: &Api, args: &SetupArgs) -> Result<String, Error> {
        let is_open = !args.no_browser && browser::open(&self.page);
        self.announce(is_open, args.wait);
        let patience = Duration::from_secs(args.wait);
        let started = Instant::now();
        loop {
            let session = api.ask("sessions", "get", json!({ "id": self.id })).await?;
            match (session["status"].as_str().unwrap_or_default(), session["source_id"].as_str()) {
                ("completed", Some(connector)) => return Ok(connector.to_owned()),
                ("error", _) => return Err(failed(&session)),
                _ => {}
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(self.unfinished(&session, args.wait));
            }
            tokio::time::sleep(left.min(ASK_AGAIN)).await;
        }
    }

    fn unfinished(&self, session: &Value, seconds: u64) -> Error {
        let last = session["error"].as_str().map(|why| format!("; the last try failed: {}", plain(why)));
        let last = last.unwrap_or_default();
        Error::new(ErrorKind::Timeout, format!("nobody was done with the set-up page within {seconds} s{last}"))
            .with_help(format!(
                "it can be opened for a quarter of an hour: {}; then `tieline connectors list` shows the connector",
                self.page
            ))
    }

    /// Says where the page is, on stderr: stdout is for what comes of it.
    fn announce(&self, is_open: bool, seconds: u64) {
        let Self { id, page } = self;
        let text = match (Reader::of_stderr(), is_open) {
            (Reader::Program, _) => {
                let message = if is_open {
                    "the set-up page was opened in a browser"
                } else {
                    "open credentials_url in a browser"
                };
                let said = json!({ "credentials_url": page.as_str(), "session_id": id, "message": format!("{message}; it works once") });
                format!("{said}\n")
            }
            (Reader::Person, true) => {
                format!("The set-up page was opened in your browser. If you do not see it:\n  {page}\n")
            }
            (Reader::Person, false) => {
                format!("Open the set-up page in a browser; its address works once:\n  {page}\n")
            }
        };
        let waiting = match Reader::of_stderr() {
            Reader::Person => format!("Waiting until somebody is done there, {seconds} s at most …\n"),
            Reader::Program => String::new(),
        };
        // Who does not read stderr does not miss it.
        let _ = io::stderr().lock().write_all((text + &waiting).as_bytes());
    }
}

fn failed(session: &Value) -> Error {
    let again = "the same command begins anew";
    match session["error"].as_str() {
        Some(why) => Error::new(ErrorKind::Credentials, format!("the set-up failed: {}", plain(why)))
            .with_help(format!("{again}; with --credentials @file it needs no browser")),
        None => Error::new(ErrorKind::Timeout, "the set-up page is too old").with_help(again),
    }
}
