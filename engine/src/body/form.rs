//! A form body.

use url::form_urlencoded::Serializer;

use crate::error::Error;
use crate::language::object;
use crate::wire;

use super::{EmptyBody, Encoded, Given, ListKeys, pairs};

const FORM: &str = "application/x-www-form-urlencoded";

object! {
    /// `application/x-www-form-urlencoded`; nested values are written in brackets: `a[b]=1&c[0]=2`.
    /// Null and empty lists are sent as an empty text: `a=`. A parameter with `style: json` is sent as JSON text.
    pub struct Form as "form body" {
        /// `true`: the elements of a list are written `a[]=1&a[]=2` instead of `a[0]=1&a[1]=2`.
        /// ```yaml
        /// empty_brackets: true
        /// ```
        pub empty_brackets: Option<bool>,
        /// `true`: names that the action does not declare may be given too, and go into the body as they are, for an API whose records
        /// have fields of the users' own.
        /// ```yaml
        /// others: true
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub others: Option<bool>,
    }
}

impl Form {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let lists = if self.empty_brackets == Some(true) { ListKeys::Empty } else { ListKeys::Numbered };
        let mut form = Serializer::new(String::new());
        for param in given.in_body() {
            let value = param.value()?;
            if param.as_json {
                form.append_pair(param.wire, &value.to_string());
                continue;
            }
            for (name, text) in pairs(param.wire, value, lists) {
                form.append_pair(&name, &text.unwrap_or_default());
            }
        }
        for (name, text) in given.others.iter().flat_map(|(name, value)| pairs(name, value, lists)) {
            form.append_pair(&name, &text.unwrap_or_default());
        }
        let form = form.finish();
        match given.empty_body {
            EmptyBody::Omit if form.is_empty() => Ok(Encoded::default()),
            EmptyBody::Omit | EmptyBody::Object => Ok(Encoded::new(FORM, wire::Body::bytes(form))),
        }
    }
}
