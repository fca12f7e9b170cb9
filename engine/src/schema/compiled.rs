//! Schemas, each compiled when a value for it is first given.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jsonschema::paths::Location;
use jsonschema::{Draft, PatternOptions, ValidationOptions, Validator};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem};
use crate::notation::MAX_COMPILED;

use super::convert::{converted, inexact};
use super::explain::{explain, shown};

/// The schemas of an operation's parameters, in their order, each compiled when a value for it is first given.
#[derive(Debug)]
pub(crate) struct Validators {
    compiled: Box<[OnceLock<Schema>]>,
}

/// A schema with every schema that it can reach, ready to hold values against.
#[derive(Debug)]
pub(crate) struct Schema {
    document: Value,
    validator: Validator,
}

/// How many misfits of one value are told: more than anybody reads.
const MOST_MISFITS: usize = 100;
/// From how many parts on a value is large: the validator keeps what it finds in every part before it gives the first of it.
const LARGE: usize = 2_000;
/// From how many parts on nothing is told of a value but that it does not fit: alternatives keep what is wrong with every part.
const HUGE: usize = 20_000;

impl Validators {
    /// Room for this many schemas, nothing compiled yet.
    pub(crate) fn new(count: usize) -> Self {
        Self { compiled: (0..count).map(|_| OnceLock::new()).collect() }
    }

    /// The schema of the parameter at this index, compiled. `named` gives those that references name.
    ///
    /// # Errors
    /// `invalid_manifest` when it is no schema; those of `named`.
    pub(crate) fn get<'s>(
        &self,
        index: usize,
        (name, schema): (&str, &'s Value),
        named: impl Fn(&str) -> Result<Option<&'s Value>, Error>,
    ) -> Result<&Schema, Error> {
        let unusable = |why: String| {
            Error::new(ErrorKind::InvalidManifest, format!("the schema of `{name}` cannot be used: {why}"))
        };
        let cell =
            self.compiled.get(index).ok_or_else(|| unusable("the operation has no such parameter".to_owned()))?;
        if let Some(compiled) = cell.get() {
            return Ok(compiled);
        }
        let compiled = Schema::compile(Schema::document(schema, named)?).map_err(unusable)?;
        Ok(cell.get_or_init(|| compiled))
    }
}

impl Schema {
    /// A schema as a document of its own: beside its keywords stand, under `schemas`, those that it can reach.
    ///
    /// # Errors
    /// Those of `named`, which gives the schemas that references name.
    pub(crate) fn document<'s>(
        schema: &'s Value,
        named: impl Fn(&str) -> Result<Option<&'s Value>, Error>,
    ) -> Result<Value, Error> {
        let mut waiting = BTreeSet::new();
        references(schema, &mut waiting);
        let mut reached = Map::new();
        while let Some(name) = waiting.pop_first() {
            if reached.contains_key(name) {
                continue;
            }
            if let Some(found) = named(name)? {
                references(found, &mut waiting);
                reached.insert(name.to_owned(), found.clone());
            }
        }
        let mut document = schema.clone();
        if let Value::Object(members) = &mut document
            && !reached.is_empty()
        {
            members.insert("schemas".to_owned(), Value::Object(reached));
        }
        Ok(document)
    }

    /// Compiles such a document.
    ///
    /// # Errors
    /// Why it is no schema.
    pub(crate) fn compile(document: Value) -> Result<Self, String> {
        let validator = options().build(&document).map_err(|error| error.to_string())?;
        Ok(Self { document, validator })
    }

    /// In what a value does not fit: the place, the place as people write it, and what is wrong. These are all, or the first
    /// of many; of a large value it is the one that the validator meets first.
    pub(crate) fn misfits(&self, value: &Value) -> Vec<(Location, String, String)> {
        if has_parts(value, HUGE) {
            let message = "does not fit its schema, and is too large to say where".to_owned();
            return vec![(Location::new(), String::new(), message)];
        }
        let errors = if has_parts(value, LARGE) {
            self.validator.validate(value).err().into_iter().collect()
        } else {
            self.validator.iter_errors(value).take(MOST_MISFITS).collect::<Vec<_>>()
        };
        let found = errors.iter().flat_map(|error| explain(&self.document, error)).take(MOST_MISFITS);
        found.map(|(place, message)| (place.clone(), shown("", &place), message)).collect()
    }

    /// The value, converted where the schema wants another type and the text can be read as one.
    ///
    /// # Errors
    /// Everything in which it does not fit.
    pub(crate) fn fit(&self, name: &str, value: Value) -> Result<Value, Vec<Problem>> {
        if let Some((index, number)) = inexact(&value, &self.document) {
            let at = index.map_or_else(|| name.to_owned(), |index| format!("{name}[{index}]"));
            let message = format!("was read as {number:e}: a whole number has at most 64 bits");
            return Err(vec![Problem { at, message }]);
        }
        if self.validator.is_valid(&value) {
            return Ok(value);
        }
        let value = match converted(&value, &self.document) {
            Some(other) if self.validator.is_valid(&other) => return Ok(other),
            Some(other) => other,
            None => value,
        };
        let misfits = self.misfits(&value).into_iter();
        let mut problems: Vec<_> =
            misfits.map(|(_, at, message)| Problem { at: format!("{name}{at}"), message }).collect();
        if has_parts(&value, LARGE) && !has_parts(&value, HUGE) {
            let message = "is so large that only the first problem is told".to_owned();
            problems.push(Problem { at: name.to_owned(), message });
        }
        Err(problems)
    }
}

/// Whether a value has more than so many parts.
fn has_parts(value: &Value, limit: usize) -> bool {
    let mut waiting = vec![value];
    let mut parts = 0;
    while let Some(value) = waiting.pop() {
        parts += 1;
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if parts + waiting.len() > limit {
            return true;
        }
    }
    false
}

/// How schemas are compiled: nothing is fetched, and regular expressions match in linear time.
pub(crate) fn options() -> ValidationOptions<'static> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex().size_limit(MAX_COMPILED))
        .offline()
}

/// The names in every `$ref: "#/schemas/Name"`.
fn references<'a>(schema: &'a Value, names: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix("#/schemas/"));
            names.extend(target.and_then(|path| path.split('/').next()));
            members.values().for_each(|member| references(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Schema;

    #[test]
    fn a_large_value_has_few_misfits() {
        let alternatives: Vec<_> = (0..8).map(|n| json!({ "required": [format!("m{n}")] })).collect();
        let schema = Schema::compile(json!({ "items": { "anyOf": alternatives } })).unwrap();
        let empty = |count: usize| Value::from(vec![json!({}); count]);
        assert_eq!(schema.misfits(&empty(3)).len(), 3);
        assert_eq!(schema.misfits(&empty(1_000)).len(), super::MOST_MISFITS);
        let of_many = schema.misfits(&empty(10_000));
        assert_eq!(of_many.len(), 1);
        assert_eq!(of_many[0].1, "[0]");
        let problems = schema.fit("p", empty(10_000)).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.at.as_str()).collect::<Vec<_>>(), ["p[0]", "p"]);
        let problems = schema.fit("p", empty(40_000)).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].at == "p" && problems[0].message.contains("too large to say where"));
    }
}
