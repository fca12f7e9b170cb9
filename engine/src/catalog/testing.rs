//! A connector that says everything about itself.

use crate::plan::Connector;
use crate::source::Source;

const MANIFEST: &str = r##"
tieline: 1
name: example
title: Example
version: 0.1.0
summary: An API.
server: https://api.example.com
questions: { can: [Who lives here?], cannot: [Who lived here?] }
hints: { when_to_use: To find people., freshness: live }
links: [{ title: Reference, url: "https://example.com/api", kind: api_reference }, { title: Site, url: "https://example.com" }]
config: { region: { default: eu, extensions: { x-region: [1, { a: null }] } } }
headers: { X-Region: "${config.region}" }
auth: { key: { fields: { token: { secret: true } }, bearer: "${token}", extensions: { x-key: true } } }
check: { operation: houses.get, params: { house_id: "${config.region}" } }
extensions: { x-team: payments, x-order: { b: 1, a: 2 } }
entities:
  people:
    summary: Who there is.
    extensions: { x-people: 1.50 }
    hints: { trigger_phrases: [who is] }
    relations: [{ to: houses, from: $.house_id, description: Where they live. }]
    actions:
      create:
        post: /people
        hints: { search_strategy: Look first. }
        operation_id: createPerson
        extensions: { x-action: text }
        params: { place: { $ref: "#/schemas/Place" }, home: { $ref: "#/schemas/Home" } }
  houses:
    actions: { get: { get: "/houses/{house_id}" , params: { house_id: { type: string } } } }
schemas:
  Place:
    type: object
    description: Where it is.
    properties: { street: { type: string }, inside: { $ref: "#/schemas/Place" } }
    required: [street]
  Home: { $ref: "#/schemas/Place" }
"##;

/// The connector.
pub(super) fn connector() -> Connector {
    match Connector::load(&Source::new("example.yaml", MANIFEST)) {
        Ok((connector, _)) => connector,
        Err(findings) => panic!("{}", findings.render(false)),
    }
}
