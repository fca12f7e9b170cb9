//! Schemas of which only type and words are left.

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::schema::type_of;

use super::super::super::schema;
use super::super::words::{line, sentence};
use super::merge::{merge, said_at};
use super::{Flattener, MOST_NESTED, Place, is_deprecated, ordered};

/// How many members of a cut object are named.
const MOST_KEYS: usize = 40;
/// How long the example of one may be, in bytes.
const LONGEST_EXAMPLE: usize = 120;
/// How far it is to them at most, over references, lists and alternatives.
const MOST_STEPS: usize = 8;

impl<'a> Flattener<'a> {
    /// A schema that lies too deep: its types, its words, and the names of its members.
    pub(super) fn cut(&mut self, schema: &'a Value, place: &Place) -> Value {
        self.cuts += 1;
        if let Some(name) = schema::reference(schema) {
            if let Some(path) = self.cut.get(name) {
                let own = schema["description"].as_str().map(|words| ("description".to_owned(), line(words).into()));
                return ordered(merge(own.into_iter().collect(), self.mention(name, &path.clone())));
            }
            self.cut.insert(name, place.path.clone());
        }
        let mut cut = Map::new();
        if let Some(types) = self.types(schema) {
            cut.insert("type".to_owned(), type_keyword(types));
        }
        let words = schema::description(self.connector, schema).map(|words| sentence(&line(words)));
        let words: Vec<_> = words.into_iter().chain(self.members(schema)).collect();
        if !words.is_empty() {
            cut.insert("description".to_owned(), words.join(" ").into());
        }
        cut.into()
    }

    /// The names of the members of an object, or of what a list holds, with an example.
    fn members(&self, schema: &'a Value) -> Option<String> {
        let mut schema = schema;
        let mut label = "Keys";
        for _ in 0..MOST_STEPS {
            if let Some(properties) = schema["properties"].as_object() {
                let names = properties.iter().filter(|(_, member)| !is_deprecated(self.connector, member));
                let mut names: Vec<_> = names.map(|(name, _)| line(name)).collect();
                if names.len() > MOST_KEYS {
                    names.truncate(MOST_KEYS);
                    names.push("…".to_owned());
                }
                let example =
                    schema["examples"].get(0).map(Value::to_string).filter(|text| text.len() <= LONGEST_EXAMPLE);
                let example = example.map(|text| format!(", such as `{text}`")).unwrap_or_default();
                return (!names.is_empty()).then(|| format!("{label}: {}{example}.", names.join(", ")));
            }
            if schema.get("items").is_some() {
                label = "Keys of each";
            }
            let below = || ["items", "anyOf", "oneOf", "allOf"].iter().find_map(|key| schema.get(key));
            schema = schema::referred(self.connector, schema).or_else(below)?;
            schema = schema.get(0).unwrap_or(schema);
        }
        None
    }

    /// A named schema that is shown at this path, by its types and the path.
    pub(super) fn mention(&mut self, name: &'a str, path: &str) -> Map<String, Value> {
        let mut mention = Map::new();
        if let Some(types) = self.types_of(name) {
            mention.insert("type".to_owned(), type_keyword(types));
        }
        mention.insert("description".to_owned(), said_at(path).into());
        mention
    }

    /// All types that a schema can take; `None`: any, or nobody knows.
    fn types(&mut self, schema: &'a Value) -> Option<Vec<String>> {
        let unique = |types: Vec<String>| {
            let types: IndexSet<String> = types.into_iter().collect();
            (!types.is_empty()).then(|| types.into_iter().collect::<Vec<_>>())
        };
        match &schema["type"] {
            Value::String(one) => return Some(vec![one.clone()]),
            Value::Array(several) => {
                return unique(several.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
        if let Some(value) = schema.get("const") {
            return Some(vec![type_of(value).to_owned()]);
        }
        if let Some(values) = schema["enum"].as_array() {
            return unique(values.iter().map(|value| type_of(value).to_owned()).collect());
        }
        if let Some(types) = schema::reference(schema).and_then(|name| self.types_of(name)) {
            return Some(types);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            if let Some(types) = self.types(part) {
                return Some(types);
            }
        }
        for key in ["anyOf", "oneOf"] {
            let Some(parts) = schema[key].as_array() else { continue };
            let types: Option<Vec<_>> = parts.iter().map(|part| self.types(part)).collect();
            if let Some(types) = types {
                return unique(types.concat());
            }
        }
        None
    }

    /// Each name is looked at once; one that comes back to itself says nothing.
    fn types_of(&mut self, name: &'a str) -> Option<Vec<String>> {
        if let Some(known) = self.types.get(name) {
            return known.clone();
        }
        self.types.insert(name, None);
        if self.nesting == MOST_NESTED {
            return None;
        }
        self.nesting += 1;
        let types = self.connector.schema(name).ok().flatten().and_then(|schema| self.types(schema));
        self.nesting -= 1;
        self.types.insert(name, types.clone());
        types
    }
}

fn type_keyword(types: Vec<String>) -> Value {
    match <[String; 1]>::try_from(types) {
        Ok([one]) => one.into(),
        Err(types) => types.into(),
    }
}
