//! What is found between two manifests that differ in one thing, and what stops the search.

use std::fmt::Write as _;

use tieline::{Connector, Source};

use super::changes;

const MANIFEST: &str = r##"
tieline: 1
name: team
title: Team
version: 0.1.0
summary: Who works on what.
server: https://api.example.com/v1
config: { region: { default: eu, enum: [eu, us], description: Where the data is } }
headers: { X-Region: "${config.region}" }
auth:
  token: { fields: { token: { secret: true, prefix: [key_] } }, bearer: "${token}" }
  login: { fields: { user: {}, password: { secret: true } }, basic: { username: "${user}", password: "${password}" } }
pagination: { cursor: { kind: cursor, cursor: after, next: $.next, size: page_size, max_size: 100 } }
entities:
  users:
    record: User
    actions:
      list:
        get: /users
        records: $.data
        paginate: cursor
        meta: { total: $.total }
        params:
          role: { type: string, enum: [admin, guest], default: guest }
          since: { type: [string, "null"], maxLength: 20 }
          filter: { $ref: "#/schemas/Filter" }
      get: { get: "/users/{user_id}", params: { user_id: { type: string } } }
      create: { post: /users, params: { email: { type: string, required: true }, role: { type: string, fill: guest, required: true } } }
  tags:
    record: { type: object, properties: { name: { type: string }, color: { type: string } } }
    actions:
      list: { get: /tags, records: $.tags, paginate: none }
schemas:
  Filter:
    type: object
    required: [field]
    properties: { field: { type: string }, size: { type: number, minimum: 0 }, any: { type: array, items: { $ref: "#/schemas/Filter" } } }
  User:
    type: object
    required: [id, email]
    properties:
      id: { type: string }
      email: { type: string }
      age: { type: integer }
      status: { enum: [active, gone] }
      manager: { anyOf: [ { $ref: "#/schemas/User" }, { type: "null" } ] }
      places: { type: array, items: { type: object, properties: { city: { type: string } } } }
      contact:
        oneOf:
          - { type: object, properties: { kind: { const: mail }, address: { type: string } } }
          - { type: object, properties: { kind: { const: phone }, number: { type: string } } }
"##;

fn load(text: &str) -> Connector {
    let loaded = Connector::load(&Source::new("t.yaml", text));
    loaded.unwrap_or_else(|findings| panic!("{findings}\n{text}")).0
}

/// The changes as lines; `!` stands before what breaks callers.
fn lines(before: &str, after: &str) -> String {
    let mut lines = String::new();
    for change in changes(&load(before), &load(after)).expect("loaded connectors") {
        let mark = if change.breaks { "! " } else { "" };
        let _ = writeln!(lines, "{mark}{}: {}", change.place, change.text);
    }
    lines
}

/// The manifest with a piece of it replaced.
fn changed(old: &str, new: &str) -> String {
    assert_eq!(MANIFEST.matches(old).count(), 1, "{old}");
    MANIFEST.replace(old, new)
}

#[test]
fn nothing_changed_in_the_same_manifest() {
    assert_eq!(lines(MANIFEST, MANIFEST), "");
    assert_eq!(lines(MANIFEST, &MANIFEST.replace("title: Team", "title: The team")), "");
}

