//! What the caller gives for the body: values and files, in the order in which the operation declares them.

use serde_json::{Map, Value};

use crate::args::Args;
use crate::error::{Error, ErrorKind, Problem};
use crate::manifest::Place;
use crate::plan::{Operation, Param};
use crate::wire::Upload;

/// What the caller gives for one parameter.
#[derive(Clone, Debug)]
pub(super) enum Given<'a> {
    /// A value.
    Value(&'a Value),
    /// A file.
    File(&'a Upload),
}

impl Given<'_> {
    /// It as a file: a value becomes one with the text of the value.
    pub(super) fn to_upload(&self) -> Upload {
        match self {
            Self::File(upload) => (*upload).clone(),
            Self::Value(value) => Upload::bytes(super::text(value)),
        }
    }
}

/// What is given for the parameter of this name, in the body or not.
pub(super) fn given<'a>(args: &'a Args, name: &str) -> Option<Given<'a>> {
    args.uploads.get(name).map(Given::File).or_else(|| args.values.get(name).map(Given::Value))
}

/// The body parameters that are given.
pub(super) fn all_given<'a>(operation: &'a Operation, args: &'a Args) -> impl Iterator<Item = (&'a Param, Given<'a>)> {
    let in_body = operation.params.iter().filter(|param| param.place == Place::Body);
    in_body.filter_map(|param| given(args, &param.name).map(|given| (param, given)))
}

/// The body parameters that are given, as an object by their names on the wire; `except` is written elsewhere.
pub(super) fn object(operation: &Operation, args: &Args, except: Option<&str>) -> Result<Map<String, Value>, Error> {
    all_given(operation, args)
        .filter(|(param, _)| except != Some(param.name.as_str()))
        .map(|(param, given)| Ok((param.wire.clone(), value(&param.name, given)?.clone())))
        .collect()
}

/// The value that is given; a file is refused.
pub(super) fn value<'a>(name: &str, given: Given<'a>) -> Result<&'a Value, Error> {
    match given {
        Given::Value(value) => Ok(value),
        Given::File(_) => Err(invalid(name, "is a file, which this body cannot hold; give a value")),
    }
}

/// The error for a parameter whose value cannot be written.
pub(crate) fn invalid(name: &str, message: impl Into<String>) -> Error {
    let message = message.into();
    Error::new(ErrorKind::InvalidInput, format!("`{name}` {message}"))
        .with_problems(vec![Problem { at: name.to_owned(), message }])
}
