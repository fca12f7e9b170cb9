//! A verb of an entity: one request of the API.

use indexmap::IndexMap;

use crate::body::{Body, EmptyBody};
use crate::language::{Decode, Shape, choices, object};
use crate::notation::{Expression, JsonPath, Lookup, Millis, ParamLookup, Template};
use crate::paginate::Pagination;
use crate::source::{Code, Diagnostic, Named, Span, Spanned};
use crate::yaml::{Map, Node};

use super::policy::{ErrorRules, Idempotency, RateLimit, Retry};
use super::{Hints, Param, QueryEncoding, SchemaRef};

choices! {
    /// What an action does to the API's data.
    pub enum Effect as "effect" {
        /// It changes nothing.
        Read = "read",
        /// It makes something new.
        Create = "create",
        /// It changes something.
        Update = "update",
        /// It removes something.
        Delete = "delete",
    }
}

object! {
    /// One request of the API: exactly one of `get`, `post`, `put`, `patch` and `delete` gives method and path.
    pub struct Action as "action" uncompiled check one_method {
        /// GET and the path; `{name}` is a parameter.
        /// ```yaml
        /// get: /users/{user_id}
        /// ```
        pub get: Option<Spanned<String>>,
        /// POST and the path.
        /// ```yaml
        /// post: /users
        /// ```
        pub post: Option<Spanned<String>>,
        /// PUT and the path.
        /// ```yaml
        /// put: /users/{user_id}
        /// ```
        pub put: Option<Spanned<String>>,
        /// PATCH and the path.
        /// ```yaml
        /// patch: /users/{user_id}
        /// ```
        pub patch: Option<Spanned<String>>,
        /// DELETE and the path.
        /// ```yaml
        /// delete: /users/{user_id}
        /// ```
        pub delete: Option<Spanned<String>>,
        /// What it does, in a sentence.
        /// ```yaml
        /// summary: Lists the members of the workspace.
        /// ```
        pub summary: Option<String>,
        /// More about it, as Markdown.
        /// ```yaml
        /// description: Guests are not listed.
        /// ```
        pub description: Option<String>,
        /// Hints for agents.
        /// ```yaml
        /// hints: { when_to_use: To find out who someone is. }
        /// ```
        pub hints: Option<Hints>,
        /// What it does to the API's data. Left out: `read` for GET, `create` for POST, `update` for PUT and PATCH, `delete` for DELETE.
        /// ```yaml
        /// effect: read
        /// ```
        pub effect: Option<Effect>,
        /// Whether the request may be sent twice. Left out: GET, PUT and DELETE may, and whatever only reads. A request with an `idempotency` key always may.
        /// ```yaml
        /// repeatable: true
        /// ```
        pub repeatable: Option<bool>,
        /// Whether it can destroy something. Left out: `true` when the effect is `delete`.
        /// ```yaml
        /// destructive: true
        /// ```
        pub destructive: Option<bool>,
        /// `true`: people may call it; agents and hosted callers may not.
        /// ```yaml
        /// internal: true
        /// ```
        pub internal: Option<bool>,
        /// `true`: the API will drop it.
        /// ```yaml
        /// deprecated: true
        /// ```
        pub deprecated: Option<bool>,
        /// `true`: the vendor may still change it.
        /// ```yaml
        /// beta: true
        /// ```
        pub beta: Option<bool>,
        /// The way to sign in that this action needs, or `none`; the connection's when left out.
        /// ```yaml
        /// auth: client
        /// ```
        pub auth: Option<Spanned<SchemeChoice>>,
        /// A base URL of its own.
        /// ```yaml
        /// server: https://uploads.example.com
        /// ```
        pub server: Option<Spanned<Template>>,
        /// Headers of its own.
        /// ```yaml
        /// headers: { Accept: application/json }
        /// ```
        pub headers: Named<Template>,
        /// Query parameters that are always the same.
        /// ```yaml
        /// query: { expand: all }
        /// ```
        pub query: Named<Template>,
        /// How names and values are escaped in its query, where it differs.
        /// ```yaml
        /// query_encoding: rest_li
        /// ```
        pub query_encoding: Option<QueryEncoding>,
        /// Its parameters.
        /// ```yaml
        /// params: { user_id: { type: string, description: Id of the user } }
        /// ```
        pub params: IndexMap<String, Spanned<Param>>,
        /// What the request carries. Left out, the body parameters make what the manifest's `body` says.
        /// ```yaml
        /// body: { kind: multipart }
        /// ```
        pub body: Option<Spanned<Body>>,
        /// What an empty JSON body looks like on the wire.
        /// ```yaml
        /// empty_body: object
        /// ```
        pub empty_body: Option<EmptyBody>,
        /// Where the records of a list stand. An action with `records` answers with a list.
        /// ```yaml
        /// records: $.results
        /// ```
        pub records: Option<Spanned<JsonPath>>,
        /// `true`: an answer that has nothing at `records` is itself the only record.
        /// ```yaml
        /// may_be_single: true
        /// ```
        pub may_be_single: Option<bool>,
        /// `true`: an answer that has nothing at `records` or `record_at` is no error, but an empty list or no record.
        /// ```yaml
        /// may_be_missing: true
        /// ```
        pub may_be_missing: Option<bool>,
        /// Where the one record stands; the whole body when left out.
        /// ```yaml
        /// record_at: $.user
        /// ```
        pub record_at: Option<Spanned<JsonPath>>,
        /// The schema of its records, where it is not the entity's.
        /// ```yaml
        /// record: Token
        /// ```
        pub record: Option<Spanned<SchemaRef>>,
        /// What the envelope's `meta` holds, by name.
        /// ```yaml
        /// meta: { total: $.total, remaining: "@header.X-Remaining" }
        /// ```
        pub meta: IndexMap<String, Spanned<Lookup>>,
        /// How the list goes on: a name under `pagination`, one written in place, or `none`. Without `records` each page is one record,
        /// which the API must end itself: nobody counts in it.
        /// ```yaml
        /// paginate: cursor
        /// ```
        pub paginate: Option<Spanned<PaginationChoice>>,
        /// Keeps the records for which this is true.
        /// ```yaml
        /// filter: "{{ not record.private }}"
        /// ```
        pub filter: Option<Spanned<Expression>>,
        /// Adds fields to each record, or replaces them.
        /// ```yaml
        /// transform: { urn: "urn:li:account:{{ record.id }}" }
        /// ```
        pub transform: Named<Expression>,
        /// Records that are no objects become objects with their value under this name, as the manifest's key of the same name has it.
        /// The schema under `record` is about what comes out.
        /// ```yaml
        /// wrap_scalars: value
        /// ```
        pub wrap_scalars: Option<String>,
        /// The answer is a file: `{}` when the request itself answers with it, or where the answer names the file's URL.
        /// ```yaml
        /// download: { url: $.file.url }
        /// ```
        pub download: Option<Spanned<Download>>,
        /// How errors look, where it differs.
        /// ```yaml
        /// errors: { message: $.reason }
        /// ```
        pub errors: Option<Spanned<ErrorRules>>,
        /// Rate limits of its own, beside the connector's.
        /// ```yaml
        /// limits: [{ requests: 10, per: 60s }]
        /// ```
        pub limits: Vec<Spanned<RateLimit>>,
        /// What is sent again, where it differs.
        /// ```yaml
        /// retry: { attempts: 1 }
        /// ```
        pub retry: Option<Spanned<Retry>>,
        /// The longest one attempt may take.
        /// ```yaml
        /// timeout: 120s
        /// ```
        pub timeout: Option<Millis>,
        /// The header by which the API knows a request that was sent before.
        /// ```yaml
        /// idempotency: { header: Idempotency-Key }
        /// ```
        pub idempotency: Option<Idempotency>,
        /// Calls with their answers, for documentation and for the mock server. They are checked: the parameters must be those of the
        /// action, and the records in the answer must fit their schema.
        /// ```yaml
        /// examples: [{ params: { user_id: "1" }, answer: { id: "1", name: Ada } }]
        /// ```
        pub examples: Vec<Example>,
        /// What the API's own description calls it.
        /// ```yaml
        /// operation_id: retrieveUser
        /// ```
        pub operation_id: Option<String>,
        /// Facts that other tools use, by names that start with `x-`. They are kept and shown, and nothing here acts on them.
        /// ```yaml
        /// extensions: { x-team: payments }
        /// ```
        pub extensions: IndexMap<String, Spanned<serde_json::Value>>,
    }
}

