//! Where references stand in a document, and where what looks like one is data.

use tieline::yaml::{Map, Node, Value};

use super::{Bundle, Target};
use crate::pointer;

/// What the keys of a mapping are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// Keywords: an operation, a schema, …
    Object,
    /// Names that the author chose, each of an object: `properties`, `responses`, …
    Names,
    /// Paths, each of an object, and extensions.
    Paths,
    /// Names of examples.
    Examples,
    /// Keywords of an example, which is data.
    Example,
}

impl Shape {
    /// What stands at a keyword of an object; nothing if it is data.
    fn at(keyword: &str) -> Option<Self> {
        match keyword {
            "example" | "default" | "enum" | "const" => None,
            extension if extension.starts_with("x-") => None,
            "examples" => Some(Self::Examples),
            "paths" => Some(Self::Paths),
            "$defs" | "callbacks" | "content" | "definitions" | "dependencies" | "dependentSchemas" | "encoding"
            | "headers" | "links" | "mediaTypes" | "parameters" | "pathItems" | "patternProperties" | "properties"
            | "requestBodies" | "responses" | "schemas" | "securitySchemes" | "variables" | "webhooks" => {
                Some(Self::Names)
            }
            _ => Some(Self::Object),
        }
    }

    /// The shape of what stands at a key of a mapping of this shape.
    fn below(self, key: &str) -> Option<Self> {
        match self {
            Self::Object => Self::at(key),
            Self::Names => Some(Self::Object),
            Self::Paths => (!key.starts_with("x-")).then_some(Self::Object),
            Self::Examples => Some(Self::Example),
            Self::Example => None,
        }
    }
}

impl Bundle<'_> {
    /// Finds the references in a node of a file.
    pub(super) fn walk(&mut self, file: usize, node: &Node, shape: Shape) {
        let has_parts = matches!(node.value, Value::Map(_) | Value::List(_));
        if !has_parts || !self.visited.insert((std::ptr::from_ref(node), shape)) {
            return;
        }
        match &node.value {
            Value::Map(map) => {
                for (key, entry) in map {
                    match (key.as_str(), &entry.value.value) {
                        // A property may have that name, and is then not a text.
                        ("$ref", Value::Text(_)) => self.reference(file, &entry.value, shape),
                        ("discriminator", Value::Map(discriminator)) if shape == Shape::Object => {
                            self.mapping(file, discriminator);
                        }
                        (key, _) => {
                            if let Some(shape) = shape.below(key) {
                                self.walk(file, &entry.value, shape);
                            }
                        }
                    }
                }
            }
            // The values of a schema's `examples` are data; any other list is one of objects.
            Value::List(list) if !matches!(shape, Shape::Examples | Shape::Example) => {
                list.iter().for_each(|node| self.walk(file, node, Shape::Object));
            }
            Value::List(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// The schemas that the values of a discriminator stand for, each by a reference or by its name.
    fn mapping(&mut self, file: usize, discriminator: &Map) {
        let Some(Value::Map(mapping)) = discriminator.get("mapping").map(|entry| &entry.value.value) else { return };
        for entry in mapping.values() {
            let Some(schema) = entry.value.as_text() else { continue };
            if let Some(pointer) = self.named_schema(file, schema) {
                if file != 0 {
                    self.local.insert(std::ptr::from_ref(&entry.value), self.local_text(file, &pointer));
                    self.ahead.push_back(Target { file, pointer, shape: Shape::Object });
                }
            } else if is_reference(schema) {
                self.reference(file, &entry.value, Shape::Object);
            }
        }
    }

    /// Where the schema is that has this name in its file, if there is one.
    fn named_schema(&self, file: usize, name: &str) -> Option<String> {
        let pointer = pointer::join("/components/schemas", name);
        pointer::resolve(&self.files.trees[file], &pointer).map(|_| pointer)
    }
}

/// Whether a value of a `mapping` that is no name is a reference.
fn is_reference(schema: &str) -> bool {
    schema.contains(['/', '#']) || [".yaml", ".yml", ".json"].iter().any(|ending| schema.ends_with(ending))
}
