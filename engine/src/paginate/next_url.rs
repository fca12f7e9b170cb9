//! The body names the next URL.

use crate::error::Error;
use crate::extract::Document;
use crate::notation::Lookup;
use crate::source::Spanned;

use super::next::{Next, look};
use super::paged;

paged! {
    /// The body names the next URL, whole or relative. The list ends when there is none. The URL must be on the server's origin.
    pub struct NextUrl as "next-URL pagination" {
        /// Where the answer names the next URL.
        /// ```yaml
        /// next: $.links.next
        /// ```
        pub next: Spanned<Lookup>,
    }
}

impl NextUrl {
    pub(super) fn next(&self, document: &Document<'_>) -> Result<Option<Next>, Error> {
        let [url] = look(document, [Some(&self.next)])?;
        Next::url(url)
    }
}
