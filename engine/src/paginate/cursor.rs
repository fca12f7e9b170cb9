//! The answer names a cursor that the next request carries.

use crate::language::object;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;

object! {
    /// The answer names a cursor that the next request carries. The list ends when there is none, or when `more` is false.
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
        /// Where the answer says whether there is more; without it, a missing, null or empty cursor is the end.
        /// ```yaml
        /// more: $.has_more
        /// ```
        pub more: Option<Spanned<Lookup>>,
        /// The parameter that says how many records a page may hold.
        /// ```yaml
        /// size: page_size
        /// ```
        pub size: Option<Spanned<String>>,
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
