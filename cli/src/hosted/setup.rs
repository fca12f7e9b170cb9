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

/// Begins a set-up, and waits for it. Gives the id of the connector.
///
/// # Errors
/// `timeout` when nobody is done in time, `credentials` when it failed.
pub(crate) async fn through_page(api: &Api, session: Value, args: &SetupArgs) -> Result<String, Error> {
    let begun = api.ask("sessions", "create", session).await?;
    let id = begun["session_id"].as_str().unwrap_or_default();
    let page = begun["oauth_flow_url"].as_str().and_then(|text| Url::parse(text).ok());
    let page =
        page.ok_or_else(|| Error::new(ErrorKind::UnexpectedResponse, "the server names no address of a set-up page"))?;
    let is_open = !args.no_browser && browser::open(&page);
    announce(&page, id, is_open, args.wait);
    wait(api, id, &page, Duration::from_secs(args.wait)).await
}

async fn wait(api: &Api, id: &str, page: &Url, patience: Duration) -> Result<String, Error> {
    let started = Instant::now();
    loop {
        let session = api.ask("sessions", "get", json!({ "id": id })).await?;
        match (session["status"].as_str().unwrap_or_default(), session["source_id"].as_str()) {
            ("completed", Some(connector)) => return Ok(connector.to_owned()),
            ("error", _) => return Err(failed(&session)),
            _ => {}
        }
        let left = patience.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(unfinished(&session, page, patience));
        }
        tokio::time::sleep(left.min(ASK_AGAIN)).await;
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

fn unfinished(session: &Value, page: &Url, patience: Duration) -> Error {
    let last = session["error"].as_str().map(|why| format!("; the last try failed: {}", plain(why))).unwrap_or_default();
    let message = format!("nobody was done with the set-up page within {} s{last}", patience.as_secs());
    let help = format!(
        "it goes on for a quarter of an hour: {page}, or the tab that is open already; `tieline connectors list` shows what came of it"
    );
    Error::new(ErrorKind::Timeout, message).with_help(help)
}

/// Says where the page is, on stderr: stdout is for what comes of it.
fn announce(page: &Url, session: &str, is_open: bool, seconds: u64) {
    let message = if is_open {
        "a set-up page was opened in the browser; it works once"
    } else {
        "open the set-up page in a browser; it works once"
    };
    let text = match Reader::of_stderr() {
        Reader::Program => {
            let lines = json!({ "credentials_url": page.as_str(), "session_id": session, "message": message });
            format!("{lines}\n")
        }
        Reader::Person if is_open => format!(
            "A set-up page was opened in your browser. If you do not see it:\n  {page}\n\
             Waiting {seconds} s for you to be done there; Ctrl-C waits no longer.\n"
        ),
        Reader::Person => format!(
            "Open this page in a browser; it works once:\n  {page}\n\
             Waiting {seconds} s for you to be done there; Ctrl-C waits no longer.\n"
        ),
    };
    // Who does not read stderr does not miss it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
