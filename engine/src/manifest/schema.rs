//! JSON Schemas in a manifest.

use crate::language::{Decode, Shape, wrong_type};
use crate::source::{Diagnostic, Span};
use crate::yaml::{Node, Value};

/// A JSON Schema (2020-12), with the places of its parts. References have the form `#/schemas/Name`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// The schema as it is written.
    pub node: Node,
}

impl Schema {
    /// The schema as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        self.node.to_json()
    }

    /// This schema with the keywords of `base` that it does not have itself.
    pub(crate) fn or(mut self, base: &Self) -> Self {
        if let (Value::Map(own), Value::Map(base)) = (&mut self.node.value, &base.node.value) {
            for (key, entry) in base {
                own.entry(key.clone()).or_insert_with(|| entry.clone());
            }
        }
        self
    }

    /// Every `$ref` in it, with its place.
    pub fn references(&self) -> Vec<(&str, Span)> {
        let mut found = Vec::new();
        collect(&self.node, &mut found);
        found
    }
}

fn collect<'a>(node: &'a Node, found: &mut Vec<(&'a str, Span)>) {
    match &node.value {
        Value::Map(map) => {
            for (key, entry) in map {
                match entry.value.as_text() {
                    Some(target) if key == "$ref" => found.push((target, entry.value.span)),
                    _ => collect(&entry.value, found),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

impl Decode for Schema {
    fn shape() -> Shape {
        Shape::Schema
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.value {
            Value::Map(_) | Value::Bool(_) => Some(Self { node: node.clone() }),
            Value::Null | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                findings.push(wrong_type(node, "a JSON Schema (a mapping)"));
                None
            }
        }
    }

    fn stand_in() -> Option<Self> {
        Some(Self { node: Node { value: Value::Bool(true), span: Span::default() } })
    }
}

/// The schema of records: the name of one under `schemas`, or one written in place.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaRef {
    /// A name under `schemas`.
    Name(String),
    /// A schema in place.
    Inline(Schema),
}

impl Decode for SchemaRef {
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Schema])
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.as_text() {
            Some(name) => Some(Self::Name(name.to_owned())),
            None => Schema::decode(node, findings).map(Self::Inline),
        }
    }
}
