//! What somebody is told when something does not work: in words for people, and beside the field where there is one.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tieline::auth::Scheme;

use crate::definitions::Definition;
use crate::error::ApiError;

/// The form field of the connector's name, which is also where errors about it are.
pub(super) const NAME: &str = "form.name";

/// What somebody is told.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Told {
    pub title: String,
    /// What was said, by the vendor mostly.
    pub said: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// What is wrong with values, by form field.
    pub fields: HashMap<String, String>,
    /// The vendor refused the values, without saying which.
    pub is_refusal: bool,
}

impl Told {
    /// What is told of an error.
    pub(super) fn of(error: &ApiError, definition: &Definition, scheme: Option<&Scheme>) -> Self {
        let mut fields = HashMap::new();
        let mut elsewhere = Vec::new();
        for one in &error.errors {
            match one.field.as_deref().and_then(|at| place(at, error.kind, definition, scheme)) {
                Some((field, name)) => {
                    let has_example = example(&field, definition, scheme);
                    fields.insert(field, lack(&name, &one.message, has_example));
                }
                None => elsewhere.push(sentence(&one.message)),
            }
        }
        let told = Self { is_refusal: is_refusal(error), ..Self::words(error, definition.title()) };
        match fields.is_empty() {
            true => told,
            false => Self {
                title: "Check what you entered".to_owned(),
                said: (!elsewhere.is_empty()).then(|| elsewhere.join(" ")),
                help: None,
                fields,
                is_refusal: false,
            },
        }
    }

    fn words(error: &ApiError, title: &str) -> Self {
        let said = sentence(&error.message);
        let (what, said, help) = match error.kind {
            _ if is_refusal(error) => (
                format!("{title} did not accept this"),
                Some(format!("{title} says: {said}")),
                "Check that each value is complete and still valid, then enter it again.".to_owned(),
            ),
            "rate_limited" => {
                let wait = error.retry_after.map(|seconds| format!("in {seconds} seconds"));
                let wait = wait.unwrap_or_else(|| "in a minute".to_owned());
                (format!("{title} asks to wait"), Some(said), format!("Try again {wait}."))
            }
            "unavailable" | "timeout" | "cancelled" => (
                format!("{title} could not be reached"),
                Some(said),
                "Nothing was kept. Try again in a minute.".to_owned(),
            ),
            "internal" => (
                "The server failed".to_owned(),
                None,
                "Nothing was kept. Try again; if that does not help, tell whoever runs this server.".to_owned(),
            ),
            _ => {
                let help = error.help.as_deref().map_or_else(|| "Nothing was kept.".to_owned(), sentence);
                (format!("{title} could not be connected"), Some(said), help)
            }
        };
        Self { title: what, said, help: Some(help), ..Self::default() }
    }

    /// What is told of a sign-in at the vendor's page that came to nothing.
    pub(super) fn of_consent(title: &str, is_denied: bool, said: &str) -> Self {
        if !is_denied {
            let help = "Nothing was kept. You can try again.".to_owned();
            let title = format!("{title} could not be connected");
            return Self { title, said: Some(sentence(said)), help: Some(help), ..Self::default() };
        }
        // The code says what the title says.
        let said = said.rsplit_once(": ").map_or(said, |(_, said)| said);
        Self {
            title: format!("{title} was not connected"),
            said: (said != "access_denied").then(|| format!("{title} says: {}", sentence(said))),
            help: Some("Access was not granted, and nothing was kept. You can try again.".to_owned()),
            ..Self::default()
        }
    }
}

/// Whether the vendor refused what was given.
fn is_refusal(error: &ApiError) -> bool {
    matches!(error.kind, "unauthorized" | "forbidden") && error.errors.is_empty()
}

/// The form field of a place in an error, and the name that its message begins with.
fn place(at: &str, kind: &str, definition: &Definition, scheme: Option<&Scheme>) -> Option<(String, String)> {
    if at == NAME {
        return Some((at.to_owned(), String::new()));
    }
    let is_field = |name: &str| scheme.is_some_and(|scheme| scheme.fields.contains_key(name));
    let is_config = definition.connector.head().config.contains_key(at);
    match at.strip_prefix("credentials.") {
        Some(name) if is_field(name) => Some((at.to_owned(), name.to_owned())),
        // The engine calls both by their names alone.
        _ if is_field(at) && (kind == "credentials" || !is_config) => {
            Some((format!("credentials.{at}"), at.to_owned()))
        }
        _ if is_config => Some((format!("config.{at}"), at.to_owned())),
        _ => None,
    }
}

/// Whether there is an example beside a form field.
fn example(field: &str, definition: &Definition, scheme: Option<&Scheme>) -> bool {
    let credential = field.strip_prefix("credentials.").and_then(|name| scheme?.fields.get(name)?.example.as_ref());
    let config = field.strip_prefix("config.").and_then(|name| definition.connector.head().config.get(name));
    let config = config.filter(|declared| declared.default.is_none() && declared.example.is_some());
    credential.is_some() || config.is_some()
}

/// What a value lacks, beside its field: `token must start with …` without the name.
fn lack(name: &str, message: &str, has_example: bool) -> String {
    let lack = message.strip_prefix(name).map_or(message, str::trim_start);
    match lack {
        // An example says more to people than a pattern does.
        lack if has_example && lack.starts_with("must match `") => "This does not look like the example.".to_owned(),
        "is required" | "must not be empty" => "Enter this value.".to_owned(),
        lack => sentence(lack),
    }
}

/// A message as a sentence: with a capital letter, an end, and quotes in place of what programmers write.
pub(super) fn sentence(text: &str) -> String {
    let mut is_open = false;
    let quoted = text.trim().chars().map(|c| match c {
        '`' => {
            is_open = !is_open;
            if is_open { '“' } else { '”' }
        }
        c => c,
    });
    let quoted: String = quoted.collect();
    let mut letters = quoted.chars();
    let mut sentence: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::{lack, sentence};

    #[test]
    fn a_message_is_a_sentence() {
        assert_eq!(sentence("token must start with `ntn_` or `secret_`"), "Token must start with “ntn_” or “secret_”.");
        assert_eq!((sentence("API token is invalid. "), sentence("")), ("API token is invalid.".into(), String::new()));
        assert_eq!(lack("token", "token must start with `a`", true), "Must start with “a”.");
        assert_eq!(lack("site", "is required", true), "Enter this value.");
        assert_eq!(lack("client_id", "client_id is required", false), "Enter this value.");
        assert_eq!(lack("site", "must match `[a-z]+`", true), "This does not look like the example.");
        assert_eq!(lack("site", "must match `[a-z]+`", false), "Must match “[a-z]+”.");
    }
}
