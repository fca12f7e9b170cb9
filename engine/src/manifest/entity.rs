//! A noun of the API.

use indexmap::IndexMap;

use crate::language::{choices, object};
use crate::notation::JsonPath;
use crate::source::Spanned;

use super::{Action, Param, SchemaRef};

object! {
    /// A noun of the API with its actions.
    pub struct Entity as "entity" uncompiled {
        /// What people call it; the key with capitals when left out.
        /// ```yaml
        /// title: Data sources
        /// ```
        pub title: Option<String>,
        /// What it is, in a sentence.
        /// ```yaml
        /// summary: Members and bots of the workspace.
        /// ```
        pub summary: Option<String>,
        /// More about it, as Markdown.
        /// ```yaml
        /// description: Guests are not among them.
        /// ```
        pub description: Option<String>,
        /// Hints for agents.
        /// ```yaml
        /// hints: { when_to_use: To find out who someone is. }
        /// ```
        pub hints: Option<Hints>,
        /// The schema of its records: a name under `schemas`, or a schema.
        /// ```yaml
        /// record: User
        /// ```
        pub record: Option<Spanned<SchemaRef>>,
        /// Where a record names itself; `$.id` when left out.
        /// ```yaml
        /// key: $.uuid
        /// ```
        pub key: Option<JsonPath>,
        /// How its records refer to those of other entities.
        /// ```yaml
        /// relations: [{ to: users, from: $.created_by.id }]
        /// ```
        pub relations: Vec<Spanned<Relation>>,
        /// Parameters that all its actions have.
        /// ```yaml
        /// params: { project: { type: string, in: path } }
        /// ```
        pub params: IndexMap<String, Spanned<Param>>,
        /// Its actions. `get`, `list`, `create`, `update`, `delete`, `search` and `download` are the standard words; an API's own verb is allowed.
        /// ```yaml
        /// actions: { list: { get: /users, records: $.results, paginate: cursor } }
        /// ```
        pub actions: IndexMap<String, Spanned<Action>>,
        /// Facts that other tools use, by names that start with `x-`. They are kept and shown, and nothing here acts on them.
        /// ```yaml
        /// extensions: { x-team: payments }
        /// ```
        pub extensions: IndexMap<String, Spanned<serde_json::Value>>,
    }
}

choices! {
    /// How many records refer to how many.
    pub enum Cardinality as "cardinality" {
        /// One to one.
        OneToOne = "one_to_one",
        /// One to many.
        OneToMany = "one_to_many",
        /// Many to one.
        ManyToOne = "many_to_one",
        /// Many to many.
        ManyToMany = "many_to_many",
    }
}

object! {
    /// How records of this entity refer to those of another.
    pub struct Relation as "relation" {
        /// The other entity.
        /// ```yaml
        /// to: users
        /// ```
        pub to: Spanned<String>,
        /// Where a record of this entity holds the reference.
        /// ```yaml
        /// from: $.created_by.id
        /// ```
        pub from: JsonPath,
        /// Where a record of the other entity holds the same value; its `key` when left out.
        /// ```yaml
        /// key: $.id
        /// ```
        pub key: Option<JsonPath>,
        /// How many refer to how many; `many_to_one` when left out.
        /// ```yaml
        /// cardinality: many_to_many
        /// ```
        pub cardinality: Option<Cardinality>,
        /// What the reference means.
        /// ```yaml
        /// description: Who wrote the page.
        /// ```
        pub description: Option<String>,
    }
}

object! {
    /// Hints for agents.
    pub struct Hints as "hints" {
        /// What it is good for, in a sentence.
        /// ```yaml
        /// summary: People and bots, with their e-mail addresses.
        /// ```
        pub summary: Option<String>,
        /// When to use it.
        /// ```yaml
        /// when_to_use: To turn a name into an id.
        /// ```
        pub when_to_use: Option<String>,
        /// What people say when they mean it.
        /// ```yaml
        /// trigger_phrases: [who is, team members]
        /// ```
        pub trigger_phrases: Vec<String>,
        /// How to find something.
        /// ```yaml
        /// search_strategy: List all once and match by name.
        /// ```
        pub search_strategy: Option<String>,
        /// Questions that it answers.
        /// ```yaml
        /// questions: [Who owns this page?]
        /// ```
        pub questions: Vec<String>,
        /// Whether the data changes.
        /// ```yaml
        /// freshness: live
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub freshness: Option<Freshness>,
    }
}

choices! {
    /// Whether data changes.
    pub enum Freshness as "freshness" {
        /// It may be another a moment later: ask again.
        Live = "live",
        /// It hardly ever changes: what was read once may be kept.
        Static = "static",
    }
}
