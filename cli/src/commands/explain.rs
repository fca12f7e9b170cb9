//! `tieline explain`: what `execute` would send, with `[secret]` in the place of every secret.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};
use tieline::execute::Explanation;
use tieline::wire::{Body, Segment, Upload};

use crate::args::{CallArgs, TextFormat};
use crate::commands::execute;
use crate::connect::{Destination, Identity, connect};
use crate::output::{print_json, print_text};
use crate::stop::Stop;
use crate::text::plain;
use crate::{connector, credentials, params};

const SECRET: &str = "[secret]";
const GENERATED: &str = "[new for each call]";

/// The call to explain.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline explain notion users list --param page_size=10
  tieline explain notion pages create --params @page.json --format json")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub call: CallArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: TextFormat,
}

/// Explains a call.
pub(crate) fn run(args: &ExplainArgs) -> Result<(), Stop> {
    let call = &args.call;
    let connector = Arc::new(connector::find(&call.connector)?);
    let operation = connector.operation(&call.entity, &call.action)?;
    let given = params::read(&connector, operation, call)?;
    let is_nobodys = !call.mock && !credentials::are_given(connector.head(), &call.connection)?;
    let identity = match (call.mock, is_nobodys) {
        (true, _) => Identity::MadeUp,
        (false, true) => Identity::Nobodys,
        (false, false) => Identity::Users,
    };
    let connection = connect(&connector, &call.connection, Destination::Nowhere, identity)?;
    let explanation = execute::call(&connection, call, given).explain()?;
    if let Some(scheme) = explanation.scheme.as_ref().filter(|_| is_nobodys) {
        // Who does not read stderr does not miss it.
        let _ = writeln!(io::stderr(), "no credentials were given: secrets stand where `{scheme}` would put them");
    }
    match args.format {
        TextFormat::Text => print_text(&lines(&text(&explanation))),
        TextFormat::Json => print_json(&to_json(&explanation)),
    }
}

/// The URL, with the names of the secrets that would stand in its query.
fn url(explanation: &Explanation) -> String {
    let mut url = explanation.request.url.to_string();
    for (_, name) in explanation.secrets.iter().filter(|(place, _)| *place == "query") {
        let separator = if url.contains('?') { '&' } else { '?' };
        let _ = write!(url, "{separator}{name}={SECRET}");
    }
    url
}

/// The headers, those with secrets and those that are made for each call last.
fn headers(explanation: &Explanation) -> Vec<(String, String)> {
    let plain = explanation.request.headers.iter();
    let mut headers: Vec<(String, String)> =
        plain.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    for (place, name) in &explanation.secrets {
        match *place {
            "header" => headers.push((name.to_lowercase(), SECRET.to_owned())),
            "cookie" => headers.push(("cookie".to_owned(), format!("{name}={SECRET}"))),
            _ => {}
        }
    }
    headers.extend(explanation.generated.iter().map(|name| (name.to_lowercase(), GENERATED.to_owned())));
    headers
}

fn to_json(explanation: &Explanation) -> Value {
    let headers: Map<String, Value> =
        headers(explanation).into_iter().map(|(name, value)| (name, value.into())).collect();
    let mut json = json!({
        "method": explanation.request.method.as_str(),
        "url": url(explanation),
        "headers": headers,
        "body": body_to_json(&explanation.request.body),
        "auth": explanation.scheme,
    });
    if let Some(place) = &explanation.file_at {
        json["then"] = json!({ "method": "GET", "url_at": place.to_string() });
    }
    json
}

/// JSON as JSON, other text as text; what holds files as a list of its pieces.
fn body_to_json(body: &Body) -> Value {
    if body.is_none() {
        return Value::Null;
    }
    match body.as_bytes() {
        Some(bytes) => serde_json::from_slice(bytes).unwrap_or_else(|_| shown(bytes).into()),
        None => body
            .pieces()
            .iter()
            .map(|piece| match piece {
                Segment::Bytes(bytes) => Value::from(shown(bytes)),
                Segment::Upload(upload) => file_to_json(upload),
            })
            .collect(),
    }
}

fn file_to_json(upload: &Upload) -> Value {
    json!({ "file": upload.filename, "content_type": upload.content_type, "bytes": upload.length })
}

/// The text without what a terminal would obey but for its line breaks.
fn lines(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}

/// The request as it goes over the wire.
fn text(explanation: &Explanation) -> String {
    let mut text = format!("{} {}\n", explanation.request.method, url(explanation));
    for (name, value) in headers(explanation) {
        let _ = writeln!(text, "{name}: {value}");
    }
    let body = &explanation.request.body;
    if !body.is_none() {
        text.push('\n');
    }
    for piece in body.pieces() {
        match piece {
            Segment::Bytes(bytes) => match serde_json::from_slice::<Value>(bytes) {
                Ok(json) => text.push_str(&format!("{json:#}")),
                Err(_) => text.push_str(&shown(bytes).replace("\r\n", "\n")),
            },
            Segment::Upload(upload) => {
                let name = upload.filename.as_deref().unwrap_or("file");
                let size = upload.length.map_or_else(String::new, |length| format!(", {length} bytes"));
                let _ = write!(text, "[{name}{size}]");
            }
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if let Some(place) = &explanation.file_at {
        let _ = write!(text, "\nthen GET the file from the URL at `{place}` of the answer\n");
    }
    text
}

fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("[{} bytes]", bytes.len()),
    }
}
