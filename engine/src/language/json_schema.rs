//! The JSON Schema (2020-12) of the manifest language, for editors.

use serde_json::{Map, Value, json};

use super::doc::{ObjectDoc, Shape};
use super::reference::{Section, paragraphs, sections};
use super::schema_keywords::{Holds, SCHEMA_KEYWORDS};

/// The name of the definition of JSON Schemas.
const SCHEMA: &str = "JSON_Schema";

/// The JSON Schema of the language whose root is this object.
pub fn json_schema(root: &'static ObjectDoc) -> Value {
    let mut definitions: Map<_, _> =
        sections(root).into_iter().map(|section| (key(section.name()), definition(section))).collect();
    definitions.insert(SCHEMA.to_owned(), schema_definition());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tieline connector manifest",
        "$ref": format!("#/$defs/{}", key(root.name)),
        "$defs": definitions,
    })
}

fn definition(section: Section) -> Value {
    match section {
        Section::Object(doc) => object(doc, None),
        Section::Kinds(doc) => json!({
            "description": summary(doc.doc),
            "type": "object",
            "required": ["kind"],
            "properties": { "kind": { "enum": doc.kinds.iter().map(|(kind, _)| kind).collect::<Vec<_>>() } },
            "oneOf": doc.kinds.iter().map(|(kind, doc)| object(doc, Some(kind))).collect::<Vec<_>>(),
        }),
        Section::Choice(doc) => json!({
            "description": summary(doc.doc),
            "oneOf": doc.values.iter().map(|(value, meaning)| json!({ "const": value, "description": summary(meaning) })).collect::<Vec<_>>(),
        }),
    }
}

fn object(doc: &ObjectDoc, kind: Option<&str>) -> Value {
    let mut properties: Map<_, _> =
        kind.map(|kind| ("kind".to_owned(), json!({ "const": kind }))).into_iter().collect();
    for key in doc.keys {
        let mut schema = shape(&(key.shape)());
        if let Value::Object(members) = &mut schema {
            members.insert("description".to_owned(), summary(key.doc).into());
        }
        properties.insert(key.name.to_owned(), schema);
    }
    let mut schema = json!({ "description": summary(doc.doc), "type": "object", "properties": properties });
    let required: Vec<_> = doc.keys.iter().filter(|key| (key.required)()).map(|key| key.name).collect();
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    if doc.with_schema_keywords {
        with_keywords(&mut schema, &[]);
    }
    schema["additionalProperties"] = false.into();
    schema
}

/// What a JSON Schema in a manifest looks like.
fn schema_definition() -> Value {
    let mut schema = json!({ "description": "A JSON Schema (2020-12).", "type": ["object", "boolean"] });
    with_keywords(&mut schema, &["required"]);
    schema["additionalProperties"] = false.into();
    schema
}

/// Lets the keywords of JSON Schema stand beside the properties that a schema has already.
fn with_keywords(schema: &mut Value, others: &[&str]) {
    for (name, holds) in others.iter().map(|name| (*name, Holds::Plain)).chain(SCHEMA_KEYWORDS.iter().copied()) {
        let inner = reference(SCHEMA);
        schema["properties"][name] = match holds {
            Holds::Plain => plain_keyword(name),
            Holds::SameValue | Holds::Part => json!({ "anyOf": [inner, { "type": "array", "items": inner }] }),
            Holds::Named => json!({ "type": "object", "additionalProperties": inner }),
        };
    }
    schema["patternProperties"] = json!({ "^x-": {} });
}

/// The value of a keyword that holds no schema.
fn plain_keyword(name: &str) -> Value {
    let types = json!({ "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] });
    match name {
        "$ref" | "$comment" | "title" | "description" | "pattern" | "format" | "contentEncoding"
        | "contentMediaType" => {
            json!({ "type": "string" })
        }
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => json!({ "type": "boolean" }),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => json!({ "type": "number" }),
        "enum" | "examples" => json!({ "type": "array" }),
        "required" => json!({ "type": "array", "items": { "type": "string" } }),
        "type" => json!({ "anyOf": [types, { "type": "array", "items": types }] }),
        _ if name.starts_with("min") || name.starts_with("max") => json!({ "type": "integer", "minimum": 0 }),
        _ => json!({}),
    }
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Text | Shape::Notation(_) => json!({ "type": "string" }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Integer => json!({ "type": "integer", "minimum": 0 }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Any => json!({}),
        Shape::Schema => reference(SCHEMA),
        Shape::List(inner) => json!({ "type": "array", "items": shape(inner) }),
        Shape::Map(inner) => json!({ "type": "object", "additionalProperties": shape(inner) }),
        Shape::Object(doc) => reference(doc.name),
        Shape::Kinds(doc) => reference(doc.name),
        Shape::Choice(doc) => reference(doc.name),
        Shape::OneOf(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Vec<_>>() }),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{}", key(name)) })
}

fn key(name: &str) -> String {
    name.replace(' ', "_")
}

/// The text before the example.
fn summary(doc: &str) -> String {
    let text = paragraphs(doc);
    text.split("```").next().unwrap_or_default().trim().replace('\n', " ")
}
