//! The bytes of one parameter.

use crate::language::object;
use crate::source::Spanned;

object! {
    /// The bytes of one parameter (with `format: binary`).
    pub struct RawBody as "raw body" {
        /// The parameter.
        /// ```yaml
        /// param: content
        /// ```
        pub param: Spanned<String>,
        /// The content type when the caller does not give one; `application/octet-stream` when left out.
        /// ```yaml
        /// content_type: text/csv
        /// ```
        pub content_type: Option<Spanned<String>>,
    }
}
