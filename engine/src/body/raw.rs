//! The bytes of one parameter.

use crate::error::Error;
use crate::language::object;
use crate::source::Spanned;
use crate::wire::{self, Segment};

use super::parts::BYTES;
use super::{Encoded, FileEncoding, Given};

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
        /// How a file is written that is given as a text; `text` when left out.
        /// ```yaml
        /// encoding: base64
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding: Option<FileEncoding>,
    }
}

impl RawBody {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let Some(given) = given.param(&self.param) else { return Ok(Encoded::default()) };
        let upload = given.to_upload();
        let declared = self.content_type.as_ref().map_or(BYTES, |content_type| content_type.as_str());
        let content_type = upload.content_type.clone().unwrap_or_else(|| declared.to_owned());
        Ok(Encoded::new(content_type, wire::Body::segments(vec![Segment::Upload(upload)])))
    }
}
