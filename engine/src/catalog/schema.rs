//! What a JSON Schema of a connector says about a value.

use std::collections::BTreeSet;

use crate::plan::Connector;
use crate::schema::type_of;
use serde_json::{Map, Value};

/// References are followed so far; schemas may go in circles.
const DEPTH: usize = 16;

/// The JSON types that a schema takes, in the order it names them; empty when it does not say.
pub fn types(connector: &Connector, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_types(connector, schema, DEPTH, &mut found);
    found
}

fn collect_types(connector: &Connector, schema: &Value, depth: usize, found: &mut Vec<String>) {
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    match &schema["type"] {
        Value::String(name) => return add(name),
        Value::Array(names) => return names.iter().filter_map(Value::as_str).for_each(add),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(type_of).for_each(add);
    }
    if let Some(value) = schema.get("const") {
        return add(type_of(value));
    }
    if depth == 0 {
        return;
    }
    if let Some(referred) = referred(connector, schema) {
        collect_types(connector, referred, depth - 1, found);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for branch in schema[key].as_array().into_iter().flatten() {
            collect_types(connector, branch, depth - 1, found);
        }
    }
    if found.is_empty() && (schema.get("properties").is_some() || schema.get("additionalProperties").is_some()) {
        found.push("object".to_owned());
    }
}

/// The name that a schema refers to: `Name` of `#/schemas/Name`.
pub fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/schemas/")
}

/// The schema that a schema refers to, if it does.
pub fn referred<'a>(connector: &'a Connector, schema: &Value) -> Option<&'a Value> {
    connector.schema(reference(schema)?).ok().flatten()
}

/// What a schema means: its own words, or those of the schema that it refers to.
pub fn description<'a>(connector: &'a Connector, schema: &'a Value) -> Option<&'a str> {
    let mut schema = Some(schema);
    for _ in 0..DEPTH {
        if let Some(text) = schema?["description"].as_str() {
            return Some(text);
        }
        schema = referred(connector, schema?);
    }
    None
}

/// A known member of the objects that a schema takes.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its schema.
    pub schema: &'a Value,
    /// Whether every object has it.
    pub required: bool,
}

/// The known members of the objects that a schema takes, itself, through references or in one of its alternatives; each once.
pub fn members<'a>(connector: &'a Connector, schema: &'a Value) -> Vec<Member<'a>> {
    let mut found = Vec::new();
    collect_members(connector, schema, DEPTH, &mut found);
    found
}

fn collect_members<'a>(connector: &'a Connector, schema: &'a Value, depth: usize, found: &mut Vec<Member<'a>>) {
    let mut add = |member: Member<'a>| {
        if !found.iter().any(|known| known.name == member.name) {
            found.push(member);
        }
    };
    let is_required =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|own| own == name));
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        add(Member { name, schema, required: is_required(name) });
    }
    if depth == 0 {
        return;
    }
    let below = |part: &'a Value| {
        let mut found = Vec::new();
        collect_members(connector, part, depth - 1, &mut found);
        found
    };
    let parts = |key: &str| schema[key].as_array().into_iter().flatten();
    referred(connector, schema).into_iter().chain(parts("allOf")).flat_map(below).for_each(&mut add);
    for key in ["anyOf", "oneOf"] {
        let branches: Vec<_> = parts(key).map(below).filter(|members| !members.is_empty()).collect();
        let is_only = branches.len() == 1;
        let members = branches.into_iter().flatten();
        members.for_each(|member| add(Member { required: member.required && is_only, ..member }));
    }
}

/// All named schemas that these schemas use, directly or through others, by name.
pub fn used<'a>(connector: &'a Connector, schemas: impl IntoIterator<Item = &'a Value>) -> Map<String, Value> {
    let mut waiting: Vec<&Value> = schemas.into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut used = Map::new();
    while let Some(value) = waiting.pop() {
        if let Some(name) = reference(value)
            && seen.insert(name.to_owned())
            && let Some(schema) = referred(connector, value)
        {
            used.insert(name.to_owned(), schema.clone());
            waiting.push(schema);
        }
        match value {
            Value::Object(object) => waiting.extend(object.values()),
            Value::Array(items) => waiting.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{description, members};
    use crate::catalog::testing::connector;

    #[test]
    fn members_are_found_through_references_and_alternatives() {
        let connector = connector();
        let found = |schema: Value| -> Vec<String> {
            let mark = |required| if required { "!" } else { "" };
            let members = members(&connector, &schema);
            members.iter().map(|member| format!("{}{}", member.name, mark(member.required))).collect()
        };
        let own = json!({ "type": "object", "properties": { "a": {}, "b": {} }, "required": ["b"] });
        let reference = json!({ "$ref": "#/schemas/Place" });
        for (schema, expected) in [
            (own.clone(), &["a", "b!"][..]),
            (reference.clone(), &["street!", "inside"]),
            (json!({ "anyOf": [reference, { "type": "null" }] }), &["street!", "inside"]),
            (json!({ "anyOf": [own, { "$ref": "#/schemas/Place" }] }), &["a", "b", "street", "inside"]),
            (json!({ "type": "string" }), &[]),
        ] {
            assert_eq!(found(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn a_reference_is_described_by_what_it_refers_to() {
        let connector = connector();
        let reference = json!({ "$ref": "#/schemas/Place" });
        assert_eq!(description(&connector, &reference), Some("Where it is."));
        let own = json!({ "$ref": "#/schemas/Place", "description": "Where they live." });
        assert_eq!(description(&connector, &own), Some("Where they live."));
        assert_eq!(description(&connector, &json!({ "$ref": "#/schemas/Home" })), Some("Where it is."));
        assert_eq!(description(&connector, &json!({ "$ref": "#/schemas/Nowhere" })), None);
    }
}
