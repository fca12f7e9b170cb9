//! Makes objects of records that are none.

use crate::error::Error;
use crate::raw::Raw;

use super::records::elements;

/// The record, or an object with its value under this name where it is none. Null stays null.
pub(crate) fn wrapped(record: Raw, name: &str) -> Raw {
    if is_whole(&record) {
        return record;
    }
    let mut object = format!("{{{}:", serde_json::Value::from(name)).into_bytes();
    object.extend(record.as_bytes());
    object.push(b'}');
    Raw::from_json(object.into())
}

/// The same for a record that stands alone: if it is a list, its elements are wrapped.
///
/// # Errors
/// `too_large` when the list has too many.
pub(crate) fn wrapped_alone(record: Raw, name: &str) -> Result<Raw, Error> {
    if !record.as_bytes().starts_with(b"[") {
        return Ok(wrapped(record, name));
    }
    let elements = elements(&record)?;
    if elements.iter().all(is_whole) {
        return Ok(record);
    }
    let mut list = Vec::with_capacity(record.as_bytes().len());
    for element in elements {
        list.push(if list.is_empty() { b'[' } else { b',' });
        list.extend(wrapped(element, name).as_bytes());
    }
    list.push(b']');
    Ok(Raw::from_json(list.into()))
}

/// Whether it stays as it is; one byte says so.
fn is_whole(record: &Raw) -> bool {
    record.as_bytes().starts_with(b"{") || record.is_null()
}