#[test]
fn each_change_is_told_with_its_place_and_whether_it_breaks_callers() {
    let mut all = String::new();
    for (old, new) in [
        ("api.example.com/v1", "api.example.com/v2"),
        ("api.example.com/v1", "api.example.org/v1"),
        ("default: eu, ", "required: true, "),
        ("enum: [eu, us]", "enum: [eu, asia]"),
        ("enum: [eu, us], ", ""),
        ("description: Where", "type: list, description: Where"),
        ("  login:", "  logon:"),
        ("user: {}", "user: {}, otp: {}"),
        ("user: {}", "user: {}, otp: { required: false }"),
        ("prefix: [key_]", "prefix: [key_, sk_]"),
        ("secret: true, prefix", "secret: true, pattern: \"[a-z_]+\", prefix"),
        ("bearer: \"${token}\"", "headers: { X-Token: \"${token}\" }"),
        ("bearer: \"${token}\"", "limited: true, bearer: \"${token}\""),
        ("\n  tags:\n", "\n  labels:\n"),
        ("      list: { get: /tags,", "      all: { get: /tags,"),
        ("      get: { get: \"/users/{user_id}\",", "      read: { get: \"/users/{user_id}\","),
        ("get: /users\n", "get: /people\n"),
        ("post: /users", "put: /users"),
        ("post: /users", "effect: create, internal: true, deprecated: true, auth: login, post: /users"),
        ("records: $.data\n        paginate: cursor", "record_at: $.data"),
        ("paginate: cursor", "paginate: { kind: offset, offset: after, size: page_size }"),
        ("max_size: 100", "max_size: 50"),
        ("meta: { total: $.total }", "meta: { count: $.total }"),
        (
            "          since: {",
            "          after_date: { name: since, maxLength: 20, type: [string, \"null\"] }\n          other: {",
        ),
        ("          since: {", "          sins: { type: string }\n          other: { required: true,"),
        ("since: { type: [string, \"null\"]", "since: { type: string"),
        ("since: { type: [string, \"null\"]", "since: { type: integer"),
        ("maxLength: 20", "maxLength: 10, pattern: a, format: date"),
        ("maxLength: 20", "in: header, name: X-Since"),
        (
            "post: /users, params: { email: { type: string,",
            "post: /users, body: { kind: multipart }, params: { email: { type: string, format: binary,",
        ),
        ("enum: [admin, guest], default: guest", "enum: [admin, owner], default: admin"),
        ("fill: guest, ", ""),
        ("email: { type: string, required: true }", "email: { type: string, hidden: true, fill: a }"),
        ("required: [field]", "required: [size]"),
        ("type: number, minimum: 0", "type: integer, minimum: 1, multipleOf: 2"),
        ("required: [field]", "additionalProperties: false"),
        ("any: {", "all: {"),
        ("required: [id, email]", "required: [id]"),
        ("      age: { type: integer }\n", "      age: { type: [number, \"null\"] }\n      size: {}\n"),
        ("enum: [active, gone]", "enum: [active, away]"),
        ("enum: [active, gone]", "type: string"),
        ("anyOf: [ { $ref: \"#/schemas/User\" }, { type: \"null\" } ]", "$ref: \"#/schemas/User\""),
        ("anyOf: [ { $ref: \"#/schemas/User\" }, { type: \"null\" } ]", "type: string"),
        ("{ city: { type: string } }", "{ city: { type: integer }, street: {} }"),
        (
            "{ type: object, properties: { kind: { const: phone }, number: { type: string } } }",
            "{ type: object, properties: { kind: { const: fax }, number: { type: string } } }",
        ),
        ("address: { type: string }", "address: { type: integer }"),
        (
            "contact:\n        oneOf:\n          - { type: object",
            "contact:\n        properties: { address: { type: string } }\n        required: [address]\n        anyOf:\n          - { type: object",
        ),
        ("color: { type: string }", "colour: { type: string }"),
        ("paginate: none }", "paginate: none, record: { type: object, properties: { name: {} } } }"),
        ("    record: User\n", ""),
    ] {
        let changed = changed(old, new);
        let indented = |lines: String| lines.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let (there, back) = (indented(lines(MANIFEST, &changed)), indented(lines(&changed, MANIFEST)));
        let _ = write!(all, "{old}\n→ {new}\n{there}  and back\n{back}\n");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn of_two_sides_that_use_a_schema_the_stricter_counts() {
    let both = MANIFEST.replace("filter: { $ref: \"#/schemas/Filter\" }", "filter: { $ref: \"#/schemas/User\" }");
    for (old, new, expected) in [
        ("age: { type: integer }", "age: { type: number }", "! User.age: can also be a number with a fraction now\n"),
        ("age: { type: number }", "age: { type: integer }", "! User.age: can no longer be a number with a fraction\n"),
        ("required: [id, email]", "required: [email]", "! User.id: is no longer required\n"),
        ("required: [email]", "required: [id, email]", "! User.id: is required now\n"),
    ] {
        let before =
            both.replace("age: { type: integer }", if old.contains("number") { old } else { "age: { type: integer }" });
        let before = before
            .replace("required: [id, email]", if old == "required: [email]" { old } else { "required: [id, email]" });
        assert_eq!(lines(&before, &before.replace(old, new)), expected);
    }
}

/// Schemas whose members go in circles, on each side in other circles, and whose alternatives have alternatives without end.
#[test]
fn circles_come_to_an_end() {
    let circles = |name: &str, step: usize, size: usize| {
        let refs = |from: usize, many: usize| {
            let targets = (from..from + many).map(|at| format!("{{ $ref: \"#/schemas/{name}{at}\" }}"));
            targets.collect::<Vec<_>>().join(", ")
        };
        let mut text = MANIFEST.replace("record: User", &format!("record: {name}0"));
        for at in 0..size {
            let around = refs(at * step % size, 4);
            let further = refs(at + 1, 5 - at % 6);
            let _ = writeln!(
                text,
                "  {name}{at}: {{ anyOf: [{further}], properties: {{ a: {{ oneOf: [{around}] }}, b: {{ allOf: [{around}] }}, c: {{ $ref: \"#/schemas/{name}{}\" }} }} }}",
                (at * step + 1) % size
            );
        }
        for at in size..size + 9 {
            let _ = writeln!(
                text,
                "  {name}{at}: {{ properties: {{ {}: {{ items: {{ $ref: \"#/schemas/{name}0\" }} }} }} }}",
                "c".repeat(1000)
            );
        }
        load(&text.replace("anyOf: [], ", ""))
    };
    let (one, other) = (circles("A", 7, 300), circles("B", 11, 299));
    let began = std::time::Instant::now();
    let found = changes(&one, &other).expect("loaded connectors");
    assert!(found.iter().any(|change| change.place == "schemas"), "all {} were found", found.len());
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "took {:?}", began.elapsed());
}
