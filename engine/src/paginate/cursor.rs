//! The answer names a cursor that the next request carries.

use indexmap::IndexMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::extract::Document;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::next::{Next, look, says_end};
use super::paged;

paged! {
    /// The answer names a cursor that the next request carries. The list ends when `more` is false; without `more`, when there is no cursor.
    pub struct Cursor as "cursor pagination" {
        /// The parameter that carries the cursor.
        /// ```yaml
        /// cursor: start_cursor
        /// ```
        pub cursor: Spanned<String>,
        /// Where the answer names the next cursor.
        /// ```yaml
        /// next: $.next_cursor
        /// ```
        pub next: Spanned<Lookup>,
        /// Where the answer says whether there is more. Without it, a missing, null or empty cursor is the end.
        /// ```yaml
        /// more: $.has_more
        /// ```
        pub more: Option<Spanned<Lookup>>,
    }
}

impl Cursor {
    pub(super) fn next(&self, given: &IndexMap<String, Value>, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let [cursor, more] = look(document, [Some(&self.next), self.more.as_ref()])?;
        if more.as_ref().is_some_and(says_end) {
            return Ok(None);
        }
        let Some(cursor) = cursor.filter(|cursor| !is_none(cursor)) else {
            return match &self.more {
                Some(place) if more.is_some() => {
                    let message = format!("the API says at `{}` that there is more, and names no cursor", place.value);
                    Err(Error::new(ErrorKind::UnexpectedResponse, message))
                }
                Some(_) | None => Ok(None),
            };
        };
        let name = &self.cursor.value;
        if given.get(name).is_some_and(|used| as_text(used) == as_text(&cursor)) {
            let message = format!("the API named the same page again (`{name}` is still {cursor})");
            return Err(Error::new(ErrorKind::UnexpectedResponse, message));
        }
        Ok(Some(Next::param(name, cursor)))
    }
}

fn is_none(cursor: &Value) -> bool {
    matches!(cursor, Value::Null | Value::Bool(false)) || cursor.as_str() == Some("")
}

/// A cursor as it is written in a query, where 5 and "5" are the same.
fn as_text(cursor: &Value) -> String {
    cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned)
}
