//! A JSON part and a file part (RFC 2387).

use http::HeaderValue;
use serde_json::Value;

use crate::error::Error;
use crate::language::object;
use crate::source::Spanned;
use crate::wire::{self, Upload};

use super::json::JSON;
use super::parts::{Part, assemble};
use super::{EmptyBody, Encoded, FileEncoding, Given, GivenParam, invalid};

object! {
    /// `multipart/related` (RFC 2387): the body parameters as a JSON part, then the file. Without a file it is a JSON body.
    pub struct Related as "related body" {
        /// The parameter (with `format: binary`) that is the file.
        /// ```yaml
        /// file: content
        /// ```
        pub file: Spanned<String>,
        /// The body parameter whose value is the file's content type; it does not go into the JSON part.
        /// `application/octet-stream` when neither it nor the file says what the file is.
        /// ```yaml
        /// content_type: mime_type
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub content_type: Option<Spanned<String>>,
        /// How a file is written that is given as a text; `text` when left out.
        /// ```yaml
        /// encoding: base64
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding: Option<FileEncoding>,
    }
}

impl Related {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let elsewhere: Vec<&str> =
            [Some(&self.file), self.content_type.as_ref()].into_iter().flatten().map(|name| name.as_str()).collect();
        let metadata = given.object(&elsewhere)?;
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
        let file = self.content_type(given)?.into_iter().fold(file.to_upload(), Upload::content_type);
        let content_type = Part::content_type(&self.file, &file)?;
        let (boundary, body) = assemble(vec![metadata, Part::file(content_type, file)]);
        Ok(Encoded::new(format!("multipart/related; boundary={boundary}; type=\"{JSON}\""), body))
    }

    /// What the parameter says that the file is.
    fn content_type<'a>(&self, given: &Given<'a>) -> Result<Option<&'a str>, Error> {
        let param = self.content_type.as_ref().and_then(|name| given.param(name));
        let Some(value) = param.map(GivenParam::value).transpose()?.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let text = value.as_str().filter(|text| text.contains('/') && HeaderValue::from_str(text).is_ok());
        let misfit = || invalid(param.map_or("", |param| param.name), "is not a content type such as `image/png`");
        text.ok_or_else(misfit).map(Some)
    }
}
