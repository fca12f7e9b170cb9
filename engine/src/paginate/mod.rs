//! How a list goes on: one file a kind.

mod cursor;
mod link;
mod next;
mod next_url;
mod offset;
mod page;
mod params;

use crate::language::{choices, kinds};

pub use cursor::Cursor;
pub use link::Link;
pub(crate) use next::{Next, seal, unseal};
pub use next_url::NextUrl;
pub use offset::Offset;
pub use page::PageNumber;
pub(crate) use params::PaginationParam;

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
    /// How a list goes on. The parameters that a kind names need not be declared by the action; they are its parameters all the same.
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
