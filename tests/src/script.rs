//! The exchanges of a case while they are played: which one comes next, and what was not as it should be.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::exchange::{Exchange, Request};

/// The exchanges of a case, played one after another.
pub struct Script {
    exchanges: Vec<Exchange>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    played: usize,
    captured: HashMap<String, String>,
    faults: Vec<String>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// Scheme and host, where the player knows them.
    pub origin: Option<String>,
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Script {
    /// The exchanges, from the first. A request without an `origin` of its own is expected at `server`, if that is known.
    pub fn new(mut exchanges: Vec<Exchange>, server: Option<&str>) -> Self {
        for exchange in &mut exchanges {
            exchange.request.origin = exchange.request.origin.take().or_else(|| server.map(str::to_owned));
        }
        Self { exchanges, state: Mutex::default() }
    }

    /// The exchange that a request begins; `None` when no request was expected any more. What differs is kept as a fault.
    pub fn meet(&self, seen: &Seen) -> Option<&Exchange> {
        let mut state = self.state.lock().unwrap();
        let number = state.played + 1;
        let Some(exchange) = self.exchanges.get(state.played) else {
            let body = String::from_utf8_lossy(&seen.body).into_owned();
            state.faults.push(format!("request {number} was not expected: {} {} {body}", seen.method, seen.path));
            return None;
        };
        state.played = number;
        let differences = exchange.request.differences(seen, &mut state.captured);
        state.faults.extend(differences.into_iter().map(|difference| format!("request {number}: {difference}")));
        Some(exchange)
    }

    /// Keeps something that was not as it should be.
    pub fn fault(&self, fault: impl Into<String>) {
        self.state.lock().unwrap().faults.push(fault.into());
    }

    /// What was not as it should be; exchanges that did not happen among it.
    pub fn faults(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let missing = self.exchanges[state.played..].iter();
        let missing =
            missing.map(|exchange| format!("not sent: {} {}", exchange.request.method, exchange.request.path));
        state.faults.iter().cloned().chain(missing).collect()
    }
}

impl Request {
    /// How a request differs from this one.
    fn differences(&self, seen: &Seen, captured: &mut HashMap<String, String>) -> Vec<String> {
        let mut all = Vec::new();
        let mut differ = |what: &str, expected: &str, found: &str| {
            if expected != found {
                all.push(format!("{what}: expected {expected:?}, found {found:?}"));
            }
        };
        differ("method", &self.method, &seen.method);
        differ("path", &self.path, &seen.path);
        if let (Some(expected), Some(found)) = (&self.origin, &seen.origin) {
            differ("origin", expected, found);
        }
        let boundary = boundary(&seen.headers);
        for (name, expected) in &self.headers {
            let found = seen.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            let found = found.map(|text| marked(&text, boundary.as_deref()));
            match (expected, found) {
                (Some(expected), Some(found)) => differ(name, &filled(expected, &found, captured), &found),
                (Some(expected), None) => differ(name, expected, "(no such header)"),
                (None, Some(found)) => differ(name, "(no such header)", &found),
                (None, None) => {}
            }
        }
        let found = String::from_utf8_lossy(&seen.body);
        match (&self.json, &self.body) {
            (Some(expected), _) => match serde_json::from_str::<Value>(&found) {
                Ok(found) if found == *expected => {}
                Ok(found) => differ("JSON body", &expected.to_string(), &found.to_string()),
                Err(_) => differ("JSON body", &expected.to_string(), &found),
            },
            (None, Some(expected)) => differ("body", expected, &lines(&marked(&found, boundary.as_deref()))),
            (None, None) => differ("body", "", &found),
        }
        all
    }
}

/// What `{name}` stands for: what it stood for before, or, the first time, what is there.
fn filled(expected: &str, found: &str, captured: &mut HashMap<String, String>) -> String {
    let name = expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match name {
        Some(name) => captured.entry(name.to_owned()).or_insert_with(|| found.to_owned()).clone(),
        None => expected.to_owned(),
    }
}

/// The boundary of a multipart body.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let (_, after) = headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?.split_once("boundary=")?;
    let end = after.find(';').unwrap_or(after.len());
    Some(after[..end].trim_matches('"').to_owned())
}

fn marked(text: &str, boundary: Option<&str>) -> String {
    boundary.map_or_else(|| text.to_owned(), |boundary| text.replace(boundary, "{boundary}"))
}

/// The text of a body with the line ends of the file that it is compared with.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
