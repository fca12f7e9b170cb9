//! A schema with all that it refers to at hand, within a limit on how much is looked at.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tieline::{Connector, Error};

use super::types::Types;

/// A schema is made of so many others at most.
const MOST_PARTS: usize = 64;
/// Alternatives within alternatives are looked into so far.
const DEPTH: usize = 3;

/// The named schemas of a connector.
pub(super) struct Schemas<'a> {
    named: HashMap<&'a str, &'a Value>,
}

/// How much may still be looked at.
#[derive(Debug)]
pub(super) struct Effort(Cell<usize>);

impl Effort {
    /// So much.
    pub(super) fn new(most: usize) -> Self {
        Self(Cell::new(most))
    }

    /// Takes some of it.
    pub(super) fn spend(&self, cost: usize) {
        self.0.set(self.0.get().saturating_sub(cost));
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl<'a> Schemas<'a> {
    /// Those of this connector.
    pub(super) fn of(connector: &'a Connector) -> Result<Self, Error> {
        let mut named = HashMap::new();
        for name in connector.schema_names() {
            named.extend(connector.schema(name)?.map(|schema| (name, schema)));
        }
        Ok(Self { named })
    }

    /// The schema of this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.named.get(name).copied()
    }
}

/// The name that a schema refers to: `User` of `#/schemas/User`.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/schemas/")
}

/// The name that a schema refers to when it says nothing else that decides which values fit.
pub(super) fn pure_reference(schema: &Value) -> Option<&str> {
    const SAYING: &[&str] =
        &["$ref", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"];
    let keys = schema.as_object()?;
    keys.keys().all(|key| SAYING.contains(&key.as_str()) || key.starts_with("x-")).then(|| reference(schema))?
}

/// A schema: itself, what it refers to and the parts of its `allOf`, all of which hold; and its alternatives.
pub(super) struct View<'a> {
    parts: Vec<&'a Map<String, Value>>,
    /// The branches of `anyOf` and `oneOf`.
    pub(super) alternatives: Vec<&'a Value>,
    takes_nothing: bool,
}

impl<'a> View<'a> {
    /// Looks at a schema.
    pub(super) fn of(schemas: &Schemas<'a>, schema: &'a Value, effort: &Effort) -> Self {
        let mut view = Self { parts: Vec::new(), alternatives: Vec::new(), takes_nothing: false };
        let mut seen = HashSet::new();
        let mut waiting = vec![schema];
        while let Some(schema) = waiting.pop() {
            effort.spend(1);
            let Value::Object(keys) = schema else {
                view.takes_nothing |= *schema == Value::Bool(false);
                continue;
            };
            if view.parts.len() == MOST_PARTS || effort.is_spent() {
                break;
            }
            view.parts.push(keys);
            let branches = |key: &str| keys.get(key).and_then(Value::as_array).into_iter().flatten();
            waiting.extend(branches("allOf").rev());
            waiting.extend(reference(schema).filter(|name| seen.insert(*name)).and_then(|name| schemas.get(name)));
            view.alternatives.extend(branches("anyOf").chain(branches("oneOf")));
        }
        view
    }

    /// The first value of a keyword.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.parts.iter().find_map(|part| part.get(key))
    }

    /// The types that fit.
    pub(super) fn types(&self, schemas: &Schemas<'a>, effort: &Effort) -> Types {
        self.types_within(schemas, effort, DEPTH)
    }

    fn types_within(&self, schemas: &Schemas<'a>, effort: &Effort, depth: usize) -> Types {
        if self.takes_nothing {
            return Types::NONE;
        }
        let named = self.parts.iter().filter_map(|part| part.get("type")).map(Types::named);
        if let Some(types) = named.reduce(Types::and) {
            return types;
        }
        if let Some(values) = self.values() {
            return values.into_iter().map(Types::of).fold(Types::NONE, Types::with);
        }
        if self.alternatives.is_empty() {
            let is_object = self.get("properties").is_some();
            return if is_object { Types::OBJECT } else { Types::ANY };
        }
        let of_one = |schema: &&'a Value| match depth.checked_sub(1) {
            Some(depth) if !effort.is_spent() => View::of(schemas, schema, effort).types_within(schemas, effort, depth),
            Some(_) | None => Types::ANY,
        };
        self.alternatives.iter().map(of_one).fold(Types::NONE, Types::with)
    }

    /// The values that `enum` and `const` list here.
    fn values(&self) -> Option<Vec<&'a Value>> {
        match self.get("const") {
            Some(value) => Some(vec![value]),
            None => self.get("enum").and_then(Value::as_array).map(|values| values.iter().collect()),
        }
    }

    /// The only values that fit, where all are listed that are neither lists nor objects. Null is a type.
    pub(super) fn choices(&self, schemas: &Schemas<'a>, effort: &Effort) -> Option<Vec<&'a Value>> {
        let mut choices = self.values().unwrap_or_default();
        for alternative in &self.alternatives {
            let view = View::of(schemas, alternative, effort);
            match view.values() {
                Some(values) => choices.extend(values),
                None if view.types(schemas, effort).without(Types::NESTED).without(Types::NULL).is_empty() => {}
                None => return None,
            }
        }
        choices.retain(|value| !value.is_null());
        (!choices.is_empty()).then_some(choices)
    }

    /// The alternatives that are lists or objects.
    pub(super) fn branches(&self, schemas: &Schemas<'a>, effort: &Effort) -> Vec<&'a Value> {
        let is_nested = |schema: &&'a Value| {
            !View::of(schemas, schema, effort).types(schemas, effort).and(Types::NESTED).is_empty()
        };
        self.alternatives.iter().copied().filter(is_nested).collect()
    }

    /// The known members, and their schemas.
    pub(super) fn members(&self, effort: &Effort) -> IndexMap<&'a str, &'a Value> {
        let mut members = IndexMap::new();
        for (name, schema) in self.parts.iter().filter_map(|part| part.get("properties")?.as_object()).flatten() {
            effort.spend(1);
            members.entry(name.as_str()).or_insert(schema);
        }
        members
    }

    /// The names of the members that are always there.
    pub(super) fn required(&self) -> BTreeSet<&'a str> {
        let lists = self.parts.iter().filter_map(|part| part.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// What a branch is called: the schema that it refers to, the constant that tells it from others, its title.
    pub(super) fn name_of(schemas: &Schemas<'a>, branch: &'a Value, effort: &Effort) -> Option<&'a str> {
        if let Some(name) = pure_reference(branch) {
            return Some(name);
        }
        let view = View::of(schemas, branch, effort);
        let tag = view.members(effort).values().find_map(|member| member.get("const")?.as_str());
        tag.or_else(|| view.get("title").and_then(Value::as_str))
    }
}
