//! One thing that is asked for: its label, what is said about it, and how it is entered.

use serde::Serialize;
use serde_json::{Map, Value};
use tieline::auth::{Field, FieldType, Scheme};
use tieline::manifest::ConfigValue;

use crate::definitions::Definition;

use super::sent::Sent;
use super::told::{Told, sentence};

/// Something that is asked for.
#[derive(Default, Serialize)]
pub(super) struct Input {
    /// The name of its form field.
    pub field: String,
    pub label: String,
    /// What it is, and what it looks like.
    pub about: Option<String>,
    pub is_required: bool,
    /// Never shown, also not while it is typed.
    pub is_secret: bool,
    /// Several lines: a list, or a key file.
    pub is_long: bool,
    pub is_number: bool,
    /// What was given before, if it is no secret.
    pub value: Option<String>,
    pub choices: Vec<Choice>,
    /// Whether there is none of the choices.
    pub may_be_empty: bool,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The ids of what is said about it.
    pub described_by: Option<String>,
    /// Whether it is where somebody goes on.
    pub is_first: bool,
}

/// One of the values that are allowed.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl Input {
    /// An input with what is told about it; what was given before is there again.
    fn finished(mut self, told: Option<&Told>) -> Self {
        self.error = told.and_then(|told| told.fields.get(&self.field)).cloned();
        self.may_be_empty = !self.choices.is_empty() && !self.choices.iter().any(|choice| choice.is_chosen);
        let about = self.about.is_some().then(|| format!("{}-about", self.field));
        let error = self.error.is_some().then(|| format!("{}-error", self.field));
        let ids: Vec<_> = error.into_iter().chain(about).collect();
        self.described_by = (!ids.is_empty()).then(|| ids.join(" "));
        self
    }
}

/// What the connector will be called.
pub(super) fn name(value: &str, told: Option<&Told>) -> Input {
    let input = Input {
        field: super::told::NAME.to_owned(),
        label: "Name".to_owned(),
        about: Some("What people and agents will call this connection.".to_owned()),
        is_required: true,
        value: Some(value.to_owned()),
        ..Input::default()
    };
    input.finished(told)
}

/// The inputs of the fields that are asked for.
pub(super) fn credentials(scheme: &Scheme, asked: &[String], sent: &Sent, told: Option<&Told>) -> Vec<Input> {
    let fields = asked.iter().filter_map(|name| Some((name, scheme.fields.get(name)?)));
    fields.map(|(name, field)| credential(scheme, name, field, sent, told)).collect()
}

fn credential(scheme: &Scheme, name: &str, field: &Field, sent: &Sent, told: Option<&Told>) -> Input {
    let at = format!("credentials.{name}");
    let kind = field.field_type.unwrap_or(FieldType::Text);
    let before = sent.text(&at).filter(|_| !field.is_secret()).or(field.default.as_deref());
    let key_file = scheme.oauth2.as_ref().and_then(|oauth2| oauth2.service_account.as_ref());
    let looks = match (&field.prefix[..], &field.example) {
        ([], None) => None,
        ([], Some(example)) => Some(format!("It looks like “{example}”.")),
        (prefixes, _) => Some(format!("It begins with {}.", either(prefixes))),
    };
    let label = field.title.clone().unwrap_or_else(|| worded(name));
    let input = Input {
        about: about(&label, field.description.as_deref(), looks),
        is_required: field.is_required(),
        is_secret: field.is_secret() && field.choices.is_empty(),
        is_long: kind == FieldType::List || key_file.is_some_and(|key| key.names().any(|one| one == name)),
        is_number: kind == FieldType::Integer,
        choices: choices(kind, &field.choices, before),
        value: before.map(str::to_owned),
        field: at,
        label,
        ..Input::default()
    };
    input.finished(told)
}

/// The inputs of configuration values: those that must be given, then the others.
pub(super) fn config(
    definition: &Definition,
    before: &Map<String, Value>,
    sent: &Sent,
    told: Option<&Told>,
) -> (Vec<Input>, Vec<Input>) {
    let all = definition.connector.head().config.iter();
    all.map(|(name, declared)| setting(name, declared, before, sent, told)).partition(|input| input.is_required)
}

fn setting(name: &str, declared: &ConfigValue, before: &Map<String, Value>, sent: &Sent, told: Option<&Told>) -> Input {
    let at = format!("config.{name}");
    let kind = declared.value_type.unwrap_or(FieldType::Text);
    let given = match sent.has(&at) {
        true => sent.text(&at).map(str::to_owned),
        false => before.get(name).map(text),
    };
    let looks = match (&declared.default, &declared.example) {
        (Some(default), _) => Some(format!("“{}” if you leave this empty.", text(default))),
        (None, Some(example)) => Some(format!("For example “{example}”.")),
        (None, None) => None,
    };
    let label = declared.title.clone().unwrap_or_else(|| worded(name));
    let input = Input {
        about: about(&label, declared.description.as_deref(), looks),
        is_required: declared.must_be_given(),
        is_long: kind == FieldType::List,
        is_number: kind == FieldType::Integer,
        choices: choices(kind, &declared.choices, given.as_deref()),
        value: given,
        field: at,
        label,
        ..Input::default()
    };
    input.finished(told)
}

/// What is said about a value: its description, unless that is the label again, and what it looks like.
fn about(label: &str, description: Option<&str>, looks: Option<String>) -> Option<String> {
    let described = description.filter(|text| !text.trim().eq_ignore_ascii_case(label)).map(sentence);
    let all: Vec<_> = described.into_iter().chain(looks).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn choices(kind: FieldType, all: &[String], chosen: Option<&str>) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: chosen == Some(value),
    };
    match kind {
        // Several of them may be meant, one a line.
        FieldType::List => Vec::new(),
        FieldType::Boolean if all.is_empty() => vec![choice("true", "Yes"), choice("false", "No")],
        FieldType::Text | FieldType::Integer | FieldType::Boolean => all.iter().map(|one| choice(one, one)).collect(),
    }
}

/// A configuration value as it is entered.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

fn either(texts: &[String]) -> String {
    texts.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(" or ")
}

/// `client_id` as people read it.
fn worded(name: &str) -> String {
    sentence(&name.replace(['_', '-'], " ")).trim_end_matches('.').to_owned()
}
