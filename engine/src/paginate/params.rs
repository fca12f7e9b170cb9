//! The parameters that a kind of pagination adds to an operation.

use serde_json::{Value, json};

use super::{Pagination, ParamPlace};

/// A parameter that pagination adds to an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaginationParam {
    /// Its name.
    pub name: String,
    /// Its JSON Schema.
    pub schema: Value,
}

impl Pagination {
    /// Where its parameters go, if the manifest says it.
    pub(crate) fn place(&self) -> Option<ParamPlace> {
        match self {
            Self::Cursor(kind) => kind.place,
            Self::Offset(kind) => kind.place,
            Self::Page(kind) => kind.place,
            Self::Link(kind) => kind.place,
            Self::NextUrl(kind) => kind.place,
        }
    }

    /// The parameters that it adds to an operation: where to go on, then how much a page may hold.
    pub(crate) fn params(&self) -> Vec<PaginationParam> {
        let (position, size, max_size) = match self {
            Self::Cursor(kind) => (Some((&kind.cursor, cursor())), &kind.size, kind.max_size),
            Self::Offset(kind) => (Some((&kind.offset, number("How many records to skip"))), &kind.size, kind.max_size),
            Self::Page(kind) => (Some((&kind.page, number("Which page"))), &kind.size, kind.max_size),
            Self::Link(kind) => (None, &kind.size, kind.max_size),
            Self::NextUrl(kind) => (None, &kind.size, kind.max_size),
        };
        let position = position.map(|(name, schema)| PaginationParam { name: name.value.clone(), schema });
        let size = size.as_ref().map(|name| PaginationParam { name: name.value.clone(), schema: page_size(max_size) });
        position.into_iter().chain(size).collect()
    }
}

fn cursor() -> Value {
    json!({ "type": "string", "description": "Where to go on: the cursor of the page before" })
}

fn number(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description })
}

fn page_size(max_size: Option<u32>) -> Value {
    let mut schema = json!({ "type": "integer", "minimum": 1, "description": "How many records a page may hold" });
    if let Some(max_size) = max_size {
        schema["maximum"] = max_size.into();
    }
    schema
}
