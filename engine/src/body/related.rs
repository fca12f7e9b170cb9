//! A JSON part and a file part (RFC 2387).

use serde_json::Value;

use crate::error::Error;
use crate::language::object;
use crate::source::Spanned;
use crate::wire;

use super::json::JSON;
use super::parts::{Part, assemble};
use super::{EmptyBody, Encoded, Given};

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

impl Related {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let metadata = given.object(Some(self.file.as_str()))?;
        let Some(file) = given.param(&self.file) else {
            return Ok(match given.empty_body {
                EmptyBody::Omit if metadata.is_empty() => Encoded::default(),
                EmptyBody::Omit | EmptyBody::Object => {
                    Encoded::new(JSON, wire::Body::bytes(Value::Object(metadata).to_string()))
                }
            });
        };
        let metadata =
            Part::text("Content-Type: application/json; charset=UTF-8".to_owned(), Value::Object(metadata).to_string());
        let file = file.to_upload();
        let content_type = Part::content_type(&self.file, &file)?;
        let (boundary, body) = assemble(vec![metadata, Part::file(content_type, file)]);
        Ok(Encoded::new(format!("multipart/related; boundary={boundary}; type=\"{JSON}\""), body))
    }
}
