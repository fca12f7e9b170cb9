//! A JSON body.

use serde_json::Value;

use crate::args::Args;
use crate::error::Error;
use crate::language::object;
use crate::plan::Operation;
use crate::source::Spanned;
use crate::wire;

use super::{EmptyBody, Encoded, given};

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
    }
}

impl Json {
    pub(super) fn encode(&self, operation: &Operation, args: &Args) -> Result<Encoded, Error> {
        let content_type = self.content_type.as_ref().map_or(JSON, |content_type| content_type.as_str());
        let whole = match &self.param {
            Some(param) => given::given(args, param).map(|whole| given::value(param, whole).cloned()).transpose()?,
            None => Some(given::object(operation, args, None)?).filter(|object| !object.is_empty()).map(Value::Object),
        };
        let whole = match (whole, operation.empty_body) {
            (Some(whole), _) => whole,
            (None, EmptyBody::Object) => Value::Object(serde_json::Map::new()),
            (None, EmptyBody::Omit) => return Ok(Encoded::default()),
        };
        let wrapped = self.wrap_in_list == Some(true);
        let whole = if wrapped { Value::Array(vec![whole]) } else { whole };
        Ok(Encoded::new(content_type, wire::Body::bytes(whole.to_string())))
    }
}
