//! From a response's bytes to records and what is about them, without building a tree.

use bytes::Bytes;
use http::HeaderMap;
use indexmap::IndexMap;
use serde_json::Value;

use crate::error::Error;
use crate::notation::{JsonPath, Lookup};
use crate::plan::Operation;
use crate::raw::Raw;

/// A response whose body is JSON, ready to be looked into.
pub(crate) struct Document<'a> {
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body; empty when there is none.
    pub body: &'a Bytes,
}

impl Document<'_> {
    /// Everything that a path finds, as slices of the body.
    pub fn find(&self, path: &JsonPath) -> Vec<Raw> {
        let _ = path;
        Vec::new()
    }

    /// What a lookup finds first. A header's value is text; so is the target of a link.
    pub fn lookup(&self, lookup: &Lookup) -> Option<Value> {
        let _ = lookup;
        None
    }
}

/// The records of an operation's answer (one, for an answer that is no list), filtered and reshaped as it says.
///
/// # Errors
/// `unexpected_response` when there is nothing where the manifest says there is something.
pub(crate) fn records(operation: &Operation, document: &Document<'_>) -> Result<Vec<Raw>, Error> {
    let _ = (operation, document);
    Ok(Vec::new())
}

/// What the envelope's `meta` holds; what is not found is null.
pub(crate) fn meta(operation: &Operation, document: &Document<'_>) -> IndexMap<String, Raw> {
    let _ = (operation, document);
    IndexMap::new()
}

/// Keeps only the fields named by dotted paths (`id`, `owner.name`; through lists too) of a record.
pub(crate) fn select(record: &Raw, fields: &[String]) -> Raw {
    let _ = fields;
    record.clone()
}
