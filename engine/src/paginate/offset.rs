//! The next request says how many records to skip.

use indexmap::IndexMap;
use serde_json::Value;

use crate::error::Error;
use crate::extract::Document;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::next::{Held, Next, asked, count, is_short, look, position, says_end};
use super::paged;

paged! {
    /// The next request says how many records to skip. The list ends with an empty page, at `total`, or when `more` is false;
    /// where the answer says neither, with a page shorter than was asked for.
    pub struct Offset as "offset pagination" {
        /// The parameter that says how many records to skip.
        /// ```yaml
        /// offset: skip
        /// ```
        pub offset: Spanned<String>,
        /// The number of the first record; 0 when left out.
        /// ```yaml
        /// start: 1
        /// ```
        pub start: Option<u64>,
        /// Where the answer says how many records there are in all.
        /// ```yaml
        /// total: $.total
        /// ```
        pub total: Option<Spanned<Lookup>>,
        /// Where the answer says whether there is more.
        /// ```yaml
        /// more: $.has_more
        /// ```
        pub more: Option<Spanned<Lookup>>,
    }
}

impl Offset {
    /// What is looked up in each answer.
    pub(super) fn lookups(&self) -> [Option<&Spanned<Lookup>>; 2] {
        [self.total.as_ref(), self.more.as_ref()]
    }

    pub(super) fn next(
        &self,
        given: &IndexMap<String, Value>,
        document: &Document<'_>,
        held: Held<'_>,
    ) -> Result<Option<Next>, Error> {
        let start = self.start.unwrap_or(0);
        let size = self.paging().size;
        let records = held.count.map_or_else(|| asked(given, size).unwrap_or(1), |count| count as u64);
        let Some(next) = position(given, &self.offset, start)?.checked_add(records) else { return Ok(None) };
        let [total, more] = look(document, self.lookups())?;
        let total = count(total, self.total.as_ref())?;
        let at_total = total.is_some_and(|total| next.saturating_sub(start) >= total);
        let said_nothing = total.is_none() && more.is_none();
        let ends = records == 0
            || at_total
            || more.as_ref().is_some_and(says_end)
            || said_nothing && is_short(held, given, size);
        Ok((!ends).then(|| Next::param(&self.offset.value, next)))
    }
}
