//! The body names the next URL.

use crate::error::Error;
use crate::extract::Document;
use crate::language::object;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;
use super::next::{Next, look};

object! {
    /// The body names the next URL, whole or relative. The list ends when there is none. The URL must be on the server's origin.
    pub struct NextUrl as "next-URL pagination" {
        /// Where the answer names the next URL.
        /// ```yaml
        /// next: $.links.next
        /// ```
        pub next: Spanned<Lookup>,
        /// The parameter that says how many records a page may hold.
        /// ```yaml
        /// size: per_page
        /// ```
        pub size: Option<Spanned<String>>,
        /// The most records a page may hold.
        /// ```yaml
        /// max_size: 100
        /// ```
        pub max_size: Option<u32>,
        /// Where the parameter goes; `query` for GET and DELETE, else `body`, when left out.
        /// ```yaml
        /// in: query
        /// ```
        pub place = "in": Option<ParamPlace>,
    }
}

impl NextUrl {
    pub(super) fn next(&self, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let [url] = look(document, [Some(&self.next)])?;
        Next::url(url)
    }
}
