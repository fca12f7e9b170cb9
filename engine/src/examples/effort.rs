//! How much work it is to hold values against schemas: every step that a validator could take, counted before one takes them.

use serde_json::Value;

use crate::language::{Holds, SCHEMA_KEYWORDS};
use crate::plan::Connector;

/// The deepest that schemas may lead into each other for one value.
const MOST_DEPTH: usize = 200;

/// The work that is left to spend.
pub(super) struct Effort<'a> {
    connector: &'a Connector,
    left: usize,
}

impl<'a> Effort<'a> {
    /// So many steps.
    pub(super) fn of(connector: &'a Connector, left: usize) -> Self {
        Self { connector, left }
    }

    /// Pays for compiling a schema of this size; `None` when too little is left.
    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.left = self.left.checked_sub(steps)?;
        Some(())
    }

    /// Pays for holding a value against a schema; `None` when too little is left.
    pub(super) fn hold(&mut self, value: &Value, schema: &Value) -> Option<()> {
        self.step(value, schema, 0)
    }

    fn step(&mut self, value: &Value, schema: &Value, depth: usize) -> Option<()> {
        self.spend(1)?;
        if depth == MOST_DEPTH {
            return None;
        }
        for (keyword, held) in schema.as_object().into_iter().flatten() {
            self.keyword(value, keyword, held, depth + 1)?;
        }
        Some(())
    }

    fn keyword(&mut self, value: &Value, keyword: &str, held: &Value, depth: usize) -> Option<()> {
        let target = held.as_str().filter(|_| keyword == "$ref").and_then(|target| target.strip_prefix("#/schemas/"));
        if let Some(target) = target {
            return match self.connector.schema(target) {
                Ok(Some(schema)) => self.step(value, schema, depth),
                Ok(None) | Err(_) => Some(()),
            };
        }
        let holds =
            SCHEMA_KEYWORDS.iter().find(|(known, _)| *known == keyword).map_or(Holds::Plain, |(_, holds)| *holds);
        match (keyword, holds) {
            (_, Holds::Plain) => self.spend(held.as_array().map_or(1, Vec::len)),
            (_, Holds::SameValue) => listed(held).try_for_each(|schema| self.step(value, schema, depth)),
            ("properties", Holds::Named) => members(held).try_for_each(|(name, schema)| match value.get(name) {
                Some(member) => self.step(member, schema, depth),
                None => Some(()),
            }),
            ("dependentSchemas", Holds::Named) => {
                members(held).try_for_each(|(_, schema)| self.step(value, schema, depth))
            }
            (_, Holds::Named) => members(held).try_for_each(|(_, schema)| self.parts(value, schema, depth)),
            (_, Holds::Part) => listed(held).try_for_each(|schema| self.parts(value, schema, depth)),
        }
    }

    fn parts(&mut self, value: &Value, schema: &Value, depth: usize) -> Option<()> {
        listed(value).filter(|_| value.is_array()).try_for_each(|element| self.step(element, schema, depth))?;
        members(value).try_for_each(|(_, member)| self.step(member, schema, depth))
    }
}

/// The elements of a list, or the one thing that stands alone.
fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
