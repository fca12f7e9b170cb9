//! A multipart form body (RFC 7578).

use serde_json::Value;

use crate::error::Error;
use crate::language::object;
use crate::wire::Upload;

use super::parts::{Part, assemble};
use super::{Content, Encoded, FileEncoding, Given, GivenParam, ListKeys, pairs};

object! {
    /// `multipart/form-data` (RFC 7578): every body parameter is a part; a parameter with `format: binary` is a file.
    pub struct Multipart as "multipart body" {
        /// `true`: parts that are objects or lists are sent as JSON parts; otherwise they are written in brackets. `style: json` makes one of a single parameter.
        /// ```yaml
        /// json_parts: true
        /// ```
        pub json_parts: Option<bool>,
        /// How a file is written that is given as a text; `text` when left out.
        /// ```yaml
        /// encoding: base64
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding: Option<FileEncoding>,
    }
}

impl Multipart {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let mut parts = Vec::new();
        for param in given.in_body() {
            match param.content {
                Content::Value(value) if !param.file => parts.extend(self.fields(param, value)),
                Content::Value(_) | Content::File(_) => parts.push(file(param.name, param.wire, param.to_upload())?),
            }
        }
        if parts.is_empty() {
            return Ok(Encoded::default());
        }
        let (boundary, body) = assemble(parts);
        Ok(Encoded::new(format!("multipart/form-data; boundary={boundary}"), body))
    }

    fn fields(&self, param: &GivenParam<'_>, value: &Value) -> Vec<Part> {
        let name = param.wire;
        let is_nested = value.is_object() || value.is_array() || value.is_null();
        if param.as_json || self.json_parts == Some(true) && is_nested {
            let headers = format!("{}\r\nContent-Type: application/json", disposition(name));
            return vec![Part::text(headers, value.to_string())];
        }
        let fields = pairs(name, value, ListKeys::Numbered).into_iter();
        fields.map(|(name, text)| Part::text(disposition(&name), text.unwrap_or_default())).collect()
    }
}

fn file(param: &str, name: &str, upload: Upload) -> Result<Part, Error> {
    let filename = quoted(upload.filename.as_deref().unwrap_or(name));
    let content_type = Part::content_type(param, &upload)?;
    Ok(Part::file(format!("{}; filename=\"{filename}\"\r\n{content_type}", disposition(name)), upload))
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// A name within quotes, as HTML forms write it: what would end the quotes or the line is percent-encoded.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
