//! How a list goes on: one file a kind.

mod cursor;
mod link;
mod next;
mod next_url;
mod offset;
mod page;
mod paged;
mod param;
mod seal;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::args::Args;
use crate::error::Error;
use crate::extract::Document;
use crate::language::{choices, kinds};

pub use cursor::Cursor;
pub use link::Link;
pub(crate) use next::Next;
pub use next_url::NextUrl;
pub use offset::Offset;
pub use page::PageNumber;
use paged::paged;
pub use paged::{Paging, Size};
pub(crate) use param::{PaginationParam, Role};
pub(crate) use seal::{Resume, seal, unseal};

choices! {
    /// Where the parameters of pagination go.
    pub enum ParamPlace as "place of pagination parameters" {
        /// The query of the URL.
        Query = "query",
        /// The body.
        Body = "body",
    }
}

kinds! {
    /// How a list goes on. The parameters that a kind names are parameters of the action, which must not declare them again.
    pub enum Pagination as "pagination" {
        /// The answer names a cursor that the next request carries.
        Cursor(Cursor) = "cursor",
        /// The next request says how many records to skip.
        Offset(Offset) = "offset",
        /// The next request says which page it wants.
        Page(PageNumber) = "page",
        /// A `Link` header (RFC 8288) names the next URL.
        Link(Link) = "link",
        /// The body names the next URL.
        NextUrl(NextUrl) = "next_url",
    }
}

impl Pagination {
    /// What every kind has.
    pub fn paging(&self) -> Paging<'_> {
        match self {
            Self::Cursor(kind) => kind.paging(),
            Self::Offset(kind) => kind.paging(),
            Self::Page(kind) => kind.paging(),
            Self::Link(kind) => kind.paging(),
            Self::NextUrl(kind) => kind.paging(),
        }
    }

    /// The parameters that the kind adds to an operation.
    pub(crate) fn params(&self) -> Vec<PaginationParam> {
        let position = match self {
            Self::Cursor(kind) => Some(PaginationParam::cursor(&kind.cursor)),
            Self::Offset(kind) => Some(PaginationParam::offset(&kind.offset, kind.start.unwrap_or(0))),
            Self::Page(kind) => Some(PaginationParam::page(&kind.page, kind.start.unwrap_or(1))),
            Self::Link(_) | Self::NextUrl(_) => None,
        };
        position.into_iter().chain(self.paging().size.map(PaginationParam::size)).collect()
    }

    /// What the engine sends with every page when the caller does not: the size that the manifest asks for.
    pub(crate) fn first(&self, args: &Args) -> Map<String, Value> {
        let size = self.paging().size.filter(|size| !args.values.contains_key(&size.name.value));
        let asked = size.and_then(|size| Some((size.name.value.clone(), Value::from(size.usual?))));
        asked.into_iter().collect()
    }

    /// Where the list goes on after a page, `None` at its end. `args` are those that the page was asked with; `records` is how
    /// many it held before any filter.
    ///
    /// # Errors
    /// `unexpected_response` when the answer names the same page again, or says something that cannot be followed.
    pub(crate) fn next(&self, args: &Args, document: &Document<'_>, records: usize) -> Result<Option<Next>, Error> {
        match self {
            Self::Cursor(kind) => kind.next(args, document),
            Self::Offset(kind) => kind.next(args, document, records),
            Self::Page(kind) => kind.next(args, document, records),
            Self::Link(kind) => kind.next(document),
            Self::NextUrl(kind) => kind.next(document),
        }
    }
}
