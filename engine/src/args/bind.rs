//! Checks and converts what the caller gives, and fills what the caller leaves out.

use std::time::SystemTime;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem};
use crate::language::nearest;
use crate::plan::{Connector, Operation, Param};
use crate::schema::found_name;
use crate::wire::Upload;

use super::fill::{self, Surroundings};
use super::{Args, file};

/// How many problems an error lists.
const MOST_PROBLEMS: usize = 20;
/// How many problems are counted: of those that one parameter has, no more are looked for.
const MOST_COUNTED: usize = 100;

/// Checks the parameters of a call. Text is converted where the schema wants an object, a list, a number or a boolean;
/// what the caller leaves out is filled.
///
/// # Errors
/// `invalid_input` with all problems.
pub(crate) fn bind(
    connector: &Connector,
    operation: &Operation,
    params: Value,
    uploads: IndexMap<String, Upload>,
    config: &Map<String, Value>,
    now: SystemTime,
) -> Result<Args, Error> {
    let mut problems = Vec::new();
    let params = object(operation, params)?;
    let params = if params.keys().all(|name| operation.param(name).is_some()) {
        params
    } else {
        by_own_names(operation, params, &mut problems).into_iter().collect()
    };
    let uploads = by_own_names(operation, uploads, &mut problems);
    let mut binding = Binding {
        connector,
        operation,
        surroundings: Surroundings { config, params: &params, now },
        uploads,
        args: Args::default(),
        problems,
        unknown: 0,
    };
    binding.take_others();
    binding.report_unknown();
    for (index, param) in operation.params.iter().enumerate() {
        binding.bind(index, param)?;
    }
    binding.finish()
}

/// The parameters as an object; text that holds one is read.
fn object(operation: &Operation, params: Value) -> Result<Map<String, Value>, Error> {
    let given = found_name(&params);
    let read = match params {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => params,
    };
    match read {
        Value::Object(members) => Ok(members),
        Value::Null => Ok(Map::new()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let message = format!("the parameters of `{}` must be a JSON object, found {given}", operation.name());
            Err(Error::new(ErrorKind::InvalidInput, message))
        }
    }
}

/// What is given, by the names of the parameters: whoever knows the API may have used those on the wire.
fn by_own_names<T>(
    operation: &Operation,
    given: impl IntoIterator<Item = (String, T)>,
    problems: &mut Vec<Problem>,
) -> IndexMap<String, T> {
    let mut named = IndexMap::new();
    for (name, value) in given {
        let own = operation.meant(&name).map_or(name, |param| param.name.clone());
        if let Some(param) = operation.param(&own).filter(|_| named.contains_key(&own)) {
            let message = format!("is given twice, as `{}` and as `{}`", param.name, param.wire);
            problems.push(Problem { at: own, message });
        } else {
            named.insert(own, value);
        }
    }
    named
}

struct Binding<'a> {
    connector: &'a Connector,
    operation: &'a Operation,
    surroundings: Surroundings<'a>,
    uploads: IndexMap<String, Upload>,
    args: Args,
    problems: Vec<Problem>,
    /// How many of the names are no parameters.
    unknown: usize,
}

