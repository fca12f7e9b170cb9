//! A response, ready to be looked into: its headers, and a body that should be JSON.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::notation::{Condition, JsonPath, Lookup};
use crate::raw::Raw;

use super::find::{depth, find};
use super::link;
use super::structure::{Flaw, MAX_DEPTH, Part, Structure};

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
    /// The structure of the text, as deep as somebody has needed it.
    structure: Mutex<Option<Arc<Structure<'a>>>>,
    /// Paths of which somebody will want to know what they find first. They are walked with the first path that is asked for.
    expected: Vec<&'a JsonPath>,
    /// What each of them finds first, once they are walked.
    firsts: OnceLock<Vec<Option<Raw>>>,
}

impl<'a> Document<'a> {
    /// A response with these headers and this body. Nothing is read yet.
    pub(crate) fn new(headers: &'a HeaderMap, body: &'a Bytes) -> Self {
        let (text, firsts) = (OnceLock::new(), OnceLock::new());
        Self { headers, body, text, structure: Mutex::default(), expected: Vec::new(), firsts }
    }

    /// The same, where it is known what will be looked up later: the body is then read once for all of it.
    pub(crate) fn expecting(self, lookups: impl IntoIterator<Item = &'a Lookup>) -> Self {
        Self { expected: lookups.into_iter().filter_map(Lookup::in_body).collect(), ..self }
    }

    /// Whether the answer has no body (or only white space), as a 204 has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// Reads all of the body: nothing else does.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON all through.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let text = self.text.get_or_init(|| self.decoded()).clone()?;
        serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| self.not_json(&error.to_string()))
    }

    /// Everything that a path finds, as slices of the body.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON.
    pub(crate) fn find(&self, path: &JsonPath) -> Result<Vec<Raw>, Error> {
        Ok(self.find_all(&[path])?.pop().unwrap_or_default())
    }

    /// What each of several paths finds.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON.
    pub(crate) fn find_all(&self, paths: &[&JsonPath]) -> Result<Vec<Vec<Raw>>, Error> {
        let (mut by_path, mut count) = (vec![Vec::new(); paths.len()], 0);
        self.read(paths, depth(paths), |path, part| {
            count += 1;
            by_path[path].push(self.raw(part));
            if count > MOST_FOUND { Err(Flaw::TooMany) } else { Ok(()) }
        })?;
        Ok(by_path)
    }

    /// What a path finds first.
    fn find_first(&self, path: &JsonPath) -> Result<Option<Raw>, Error> {
        let place = self.expected.iter().position(|expected| *expected == path);
        if let Some((place, firsts)) = place.zip(self.firsts.get()) {
            return Ok(firsts[place].clone());
        }
        let mut first = None;
        self.read(&[path], depth(&[path]), |_, part| {
            first.get_or_insert_with(|| self.raw(part));
            Ok(())
        })?;
        Ok(first)
    }

    /// Reads what several paths find, with parts that are known down to a depth. The body is scanned once, unless a later path leads
    /// deeper than the ones before.
    ///
    /// # Errors
    /// `unexpected_response` when the body is not JSON, and whatever the taker says.
    pub(super) fn read(
        &self,
        paths: &[&JsonPath],
        depth: usize,
        mut taker: impl FnMut(usize, Part<'_, 'a>) -> Result<(), Flaw>,
    ) -> Result<(), Error> {
        let text = self.text.get_or_init(|| self.decoded()).clone()?;
        let along = if self.firsts.get().is_none() { &*self.expected } else { &[] };
        let (both, depth) = ([paths, along].concat(), depth.max(super::find::depth(along)));
        let mut firsts = vec![None; along.len()];
        let mut take = |path: usize, part: Part<'_, 'a>| match path.checked_sub(paths.len()) {
            Some(along) => {
                firsts[along].get_or_insert_with(|| self.raw(part));
                Ok(())
            }
            None => taker(path, part),
        };
        let mut read = || find(&*self.structure(text, depth)?, &both, &mut take);
        read().map_err(|flaw| self.flawed(text, flaw))?;
        let _ = self.firsts.set(firsts);
        Ok(())
    }

    fn structure(&self, text: &'a str, depth: usize) -> Result<Arc<Structure<'a>>, Flaw> {
        let mut known = self.structure.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref().filter(|known| known.depth() >= depth) {
            Some(known) => Ok(known.clone()),
            None => Ok(known.insert(Arc::new(Structure::new(text, depth)?)).clone()),
        }
    }

    /// A part of the body, which shares its bytes.
    pub(super) fn raw(&self, part: Part<'_, 'a>) -> Raw {
        Raw::from_json(self.body.slice_ref(part.text.as_bytes()))
    }

    /// What a lookup finds first, as a tree. A body that is not JSON holds nothing.
    pub(crate) fn lookup(&self, lookup: &Lookup) -> Option<Value> {
        self.first(lookup).ok()?.map(|raw| seen(&raw))
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

    /// What a lookup finds first: a piece of the body, or the text of a header or of a link's target.
    ///
    /// # Errors
    /// `unexpected_response` when the lookup points into the body and the body is not JSON.
    pub(crate) fn first(&self, lookup: &Lookup) -> Result<Option<Raw>, Error> {
        let text = |text: &str| Raw::from_value(&Value::from(text));
        Ok(match lookup {
            Lookup::Body(_) if self.is_empty() => None,
            Lookup::Body(path) => self.find_first(path)?,
            Lookup::Header(name) => {
                self.headers.get(name).map(|value| text(&String::from_utf8_lossy(value.as_bytes())))
            }
            Lookup::Link(relation) => link::target(self.headers, relation).map(text),
        })
    }

    /// Whether the link with this relation has a parameter of this name with this value.
    pub(crate) fn link_says(&self, relation: &str, name: &str, value: &str) -> bool {
        link::says(self.headers, relation, name, value)
    }

    /// The answer is not what the manifest says: an error that shows how it begins.
    pub(crate) fn unexpected(&self, what: &str) -> Error {
        Error::new(ErrorKind::UnexpectedResponse, format!("{what}; the answer begins {}", excerpt(self.body)))
    }

    fn decoded(&self) -> Result<&'a str, Error> {
        let text = std::str::from_utf8(self.body).map_err(|error| self.not_json(&error.to_string()))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    fn flawed(&self, text: &str, flaw: Flaw) -> Error {
        match flaw {
            Flaw::TooMany => too_many(),
            Flaw::TooDeep => self.not_json(&format!("it is nested deeper than {MAX_DEPTH} levels")),
            Flaw::NotJson => match serde_json::from_str::<IgnoredAny>(text) {
                Err(error) => self.not_json(&error.to_string()),
                Ok(IgnoredAny) => self.not_json("its brackets and commas do not fit"),
            },
        }
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
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
