//! What the pages show, as plain data. Texts are plain unless their type says that they are Markdown.

mod operation;
mod sign_in;

use serde::Serialize;
use serde_json::{Map, Value};

pub use operation::{Answer, AnswerKind, Meta, Object, Operation, Pagination, Place, Row};
pub use sign_in::{Authorize, Field, OAuth, SignIn, Wrong};

use super::markdown::{Block, Inline};

/// Texts that faces show: each by its face's name, and what a face shows beside by a name of its own.
pub type Texts = std::collections::BTreeMap<String, String>;

/// Everything that is documented.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Catalogue {
    /// The connectors, by name.
    pub connectors: Vec<Connector>,
}

/// A connector.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Connector {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The version of its manifest.
    pub version: String,
    /// What it reaches, in a sentence.
    pub summary: String,
    /// More about it.
    pub description: Option<Block>,
    /// Pages of the vendor.
    pub links: Vec<Link>,
    /// Questions that it can answer, and some that it cannot.
    pub questions: Questions,
    /// How to find something.
    pub search_strategy: Option<Inline>,
    /// The base URL, in which `<name>` stands for a configuration value.
    pub server: String,
    /// Values that are not secret and are chosen per connection.
    pub config: Vec<ConfigValue>,
    /// Whether there is more than one way to sign in.
    pub several_ways: bool,
    /// The ways to sign in by choice.
    pub sign_in: Vec<SignIn>,
    /// The ways to sign in that only serve the operations which name them.
    pub limited_sign_in: Vec<SignIn>,
    /// What happens with credentials that do not do.
    pub wrong: Vec<Wrong>,
    /// The operation that shows whether values to sign in with do.
    pub check: Option<OperationLink>,
    /// The API's rate limits, which the engine keeps.
    pub limits: Vec<Inline>,
    /// How to begin.
    pub start: Option<Start>,
    /// How many operations there are.
    pub operation_count: usize,
    /// The entities with their operations.
    pub entities: Vec<Entity>,
    /// Where the list of objects stands on the reference page.
    pub objects_anchor: String,
    /// What an agent reads, step by step.
    pub agent: Agent,
    /// The named objects that parameters and records are made of.
    pub objects: Vec<Object>,
    /// What is sent again by itself, as sentences.
    pub retries: Vec<Inline>,
    /// How calls fail.
    pub errors: Vec<ErrorMeaning>,
}

/// What an agent reads, step by step; the third step is an action ([`tieline::catalog::Subject::for_agent`]).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agent {
    /// What there is, in short.
    pub index: String,
    /// Each entity that has actions for agents.
    pub entities: Vec<AgentEntity>,
}

/// What an agent reads about an entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentEntity {
    /// Its name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A page of the vendor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// Questions that a connector can answer, and some that it cannot.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Questions {
    /// It can answer these.
    pub can: Vec<String>,
    /// It cannot answer these.
    pub cannot: Vec<String>,
}

/// A value that is not secret and is chosen per connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigValue {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it decides.
    pub description: Option<Inline>,
    /// What it must look like, what it is when it is not given, and such.
    pub rules: Vec<Inline>,
    /// The environment variable that gives it on the command line; none where a credential field has that one.
    pub variable: Option<String>,
    /// A value to show.
    pub example: Value,
}

/// How to begin with a connector.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// The connector's name.
    pub connector: String,
    /// What people call it.
    pub title: String,
    /// Where the connector is declared, from the root of the repository.
    pub manifest: String,
    /// The way to sign in that is the simplest; none where there is none.
    pub sign_in: Option<String>,
    /// The environment variables to set, with values to show.
    pub variables: Vec<Variable>,
    /// The configuration values that must be given, with values to show.
    pub config: Map<String, Value>,
    /// A call that needs nothing but to be signed in, or little else.
    pub call: Call,
    /// What each face shows.
    pub snippets: Texts,
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// A value to show.
    pub value: String,
    /// Whether it must never be shown.
    pub secret: bool,
}

/// A noun of the API.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Where it stands on the reference page.
    pub anchor: String,
    /// What it is, in a sentence.
    pub summary: Option<String>,
    /// More about it.
    pub description: Option<Block>,
    /// When to use it.
    pub when_to_use: Option<Inline>,
    /// How to find something.
    pub search_strategy: Option<Inline>,
    /// What its records are, and where they name themselves.
    pub record: Option<Inline>,
    /// How its records refer to those of other entities.
    pub relations: Vec<Relation>,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// How the records of an entity refer to those of another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relation {
    /// The other entity.
    pub to: String,
    /// Where that one stands on the reference page.
    pub anchor: String,
    /// Where a record holds the reference.
    pub from: String,
    /// Where the other record holds the same; its key when left out.
    pub key: Option<String>,
    /// How many refer to how many, in words.
    pub cardinality: String,
    /// What the reference means.
    pub description: Option<Inline>,
}

/// An operation, named in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationLink {
    /// `entity.action`.
    pub name: String,
    /// Where it stands on the reference page.
    pub anchor: String,
}

/// A call to show.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// What it shows.
    pub title: Option<String>,
    /// The connector's name.
    pub connector: String,
    /// The entity.
    pub entity: String,
    /// The action.
    pub action: String,
    /// The parameters, without files.
    pub params: Map<String, Value>,
    /// The files among the parameters.
    pub files: Vec<FileParam>,
    /// Whether the answer is a file.
    pub downloads: bool,
    /// What each face shows.
    pub snippets: Texts,
    /// The records of the answer, where the example has one.
    pub data: Option<Value>,
    /// The operation whose example on this page shows the same records.
    pub same_data_as: Option<OperationLink>,
}

/// A parameter that is a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileParam {
    /// The parameter.
    pub name: String,
    /// The name of a file to show.
    pub file: String,
}

/// A kind of failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorMeaning {
    /// Its name in JSON.
    pub kind: String,
    /// What it means.
    pub text: String,
    /// To which calls it can happen.
    pub when: Inline,
}
