//! A `Link` header (RFC 8288) names the next URL.

use crate::error::Error;
use crate::extract::Document;
use crate::language::object;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;
use super::next::Next;

object! {
    /// A `Link` header (RFC 8288) names the next URL. The list ends when there is no such link. The URL must be on the server's origin.
    pub struct Link as "link pagination" {
        /// The relation of the link; `next` when left out.
        /// ```yaml
        /// rel: next
        /// ```
        pub rel: Option<String>,
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

impl Link {
    pub(super) fn next(&self, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let relation = self.rel.clone().unwrap_or_else(|| "next".to_owned());
        Next::url(document.lookup(&Lookup::Link(relation)))
    }
}
