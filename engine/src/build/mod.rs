//! From checked parameters to a request. Pure: no secret, no clock, no network.

mod escape;
#[cfg(test)]
pub(crate) mod fixture;
mod given;
mod header;
mod path;
mod query;
mod server;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use url::Url;

use crate::args::Args;
use crate::body;
use crate::error::{Error, ErrorKind};
use crate::notation::is_same_origin;
use crate::plan::{Head, Operation};
use crate::wire::Request;

pub(crate) use server::{rebound, server};

/// What a connection adds to every request.
#[derive(Clone, Debug)]
pub(crate) struct Base<'a> {
    /// The connector's head.
    pub head: &'a Head,
    /// Configuration values, defaults filled in: `${config.name}`.
    pub config: &'a Map<String, Value>,
    /// Values of the token response: `${token.name}`.
    pub token: &'a Map<String, Value>,
    /// The URL that every origin of the manifest is bound to instead (`--base-url`).
    pub rebind: Option<&'a Url>,
}

impl Base<'_> {
    /// The text of `config.name` or `token.name`; `None` when there is none.
    fn text(&self, name: &str) -> Option<String> {
        let value = match name.split_once('.') {
            Some(("config", name)) => self.config.get(name),
            Some(("token", name)) => self.token.get(name),
            _ => None,
        };
        value.filter(|value| !value.is_null()).map(|value| match value {
            Value::Array(items) => items.iter().map(body::text).collect::<Vec<_>>().join(","),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                body::text(value).into_owned()
            }
        })
    }
}

/// The request of an operation with these parameters, below the URL of its server.
///
/// # Errors
/// `invalid_input` for a value that cannot be written where it goes (`..` in a path, a line break in a header).
pub(crate) fn request(base: &Base<'_>, server: &Url, operation: &Operation, args: &Args) -> Result<Request, Error> {
    let mut url = server.clone();
    path::append(&mut url, operation, args)?;
    query::append(&mut url, base, operation, args);
    if !is_same_origin(&url, server) {
        let message =
            format!("the request of {} would leave {}", operation.name(), server.origin().ascii_serialization());
        return Err(Error::new(ErrorKind::Refused, message));
    }
    let encoded = operation
        .body
        .as_ref()
        .map(|body| body.encode(&given::given(operation, args)))
        .transpose()?
        .unwrap_or_default();
    let headers = header::headers(base, operation, args, encoded.content_type.as_deref())?;
    Ok(Request { method: operation.method.into(), url, headers, body: encoded.body })
}
