//! What is generated, with every name and type chosen. `emit` prints it and decides nothing; `snippets` writes calls in it.

mod alternatives;
mod boxes;
mod client;
mod docs;
mod form;
mod lower;
mod naming;
mod objects;
mod shape;
#[cfg(test)]
mod tests;
mod types;
mod written;

pub(crate) use naming::singular;
pub use types::{
    Alternative, AnyOf, Choice, Constant, Item, Kind, Member, Newtype, Object, OneOf, Place, Presence, Type, Variant,
};

use tieline::auth::FieldType;

/// Text for a documentation comment, line by line: Markdown in which nothing from a manifest is code, a link or HTML.
pub type Docs = Vec<String>;

/// A typed client of one connector.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its module: `notion`.
    pub module: String,
    /// Its type: `Notion`.
    pub name: String,
    /// The connector's name.
    pub connector: String,
    /// What people call the connector.
    pub title: String,
    /// What it reaches.
    pub docs: Docs,
    /// The ways to sign in.
    pub schemes: Vec<Scheme>,
    /// What is chosen per connection.
    pub config: Vec<Value>,
    /// The entities.
    pub entities: Vec<Entity>,
    /// The types that several operations may share, in the module `types`.
    pub items: Vec<Item>,
    /// The connector in compiled form ([`tieline::Connector::to_compiled`]).
    pub compiled: String,
}

/// A way to sign in: a struct with a value for each field.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheme {
    /// The type: `Token`.
    pub name: String,
    /// The name in the manifest: `token`.
    pub scheme: String,
    /// What it is for.
    pub docs: Docs,
    /// Its fields.
    pub fields: Vec<Value>,
}

/// A value that the user gives once: a field of a way to sign in, or a configuration value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The name in Rust.
    pub ident: String,
    /// The name in the manifest.
    pub key: String,
    /// What it is.
    pub docs: Docs,
    /// Its type.
    pub value_type: FieldType,
    /// Whether it must be given.
    pub required: bool,
    /// Whether nobody should see it.
    pub secret: bool,
}

/// An entity: a struct with a method for each action, in a module of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// The module, and the client's method that gives the entity: `data_sources`.
    pub module: String,
    /// The type: `DataSources`.
    pub name: String,
    /// The name in the manifest.
    pub entity: String,
    /// What it is.
    pub docs: Docs,
    /// Its actions.
    pub actions: Vec<Action>,
    /// The types that its parameters alone use.
    pub items: Vec<Item>,
}

/// An action: a method that gives a builder, a builder with a method for each parameter that may be left out, and the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The entity's name in the manifest.
    pub entity: String,
    /// The name in the manifest.
    pub action: String,
    /// The method of the entity: `query`.
    pub method: String,
    /// The builder: `Query`.
    pub builder: String,
    /// What it does.
    pub docs: Docs,
    /// The parameters as an object (`QueryParams`), those that must be given first. The builder's method takes the members whose presence
    /// is [`Presence::Required`] or [`Presence::Nullable`], in this order; the others have a method of the builder ([`Member::setter`]).
    pub params: Object,
    /// The builder's method for members of the body that the manifest does not declare, where they may be given.
    pub others: Option<String>,
    /// The files to upload. One that must be given is an argument of the method, after those of `params`.
    pub files: Vec<File>,
    /// What comes back.
    pub answer: Answer,
    /// Whether the API will drop it.
    pub deprecated: bool,
}

/// A file to upload.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The argument, or the method of the builder.
    pub ident: String,
    /// The name in the manifest.
    pub key: String,
    /// What it is.
    pub docs: Docs,
    /// Whether it must be given.
    pub required: bool,
}

/// What a call gives back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Records.
    List(Type),
    /// One record.
    One(Type),
    /// One record, or nothing: what was deleted, perhaps.
    OneOrNothing(Type),
    /// One record, and what is about it.
    OneWithMeta(Type),
    /// Anything or nothing: the manifest gives no schema.
    Nothing,
    /// A file.
    File,
}
