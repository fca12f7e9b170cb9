//! A multipart form body (RFC 7578).

use crate::language::object;

object! {
    /// `multipart/form-data` (RFC 7578): every body parameter is a part; a parameter with `format: binary` is a file.
    pub struct Multipart as "multipart body" {
        /// `true`: parts that are objects or lists are sent as JSON parts; otherwise they are written in brackets.
        /// ```yaml
        /// json_parts: true
        /// ```
        pub json_parts: Option<bool>,
    }
}