impl Binding<'_> {
    /// What nobody declares, where the body takes it.
    fn take_others(&mut self) {
        if self.operation.takes_others() {
            let others = self.surroundings.params.iter().filter(|(name, _)| self.operation.takes_other(name));
            self.args.others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
    }

    /// Names that the operation does not have, or does not show.
    fn report_unknown(&mut self) {
        let (params, others) = (self.surroundings.params, &self.args.others);
        let given = params.keys().filter(|name| !others.contains_key(*name));
        let files = self.uploads.keys().filter(|name| !params.contains_key(*name) || others.contains_key(*name));
        let given = given.chain(files);
        let unknown: Vec<_> = given.filter(|name| !self.shown().any(|known| known.name == **name)).cloned().collect();
        self.unknown = unknown.len();
        for name in unknown.into_iter().take(MOST_COUNTED) {
            let near = nearest(&name, self.names());
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.report(&name, format!("unknown parameter{hint}"));
        }
    }

    fn shown(&self) -> impl Iterator<Item = &Param> {
        self.operation.params.iter().filter(|param| !param.hidden)
    }

    /// Every name that callers may use: those of the parameters, and after them those on the wire.
    fn names(&self) -> impl Iterator<Item = &str> {
        let on_the_wire = self.shown().map(|param| param.wire.as_str());
        let on_the_wire = on_the_wire.filter(|wire| self.operation.meant(wire).is_some());
        self.shown().map(|param| param.name.as_str()).chain(on_the_wire)
    }

    fn bind(&mut self, index: usize, param: &Param) -> Result<(), Error> {
        let given = self.surroundings.params.get(&param.name).filter(|_| !param.hidden);
        let upload = if param.hidden { None } else { self.uploads.shift_remove(&param.name) };
        match (given, upload) {
            (Some(_), Some(_)) => self.report(&param.name, "is given twice, as a value and as a file"),
            (None, Some(upload)) if param.file => drop(self.args.uploads.insert(param.name.clone(), upload)),
            (None, Some(_)) => self.report(&param.name, "is not a file"),
            (Some(value), None) if param.file => match file::upload(param, value) {
                Ok(upload) => drop(self.args.uploads.insert(param.name.clone(), upload)),
                Err(problems) => self.problems.extend(problems),
            },
            (Some(value), None) => self.take(index, param, value.clone())?,
            (None, None) => self.fill(index, param)?,
        }
        Ok(())
    }

    /// Keeps a value that fits.
    fn take(&mut self, index: usize, param: &Param, value: Value) -> Result<(), Error> {
        let named = |name: &str| self.connector.schema(name);
        let compiled = self.operation.validators().get(index, (&param.name, &param.schema), named)?;
        match compiled.fit(&param.name, value) {
            Ok(value) => drop(self.args.values.insert(param.name.clone(), value)),
            Err(problems) => self.problems.extend(problems),
        }
        Ok(())
    }

    /// Gives a parameter what its `fill` says.
    fn fill(&mut self, index: usize, param: &Param) -> Result<(), Error> {
        let filled = param.fill.as_ref().map(|fill| fill::fill(fill, &self.surroundings)).transpose();
        match filled.map(Option::flatten) {
            Ok(Some(value)) => {
                self.args.filled.insert(param.name.clone());
                self.take(index, param, value)?;
            }
            Ok(None) if param.required => self.report_missing(param),
            Ok(None) => {}
            Err(why) => self.report(&param.name, format!("cannot be filled: {why}")),
        }
        Ok(())
    }

    fn report_missing(&mut self, param: &Param) {
        let config = self.surroundings.config;
        let missing = param.fill.as_ref().map(|fill| fill::missing(fill, config)).unwrap_or_default();
        let message = match missing.first() {
            Some(name) if param.hidden => format!("is taken from the configuration value `{name}`, which is not set"),
            Some(name) => format!("is required; give it, or set the configuration value `{name}`"),
            // A name that the body took may be a slip.
            None => match nearest(&param.name, self.args.others.keys().map(String::as_str)) {
                Some(near) => format!("is required; is `{near}` meant to be it?"),
                None => "is required".to_owned(),
            },
        };
        self.report(&param.name, message);
    }

    fn report(&mut self, at: &str, message: impl Into<String>) {
        self.problems.push(Problem { at: at.to_owned(), message: message.into() });
    }

    fn finish(mut self) -> Result<Args, Error> {
        if self.problems.is_empty() {
            return Ok(self.args);
        }
        let message = format!("the parameters of `{}` do not fit", self.operation.name());
        let mut error = Error::new(ErrorKind::InvalidInput, message);
        if self.unknown > 0 {
            error = error.with_help(self.help());
        }
        let more = self.problems.len().saturating_sub(MOST_PROBLEMS);
        self.problems.truncate(MOST_PROBLEMS);
        match more {
            0 => {}
            _ if more + MOST_PROBLEMS < MOST_COUNTED => self.report("", format!("and {more} more")),
            _ => self.report("", "and many more"),
        }
        Err(error.with_problems(self.problems))
    }

    /// What the operation takes.
    fn help(&self) -> String {
        let names: Vec<_> = self
            .shown()
            .map(|param| format!("`{}`{}", param.name, if param.required { " (required)" } else { "" }))
            .collect();
        match names.as_slice() {
            [] => format!("`{}` takes no parameters", self.operation.name()),
            _ => format!("`{}` takes {}", self.operation.name(), names.join(", ")),
        }
    }
}
