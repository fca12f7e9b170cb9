//! Values of token responses that later requests use.

use serde_json::{Map, Value};

use crate::auth::AccessToken;
use crate::auth::values::Values;
use crate::error::{Error, ErrorKind, Problem};
use crate::language::object;
use crate::notation::{JsonPath, Pattern, Step, Template};
use crate::source::Spanned;

use super::OAuth2;

object! {
    /// A value of the token response that later requests use.
    pub struct Extract as "extracted value" {
        /// Where it stands in the token response.
        /// ```yaml
        /// from: $.instance_url
        /// ```
        pub from: JsonPath,
        /// A regular expression that the value must match as a whole. Required when the value decides which host is called, unless
        /// that may be any.
        /// ```yaml
        /// pattern: "https://[a-z0-9-]+\\.example\\.com"
        /// ```
        pub pattern: Option<Spanned<Pattern>>,
        /// `true`: the value decides which host is called, and may name any. The token endpoint decides where credentials go.
        /// ```yaml
        /// any_host: true
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub any_host: Option<bool>,
        /// What the value is until a token response has said it: a template of configuration values and of fields that are not secret.
        /// ```yaml
        /// default: ${config.instance_url}
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub default: Option<Spanned<Template>>,
    }
}

/// The values that later requests use, each checked: one of them may decide which host is called. What the answer does not say is
/// as before; what nobody has said yet may have a default.
pub(super) fn extracted(
    oauth2: &OAuth2,
    json: &Value,
    before: Option<&AccessToken>,
) -> Result<Map<String, Value>, Error> {
    let mut values = Map::new();
    for (name, extract) in &oauth2.extract {
        let found = find(json, &extract.from).filter(|value| !value.is_null());
        let kept = || before.and_then(|before| before.extracted.get(name));
        let value = match found.or_else(kept) {
            Some(value) => value,
            None if extract.default.is_some() => continue,
            None => {
                let message = format!("the token endpoint's answer has nothing at `{}` (`{name}`)", extract.from);
                return Err(unexpected(message));
            }
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                return Err(unexpected(format!(
                    "`{}` (`{name}`) of the token endpoint's answer is no text",
                    extract.from
                )));
            }
        };
        if let Some(pattern) = extract.pattern.as_ref().filter(|pattern| !pattern.is_full_match(&text)) {
            let message = format!(
                "`{}` (`{name}`) of the token endpoint's answer does not match `{}`",
                extract.from, pattern.value
            );
            return Err(unexpected(message));
        }
        values.insert(name.clone(), text.into());
    }
    Ok(values)
}

/// What the values are that no token response has said: their defaults, as far as those have a value.
///
/// # Errors
/// `invalid_input` when one does not match what a token response would have to.
pub(crate) fn assumed(oauth2: &OAuth2, values: &Values<'_>) -> Result<Map<String, Value>, Error> {
    let mut assumed = Map::new();
    for (name, extract) in &oauth2.extract {
        let text = extract.default.as_ref().and_then(|default| default.render(|name| values.value(name)).ok());
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        if let Some(pattern) = extract.pattern.as_ref().filter(|pattern| !pattern.is_full_match(&text)) {
            let names: Vec<_> = extract.default.iter().flat_map(|default| default.names()).collect();
            let message = format!("must match `{}`", pattern.value);
            let problem = |name: &&str| Problem {
                at: name.strip_prefix("config.").unwrap_or(name).to_owned(),
                message: message.clone(),
            };
            let error = Error::new(ErrorKind::InvalidInput, format!("the default of `token.{name}` {message}"));
            return Err(error.with_problems(names.iter().map(problem).collect()));
        }
        assumed.insert(name.clone(), text.into());
    }
    Ok(assumed)
}

/// The error for an answer that is not what the manifest says.
pub(super) fn unexpected(message: String) -> Error {
    Error::new(ErrorKind::UnexpectedResponse, message)
}

/// The first value at a path.
pub(super) fn find<'a>(json: &'a Value, path: &JsonPath) -> Option<&'a Value> {
    path.steps().iter().try_fold(json, |value, step| match step {
        Step::Key(name) => value.get(name),
        Step::Index(index) => value.get(index),
        Step::All => match value {
            Value::Array(items) => items.first(),
            Value::Object(object) => object.values().next(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        },
    })
}
