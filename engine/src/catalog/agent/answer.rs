//! What an answer looks like, in short.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::plan::{Answer, Connector, Operation};

use super::super::schema;
use super::words::line;

/// How many fields of a record are named.
const MOST_FIELDS: usize = 16;

/// What the answer of an action looks like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerGuide {
    /// What `data` holds.
    pub kind: AnswerKind,
    /// Whether it comes in pages: a `next` in the answer goes on.
    pub paginated: bool,
    /// What a record is called, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The first fields of a record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// How many more fields there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_fields: usize,
    /// What `meta` holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meta: Vec<String>,
}

/// What `data` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// A list of records.
    List,
    /// One record.
    Record,
    /// A file.
    File,
}

impl AnswerGuide {
    pub(super) fn new(connector: &Connector, operation: &Operation) -> Self {
        let kind = match operation.answer {
            Answer::List(_) => AnswerKind::List,
            Answer::One(_) => AnswerKind::Record,
            Answer::File(_) => AnswerKind::File,
        };
        let record = operation.record.as_ref().filter(|_| kind != AnswerKind::File);
        let mut fields: Vec<String> = record.map(|record| fields(connector, record)).unwrap_or_default();
        let more_fields = fields.len().saturating_sub(MOST_FIELDS);
        fields.truncate(MOST_FIELDS);
        Self {
            kind,
            paginated: operation.pagination.is_some(),
            record: record.and_then(|record| name(connector, record)),
            fields,
            more_fields,
            meta: operation.meta.keys().cloned().collect(),
        }
    }
}

/// The names of a record's members that will stay.
fn fields(connector: &Connector, record: &Value) -> Vec<String> {
    let is_deprecated = |schema: &Value| schema["deprecated"] == true;
    schema::members(connector, record)
        .into_iter()
        .filter(|member| {
            !is_deprecated(member.schema) && !schema::referred(connector, member.schema).is_some_and(is_deprecated)
        })
        .map(|member| member.name.to_owned())
        .collect()
}

/// The name of a record, or the names of its alternatives.
fn name(connector: &Connector, record: &Value) -> Option<String> {
    let named = |schema: &Value| schema::reference(schema).map(line);
    let parts = schema::referred(connector, record).unwrap_or(record);
    let alternatives = parts["anyOf"].as_array().or_else(|| parts["oneOf"].as_array());
    let names: Option<Vec<_>> = alternatives.map(|parts| parts.iter().map(named).collect()).unwrap_or_default();
    match names {
        Some(names) => Some(names.join(" or ")),
        None => named(record),
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl fmt::Display for AnswerGuide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record.as_deref().unwrap_or("record");
        match self.kind {
            AnswerKind::List => write!(f, "`data` is a list of {record}")?,
            AnswerKind::Record => write!(f, "`data` is one {record}")?,
            AnswerKind::File => write!(f, "`data` is a file: content, encoding (text or base64), content_type")?,
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|field| line(field)).collect::<Vec<_>>();
            write!(f, ": {}", fields.join(", "))?;
        }
        if self.more_fields > 0 {
            write!(f, " and {} more", self.more_fields)?;
        }
        if !self.meta.is_empty() {
            write!(f, "; `meta`: {}", self.meta.iter().map(|name| line(name)).collect::<Vec<_>>().join(", "))?;
        }
        if self.paginated {
            write!(f, "; there is more if `next` is not null: repeat the call with it")?;
        }
        Ok(())
    }
}
