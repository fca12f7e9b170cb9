//! From what the caller gives to what an operation takes: every problem at once, with the nearest right name.

mod bind;
mod file;
mod fill;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use crate::wire::Upload;

pub(crate) use bind::bind;
pub(crate) use fill::filled;

/// The parameters of one call, checked: what the operation takes, by the callers' names.
#[derive(Clone, Debug, Default)]
pub struct Args {
    /// Values. A file given as JSON is in `uploads`.
    pub values: IndexMap<String, Value>,
    /// Files.
    pub uploads: IndexMap<String, Upload>,
    /// The names of those values that the caller left out and a `fill` gave.
    pub filled: BTreeSet<String>,
    /// What goes into the body under names that are no parameters'.
    pub others: IndexMap<String, Value>,
}
