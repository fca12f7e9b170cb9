//! One operation, ready to run.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::{Body, EmptyBody};
use crate::manifest::{
    Effect, ErrorRules, Hints, Idempotency, Place, QueryEncoding, RateLimit, Retry, SchemeChoice, Style,
};
use crate::notation::{Expression, Fill, JsonPath, Lookup, Millis, ParamLookup, Template};
use crate::paginate::Pagination;
use crate::schema::Validators;

use super::Head;

/// An HTTP method that a manifest can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// A piece of an operation's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathPart {
    /// Text as it is.
    Text(String),
    /// The value of the parameter of this name, percent-encoded.
    Param(String),
}

/// What the answer of an operation is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A list of records, at this place.
    List(JsonPath),
    /// One record, at this place.
    One(JsonPath),
    /// A file: the answer itself, or what the URL at this place gives.
    File(Option<ParamLookup>),
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The name that callers use.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where it goes.
    pub place: Place,
    /// Whether the caller must give it.
    pub required: bool,
    /// How a list or object is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// Whether the elements of a list are written one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explode: Option<bool>,
    /// What is sent when the caller leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// Not shown to callers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The API hands the value out percent-encoded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub percent_encoded: bool,
    /// Whether it is a file (`format: binary`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file: bool,
    /// Whether a text that is given for the file is base64.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub base64: bool,
    /// Its JSON Schema; references have the form `#/schemas/Name`.
    pub schema: Value,
}

impl Param {
    /// What it means, from its schema.
    pub fn description(&self) -> Option<&str> {
        self.schema.get("description").and_then(Value::as_str)
    }

    /// Whether the API will drop it.
    pub fn is_deprecated(&self) -> bool {
        self.schema.get("deprecated") == Some(&Value::Bool(true))
    }
}

/// A call with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// What it shows.
    pub title: Option<String>,
    /// The parameters.
    pub params: Option<Value>,
    /// The body of the API's answer.
    pub answer: Option<Value>,
}

/// One operation, ready to run. What is `None` here is as the connector's [`super::Head`] says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Operation {
    /// The entity's name.
    pub entity: String,
    /// The action's name.
    pub action: String,
    /// What it does, in a sentence.
    pub summary: Option<String>,
    /// More about it, as Markdown.
    pub description: Option<String>,
    /// Hints for agents.
    pub hints: Option<Hints>,
    /// What it does to the API's data.
    pub effect: Effect,
    /// Whether the request may be sent twice.
    pub repeatable: bool,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Not for agents and hosted callers.
    pub internal: bool,
    /// The API will drop it.
    pub deprecated: bool,
    /// The vendor may still change it.
    pub beta: bool,
    /// The way to sign in that it needs.
    pub auth: Option<SchemeChoice>,
    /// The method.
    pub method: Method,
    /// A base URL of its own.
    pub server: Option<Template>,
    /// The path.
    pub path: Vec<PathPart>,
    /// Headers of its own.
    pub headers: IndexMap<String, Template>,
    /// Query parameters that are always the same.
    pub query: IndexMap<String, Template>,
    /// How the query is escaped; `None`: as forms are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_encoding: Option<QueryEncoding>,
    /// Its parameters, those of pagination among them.
    pub params: Vec<Param>,
    /// What the request carries; `None`: nothing.
    pub body: Option<Body>,
    /// What an empty JSON body looks like.
    pub empty_body: EmptyBody,
    /// What the answer is.
    pub answer: Answer,
    /// An answer that has nothing where the list should be is itself the only record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_single: bool,
    /// An answer that has nothing where its records should be has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_missing: bool,
    /// The schema of its records; references have the form `#/schemas/Name`.
    pub record: Option<Value>,
    /// What the envelope's `meta` holds.
    pub meta: IndexMap<String, Lookup>,
    /// How the list goes on.
    pub pagination: Option<Pagination>,
    /// Keeps the records for which this is true.
    pub filter: Option<Expression>,
    /// Adds fields to each record, or replaces them.
    pub transform: IndexMap<String, Expression>,
    /// Makes objects of records that are none: their value stands under this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap_scalars: Option<String>,
    /// How errors look.
    pub errors: Option<ErrorRules>,
    /// Rate limits of its own.
    pub limits: Vec<RateLimit>,
    /// What is sent again.
    pub retry: Option<Retry>,
    /// The longest one attempt may take.
    pub timeout: Option<Millis>,
    /// The header by which the API knows a request that was sent before.
    pub idempotency: Option<Idempotency>,
    /// Calls with their answers.
    pub examples: Vec<Example>,
    /// What the API's own description calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// Facts that other tools use.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: IndexMap<String, Value>,
    /// The parameters' schemas, compiled at the first call.
    #[serde(skip)]
    pub(crate) validators: OnceLock<Validators>,
}

impl Operation {
    /// `entity.action`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// The path as it is written in a manifest: `/users/{user_id}`.
    pub fn path_template(&self) -> String {
        self.path
            .iter()
            .map(|part| match part {
                PathPart::Text(text) => text.clone(),
                PathPart::Param(name) => format!("{{{name}}}"),
            })
            .collect()
    }

    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The parameter that a caller means by this name: its own, or the one on the wire where no other parameter has it.
    pub fn meant(&self, name: &str) -> Option<&Param> {
        let param = self.param(name).or_else(|| {
            let mut on_the_wire = self.params.iter().filter(|param| param.wire == name);
            on_the_wire.next().filter(|_| on_the_wire.next().is_none())
        });
        param.filter(|param| !param.hidden)
    }

    /// Whether names that are no parameters' may be given, and go into the body as they are.
    pub fn takes_others(&self) -> bool {
        self.body.as_ref().is_some_and(Body::takes_others)
    }

    /// Whether this name may be one of them: nobody could take it for a parameter, or for a part of one that is written in brackets.
    pub fn takes_other(&self, name: &str) -> bool {
        let is_near = |param: &Param| {
            let is_part = param.place == Place::Body && before_brackets(&param.wire) == before_brackets(name);
            param.name == name || param.wire == name || is_part
        };
        self.takes_others() && !name.is_empty() && !self.params.iter().any(is_near)
    }

    /// The schemas of its parameters, in their order.
    pub(crate) fn validators(&self) -> &Validators {
        self.validators.get_or_init(|| Validators::new(self.params.len()))
    }

    /// The header by which the API knows a request of this operation again, where it takes one.
    pub fn idempotency_key<'a>(&'a self, head: &'a Head) -> Option<&'a Idempotency> {
        let is_write = matches!(self.method, Method::Post | Method::Put | Method::Patch);
        let takes_key = is_write && self.effect != Effect::Read;
        self.idempotency.as_ref().or(head.idempotency.as_ref()).filter(|_| takes_key)
    }

    /// Whether its answers are pages that go on with `next`: lists, and single records for which the manifest says how they go on.
    pub fn has_pages(&self) -> bool {
        match self.answer {
            Answer::List(_) => true,
            Answer::One(_) => self.pagination.is_some(),
            Answer::File(_) => false,
        }
    }

    /// Whether it answers with a list.
    pub fn is_list(&self) -> bool {
        matches!(self.answer, Answer::List(_))
    }
}

/// `address` of `address[city]`.
fn before_brackets(name: &str) -> &str {
    name.split_once('[').map_or(name, |(before, _)| before)
}
