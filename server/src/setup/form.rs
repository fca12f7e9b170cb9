//! The form: what somebody is asked for one way to sign in, and what they gave.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};
use tieline::auth::{FieldType, Scheme};

use crate::api::Given;
use crate::definitions::Definition;
use crate::error::ApiError;

use super::consent::consent_scheme;
use super::markdown;

/// What the form shows.
#[derive(Serialize)]
pub(super) struct Form {
    /// The connector's title.
    pub title: String,
    pub workspace: String,
    /// What the connector will be called.
    pub name: String,
    /// Whether a connector is signed in anew, and has its name.
    pub is_renewal: bool,
    /// The ways to sign in, when there are several.
    pub ways: Vec<Way>,
    /// The one that is shown.
    pub auth: String,
    pub auth_title: String,
    pub description: Option<String>,
    /// How somebody comes by the values, as HTML.
    pub setup: Option<String>,
    /// The vendor's page about it.
    pub link: Option<String>,
    pub inputs: Vec<Input>,
    /// Configuration values.
    pub settings: Vec<Input>,
    /// Whether a configuration value must be given.
    pub must_configure: bool,
    /// Whether the user agrees on the vendor's page next.
    pub is_consent: bool,
    /// Whether the organization has a client of its own, so that nothing is asked.
    pub has_client: bool,
    /// Where the vendor must be told to send browsers back to.
    pub redirect_uri: String,
    /// What is wrong with what was given, or with what the vendor said.
    pub error: Option<String>,
    pub help: Option<String>,
}

/// A way to sign in, to choose from.
#[derive(Serialize)]
pub(super) struct Way {
    pub name: String,
    pub title: String,
    pub description: Option<String>,
    pub is_chosen: bool,
}

/// Something that is asked for.
#[derive(Serialize)]
pub(super) struct Input {
    /// The name of its form field.
    pub field: String,
    pub label: String,
    pub description: Option<String>,
    pub is_required: bool,
    pub is_secret: bool,
    /// Several lines: a key file.
    pub is_long: bool,
    /// What it must begin with, in words.
    pub hint: Option<String>,
    pub placeholder: Option<String>,
    /// What was given before, if it is no secret.
    pub value: Option<String>,
    pub choices: Vec<Choice>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// One of the values that are allowed.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub is_chosen: bool,
}

/// What a browser sent.
#[derive(Default)]
pub(super) struct Sent(HashMap<String, String>);

impl Sent {
    /// The pairs of a form.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// The ways to sign in that somebody can choose.
pub(super) fn ways(definition: &Definition) -> impl Iterator<Item = (&String, &Scheme)> {
    let all = definition.connector.head().auth.iter();
    all.filter(|(_, scheme)| scheme.limited != Some(true))
}

/// The way to sign in of this name; the simplest when none is named.
pub(super) fn way<'a>(definition: &'a Definition, name: Option<&str>) -> Option<(&'a String, &'a Scheme)> {
    let named = name.and_then(|name| ways(definition).find(|(known, _)| *known == name));
    named.or_else(|| ways(definition).find(|(_, scheme)| scheme.oauth2.is_none())).or_else(|| ways(definition).next())
}

/// The fields that are asked for: those of a consent are what must be known before it.
pub(super) fn asked(definition: &Definition, name: &str, scheme: &Scheme, has_client: bool) -> (Vec<String>, bool) {
    match consent_scheme(definition).filter(|consent| consent.name == name) {
        Some(_) if has_client => (Vec::new(), true),
        Some(consent) => (consent.asked, true),
        None => (scheme.fields.keys().cloned().collect(), false),
    }
}

/// The inputs of the fields that are asked for.
pub(super) fn inputs(scheme: &Scheme, asked: &[String], sent: &Sent, error: Option<&ApiError>) -> Vec<Input> {
    let fields = asked.iter().filter_map(|name| Some((name, scheme.fields.get(name)?)));
    fields
        .map(|(name, field)| {
            let at = format!("credentials.{name}");
            let kind = field.field_type.unwrap_or(FieldType::Text);
            let before = sent.text(&at).filter(|_| !field.is_secret()).or(field.default.as_deref());
            Input {
                label: field.title.clone().unwrap_or_else(|| label(name)),
                description: field.description.clone(),
                is_required: field.is_required(),
                is_secret: field.is_secret() && field.choices.is_empty(),
                is_long: field.is_secret()
                    && kind == FieldType::Text
                    && (name.contains("json") || name.contains("key_file")),
                hint: (!field.prefix.is_empty()).then(|| format!("It begins with {}.", either(&field.prefix))),
                placeholder: field.example.clone(),
                value: before.map(str::to_owned),
                choices: choices(&field.choices, before),
                error: said_of(error, &at),
                field: at,
            }
        })
        .collect()
}

/// The inputs of configuration values.
pub(super) fn settings(
    definition: &Definition,
    before: &Map<String, Value>,
    sent: &Sent,
    error: Option<&ApiError>,
) -> Vec<Input> {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let config = &definition.connector.head().config;
    config
        .iter()
        .map(|(name, value)| {
            let at = format!("config.{name}");
            let kept = before.get(name).map(shown);
            let given = sent.text(&at).map(str::to_owned).or(kept);
            Input {
                label: value.title.clone().unwrap_or_else(|| label(name)),
                description: value.description.clone(),
                is_required: value.required == Some(true) && value.default.is_none(),
                is_secret: false,
                is_long: false,
                hint: None,
                placeholder: value.default.as_ref().map(shown).or_else(|| value.example.clone()),
                choices: choices(&value.choices, given.as_deref().or(value.default.as_ref().and_then(Value::as_str))),
                value: given,
                error: said_of(error, name),
                field: at,
            }
        })
        .collect()
}

fn choices(all: &[String], chosen: Option<&str>) -> Vec<Choice> {
    all.iter().map(|value| Choice { value: value.clone(), is_chosen: chosen == Some(value) }).collect()
}

fn said_of(error: Option<&ApiError>, at: &str) -> Option<String> {
    let said = error?.errors.iter().find(|one| one.field.as_deref() == Some(at))?;
    Some(said.message.clone())
}

fn either(texts: &[String]) -> String {
    texts.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(" or ")
}

/// `client_id` as people read it.
fn label(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How somebody comes by the values, as HTML.
pub(super) fn instructions(scheme: &Scheme) -> Option<String> {
    scheme.setup.as_deref().map(markdown::html)
}

/// What was sent, as values to sign in with and configuration.
pub(super) fn given(definition: &Definition, name: &str, asked: &[String], sent: &Sent) -> Given {
    let values = |prefix: &str, names: &mut dyn Iterator<Item = &String>| -> Map<String, Value> {
        names.filter_map(|name| Some((name.clone(), sent.text(&format!("{prefix}.{name}"))?.into()))).collect()
    };
    let mut config = values("config", &mut definition.connector.head().config.keys());
    for (name, declared) in &definition.connector.head().config {
        let Some(Value::String(text)) = config.get(name) else { continue };
        // A form has texts alone.
        let typed = match declared.value_type.unwrap_or(FieldType::Text) {
            FieldType::Text | FieldType::List => continue,
            FieldType::Integer => text.parse::<i64>().map(Value::from).ok(),
            FieldType::Boolean => text.parse::<bool>().map(Value::from).ok(),
        };
        if let Some(typed) = typed {
            config.insert(name.clone(), typed);
        }
    }
    Given { scheme: Some(name.to_owned()), credentials: values("credentials", &mut asked.iter()), config, token: None }
}
