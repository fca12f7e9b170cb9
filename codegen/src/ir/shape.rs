//! What a schema says about objects, with all that it includes.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema::{reference, referred};

/// References are followed so far; schemas may go in circles.
const DEPTH: usize = 16;

/// An object has no more kinds than this; what is beyond is read as unknown.
const MOST_BRANCHES: usize = 1000;

/// The members of objects, and alternatives that add more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape<'a> {
    /// Members with their schemas.
    pub(crate) members: IndexMap<&'a str, &'a Value>,
    /// Those that must be there.
    pub(crate) required: IndexSet<&'a str>,
    /// Alternatives, of each of which one holds.
    pub(crate) alternatives: Vec<&'a [Value]>,
}

/// One of several alternatives.
#[derive(Clone, Debug)]
pub(crate) struct Branch<'a> {
    /// The name of the schema that it is, or is written in.
    pub(crate) origin: Option<&'a str>,
    /// Whether it is that schema, and not a part of it.
    pub(crate) is_whole: bool,
    /// The schema.
    pub(crate) schema: &'a Value,
    /// What it says.
    pub(crate) shape: Shape<'a>,
}

impl<'a> Shape<'a> {
    /// What a schema says, itself, through its reference and its `allOf`.
    pub(crate) fn of(connector: &'a Connector, schema: &'a Value) -> Self {
        let mut shape = Self::default();
        shape.add(connector, schema, DEPTH);
        shape
    }

    fn add(&mut self, connector: &'a Connector, schema: &'a Value, depth: usize) {
        if depth == 0 {
            return;
        }
        for part in referred(connector, schema).into_iter().chain(list(schema, "allOf")) {
            self.add(connector, part, depth - 1);
        }
        self.members.extend(properties(schema));
        self.required.extend(list(schema, "required").iter().filter_map(Value::as_str));
        for key in ["anyOf", "oneOf"] {
            let alternatives = list(schema, key);
            if alternatives.iter().any(|branch| speaks_of_members(connector, branch, &mut HashSet::new())) {
                self.alternatives.push(alternatives);
            }
        }
    }
}

/// The alternatives, with those of an alternative that is nothing but alternatives in its place.
pub(crate) fn branches<'a>(
    connector: &'a Connector,
    alternatives: &'a [Value],
    origin: Option<&'a str>,
) -> Vec<Branch<'a>> {
    let mut found = Vec::new();
    collect(connector, alternatives, origin, DEPTH, &mut found);
    found
}

fn collect<'a>(
    connector: &'a Connector,
    alternatives: &'a [Value],
    origin: Option<&'a str>,
    depth: usize,
    found: &mut Vec<Branch<'a>>,
) {
    for written in alternatives {
        let schema = resolved(connector, written);
        let is_whole = reference(written).is_some();
        let branch_origin = reference(written).or(origin);
        let shape = Shape::of(connector, schema);
        match shape.alternatives.as_slice() {
            [nested] if shape.members.is_empty() && depth > 0 => {
                collect(connector, nested, branch_origin, depth - 1, found);
            }
            _ if found.len() >= MOST_BRANCHES => return,
            _ => found.push(Branch { origin: branch_origin, is_whole, schema, shape }),
        }
    }
}

/// The schema that a reference leads to, or the schema itself.
pub(crate) fn resolved<'a>(connector: &'a Connector, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEPTH {
        let Some(target) = referred(connector, schema) else { break };
        schema = target;
    }
    schema
}

/// Whether a schema says that objects have members, itself or in a part of it.
pub(crate) fn speaks_of_members<'a>(
    connector: &'a Connector,
    schema: &'a Value,
    seen: &mut HashSet<*const Value>,
) -> bool {
    seen.insert(schema)
        && (schema.get("properties").is_some_and(Value::is_object)
            || referred(connector, schema)
                .into_iter()
                .chain(["allOf", "anyOf", "oneOf"].into_iter().flat_map(|key| list(schema, key)))
                .any(|part| speaks_of_members(connector, part, seen)))
}

/// The members that a schema itself names.
pub(crate) fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// The list under a key; empty when there is none.
pub(crate) fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema[key].as_array().map_or(&[], Vec::as_slice)
}
