//! The records of an answer, where the manifest says that they are.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::notation::{JsonPath, Step};
use crate::raw::Raw;

use super::Document;
use super::document::{MOST_FOUND, too_many};
use super::find::{depth, find};
use super::structure::{Flaw, Structure};

/// The one record of an answer.
///
/// # Errors
/// `unexpected_response` when there is nothing at the path.
pub(crate) fn one(document: &Document<'_>, path: &JsonPath) -> Result<Raw, Error> {
    document.find(path)?.into_iter().next().ok_or_else(|| nothing_at(document, path, "a record"))
}

/// The records of a list. A path that names one place finds a list or null; one that names several (`[*]`) finds records and
/// lists of records, in one list.
///
/// # Errors
/// `unexpected_response` when there is something else at the path, or nothing; `too_large` when there are too many.
pub(crate) fn list(document: &Document<'_>, path: &JsonPath) -> Result<Vec<Raw>, Error> {
    let (mut records, mut misfit, mut is_empty) = (Vec::new(), None, true);
    // The elements of the lists that are found are parts too.
    document.read(&[path], depth(&[path]) + 1, |_, part| {
        is_empty = false;
        match part.text.as_bytes().first() {
            Some(b'[') => {
                for element in part.elements() {
                    records.push(document.raw(element?));
                    if records.len() > MOST_FOUND {
                        return Err(Flaw::TooMany);
                    }
                }
            }
            _ if part.text == "null" => {}
            _ if path.is_plural() => records.push(document.raw(part)),
            _ => {
                misfit.get_or_insert_with(|| document.raw(part));
            }
        }
        if records.len() > MOST_FOUND { Err(Flaw::TooMany) } else { Ok(()) }
    })?;
    if let Some(misfit) = misfit {
        return Err(document.unexpected(&format!("expected a list at `{path}`, found {}", kind(&misfit))));
    }
    if is_empty && !is_rightly_empty(document, path)? {
        return Err(nothing_at(document, path, "a list"));
    }
    Ok(records)
}

/// What a path finds first in a record.
pub(crate) fn within(record: &Raw, path: &JsonPath) -> Option<Value> {
    let text = std::str::from_utf8(record.as_bytes()).ok()?;
    let structure = Structure::new(text, depth(&[path])).ok()?;
    let mut first = None;
    let found = find(&structure, &[path], &mut |_, value| {
        first.get_or_insert(value.text);
        Ok(())
    });
    found.ok().and_then(|()| serde_json::from_str(first?).ok())
}

/// Whether there is nothing at a path.
///
/// # Errors
/// `unexpected_response` when the body is not JSON.
pub(crate) fn is_missing(document: &Document<'_>, path: &JsonPath) -> Result<bool, Error> {
    document.find(path).map(|found| found.is_empty())
}

/// Whether the answer is itself a record: an object with nothing where the list should be.
///
/// # Errors
/// `unexpected_response` when the body is not JSON.
pub(crate) fn is_single(document: &Document<'_>, path: &JsonPath) -> Result<bool, Error> {
    let nothing = document.find(path)?.is_empty() && !is_rightly_empty(document, path)?;
    let whole = document.find(&JsonPath::root())?;
    Ok(nothing && whole.first().is_some_and(|whole| whole.as_bytes().starts_with(b"{")))
}

/// Whether a path finds nothing because a list that it goes through is empty, or holds nothing but null on the way, and not
/// because something is missing.
fn is_rightly_empty(document: &Document<'_>, path: &JsonPath) -> Result<bool, Error> {
    let steps = path.steps();
    let first = steps.iter().position(|step| *step == Step::All).unwrap_or(steps.len());
    for at in first..steps.len() {
        let found = document.find(&JsonPath::from(&steps[..at]))?;
        if found.is_empty() {
            return Ok(false);
        }
        let is_nothing = if steps[at] == Step::All { is_hollow } else { Raw::is_null };
        if found.iter().all(is_nothing) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it is null, or a list or object without anything in it.
fn is_hollow(raw: &Raw) -> bool {
    let inner = raw.as_bytes().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let inner = inner.or_else(|| raw.as_bytes().strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")));
    raw.is_null() || inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

/// The elements of a list.
///
/// # Errors
/// `too_large` when there are too many.
pub(super) fn elements(list: &Raw) -> Result<Vec<Raw>, Error> {
    let unreadable = |why: &str| Error::new(ErrorKind::UnexpectedResponse, format!("a list cannot be read: {why}"));
    let text = std::str::from_utf8(list.as_bytes()).map_err(|error| unreadable(&error.to_string()))?;
    let elements = || -> Result<Vec<_>, Flaw> {
        let structure = Structure::new(text, 1)?;
        let elements = structure.root()?.elements().take(MOST_FOUND + 1);
        elements.map(|element| Ok(Raw::from_json(list.bytes().slice_ref(element?.text.as_bytes())))).collect()
    };
    let elements = elements().map_err(|flaw| match flaw {
        Flaw::TooMany => too_many(),
        Flaw::NotJson | Flaw::TooDeep => unreadable("it is not JSON"),
    })?;
    if elements.len() > MOST_FOUND { Err(too_many()) } else { Ok(elements) }
}

fn nothing_at(document: &Document<'_>, path: &JsonPath, expected: &str) -> Error {
    document.unexpected(&format!("expected {expected} at `{path}`, found nothing"))
}

fn kind(raw: &Raw) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}