fn one_method(action: &Action, _: &Map, span: Span, findings: &mut Vec<Diagnostic>) {
    let methods = [&action.get, &action.post, &action.put, &action.patch, &action.delete];
    if methods.into_iter().flatten().count() != 1 {
        let message = "an action has exactly one of `get`, `post`, `put`, `patch` and `delete`";
        findings.push(Diagnostic::new(Code::Conflict, span, message).help("for example `get: /users/{user_id}`"));
    }
    if action.records.is_some() && action.record_at.is_some() {
        findings.push(Diagnostic::new(
            Code::Conflict,
            span,
            "an action has `records` (a list) or `record_at` (one record), not both",
        ));
    }
}

object! {
    /// The answer is a file.
    pub struct Download as "download" {
        /// Where the answer names the file's URL; left out when the request itself answers with the file.
        /// Credentials go there only when it is the server's own origin. Parameters may say where: `[{name}]` is the element with the
        /// index that is given, `.{name}` the member of the name that is given.
        /// ```yaml
        /// url: $.attachments[{index}].url
        /// ```
        pub url: Option<Spanned<ParamLookup>>,
    }
}

object! {
    /// A call with its answer.
    pub struct Example as "example" uncompiled {
        /// What it shows.
        /// ```yaml
        /// title: One user
        /// ```
        pub title: Option<String>,
        /// The parameters.
        /// ```yaml
        /// params: { user_id: "1" }
        /// ```
        pub params: Option<Node>,
        /// The body of the API's answer, as the API sends it.
        /// ```yaml
        /// answer: { id: "1", name: Ada }
        /// ```
        pub answer: Option<Node>,
    }
}

/// The way to sign in that an action needs.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemeChoice {
    /// Nothing is sent.
    None,
    /// A name under `auth`.
    Named(String),
}

impl Decode for SchemeChoice {
    fn shape() -> Shape {
        Shape::Text
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        String::decode(node, findings).map(|name| if name == "none" { Self::None } else { Self::Named(name) })
    }
}

/// How a list goes on, as an action says it.
#[derive(Clone, Debug, PartialEq)]
pub enum PaginationChoice {
    /// The answer is the whole list.
    None,
    /// A name under `pagination`.
    Named(String),
    /// Written in place.
    Inline(Box<Pagination>),
}

impl Decode for PaginationChoice {
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Pagination::shape()])
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.as_text() {
            Some("none") => Some(Self::None),
            Some(name) => Some(Self::Named(name.to_owned())),
            None => Box::decode(node, findings).map(Self::Inline),
        }
    }
}
