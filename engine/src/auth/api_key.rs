//! A key in a header, the query or a cookie.

use crate::language::{choices, object};
use crate::notation::Template;
use crate::source::Spanned;

choices! {
    /// Where an API key goes.
    pub enum ApiKeyPlace as "place of an API key" {
        /// A request header.
        Header = "header",
        /// The query of the URL. It is shown as `[secret]` wherever the URL is shown.
        Query = "query",
        /// A cookie.
        Cookie = "cookie",
    }
}

object! {
    /// A key in a header, the query or a cookie.
    pub struct ApiKey as "API key sign-in" {
        /// Where it goes.
        /// ```yaml
        /// in: header
        /// ```
        pub place = "in": ApiKeyPlace,
        /// The name of the header, query parameter or cookie.
        /// ```yaml
        /// name: X-Api-Key
        /// ```
        pub name: Spanned<String>,
        /// Its value.
        /// ```yaml
        /// value: ${api_key}
        /// ```
        pub value: Spanned<Template>,
    }
}
