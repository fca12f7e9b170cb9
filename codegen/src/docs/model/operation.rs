//! An operation, and the objects that it takes and gives.

use serde::Serialize;

use super::Call;
use crate::docs::markdown::{Block, Inline};

/// An operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// `entity.action`.
    pub name: String,
    /// Its entity.
    pub entity: String,
    /// Its action.
    pub action: String,
    /// Where it stands on the reference page.
    pub anchor: String,
    /// What the API's own description calls it.
    pub operation_id: Option<String>,
    /// What it does, in a sentence.
    pub summary: Option<String>,
    /// More about it.
    pub description: Option<Block>,
    /// When to use it.
    pub when_to_use: Option<Inline>,
    /// What it does to the API's data: `read`, `create`, `update` or `delete`.
    pub effect: String,
    /// Whether the request may be sent twice.
    pub repeatable: bool,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Whether people may call it, and agents and hosted callers may not.
    pub internal: bool,
    /// Whether the API will drop it.
    pub deprecated: bool,
    /// Whether the vendor may still change it.
    pub beta: bool,
    /// The HTTP method.
    pub method: String,
    /// The path, with `{name}` for parameters.
    pub path: String,
    /// The server, where it is not the connector's.
    pub server: Option<String>,
    /// How it signs in, where that is not the connection's way.
    pub auth: Option<Inline>,
    /// The parameters, flat.
    pub params: Vec<Row>,
    /// Whether names that are no parameters' may be given, and go into the body as they are.
    pub others: bool,
    /// What it answers with.
    pub answer: Answer,
    /// What the envelope's `meta` holds.
    pub meta: Vec<Meta>,
    /// How the list goes on.
    pub pagination: Option<Pagination>,
    /// Rate limits of its own.
    pub limits: Vec<Inline>,
    /// The kinds of error that can happen.
    pub errors: Vec<String>,
    /// Those among them that cannot happen to every operation of the connector.
    pub own_errors: Vec<String>,
    /// Calls to show; at least one.
    pub examples: Vec<Call>,
}

/// A parameter, a member of one, or a field of a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its place: `filter.property`, `children[].type`; `*` stands for any name.
    pub path: String,
    /// Its type, in words, with links to objects.
    #[serde(rename = "type")]
    pub value_type: Inline,
    /// Whether it must be given; in an answer, whether it is always there.
    pub required: bool,
    /// Whether the API will drop it.
    pub deprecated: bool,
    /// When it applies: `` If `type` is `text` ``.
    pub condition: Option<Inline>,
    /// What it means.
    pub description: Option<Inline>,
    /// Limits, values and defaults, as sentences.
    pub rules: Vec<Inline>,
    /// Where the request carries it; only for a parameter itself.
    #[serde(rename = "in")]
    pub place: Option<Place>,
}

/// Where the request carries a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query of the URL.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The body.
    Body,
    /// Nowhere: the engine uses it.
    Local,
}

/// What an operation answers with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// A list, one record, or a file.
    pub kind: AnswerKind,
    /// What a record is, in words, with a link to its object.
    pub record: Option<Inline>,
    /// The fields of a record that is no named object.
    pub fields: Vec<Row>,
    /// Whether records are changed or left out on the way from the API.
    pub reshaped: bool,
}

/// What the answer is.
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

/// What the envelope's `meta` holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Meta {
    /// Its name.
    pub name: String,
    /// Where the answer holds it.
    pub from: String,
}

/// How a list goes on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pagination {
    /// How, in a sentence.
    pub how: Inline,
    /// The parameter that says where a page begins.
    pub position: Option<String>,
    /// The parameter that says how many records a page may hold.
    pub size: Option<String>,
    /// What the engine asks for when the caller does not say.
    pub usual_size: Option<u32>,
    /// The most records a page may hold.
    pub largest_size: Option<u32>,
}

/// A named object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Where it stands on the reference page.
    pub anchor: String,
    /// What it is.
    pub description: Option<Inline>,
    /// Its type, in words.
    #[serde(rename = "type")]
    pub value_type: Inline,
    /// Limits, values and defaults, as sentences.
    pub rules: Vec<Inline>,
    /// Its members, flat.
    pub members: Vec<Row>,
    /// An example, as JSON.
    pub example: Option<serde_json::Value>,
}
