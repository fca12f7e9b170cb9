//! A `Link` header (RFC 8288) names the next URL.

use indexmap::IndexMap;

use crate::error::Error;
use crate::extract::Document;
use crate::notation::Lookup;
use crate::source::Spanned;

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
        /// Parameters of the link: where one has this value, the list has ended all the same.
        /// ```yaml
        /// until: { results: "false" }
        /// ```
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        pub until: IndexMap<String, Spanned<String>>,
    }
}

impl Link {
    pub(super) fn next(&self, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let relation = self.rel.clone().unwrap_or_else(|| "next".to_owned());
        if self.until.iter().any(|(name, value)| document.link_says(&relation, name, value)) {
            return Ok(None);
        }
        Next::url(document.lookup(&Lookup::Link(relation)))
    }
}
