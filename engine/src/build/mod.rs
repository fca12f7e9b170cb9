//! From checked parameters to a request. Pure: no secret, no clock, no network.

use serde_json::{Map, Value};
use url::Url;

use crate::args::Args;
use crate::error::Error;
use crate::plan::{Head, Operation};
use crate::wire::Request;

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

/// The request of an operation with these parameters.
///
/// # Errors
/// `invalid_input` for a value that cannot be written where it goes (`..` in a path, a line break in a header).
pub(crate) fn request(base: &Base<'_>, operation: &Operation, args: &Args) -> Result<Request, Error> {
    let _ = (base, operation, args);
    Err(Error::new(crate::error::ErrorKind::InvalidInput, "not built"))
}

/// The server's base URL for an operation.
///
/// # Errors
/// `invalid_input` when a configuration value is missing or the URL is none.
pub(crate) fn server(base: &Base<'_>, operation: &Operation) -> Result<Url, Error> {
    let _ = (base, operation);
    Err(Error::new(crate::error::ErrorKind::InvalidInput, "not built"))
}

/// A URL of the manifest, moved to the origin (and below the path) that `rebind` names.
pub(crate) fn rebound(url: Url, rebind: Option<&Url>) -> Url {
    let _ = rebind;
    url
}
