//! The answer, or the last record of the page, names a cursor that the next request carries.

use indexmap::IndexMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::extract::{Document, within};
use crate::notation::{JsonPath, Lookup};
use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::Map;

use super::next::{Held, Next, is_short, look, says_end};
use super::paged;

paged! {
    /// The answer names a cursor that the next request carries. The list ends when `more` is false; without `more`, when there is no cursor.
    /// For an API that goes on after a record, `last` stands in the place of `next`: its list ends with an empty page, or when
    /// `more` is false; where the answer does not say, with a page shorter than was asked for.
    pub struct Cursor as "cursor pagination" check one_place {
        /// The parameter that carries the cursor.
        /// ```yaml
        /// cursor: start_cursor
        /// ```
        pub cursor: Spanned<String>,
        /// Where the answer names the next cursor. Exactly one of `next` and `last`.
        /// ```yaml
        /// next: $.next_cursor
        /// ```
        pub next: Option<Spanned<Lookup>>,
        /// Where the last record of a page, as the API sent it, holds the next cursor.
        /// ```yaml
        /// last: $.id
        /// ```
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last: Option<Spanned<JsonPath>>,
        /// Where the answer says whether there is more. Without it, a missing, null or empty cursor is the end.
        /// ```yaml
        /// more: $.has_more
        /// ```
        pub more: Option<Spanned<Lookup>>,
    }
}

fn one_place(cursor: &Cursor, _: &Map, span: Span, findings: &mut Vec<Diagnostic>) {
    if cursor.next.is_some() == cursor.last.is_some() {
        let message = "cursor pagination has exactly one of `next` and `last`";
        let help = "`next: $.next_cursor` where the answer names the cursor, `last: $.id` where its last record does";
        findings.push(Diagnostic::new(Code::Conflict, span, message).help(help));
    }
}

impl Cursor {
    /// What is looked up in each answer.
    pub(super) fn lookups(&self) -> [Option<&Spanned<Lookup>>; 2] {
        [self.next.as_ref(), self.more.as_ref()]
    }

    pub(super) fn next(
        &self,
        given: &IndexMap<String, Value>,
        document: &Document<'_>,
        held: Held<'_>,
    ) -> Result<Option<Next>, Error> {
        let [named, more] = look(document, self.lookups())?;
        if more.as_ref().is_some_and(says_end) {
            return Ok(None);
        }
        let cursor = match &self.last {
            Some(_) if held.count == Some(0) => return Ok(None),
            Some(_) if more.is_none() && is_short(held, given, self.paging().size) => return Ok(None),
            Some(place) => held.last.and_then(|record| within(record, place)),
            None => named,
        };
        let Some(cursor) = cursor.filter(|cursor| !is_none(cursor)) else { return self.end(more.is_some()) };
        let name = &self.cursor.value;
        if given.get(name).is_some_and(|used| as_text(used) == as_text(&cursor)) {
            let message = format!("the API named the same page again (`{name}` is still {cursor})");
            return Err(Error::new(ErrorKind::UnexpectedResponse, message));
        }
        Ok(Some(Next::param(name, cursor)))
    }

    /// No cursor is the end, unless there is more.
    fn end(&self, has_more: bool) -> Result<Option<Next>, Error> {
        let message = match (&self.last, &self.more) {
            (Some(last), _) => format!("the last record of a page names no cursor at `{}`", last.value),
            (None, Some(more)) if has_more => {
                format!("the API says at `{}` that there is more, and names no cursor", more.value)
            }
            (None, Some(_) | None) => return Ok(None),
        };
        Err(Error::new(ErrorKind::UnexpectedResponse, message))
    }
}

fn is_none(cursor: &Value) -> bool {
    matches!(cursor, Value::Null | Value::Bool(false)) || cursor.as_str() == Some("")
}

/// A cursor as it is written in a query, where 5 and "5" are the same.
fn as_text(cursor: &Value) -> String {
    cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned)
}
