//! A JSON body.

use crate::language::object;
use crate::source::Spanned;

object! {
    /// A JSON object of the body parameters, or one parameter as the whole.
    pub struct Json as "JSON body" {
        /// The parameter whose value is the whole body (an array, say).
        /// ```yaml
        /// param: items
        /// ```
        pub param: Option<Spanned<String>>,
        /// `true`: the object of the body parameters is sent as a list of one.
        /// ```yaml
        /// wrap_in_list: true
        /// ```
        pub wrap_in_list: Option<bool>,
        /// The content type; `application/json` when left out.
        /// ```yaml
        /// content_type: application/vnd.api+json
        /// ```
        pub content_type: Option<Spanned<String>>,
    }
}
