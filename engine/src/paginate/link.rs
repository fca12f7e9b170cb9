//! A `Link` header (RFC 8288) names the next URL.

use crate::error::Error;
use crate::extract::Document;
use crate::notation::Lookup;

use super::next::Next;
use super::paged;

paged! {
    /// A `Link` header (RFC 8288) names the next URL. The list ends when there is no such link. The URL must be on the server's origin.
    pub struct Link as "link pagination" {
        /// The relation of the link; `next` when left out.
        /// ```yaml
        /// rel: next
        /// ```
        pub rel: Option<String>,
    }
}

impl Link {
    pub(super) fn next(&self, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let relation = self.rel.clone().unwrap_or_else(|| "next".to_owned());
        Next::url(document.lookup(&Lookup::Link(relation)))
    }
}
