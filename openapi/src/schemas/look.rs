//! Looks into schemas of the document: what shape a value has, and what stands where in it.

use std::collections::HashSet;

use indexmap::IndexMap;
use tieline::yaml::{Node, Value};

use crate::document::Document;
use crate::tree::{items, members, text_of};

/// How deep references and parts are followed.
const DEEPEST: usize = 16;

/// What kind of value a schema is for, as far as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Object,
    List,
    Text,
    Whole,
    Number,
    Truth,
    Unknown,
}

/// The schemas that a walk came to. Schemas may be made of themselves, in many ways at once: each is looked at once.
#[derive(Default)]
pub(crate) struct Seen(HashSet<*const Node>);

impl Seen {
    /// Whether the walk comes here for the first time.
    pub(crate) fn is_new(&mut self, schema: &Node) -> bool {
        self.0.insert(std::ptr::from_ref(schema))
    }
}

impl<'d> Document<'d> {
    /// The shape of a schema's values.
    pub(crate) fn shape(&self, schema: &'d Node) -> Shape {
        self.shape_within(schema, DEEPEST, &mut Seen::default())
    }

    fn shape_within(&self, schema: &'d Node, deep: usize, seen: &mut Seen) -> Shape {
        let Some(deeper) = deep.checked_sub(1) else { return Shape::Unknown };
        let schema = self.resolve(schema).unwrap_or(schema);
        let named = match schema.get("type").map(|types| &types.value) {
            Some(Value::Text(name)) => Some(name.as_str()),
            Some(Value::List(types)) => types.iter().filter_map(Node::as_text).find(|name| *name != "null"),
            _ => None,
        };
        match named {
            Some("object") => return Shape::Object,
            Some("array") => return Shape::List,
            Some("string") => return Shape::Text,
            Some("integer") => return Shape::Whole,
            Some("number") => return Shape::Number,
            Some("boolean") => return Shape::Truth,
            _ => {}
        }
        if schema.get("properties").is_some() {
            return Shape::Object;
        }
        if schema.get("items").is_some() {
            return Shape::List;
        }
        if !seen.is_new(schema) {
            return Shape::Unknown;
        }
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)).flat_map(items);
        let shapes = parts.map(|part| self.shape_within(part, deeper, seen));
        let mut shapes = shapes.filter(|shape| *shape != Shape::Unknown);
        let first = shapes.next().unwrap_or(Shape::Unknown);
        if shapes.all(|shape| shape == first) { first } else { Shape::Unknown }
    }

    /// The members that objects of a schema have, those of `allOf` among them.
    pub(crate) fn properties(&self, schema: &'d Node) -> Vec<(&'d str, &'d Node)> {
        let mut found = IndexMap::new();
        self.each_part(schema, DEEPEST, &mut Seen::default(), &mut |part| {
            found.extend(part.get("properties").into_iter().flat_map(members));
        });
        found.into_iter().collect()
    }

    /// What is said of the same values: the parts of `allOf`, and then the schema itself.
    fn each_part(&self, schema: &'d Node, deep: usize, seen: &mut Seen, each: &mut impl FnMut(&'d Node)) {
        let Some(deeper) = deep.checked_sub(1) else { return };
        let schema = self.resolve(schema).unwrap_or(schema);
        if seen.is_new(schema) {
            let parts = schema.get("allOf").into_iter().flat_map(items);
            parts.for_each(|part| self.each_part(part, deeper, seen, each));
            each(schema);
        }
    }

    /// The members that must be there.
    pub(crate) fn required(&self, schema: &'d Node) -> HashSet<&'d str> {
        let mut found = HashSet::new();
        self.each_part(schema, DEEPEST, &mut Seen::default(), &mut |part| {
            found.extend(part.get("required").into_iter().flat_map(items).filter_map(Node::as_text));
        });
        found
    }

    /// The schema of a list's elements.
    pub(crate) fn elements(&self, schema: &'d Node) -> Option<&'d Node> {
        let schema = self.resolve(schema).unwrap_or(schema);
        let own = schema.get("items").filter(|items| !matches!(items.value, Value::List(_)));
        own.or_else(|| schema.get("allOf").into_iter().flat_map(items).find_map(|part| part.get("items")))
    }

    /// What a schema, or the one it refers to, says for people.
    pub(crate) fn description(&self, schema: &'d Node) -> Option<&'d str> {
        text_of(schema, "description").or_else(|| text_of(self.resolve(schema).ok()?, "description"))
    }

    /// What a schema says under a keyword, itself or where its reference leads.
    pub(crate) fn said(&self, schema: &'d Node, keyword: &str) -> Option<&'d Node> {
        schema.get(keyword).or_else(|| self.resolve(schema).ok()?.get(keyword))
    }
}

/// The schema of what stands at a path (`$.data[0].items[*]`) in values of a schema.
pub(crate) fn within<'d>(
    document: &Document<'d>,
    schema: &'d Node,
    path: &tieline::notation::JsonPath,
) -> Option<&'d Node> {
    let mut at = schema;
    for step in path.steps() {
        at = match step {
            tieline::notation::Step::Key(name) => {
                document.properties(at).into_iter().find(|(known, _)| known == name)?.1
            }
            tieline::notation::Step::Index(_) => document.elements(at)?,
            tieline::notation::Step::All => match document.elements(at) {
                Some(element) => element,
                None => document.resolve(at).ok()?.get("additionalProperties")?,
            },
        };
    }
    Some(at)
}
