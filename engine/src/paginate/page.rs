//! The next request says which page it wants.

use crate::language::object;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;

object! {
    /// The next request says which page it wants. The list ends with an empty page, with a page shorter than was asked for,
    /// at `total_pages`, or when `more` is false.
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
        /// The parameter that says how many records a page may hold.
        /// ```yaml
        /// size: per_page
        /// ```
        pub size: Option<Spanned<String>>,
        /// The size that the engine asks for when the caller does not say.
        /// ```yaml
        /// default_size: 50
        /// ```
        pub default_size: Option<u32>,
        /// The most records a page may hold.
        /// ```yaml
        /// max_size: 100
        /// ```
        pub max_size: Option<u32>,
        /// Where the parameters go; `query` for GET and DELETE, else `body`, when left out.
        /// ```yaml
        /// in: query
        /// ```
        pub place = "in": Option<ParamPlace>,
    }
}
