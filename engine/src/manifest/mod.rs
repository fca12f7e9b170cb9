//! A manifest as its author wrote it: typed, with places, references not yet followed.

mod action;
mod check;
mod config;
mod entity;
mod excess;
mod param;
mod policy;
mod schema;

use indexmap::IndexMap;

use crate::auth::Scheme;
use crate::body::{Body, EmptyBody};
use crate::language::{Decode, end_excess, object};
use crate::notation::{Millis, Template};
use crate::paginate::Pagination;
use crate::source::{Code, Diagnostic, Named, Source, Span, Spanned};
use crate::yaml::{self, Map, Node};

pub use action::{Action, Download, Effect, Example, PaginationChoice, SchemeChoice};
pub use check::{Check, CheckCall};
pub use config::{ConfigValue, PartOf};
pub use entity::{Cardinality, Entity, Freshness, Hints, Relation};
pub use param::{Param, Place, QueryEncoding, Style};
pub use policy::{ErrorRules, Idempotency, Questions, RateLimit, Retry, VendorLink, WaitUnit};
pub use schema::{Schema, SchemaRef};

use excess::excess;

/// The version of the language that this engine reads.
pub const LANGUAGE_VERSION: u64 = 1;

object! {
    /// A connector: one API, its ways to sign in, its entities and their actions.
    pub struct Manifest as "manifest" uncompiled check version_is_known {
        /// The version of the manifest language: `1`.
        /// ```yaml
        /// tieline: 1
        /// ```
        pub tieline: Spanned<u64>,
        /// The connector's name: lower-case letters, digits and `_` or `-`.
        /// ```yaml
        /// name: library
        /// ```
        pub name: Spanned<String>,
        /// What people call it.
        /// ```yaml
        /// title: City library
        /// ```
        pub title: String,
        /// A stable id (UUID) of the definition, which survives a change of name.
        /// ```yaml
        /// id: 3a6d2a9e-52c5-4d0c-b4c1-7d6cc0f2a5a1
        /// ```
        pub id: Option<Spanned<String>>,
        /// The version of this manifest (semantic versioning).
        /// ```yaml
        /// version: 0.1.0
        /// ```
        pub version: Spanned<String>,
        /// What the connector reaches, in a sentence.
        /// ```yaml
        /// summary: Users, pages and databases of a workspace.
        /// ```
        pub summary: String,
        /// More about it, as Markdown.
        /// ```yaml
        /// description: Reads and writes what the signed-in user can see.
        /// ```
        pub description: Option<String>,
        /// Pages of the vendor.
        /// ```yaml
        /// links: [{ title: API reference, url: "https://example.com/api" }]
        /// ```
        pub links: Vec<VendorLink>,
        /// Questions that the connector can answer, and some that it cannot.
        /// ```yaml
        /// questions: { can: [Who is in the workspace?], cannot: [Who viewed this page?] }
        /// ```
        pub questions: Option<Questions>,
        /// Hints for agents about the whole API.
        /// ```yaml
        /// hints: { search_strategy: Search by title first. }
        /// ```
        pub hints: Option<Hints>,
        /// The base URL of the API. `${config.name}` and `${token.name}` may stand in it; what decides the host needs a `pattern` or an `enum`,
        /// or says `any_host: true`.
        /// A value that begins the URL is an origin (`https://example.com`), unless an `enum` lists it.
        /// ```yaml
        /// server: https://api.example.com/v1
        /// ```
        pub server: Spanned<Template>,
        /// Values that are not secret and are chosen per connection.
        /// ```yaml
        /// config: { api_version: { default: "2026-01-01", description: Version of the API } }
        /// ```
        pub config: IndexMap<String, Spanned<ConfigValue>>,
        /// Headers of every request.
        /// ```yaml
        /// headers: { Api-Version: "${config.api_version}" }
        /// ```
        pub headers: Named<Template>,
        /// Query parameters of every request.
        /// ```yaml
        /// query: { format: json }
        /// ```
        pub query: Named<Template>,
        /// How names and values are escaped in queries; `form` when left out.
        /// ```yaml
        /// query_encoding: percent
        /// ```
        pub query_encoding: Option<QueryEncoding>,
        /// The ways to sign in, by name; left out for an API that needs none. Documentation shows the first one first.
        /// ```yaml
        /// auth:
        ///   token:
        ///     fields: { token: { description: Your API token, secret: true } }
        ///     bearer: ${token}
        /// ```
        pub auth: IndexMap<String, Spanned<Scheme>>,
        /// Pagination that actions refer to by name.
        /// ```yaml
        /// pagination: { cursor: { kind: cursor, cursor: after, next: $.next } }
        /// ```
        pub pagination: IndexMap<String, Spanned<Pagination>>,
        /// How errors look.
        /// ```yaml
        /// errors: { code: $.code, message: $.message, request_id: "@header.X-Request-Id" }
        /// ```
        pub errors: Option<Spanned<ErrorRules>>,
        /// The API's published rate limits, which the engine keeps by itself.
        /// ```yaml
        /// limits: [{ requests: 180, per: 60s }]
        /// ```
        pub limits: Vec<Spanned<RateLimit>>,
        /// What is sent again, where the API differs from the engine's defaults.
        /// ```yaml
        /// retry: { always: [429], when_repeatable: [500, 503] }
        /// ```
        pub retry: Option<Spanned<Retry>>,
        /// The longest one attempt may take; 60 s when left out.
        /// ```yaml
        /// timeout: 30s
        /// ```
        pub timeout: Option<Millis>,
        /// The header by which the API knows a request that was sent before.
        /// ```yaml
        /// idempotency: { header: Idempotency-Key }
        /// ```
        pub idempotency: Option<Idempotency>,
        /// The body of every action that has body parameters and says nothing about its body; a JSON object of them when left out.
        /// ```yaml
        /// body: { kind: form }
        /// ```
        pub body: Option<Spanned<Body>>,
        /// What an empty JSON body looks like on the wire; `omit` when left out.
        /// ```yaml
        /// empty_body: object
        /// ```
        pub empty_body: Option<EmptyBody>,
        /// `true`: an answer that has nothing at `records` or `record_at` is no error, but an empty list or no record: for an API that
        /// leaves out what is empty.
        /// ```yaml
        /// may_be_missing: true
        /// ```
        pub may_be_missing: Option<bool>,
        /// Records that are no objects become objects with their value under this name; null stays null, and of a single record that
        /// is a list so do the elements. It comes after `transform`; `filter` and `transform` see such a value as `record.value`.
        /// ```yaml
        /// wrap_scalars: value
        /// ```
        pub wrap_scalars: Option<String>,
        /// The operation (`entity.action`) that shows whether a connection works, alone or with what it is given.
        /// ```yaml
        /// check: users.me
        /// ```
        pub check: Option<Check>,
        /// Parameters that others refer to with `$ref: "#/params/name"`.
        /// ```yaml
        /// params: { id: { type: string, pattern: "^[0-9a-f]{32}$" } }
        /// ```
        pub params: IndexMap<String, Spanned<Param>>,
        /// The nouns of the API.
        /// ```yaml
        /// entities:
        ///   users: { actions: { get: { get: "/users/me" } } }
        /// ```
        pub entities: IndexMap<String, Spanned<Entity>>,
        /// JSON Schemas (2020-12), by the names that others refer to with `$ref: "#/schemas/Name"`, or as `record: Name`.
        /// ```yaml
        /// schemas: { User: { type: object, properties: { id: { type: string } } } }
        /// ```
        pub schemas: IndexMap<String, Spanned<Schema>>,
        /// Facts that other tools use, by names that start with `x-`. They are kept and shown, and nothing here acts on them.
        /// ```yaml
        /// extensions: { x-team: payments }
        /// ```
        pub extensions: IndexMap<String, Spanned<serde_json::Value>>,
    }
}

fn version_is_known(manifest: &Manifest, _: &Map, _: Span, findings: &mut Vec<Diagnostic>) {
    if *manifest.tieline != LANGUAGE_VERSION {
        let message = format!("version {} of the manifest language is not known", *manifest.tieline);
        findings.push(
            Diagnostic::new(Code::InvalidValue, manifest.tieline.span, message).help("this engine reads version 1"),
        );
    }
}

impl Manifest {
    /// Reads a manifest. `None` when something that is needed cannot be read; the findings say what.
    pub fn read(source: &Source, limits: yaml::Limits, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let tree = yaml::parse(source, limits, findings)?;
        Self::from_tree(&tree, findings)
    }

    /// Reads a manifest from a tree, which may have been made of another document; [`Manifest::read`] says what `None` means.
    pub fn from_tree(tree: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let tree = tree.placed();
        if let Some(excess) = excess(&tree) {
            findings.push(excess);
            return None;
        }
        let manifest = Self::decode(&tree, findings);
        if end_excess(findings).is_some() { None } else { manifest }
    }
}
