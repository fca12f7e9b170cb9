//! What a request gives: the parameters of an operation, read back from path, query, headers, cookies and body.

mod body;
mod brackets;
mod multipart;

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tieline::Problem;
use tieline::manifest::{Place, Style};
use tieline::plan::{Head, Operation, Param};

use crate::received::Received;
use crate::sample::effective;
use crate::schemas::Schemas;

pub(crate) use body::form;

/// The query parameter by which the mock's own URLs go on with a list.
pub(crate) const FROM: &str = "mock_from";

/// A file that a request carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedUpload {
    /// The parameter, by its name on the wire.
    pub param: String,
    /// The name that the file was given.
    pub filename: Option<String>,
    /// Its content type.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size: usize,
}

/// The parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Values, by the callers' names.
    pub(crate) values: IndexMap<String, Value>,
    /// The values of the path, as text, in order.
    pub(crate) path: Vec<(String, String)>,
    /// What the body holds under names that are no parameters', where it may.
    pub(crate) others: Map<String, Value>,
    /// Files.
    pub(crate) uploads: Vec<ReceivedUpload>,
    /// Names on the wire that are no parameter.
    pub(crate) unknown: Vec<String>,
    /// What could not be read.
    pub(crate) problems: Vec<Problem>,
}

impl Given {
    /// Reads the parameters of an operation.
    pub(crate) fn read(
        schemas: &Schemas,
        head: &Head,
        operation: &Operation,
        path: Vec<(String, String)>,
        request: &Received,
    ) -> Self {
        let mut given = Self { path, ..Self::default() };
        given.read_query(head, operation, request);
        for param in &operation.params {
            let text = match param.place {
                Place::Header => request.header(&param.wire),
                Place::Cookie => request.cookie(&param.wire),
                Place::Path => given.path.iter().find(|(name, _)| *name == param.name).map(|(_, value)| value.as_str()),
                Place::Query | Place::Body | Place::Local => None,
            };
            if let Some(value) = text.map(|text| from_text(param, text)) {
                given.values.insert(param.name.clone(), value);
            }
        }
        body::read(operation, request, &mut given);
        for (name, value) in &mut given.values {
            if let Some(param) = operation.param(name) {
                *value = coerced(schemas, &param.schema, std::mem::take(value));
            }
        }
        given
    }

    pub(crate) fn add_problem(&mut self, at: &str, message: impl Into<String>) {
        self.problems.push(Problem { at: at.to_owned(), message: message.into() });
    }

    fn read_query(&mut self, head: &Head, operation: &Operation, request: &Received) {
        let mut left = request.query();
        for param in operation.params.iter().filter(|param| param.place == Place::Query) {
            let (mine, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|(name, _)| is_of(param, name));
            left = others;
            let value = match mine.as_slice() {
                [] => continue,
                [(name, text)] if *name == param.wire => from_text(param, text),
                _ => {
                    let renamed = mine.into_iter().map(|(name, text)| {
                        let rest = name[param.wire.len()..].to_owned();
                        (format!("v{}", if rest.is_empty() { "[]" } else { &rest }), Value::from(text))
                    });
                    brackets::nested(renamed).swap_remove("v").unwrap_or_default()
                }
            };
            self.values.insert(param.name.clone(), value);
        }
        let is_fixed = |name: &String| {
            name == FROM
                || operation.query.contains_key(name)
                || head.query.contains_key(name)
                || head.auth.values().filter_map(|scheme| scheme.api_key.as_ref()).any(|key| key.name.value == *name)
        };
        self.unknown.extend(left.into_iter().map(|(name, _)| name).filter(|name| !is_fixed(name)));
    }
}

/// Whether a name in the query belongs to a parameter: `filter`, `filter[]`, `filter[a][b]`.
fn is_of(param: &Param, name: &str) -> bool {
    name.strip_prefix(param.wire.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

/// One text: a list when the parameter's style packs one into a text.
fn from_text(param: &Param, text: &str) -> Value {
    let split = |separator: char| text.split(separator).map(Value::from).collect();
    let declared = param.schema.get("type").map(crate::sample::types).unwrap_or_default();
    let is_list = declared.contains(&"array");
    match param.style {
        Some(Style::Json) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        Some(Style::Space) if is_list => split(' '),
        Some(Style::Pipe) if is_list => split('|'),
        Some(Style::Form) | None if is_list && (param.explode == Some(false) || param.place != Place::Query) => {
            split(',')
        }
        Some(Style::Form | Style::Space | Style::Pipe | Style::DeepObject | Style::Brackets) | None if is_list => {
            Value::Array(vec![text.into()])
        }
        Some(Style::Form | Style::Space | Style::Pipe | Style::DeepObject | Style::Brackets) | None => text.into(),
    }
}

/// Text as what its schema wants: a number, a boolean, JSON, or text.
fn coerced(schemas: &Schemas, schema: &Value, value: Value) -> Value {
    match value {
        Value::String(text) => {
            let text = Value::String(text);
            if schemas.fits(schema, &text) {
                return text;
            }
            let read = text.as_str().and_then(|text| serde_json::from_str(text).ok());
            let only =
                || part_of(schemas, schema, "items").map(|item| vec![coerced(schemas, &item, text.clone())].into());
            let fits = |read: &Value| schemas.fits(schema, read);
            read.filter(fits).or_else(|| only().filter(fits)).unwrap_or(text)
        }
        Value::Array(items) => match part_of(schemas, schema, "items") {
            Some(schema) => items.into_iter().map(|item| coerced(schemas, &schema, item)).collect(),
            None => Value::Array(items),
        },
        Value::Object(members) => match part_of(schemas, schema, "properties") {
            Some(properties) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, member)| match properties.get(&name) {
                        Some(schema) => (name, coerced(schemas, schema, member)),
                        None => (name, member),
                    })
                    .collect(),
            ),
            None => Value::Object(members),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn part_of(schemas: &Schemas, schema: &Value, keyword: &str) -> Option<Value> {
    effective(schemas, schema, &[], 0)?.keywords.swap_remove(keyword)
}
