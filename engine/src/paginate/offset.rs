//! The next request says how many records to skip.

use crate::language::object;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;

object! {
    /// The next request says how many records to skip. The list ends with an empty page, with a page shorter than was asked for,
    /// at `total`, or when `more` is false.
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
        /// The parameter that says how many records a page may hold.
        /// ```yaml
        /// size: limit
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
