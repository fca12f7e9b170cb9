//! What a call gives, as far as a body is written from it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem};
use crate::wire::Upload;

use super::EmptyBody;

/// What a call gives, in the order in which the operation declares it.
#[derive(Clone, Debug)]
pub(crate) struct Given<'a> {
    /// The parameters that are given; a kind may name those that go elsewhere too.
    pub params: Vec<GivenParam<'a>>,
    /// What is given under names that are no parameters', where the body takes it as it is.
    pub others: &'a IndexMap<String, Value>,
    /// What the body looks like when no parameter goes into it.
    pub empty_body: EmptyBody,
}

/// What is given for one parameter.
#[derive(Clone, Debug)]
pub(crate) struct GivenParam<'a> {
    /// The name that callers use.
    pub name: &'a str,
    /// The name on the wire.
    pub wire: &'a str,
    /// Whether it goes into the body.
    pub in_body: bool,
    /// Whether it is declared as a file.
    pub file: bool,
    /// Whether it is written as JSON text, where a kind has another way.
    pub as_json: bool,
    /// What is given.
    pub content: Content<'a>,
}

/// A value or a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    /// A value.
    Value(&'a Value),
    /// A file.
    File(&'a Upload),
}

impl<'a> Given<'a> {
    /// What is given for the parameter of this name, in the body or not.
    pub(super) fn param(&self, name: &str) -> Option<&GivenParam<'a>> {
        self.params.iter().find(|param| param.name == name)
    }

    /// What goes into the body.
    pub(super) fn in_body(&self) -> impl Iterator<Item = &GivenParam<'a>> {
        self.params.iter().filter(|param| param.in_body)
    }

    /// What goes into the body, as an object by the names on the wire, what nobody declares last; `except` are written elsewhere.
    pub(super) fn object(&self, except: &[&str]) -> Result<Map<String, Value>, Error> {
        let params = self.in_body().filter(|param| !except.contains(&param.name));
        let params = params.map(|param| Ok((param.wire.to_owned(), param.value()?.clone())));
        params.chain(self.others.iter().map(|(name, value)| Ok((name.clone(), value.clone())))).collect()
    }
}

impl<'a> GivenParam<'a> {
    /// The value that is given; a file is refused.
    pub(super) fn value(&self) -> Result<&'a Value, Error> {
        match self.content {
            Content::Value(value) => Ok(value),
            Content::File(_) => Err(invalid(self.name, "is a file, which this body cannot hold; give a value")),
        }
    }

    /// What is given, as a file: a value becomes one with the text of the value.
    pub(super) fn to_upload(&self) -> Upload {
        match self.content {
            Content::File(upload) => upload.clone(),
            Content::Value(value) => Upload::bytes(super::text(value).into_owned()),
        }
    }
}

/// The error for a parameter whose value cannot be written.
pub(crate) fn invalid(name: &str, message: impl Into<String>) -> Error {
    let message = message.into();
    Error::new(ErrorKind::InvalidInput, format!("`{name}` {message}"))
        .with_problems(vec![Problem { at: name.to_owned(), message }])
}
