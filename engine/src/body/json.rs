//! A JSON body.

use serde_json::Value;

use crate::error::Error;
use crate::language::object;
use crate::source::Spanned;
use crate::wire;

use super::{EmptyBody, Encoded, Given};

/// The content type of a JSON body.
pub(super) const JSON: &str = "application/json";

object! {
    /// A JSON object of the body parameters, or one parameter as the whole.
    pub struct Json as "JSON body" {
        /// The parameter whose value is the whole body (an array, say).
        /// ```yaml
        /// param: items
        /// ```
        pub param: Option<Spanned<String>>,
        /// `true`: the object of the body parameters is sent as a list of one.
        /// ```yaml
        /// wrap_in_list: true
        /// ```
        pub wrap_in_list: Option<bool>,
        /// The content type; `application/json` when left out.
        /// ```yaml
        /// content_type: application/vnd.api+json
        /// ```
        pub content_type: Option<Spanned<String>>,
        /// `true`: names that the action does not declare may be given too, and go into the body as they are, for an API whose records
        /// have fields of the users' own.
        /// ```yaml
        /// others: true
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub others: Option<bool>,
    }
}

impl Json {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let content_type = self.content_type.as_ref().map_or(JSON, |content_type| content_type.as_str());
        let whole = match &self.param {
            Some(param) => given.param(param).map(|whole| whole.value().cloned()).transpose()?,
            None => Some(given.object(&[])?).filter(|object| !object.is_empty()).map(Value::Object),
        };
        let whole = match (whole, given.empty_body) {
            (Some(whole), _) => whole,
            (None, EmptyBody::Object) => Value::Object(serde_json::Map::new()),
            (None, EmptyBody::Omit) => return Ok(Encoded::default()),
        };
        let wrapped = self.wrap_in_list == Some(true);
        let whole = if wrapped { Value::Array(vec![whole]) } else { whole };
        Ok(Encoded::new(content_type, wire::Body::bytes(whole.to_string())))
    }
}
