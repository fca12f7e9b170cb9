//! A JSON part and a file part (RFC 2387).

use crate::language::object;
use crate::source::Spanned;

object! {
    /// `multipart/related` (RFC 2387): the body parameters as a JSON part, then the file. Without a file it is a JSON body.
    pub struct Related as "related body" {
        /// The parameter (with `format: binary`) that is the file.
        /// ```yaml
        /// file: content
        /// ```
        pub file: Spanned<String>,
    }
}
