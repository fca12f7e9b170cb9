//! Where a list goes on, as a value and as the opaque text that callers keep.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::args::Args;
use crate::error::Error;
use crate::extract::Document;
use crate::plan::Operation;

use super::Pagination;

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Next {
    /// With these parameters beside the caller's.
    Params(Map<String, Value>),
    /// At this URL.
    Url(String),
}

impl Pagination {
    /// Where the list goes on after a page, `None` at its end. `records` is how many records the page held before any filter.
    pub(crate) fn next(&self, args: &Args, document: &Document<'_>, records: usize) -> Option<Next> {
        let _ = (args, document, records);
        None
    }
}

/// The opaque text that goes on from here. It names the operation, so that it cannot be used with another.
pub(crate) fn seal(operation: &Operation, next: &Next) -> String {
    let _ = (operation, next);
    String::new()
}

/// Reads such a text.
///
/// # Errors
/// `invalid_input` when it is none, or belongs to another operation.
pub(crate) fn unseal(operation: &Operation, text: &str) -> Result<Next, Error> {
    let _ = (operation, text);
    Err(Error::new(crate::error::ErrorKind::InvalidInput, "not a cursor"))
}
