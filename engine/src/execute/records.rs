//! The records of an operation's answer: found, filtered, reshaped.

#[cfg(test)]
mod tests;

use crate::error::{Error, ErrorKind};
use crate::extract::{self, Document, Scope};
use crate::notation::{Expression, JsonPath};
use crate::plan::{Answer, Operation};
use crate::raw::Raw;

/// The records of one answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Records {
    /// Those that the operation's filter keeps, reshaped as it says.
    pub kept: Vec<Raw>,
    /// How many the answer held before the filter.
    pub found: usize,
    /// The last of those that the answer held, as it came.
    pub last: Option<Raw>,
}

/// The records of an operation's answer: one, for an answer that is no list; none, for a file. The filter is for lists alone.
///
/// # Errors
/// `unexpected_response` when there is nothing where the manifest says there is something, or an expression does not fit a record.
pub(super) fn records(operation: &Operation, document: &Document<'_>, scope: Scope<'_>) -> Result<Records, Error> {
    let (found, filter) = match &operation.answer {
        Answer::List(path) if operation.may_be_single && extract::is_single(document, path)? => {
            (vec![extract::one(document, &JsonPath::root())?], operation.filter.as_ref())
        }
        Answer::List(path) | Answer::One(path) if operation.may_be_missing && extract::is_missing(document, path)? => {
            (Vec::new(), None)
        }
        Answer::List(path) => (extract::list(document, path)?, operation.filter.as_ref()),
        Answer::One(path) => (vec![extract::one(document, path)?], None),
        Answer::File(_) => return Ok(Records::default()),
    };
    let (count, last) = (found.len(), found.last().cloned());
    let mut kept = found;
    if filter.is_some() || !operation.transform.is_empty() {
        kept = reshaped(operation, kept, filter, scope)?;
    }
    if let Some(name) = &operation.wrap_scalars {
        kept = wrapped(operation, kept, name)?;
    }
    Ok(Records { kept, found: count, last })
}

/// The records that a filter keeps, with the fields that the operation adds.
fn reshaped(
    operation: &Operation,
    records: Vec<Raw>,
    filter: Option<&Expression>,
    scope: Scope<'_>,
) -> Result<Vec<Raw>, Error> {
    let mut kept = Vec::with_capacity(records.len());
    for (position, record) in records.into_iter().enumerate() {
        let reshaped = extract::reshape(&record, filter, &operation.transform, scope);
        let misfit = |why| format!("record {} of `{}`: {why}", position + 1, operation.name());
        kept.extend(reshaped.map_err(|why| Error::new(ErrorKind::UnexpectedResponse, misfit(why)))?);
    }
    Ok(kept)
}

/// The records, those that are no objects as objects with their value under this name.
fn wrapped(operation: &Operation, records: Vec<Raw>, name: &str) -> Result<Vec<Raw>, Error> {
    let wrap = |record| match operation.answer {
        Answer::List(_) => Ok(extract::wrapped(record, name)),
        Answer::One(_) | Answer::File(_) => extract::wrapped_alone(record, name),
    };
    records.into_iter().map(wrap).collect()
}
