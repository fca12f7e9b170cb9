//! The parameters that pagination names, and what they are where an operation does not declare them.

use serde_json::{Value, json};

use crate::source::Spanned;

use super::Size;

/// What a parameter of pagination says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The cursor of the page.
    Cursor,
    /// How many records to skip.
    Offset,
    /// The number of the page.
    Page,
    /// How many records a page may hold.
    Size,
}

/// A parameter that pagination names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaginationParam {
    /// Its name for callers; on the wire too, where nothing is declared.
    pub name: String,
    /// What it says.
    pub role: Role,
    /// Its JSON Schema, with a description.
    pub schema: Value,
}

impl PaginationParam {
    pub(super) fn cursor(name: &Spanned<String>) -> Self {
        let schema = json!({ "type": "string", "description": "Cursor of the page to start at, from an earlier page" });
        Self { name: name.value.clone(), role: Role::Cursor, schema }
    }

    pub(super) fn offset(name: &Spanned<String>, first: u64) -> Self {
        let description = match first {
            0 => "How many records to skip".to_owned(),
            first => format!("Number of the record to start at; {first} is the first"),
        };
        let schema = json!({ "type": "integer", "minimum": first, "description": description });
        Self { name: name.value.clone(), role: Role::Offset, schema }
    }

    pub(super) fn page(name: &Spanned<String>, first: u64) -> Self {
        let description = format!("Number of the page; {first} is the first");
        let schema = json!({ "type": "integer", "minimum": first, "description": description });
        Self { name: name.value.clone(), role: Role::Page, schema }
    }

    pub(super) fn size(size: Size<'_>) -> Self {
        let description = match size.most {
            Some(most) => format!("How many records a page may hold, at most {most}"),
            None => "How many records a page may hold".to_owned(),
        };
        let mut schema = json!({ "type": "integer", "minimum": 1 });
        let limits = [("maximum", size.most.map(Value::from)), ("default", size.usual.map(Value::from))];
        for (key, value) in limits.into_iter().chain([("description", Some(description.into()))]) {
            if let Some(value) = value {
                schema[key] = value;
            }
        }
        Self { name: size.name.value.clone(), role: Role::Size, schema }
    }
}
