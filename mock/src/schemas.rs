//! The connector's schemas: references followed, validators kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value, json};
use tieline::Connector;

/// The schemas of a connector, by name, with the validators that were asked for.
pub(crate) struct Schemas {
    connector: Arc<Connector>,
    validators: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

impl Schemas {
    pub(crate) fn new(connector: Arc<Connector>) -> Self {
        Self { connector, validators: Mutex::default() }
    }

    /// The name and the schema that `#/schemas/Name` refers to.
    pub(crate) fn target<'a>(&'a self, reference: &'a str) -> Option<(&'a str, &'a Value)> {
        let name = reference.strip_prefix("#/schemas/")?;
        self.connector.schema(name).ok().flatten().map(|schema| (name, schema))
    }

    /// What checks values against a schema; `None` when the schema itself is none.
    pub(crate) fn validator(&self, schema: &Value) -> Option<Arc<Validator>> {
        let text = schema.to_string();
        if let Some(known) = self.lock().get(&text) {
            return known.clone();
        }
        // Regular expressions of a manifest match in linear time here too.
        let options = jsonschema::draft202012::options().with_pattern_options(PatternOptions::regex()).offline();
        let built = options.build(&self.whole(schema)).ok().map(Arc::new);
        self.lock().entry(text).or_insert(built).clone()
    }

    /// Whether a value fits a schema; what cannot be checked fits.
    pub(crate) fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.validator(schema).is_none_or(|validator| validator.is_valid(value))
    }

    /// A schema with everything that it refers to: one document.
    fn whole(&self, schema: &Value) -> Value {
        let mut reached = Map::new();
        let mut open = references(schema);
        while let Some(reference) = open.pop() {
            if let Some((name, target)) = self.target(&reference)
                && !reached.contains_key(name)
            {
                reached.insert(name.to_owned(), target.clone());
                open.extend(references(target));
            }
        }
        json!({ "allOf": [schema], "schemas": reached })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<Arc<Validator>>>> {
        self.validators.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every `$ref` in a schema.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(target) if key == "$ref" => vec![target.clone()],
                value => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
