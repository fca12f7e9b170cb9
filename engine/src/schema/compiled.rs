//! Schemas, each compiled when a value for it is first given.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jsonschema::paths::Location;
use jsonschema::{Draft, PatternOptions, ValidationOptions, Validator};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem};
use crate::notation::MAX_COMPILED;

use super::convert::converted;
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

    /// Everything in which a value does not fit: the place, the place as people write it, and what is wrong.
    pub(crate) fn misfits(&self, value: &Value) -> Vec<(Location, String, String)> {
        let found = self.validator.iter_errors(value).flat_map(|error| explain(&self.document, &error));
        found.map(|(place, message)| (place.clone(), shown("", &place), message)).collect()
    }

    /// The value, converted where the schema wants another type and the text can be read as one.
    ///
    /// # Errors
    /// Everything in which it does not fit.
    pub(crate) fn fit(&self, name: &str, value: Value) -> Result<Value, Vec<Problem>> {
        if self.validator.is_valid(&value) {
            return Ok(value);
        }
        let value = match converted(&value, &self.document) {
            Some(other) if self.validator.is_valid(&other) => return Ok(other),
            Some(other) => other,
            None => value,
        };
        let misfits = self.misfits(&value).into_iter();
        Err(misfits.map(|(_, at, message)| Problem { at: format!("{name}{at}"), message }).collect())
    }
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
