//! What a browser sent: the pairs of a form or a query, and the values among them.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tieline::auth::{FieldType, Scheme};

use crate::api::Given;
use crate::definitions::Definition;

/// The most pairs that are read: no form has more fields.
const MOST_PAIRS: usize = 200;

/// What a browser sent.
#[derive(Default)]
pub(super) struct Sent(HashMap<String, String>);

impl Sent {
    /// The pairs of a form, or of a query.
    pub(super) fn read(pairs: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(pairs).into_owned().take(MOST_PAIRS).collect())
    }

    /// The same, with these values where there were none.
    pub(super) fn with(mut self, values: HashMap<String, String>) -> Self {
        for (name, value) in values {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// A value without white space at its ends, which is there because somebody copied it along; `None` when nothing is left.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether a form was sent that had this in it, empty or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The values to sign in with, those of the fields that are asked for, and the configuration.
    pub(super) fn given(&self, definition: &Definition, way: Option<(&str, &Scheme)>, asked: &[String]) -> Given {
        let mut given = Given { scheme: way.map(|(name, _)| name.to_owned()), ..Given::default() };
        for (name, field) in way.into_iter().flat_map(|(_, scheme)| &scheme.fields) {
            let Some(text) = asked.contains(name).then(|| self.text(&format!("credentials.{name}"))).flatten() else {
                continue;
            };
            let value = match field.field_type {
                Some(FieldType::List) => json!(lines(text)).to_string(),
                Some(FieldType::Text | FieldType::Integer | FieldType::Boolean) | None => text.to_owned(),
            };
            given.credentials.insert(name.clone(), value.into());
        }
        given.config = self.config(definition);
        given
    }

    fn config(&self, definition: &Definition) -> Map<String, Value> {
        let declared = definition.connector.head().config.iter();
        let given = declared.filter_map(|(name, declared)| {
            let text = self.text(&format!("config.{name}"))?;
            // What is no number stays a text: the engine says what was expected.
            let typed = match declared.value_type.unwrap_or(FieldType::Text) {
                FieldType::Text => None,
                FieldType::Integer => text.parse::<i64>().map(Value::from).ok(),
                FieldType::Boolean => text.parse::<bool>().map(Value::from).ok(),
                FieldType::List => Some(json!(lines(text))),
            };
            Some((name.clone(), typed.unwrap_or_else(|| text.into())))
        });
        given.collect()
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}
