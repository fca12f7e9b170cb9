//! The next request says which page it wants.

use indexmap::IndexMap;
use serde_json::Value;

use crate::error::Error;
use crate::extract::Document;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::next::{Held, Next, count, is_short, look, position, says_end};
use super::paged;

paged! {
    /// The next request says which page it wants. The list ends with an empty page, at `total_pages`, or when `more` is false;
    /// where the answer says neither, with a page shorter than was asked for.
    pub struct PageNumber as "page pagination" {
        /// The parameter that says which page.
        /// ```yaml
        /// page: page
        /// ```
        pub page: Spanned<String>,
        /// The number of the first page; 1 when left out.
        /// ```yaml
        /// start: 0
        /// ```
        pub start: Option<u64>,
        /// Where the answer says how many pages there are.
        /// ```yaml
        /// total_pages: $.pages
        /// ```
        pub total_pages: Option<Spanned<Lookup>>,
        /// Where the answer says whether there is more.
        /// ```yaml
        /// more: $.has_more
        /// ```
        pub more: Option<Spanned<Lookup>>,
    }
}

impl PageNumber {
    /// What is looked up in each answer.
    pub(super) fn lookups(&self) -> [Option<&Spanned<Lookup>>; 2] {
        [self.total_pages.as_ref(), self.more.as_ref()]
    }

    pub(super) fn next(
        &self,
        given: &IndexMap<String, Value>,
        document: &Document<'_>,
        held: Held<'_>,
    ) -> Result<Option<Next>, Error> {
        let start = self.start.unwrap_or(1);
        let Some(next) = position(given, &self.page, start)?.checked_add(1) else { return Ok(None) };
        let [pages, more] = look(document, self.lookups())?;
        let pages = count(pages, self.total_pages.as_ref())?;
        let was_last = pages.is_some_and(|pages| next.saturating_sub(start) >= pages);
        let said_nothing = pages.is_none() && more.is_none();
        let ends = held.count == Some(0)
            || was_last
            || more.as_ref().is_some_and(says_end)
            || said_nothing && is_short(held, given, self.paging().size);
        // The number of a page means nothing without its size: whoever goes on later must ask for the same.
        let size = self.size.as_ref().and_then(|name| Some((name.value.clone(), given.get(&name.value)?.clone())));
        let page = (self.page.value.clone(), Value::from(next));
        Ok((!ends).then(|| Next::Params([page].into_iter().chain(size).collect())))
    }
}
