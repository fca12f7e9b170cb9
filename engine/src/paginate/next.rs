//! Where a list goes on, and what the kinds of pagination have in common to find it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::notation::Lookup;
use crate::raw::Raw;
use crate::source::Spanned;

use super::Size;

/// What a page held, as the API sent it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held<'a> {
    /// How many records, before any filter; `None` for a page that is itself one record, in which nobody counts.
    pub count: Option<usize>,
    /// The last record.
    pub last: Option<&'a Raw>,
}

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Next {
    /// With these parameters beside the caller's.
    Params(Map<String, Value>),
    /// At this URL, which may be relative to that of the page before. It is as the API wrote it: its origin is not checked yet.
    Url(String),
}

impl Next {
    pub(super) fn param(name: &str, value: impl Into<Value>) -> Self {
        Self::Params(Map::from_iter([(name.to_owned(), value.into())]))
    }

    /// At the URL that an answer names; null and empty text name none.
    pub(super) fn url(found: Option<Value>) -> Result<Option<Self>, Error> {
        let url = match found {
            None | Some(Value::Null | Value::Bool(false)) => return Ok(None),
            Some(Value::String(url)) if url.trim().is_empty() => return Ok(None),
            Some(Value::String(url)) if is_followable(&url) => url,
            Some(other) => {
                let message = format!("the API names the next page as {other}, which is no http(s) URL");
                return Err(Error::new(ErrorKind::UnexpectedResponse, message));
            }
        };
        Ok(Some(Self::Url(url)))
    }
}

/// Whether a text is an http or https URL, or a relative one.
pub(super) fn is_followable(url: &str) -> bool {
    match Url::parse(url) {
        Ok(url) => matches!(url.scheme(), "http" | "https"),
        Err(url::ParseError::RelativeUrlWithoutBase) => true,
        Err(_) => false,
    }
}

/// What each lookup finds; null counts as nothing.
pub(super) fn look<const N: usize>(
    document: &Document<'_>,
    lookups: [Option<&Spanned<Lookup>>; N],
) -> Result<[Option<Value>; N], Error> {
    let mut found = [const { None }; N];
    for (found, lookup) in found.iter_mut().zip(lookups) {
        let first = lookup.map(|lookup| document.first(&lookup.value)).transpose()?.flatten();
        *found = first.map(|raw| raw.to_value()).filter(|value| !value.is_null());
    }
    Ok(found)
}

/// Whether the answer to "is there more" is no.
pub(super) fn says_end(more: &Value) -> bool {
    match more {
        Value::Bool(more) => !more,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => matches!(text.as_str(), "" | "0") || text.eq_ignore_ascii_case("false"),
        Value::Null => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// The position that a page was asked at.
pub(super) fn position(given: &IndexMap<String, Value>, name: &Spanned<String>, start: u64) -> Result<u64, Error> {
    given.get(&name.value).filter(|value| !value.is_null()).map_or(Ok(start), |value| {
        whole(value).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, format!("`{}` is {value}, not a whole number", name.value))
        })
    })
}

/// A count that the answer states.
pub(super) fn count(found: Option<Value>, at: Option<&Spanned<Lookup>>) -> Result<Option<u64>, Error> {
    let misfit = |value: &Value| {
        let at = at.map(|lookup| lookup.value.to_string()).unwrap_or_default();
        Error::new(ErrorKind::UnexpectedResponse, format!("expected a count at `{at}`, found {value}"))
    };
    found.map(|value| whole(&value).ok_or_else(|| misfit(&value))).transpose()
}

/// How many records the page was asked to hold at most. An API that is asked for more than it gives at most gives that.
pub(super) fn asked(given: &IndexMap<String, Value>, size: Option<Size<'_>>) -> Option<u64> {
    let size = size?;
    let asked = given.get(&size.name.value).and_then(whole).or(size.usual.map(u64::from))?;
    Some(asked.min(size.most.map_or(u64::MAX, u64::from)))
}

/// Whether a page holds fewer records than were asked for. One in which nobody counts is taken for the last.
pub(super) fn is_short(held: Held<'_>, given: &IndexMap<String, Value>, size: Option<Size<'_>>) -> bool {
    let is_short = |count| asked(given, size).is_some_and(|asked| (count as u64) < asked);
    held.count.is_none_or(is_short)
}

/// A number that is whole and not negative, written as a number or as text.
pub(super) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let number = number.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number))?;
            Some(number as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
