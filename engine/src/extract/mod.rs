//! From a response's bytes to records and what is about them, without building a tree.

mod document;
mod find;
mod link;
mod records;
mod reshape;
mod select;
mod structure;
#[cfg(test)]
mod tests;
mod wrap;

use indexmap::IndexMap;

use crate::error::Error;
use crate::notation::Lookup;
use crate::raw::Raw;

pub(crate) use document::{Document, is_invisible};
pub(crate) use records::{is_missing, is_single, list, one, within};
pub(crate) use reshape::{Scope, reshape};
pub(crate) use select::select;
pub(crate) use wrap::{wrapped, wrapped_alone};

/// What the envelope's `meta` holds; what is not found is null.
///
/// # Errors
/// `unexpected_response` when the manifest points into the body and the body is not JSON.
pub(crate) fn meta(
    lookups: &IndexMap<String, Lookup>,
    document: &Document<'_>,
) -> Result<IndexMap<String, Raw>, Error> {
    let value = |lookup| Ok(document.first(lookup)?.unwrap_or_else(Raw::null));
    lookups.iter().map(|(name, lookup)| Ok((name.clone(), value(lookup)?))).collect()
}
