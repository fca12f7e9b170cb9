//! The user's values for a way to sign in.

use std::fmt;

use indexmap::IndexMap;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, ErrorKind, Problem};

/// The user's values for a way to sign in, by field. Never printed, never serialized.
#[derive(Clone, Default)]
pub struct Credentials {
    values: IndexMap<String, SecretString>,
}

impl Credentials {
    /// No values.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.insert(field.into(), SecretString::from(value.into()));
        self
    }

    /// The values of a JSON object: text, numbers and booleans as they are, objects (a key file, say) as JSON text.
    ///
    /// # Errors
    /// `credentials` when it is not an object.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, Error> {
        let object = json.as_object().ok_or_else(|| {
            Error::new(ErrorKind::Credentials, "credentials must be a JSON object of field names and values")
        })?;
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(object
            .iter()
            .filter(|(_, value)| !value.is_null())
            .fold(Self::none(), |all, (field, value)| all.with(field, text(value))))
    }

    /// The names of the fields that are given.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The value of a field, for signing.
    pub(crate) fn expose(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(|value| value.expose_secret())
    }

    /// Replaces a value, or adds it.
    pub(crate) fn set(&mut self, field: &str, value: impl Into<String>) {
        self.values.insert(field.to_owned(), SecretString::from(value.into()));
    }

    /// Forgets a value.
    pub(crate) fn remove(&mut self, field: &str) {
        self.values.shift_remove(field);
    }

    /// A SHA-256 digest of all values and of `context`, in hexadecimal: the same for the same values in any order.
    pub(crate) fn digest(&self, context: &str) -> String {
        let mut parts: Vec<_> =
            self.values.iter().map(|(field, value)| (field.as_str(), value.expose_secret())).collect();
        parts.sort_unstable();
        parts.push(("", context));
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        for text in parts.iter().flat_map(|(field, value)| [field, value]) {
            // The length first, so that no two lists of texts look the same.
            digest.update(&(text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes every value, and these other secrets, out of a text that somebody else wrote.
    pub(crate) fn redact(&self, text: &str, others: &[&str]) -> String {
        let mut secrets: Vec<_> = self.values.values().map(|value| value.expose_secret()).collect();
        secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);
        secrets.extend(others.iter().filter(|secret| !secret.is_empty()));
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"))
    }
}

/// What is shorter is a word of a message rather than a secret.
pub(super) const SHORTEST_SECRET: usize = 4;

/// The error for one field.
pub(crate) fn unfit(field: &str, message: String) -> Error {
    let problem = Problem { at: field.to_owned(), message: message.clone() };
    Error::new(ErrorKind::Credentials, message).with_problems(vec![problem])
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values.keys().map(|field| (field, "[secret]"))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use serde_json::json;

    #[test]
    fn reads_json() {
        let given =
            Credentials::from_json(&json!({ "port": 1, "key": { "a": "b" }, "none": null, "token": "t" })).unwrap();
        assert_eq!(given.fields().collect::<Vec<_>>(), ["port", "key", "token"]);
        assert_eq!(given.expose("key"), Some(r#"{"a":"b"}"#));
        assert_eq!(given.expose("port"), Some("1"));
        let error = Credentials::from_json(&json!(["t0ken-value"])).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("t0ken-value"));
    }

    #[test]
    fn digests_values_whatever_their_order() {
        let digest = |fields: &[(&str, &str)], context: &str| {
            fields.iter().fold(Credentials::none(), |all, (field, value)| all.with(*field, *value)).digest(context)
        };
        let one = digest(&[("a", "1"), ("b", "2")], "c");
        assert_eq!(one, digest(&[("b", "2"), ("a", "1")], "c"));
        assert_eq!(one.len(), 64);
        for other in [
            digest(&[("a", "1"), ("b", "3")], "c"),
            digest(&[("a", "1"), ("b", "2")], "d"),
            digest(&[("a", "1b2")], "c"),
            digest(&[("a", "2"), ("b", "1")], "c"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn redacts_the_longest_first() {
        let given = Credentials::none().with("a", "abcdef").with("b", "abcdefgh").with("region", "eu");
        assert_eq!(given.redact("eu: abcdefgh abcdef token77", &["token77"]), "eu: [secret] [secret] [secret]");
    }
}
