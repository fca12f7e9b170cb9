//! A response, ready to be looked into: its headers, and a body that should be JSON.

use std::sync::OnceLock;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::notation::{Condition, JsonPath, Lookup};
use crate::raw::Raw;

use super::{find, link};

/// The deepest nesting that is read: what `serde_json` reads, so that whoever parses a record later can.
const MAX_DEPTH: usize = 127;
/// How many values, or records of a page, are taken out of one answer.
pub(super) const MOST_FOUND: usize = 100_000;
/// The largest list or object that is read as a tree to look at it, in bytes: a tree takes many times as much memory.
const LARGEST_SEEN: usize = 1 << 20;
/// How much of an answer an error shows, in characters.
const EXCERPT: usize = 200;

/// A response, ready to be looked into. Where an object has the same key twice, the last one counts.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    headers: &'a HeaderMap,
    body: &'a Bytes,
    text: OnceLock<Result<&'a str, Error>>,
}

impl<'a> Document<'a> {
    /// A response with these headers and this body. Nothing is read yet.
    pub(crate) fn new(headers: &'a HeaderMap, body: &'a Bytes) -> Self {
        Self { headers, body, text: OnceLock::new() }
    }

    /// Whether the answer has no body (or only white space), as a 204 has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// Everything that a path finds, as slices of the body.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON.
    pub(crate) fn find(&self, path: &JsonPath) -> Result<Vec<Raw>, Error> {
        Ok(self.find_all(&[path])?.pop().unwrap_or_default())
    }

    /// What each of several paths finds, in one scan of the body.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON.
    pub(crate) fn find_all(&self, paths: &[&JsonPath]) -> Result<Vec<Vec<Raw>>, Error> {
        let text = self.text.get_or_init(|| self.read()).clone()?;
        let found = find::find(text, paths).map_err(|error| self.not_json(&error.to_string()))?;
        if found.len() > MOST_FOUND {
            return Err(too_many());
        }
        let mut by_path = vec![Vec::new(); paths.len()];
        for (path, raw) in found {
            by_path[path].push(Raw::from_json(self.body.slice_ref(raw.get().as_bytes())));
        }
        Ok(by_path)
    }

    /// What a lookup finds first. A header's value is text; so is the target of a link. A body that is not JSON holds nothing.
    pub(crate) fn lookup(&self, lookup: &Lookup) -> Option<Value> {
        let found = self.lookup_all([lookup]).ok()?.pop()?;
        found.map(|raw| seen(&raw))
    }

    /// Everything that a lookup finds. A body that is not JSON holds nothing.
    pub(crate) fn look_for_all(&self, lookup: &Lookup) -> Vec<Value> {
        match lookup {
            Lookup::Body(path) => self.find(path).unwrap_or_default().iter().map(seen).collect(),
            Lookup::Header(_) | Lookup::Link(_) => self.lookup(lookup).into_iter().collect(),
        }
    }

    /// Whether a condition holds for what it looks at.
    pub(crate) fn fulfils(&self, condition: &Condition) -> bool {
        condition.holds(&self.look_for_all(&condition.at))
    }

    /// What each of several lookups finds first, in one scan of the body, or none when no lookup points into it.
    ///
    /// # Errors
    /// `unexpected_response` when a lookup points into the body and the body is not JSON.
    pub(crate) fn lookup_all<'l>(
        &self,
        lookups: impl IntoIterator<Item = &'l Lookup> + Clone,
    ) -> Result<Vec<Option<Raw>>, Error> {
        let paths: Vec<_> = lookups
            .clone()
            .into_iter()
            .filter_map(|lookup| match lookup {
                Lookup::Body(path) => Some(path),
                Lookup::Header(_) | Lookup::Link(_) => None,
            })
            .collect();
        let in_body = !paths.is_empty() && !self.is_empty();
        let mut found = if in_body { self.find_all(&paths)? } else { Vec::new() }.into_iter();
        let text = |text: &str| Raw::from_value(&Value::from(text));
        let looked_up = lookups.into_iter().map(|lookup| match lookup {
            Lookup::Body(_) => found.next().and_then(|all| all.into_iter().next()),
            Lookup::Header(name) => {
                self.headers.get(name).map(|value| text(&String::from_utf8_lossy(value.as_bytes())))
            }
            Lookup::Link(relation) => link::target(self.headers, relation).map(text),
        });
        Ok(looked_up.collect())
    }

    /// Whether the link with this relation has a parameter of this name with this value.
    pub(crate) fn link_says(&self, relation: &str, name: &str, value: &str) -> bool {
        link::says(self.headers, relation, name, value)
    }

    /// The answer is not what the manifest says: an error that shows how it begins.
    pub(crate) fn unexpected(&self, what: &str) -> Error {
        Error::new(ErrorKind::UnexpectedResponse, format!("{what}; the answer begins {}", excerpt(self.body)))
    }

    fn read(&self) -> Result<&'a str, Error> {
        let text = std::str::from_utf8(self.body).map_err(|error| self.not_json(&error.to_string()))?;
        if is_nested_deeper(text, MAX_DEPTH) {
            return Err(self.not_json(&format!("it is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    fn not_json(&self, why: &str) -> Error {
        if self.is_empty() {
            return Error::new(ErrorKind::UnexpectedResponse, "the API answered with nothing where JSON was expected");
        }
        if is_html(self.body) {
            return self
                .unexpected("the API answered with HTML where JSON was expected")
                .with_help("is the server's address right, and is there a proxy or a sign-in page in between?");
        }
        self.unexpected(&format!("the API did not answer with JSON that can be read ({why})"))
    }
}

/// The answer holds more than anybody wants of one answer.
pub(super) fn too_many() -> Error {
    Error::new(ErrorKind::TooLarge, format!("one answer holds more than {MOST_FOUND} records"))
        .with_help("ask for smaller pages")
}

fn is_nested_deeper(text: &str, limit: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn is_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes())))
}

/// The first characters, between backticks, with whatever a terminal might obey written out.
fn excerpt(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    let mut shown = String::from("`");
    for character in start.chars().take(EXCERPT) {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if start.chars().nth(EXCERPT).is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

/// The value as a tree. A large list or object is only seen to be there: nobody looks for a message, a cursor or a flag that long.
fn seen(raw: &Raw) -> Value {
    let is_large = raw.as_bytes().len() > LARGEST_SEEN;
    match raw.as_bytes().first() {
        Some(b'[') if is_large => Value::Array(vec![Value::Null]),
        Some(b'{') if is_large => Value::Object(Map::from_iter([(String::new(), Value::Null)])),
        _ => raw.to_value(),
    }
}

/// Characters that change the direction of text, or take no room.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
