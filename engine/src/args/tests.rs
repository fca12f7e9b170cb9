//! Binding, from a manifest to arguments or to what is wrong with them.

use std::time::SystemTime;

use futures_util::StreamExt as _;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::plan::Connector;
use crate::source::Source;
use crate::wire::Upload;

use super::{Args, bind};

const MANIFEST: &str = r##"
tieline: 1
name: example
title: Example
version: 0.1.0
summary: An API.
server: https://api.example.com
config:
  account: { description: The account }
  region: { default: eu }
pagination:
  cursor: { kind: cursor, cursor: start, next: $.next, size: page_size, max_size: 100 }
entities:
  users:
    actions:
      list:
        get: /users
        records: $.users
        paginate: cursor
        params:
          kind: { enum: [person, bot] }
          tags: { type: array, items: { type: string, minLength: 1 }, maxItems: 2 }
          ids: { type: array, items: { type: integer } }
          active: { type: boolean }
          old: { type: string, deprecated: true }
      get:
        get: /accounts/{account}/users/{id}
        params:
          account: { type: string, fill: "${config.account}" }
          id: { type: string, pattern: "^[0-9a-f]{4}$" }
          label: { type: string, fill: "${config.region}-${config.account}" }
          region: { type: string, hidden: true, fill: "{{ config.region | upper }}" }
      update:
        patch: /users/{id}
        params:
          id: { type: string }
          icon: { $ref: "#/schemas/Icon" }
          name: { type: string, maxLength: 5 }
          address: { $ref: "#/schemas/Address" }
          color: { type: [string, "null"] }
          parent: { $ref: "#/schemas/Parent" }
      append:
        post: /blocks
        params:
          children: { type: array, items: { $ref: "#/schemas/Block" }, minItems: 1, required: true }
      send:
        post: /files
        body: { kind: multipart }
        params:
          file: { type: string, format: binary, required: true }
          part: { type: integer }
      extend:
        post: /extend/{id}
        body: { kind: json, others: true }
        params:
          id: { type: string }
          title: { type: string, required: true }
          address: { type: object }
          secret: { type: string, name: internal, hidden: true, fill: x }
          scan: { type: string, in: query, name: "scan[id]" }
      search:
        post: /search
        body: { kind: multipart }
        params:
          page_size: { type: integer, in: query, name: "page[size]" }
          page_after: { type: string, in: query, name: page_size, fill: "{{ params.page_size | default('') }}" }
          trace: { type: string, in: header, name: x }
          scope: { type: string, in: query, name: x }
          key: { type: string, in: query, name: secret_key, hidden: true, fill: k }
          scan: { type: string, format: binary, name: "scan[file]" }
schemas:
  Address: { type: object, properties: { street: { type: string }, "post code": { type: integer } }, required: [street], additionalProperties: false }
  Icon:
    anyOf:
      - { type: object, properties: { type: { const: emoji }, emoji: { type: string } }, required: [emoji] }
      - { type: object, properties: { type: { const: external }, external: { type: object, properties: { url: { type: string } }, required: [url] } }, required: [external] }
      - { type: "null" }
  Parent:
    oneOf:
      - { type: object, properties: { page_id: { type: string } }, required: [page_id], additionalProperties: false }
      - { type: object, properties: { database_id: { type: string } }, required: [database_id], additionalProperties: false }
  Text: { type: object, properties: { type: { const: text }, text: { type: string } }, required: [type, text] }
  Mention: { type: object, properties: { type: { const: mention }, user: { type: string } }, required: [type, user] }
  RichText: { type: array, items: { oneOf: [{ $ref: "#/schemas/Text" }, { $ref: "#/schemas/Mention" }] } }
  Block:
    oneOf:
      - { type: object, properties: { type: { const: paragraph }, paragraph: { type: object, properties: { rich_text: { $ref: "#/schemas/RichText" }, children: { type: array, items: { $ref: "#/schemas/Block" } } }, required: [rich_text] } }, required: [paragraph] }
      - { type: object, properties: { type: { const: divider }, divider: { type: object } }, required: [divider] }
      - { type: object, properties: { type: { const: to_do }, to_do: { type: object, properties: { checked: { type: boolean } } } }, required: [to_do] }
"##;

fn connector() -> Connector {
    Connector::load(&Source::new("connector.yaml", MANIFEST)).map_or_else(|findings| panic!("{findings}"), |it| it.0)
}

fn bound(action: &str, params: Value, uploads: IndexMap<String, Upload>, config: Value) -> Result<Args, Error> {
    let connector = connector();
    let operation = connector.operation("users", action)?;
    let config: Map<_, _> = config.as_object().cloned().unwrap_or_default();
    bind(&connector, operation, params, uploads, &config, SystemTime::UNIX_EPOCH)
}

fn values(action: &str, params: Value, config: Value) -> Value {
    let args = bound(action, params, IndexMap::new(), config).unwrap();
    args.values.into_iter().collect()
}

fn problems(action: &str, params: Value) -> Vec<String> {
    let error = bound(action, params, IndexMap::new(), json!({})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.message(), format!("the parameters of `users.{action}` do not fit"));
    error.problems().iter().map(|problem| format!("{}: {}", problem.at, problem.message)).collect()
}

#[test]
fn all_problems_come_at_once() {
    let given = json!({ "page_sise": 5, "page_size": 101, "kind": "bto", "tags": ["a", "", "c"], "active": "maybe", "zebra": 1 });
    assert_eq!(
        problems("list", given),
        [
            "page_sise: unknown parameter; did you mean `page_size`?",
            "zebra: unknown parameter",
            "kind: expected one of `person`, `bot`; did you mean `bot`?",
            "tags: must have at most 2 elements",
            "tags[1]: must have at least 1 character",
            "active: expected `true` or `false`, found text",
            "page_size: must be at most 100",
        ]
    );
}

#[test]
fn one_value_and_what_is_said_of_it() {
    let address = |value: Value| json!({ "id": "1", "address": value });
    let icon = |value: Value| json!({ "id": "1", "icon": value });
    let parent = |value: Value| json!({ "id": "1", "parent": value });
    let block = |value: Value| json!({ "children": [{ "type": "divider", "divider": {} }, value] });
    let cases = [
        ("list", json!({ "page_size": "many" }), "page_size: expected a whole number, found text"),
        ("list", json!({ "page_size": "500" }), "page_size: must be at most 100"),
        ("list", json!({ "page_size": 1.5 }), "page_size: expected a whole number, found 1.5"),
        ("list", json!({ "active": null }), "active: must not be null"),
        ("list", json!({ "kind": null }), "kind: must not be null"),
        ("list", json!({ "ids": ["1", "x"] }), "ids[1]: expected a whole number, found text"),
        ("update", json!({ "id": "1", "name": "abcdef" }), "name: must have at most 5 characters"),
        ("update", json!({}), "id: is required"),
        (
            "update",
            address(json!({ "stret": "x", "street": "y" })),
            "address.stret: unknown property; did you mean `street`?",
        ),
        ("update", address(json!({})), "address.street: is required"),
        (
            "update",
            address(json!({ "street": "x", "post code": "1" })),
            "address[\"post code\"]: expected a whole number, found text",
        ),
        ("update", icon(json!(5)), "icon: expected an object or null, found a number"),
        ("update", icon(json!({ "type": "emoji" })), "icon.emoji: is required"),
        (
            "update",
            icon(json!({ "type": "externl", "emoji": "x" })),
            "icon.type: expected one of `emoji`, `external`; did you mean `external`?",
        ),
        ("update", icon(json!({ "external": {} })), "icon.external.url: is required"),
        ("update", icon(json!({})), "icon: needs one of `emoji`, `external`"),
        ("update", parent(json!({ "page_id": 5 })), "parent.page_id: expected text, found a number"),
        ("append", block(json!({ "paragraph": {} })), "children[1].paragraph.rich_text: is required"),
        (
            "append",
            block(json!({ "paragraph": { "rich_text": [{ "type": "text", "text": 5 }] } })),
            "children[1].paragraph.rich_text[0].text: expected text, found a number",
        ),
        (
            "append",
            block(json!({ "paragraph": { "rich_text": [], "children": [{ "to_do": { "checked": "x" } }] } })),
            "children[1].paragraph.children[0].to_do.checked: expected `true` or `false`, found text",
        ),
        (
            "append",
            block(json!({ "paragraph": { "rich_text": [{ "type": "mension" }] } })),
            "children[1].paragraph.rich_text[0].type: expected one of `text`, `mention`; did you mean `mention`?",
        ),
        ("append", json!({ "children": [] }), "children: must have at least 1 element"),
        (
            "append",
            json!({ "children": "[{\"divider\": 5}]" }),
            "children[0].divider: expected an object, found a number",
        ),
        ("send", json!({}), "file: is required"),
        (
            "send",
            json!({ "file": 5 }),
            "file: expected a file: its text, or an object with `content` and perhaps `encoding`, `filename`, `content_type`",
        ),
        (
            "send",
            json!({ "file": { "content": "*", "encoding": "base64" } }),
            "file.content: is not base64: Invalid symbol 42, offset 0.",
        ),
        ("send", json!({ "file": { "contents": "x" } }), "file.contents: unknown property; did you mean `content`?"),
    ];
    for (action, params, wanted) in cases {
        let found = problems(action, params.clone());
        assert_eq!(found.first().map(String::as_str), Some(wanted), "{params} gave {found:?}");
        assert!(found.len() == 1 || action == "send", "{params} gave {found:?}");
    }
}

#[test]
fn problems_are_capped() {
    for (count, last) in [(30, ": and 10 more"), (50_000, ": and many more")] {
        let unknown: Map<_, _> = (0..count).map(|n| (format!("unknown_{n}"), json!(n))).collect();
        let found = problems("list", Value::Object(unknown));
        assert_eq!(found.len(), 21);
        assert_eq!(found.last().map(String::as_str), Some(last));
    }
}

#[test]
fn the_help_lists_what_is_taken_when_a_name_is_unknown() {
    let help = |params| bound("update", params, IndexMap::new(), json!({})).unwrap_err().help().map(str::to_owned);
    let all = "`users.update` takes `id` (required), `icon`, `name`, `address`, `color`, `parent`";
    assert_eq!(help(json!({ "zebra": 1, "id": "1" })).as_deref(), Some(all));
    assert_eq!(help(json!({ "id": "1", "name": "too long" })), None);
    assert_eq!(
        help(json!({ "id": "1", "address": { "street": "A", "zebra": 1 } })),
        None,
        "`zebra` is no parameter's name"
    );
}

#[test]
fn what_fits_is_taken_and_converted() {
    let none = json!({});
    assert_eq!(values("list", none.clone(), none.clone()), none);
    assert_eq!(values("list", Value::Null, none.clone()), none);
    let given = json!({ "page_size": "50", "active": "true", "ids": "[\"1\", 2]", "tags": ["x"], "old": "y" });
    let wanted = json!({ "tags": ["x"], "ids": [1, 2], "active": true, "old": "y", "page_size": 50 });
    assert_eq!(values("list", given.clone(), none.clone()), wanted);
    assert_eq!(values("list", Value::String(given.to_string()), none.clone()), wanted);
    let given = json!({ "id": 5, "icon": null, "color": null, "name": 12 });
    assert_eq!(values("update", given, none), json!({ "id": "5", "icon": null, "name": "12", "color": null }));
}

#[test]
fn the_name_on_the_wire_will_do() {
    let both = json!({ "page_size": 5, "page_after": "5", "key": "k" });
    for name in ["page_size", "page[size]"] {
        assert_eq!(values("search", json!({ name: "5" }), json!({})), both, "{name}");
    }
    let found = problems(
        "search",
        json!({ "page[size]": 1, "page_size": 2, "page[sise]": 3, "x": "4", "secret_key": "5", "scan[file]": 6 }),
    );
    assert_eq!(
        found,
        [
            "page_size: is given twice, as `page_size` and as `page[size]`",
            "page[sise]: unknown parameter; did you mean `page[size]`?",
            "x: unknown parameter",
            "secret_key: unknown parameter",
            "scan: expected a file: its text, or an object with `content` and perhaps `encoding`, `filename`, `content_type`",
        ]
    );
    let uploads = |names: [&str; 2]| names.map(|name| (name.to_owned(), Upload::bytes("x"))).into_iter().collect();
    let args = bound("search", json!({}), IndexMap::from([("scan[file]".to_owned(), Upload::bytes("x"))]), json!({}));
    assert!(args.unwrap().uploads.contains_key("scan"));
    let error = bound("search", json!({}), uploads(["scan", "scan[file]"]), json!({})).unwrap_err();
    assert_eq!(error.problems()[0].message, "is given twice, as `scan` and as `scan[file]`");
}

#[test]
fn what_nobody_declares_is_taken_where_the_body_may_hold_it() {
    let given = json!({ "id": "1", "title": "T", "cf_rank": null, "cf": { "a": [1] }, "scan": "s", "scan[x]": 2 });
    let args = bound("extend", given, IndexMap::new(), json!({})).unwrap();
    let others: Value = args.others.into_iter().collect();
    assert_eq!(others, json!({ "cf_rank": null, "cf": { "a": [1] }, "scan[x]": 2 }));
    let names: Vec<_> = args.values.keys().collect();
    assert_eq!(names, ["id", "title", "secret", "scan"]);
    let given =
        json!({ "id": "1", "titel": "T", "secret": 1, "internal": 2, "address[city]": 3, "": 4, "internal[x]": 5 });
    assert_eq!(
        problems("extend", given),
        [
            "secret: unknown parameter",
            "internal: unknown parameter",
            "address[city]: unknown parameter",
            ": unknown parameter",
            "internal[x]: unknown parameter",
            "title: is required; is `titel` meant to be it?",
        ]
    );
    for given in [json!({}), json!({ "cf": 1 })] {
        let error = bound("extend", given, IndexMap::from([("cf".to_owned(), Upload::bytes("x"))]), json!({}));
        assert_eq!(error.unwrap_err().problems()[0].message, "unknown parameter", "a file has no place in it");
    }
}

#[test]
fn parameters_are_an_object() {
    for params in [json!([1]), json!("not json"), json!(5), json!("[1]")] {
        let error = bound("list", params.clone(), IndexMap::new(), json!({})).unwrap_err();
        assert!(
            error.message().starts_with("the parameters of `users.list` must be a JSON object, found "),
            "{params}"
        );
    }
}

#[test]
fn what_is_left_out_is_filled() {
    let config = json!({ "account": "a1", "region": "eu" });
    let filled = json!({ "account": "a1", "id": "00ff", "label": "eu-a1", "region": "EU" });
    assert_eq!(values("get", json!({ "id": "00ff" }), config.clone()), filled);
    let given = json!({ "id": "00ff", "account": "b", "label": "c" });
    let wanted = json!({ "account": "b", "id": "00ff", "label": "c", "region": "EU" });
    assert_eq!(values("get", given, config), wanted);
    let wanted = json!({ "account": "b", "id": "00ff", "region": "EU" });
    assert_eq!(values("get", json!({ "id": "00ff", "account": "b" }), json!({ "region": "eu" })), wanted);
}

#[test]
fn what_cannot_be_filled_names_the_configuration_value() {
    let error =
        bound("get", json!({ "region": "us", "id": "xyz" }), IndexMap::new(), json!({ "region": "eu" })).unwrap_err();
    let found: Vec<_> = error.problems().iter().map(|problem| format!("{}: {}", problem.at, problem.message)).collect();
    assert_eq!(
        found,
        [
            "region: unknown parameter",
            "account: is required; give it, or set the configuration value `account`",
            "id: does not match `^[0-9a-f]{4}$`",
        ]
    );
}

#[tokio::test]
async fn files_come_as_uploads_or_as_json() {
    let content = async |upload: &Upload| {
        let body = crate::wire::Body::segments(vec![crate::wire::Segment::Upload(upload.clone())]);
        body.open().map(|chunk| chunk.unwrap().to_vec()).concat().await
    };
    let described =
        json!({ "content": "aGk=", "encoding": "base64", "filename": "a.txt", "content_type": "text/plain" });
    for (value, wanted) in [(described.clone(), "hi"), (json!("text"), "text"), (json!({ "content": "aGk=" }), "aGk=")]
    {
        let args = bound("send", json!({ "file": value, "part": 1 }), IndexMap::new(), json!({})).unwrap();
        assert_eq!(content(&args.uploads["file"]).await, wanted.as_bytes());
        assert_eq!(args.values.get("part"), Some(&json!(1)));
    }
    let args = bound("send", json!({ "file": described }), IndexMap::new(), json!({})).unwrap();
    assert_eq!(args.uploads["file"].filename.as_deref(), Some("a.txt"));
    assert_eq!(args.uploads["file"].content_type.as_deref(), Some("text/plain"));
    let upload = |name: &str| IndexMap::from([(name.to_owned(), Upload::bytes("x"))]);
    assert_eq!(content(&bound("send", json!({}), upload("file"), json!({})).unwrap().uploads["file"]).await, b"x");
    let first = |params, uploads| bound("send", params, uploads, json!({})).unwrap_err().problems()[0].message.clone();
    assert_eq!(first(json!({ "file": "y" }), upload("part")), "is not a file");
    assert_eq!(first(json!({ "file": "y" }), upload("file")), "is given twice, as a value and as a file");
    assert_eq!(first(json!({ "file": "y" }), upload("files")), "unknown parameter; did you mean `file`?");
}

#[test]
fn only_what_is_given_is_compiled() {
    let connector = connector();
    let operation = connector.operation("users", "update").unwrap();
    let given = json!({ "id": "1", "color": "red" });
    bind(&connector, operation, given, IndexMap::new(), &Map::new(), SystemTime::UNIX_EPOCH).unwrap();
    let printed = format!("{:?}", operation.validators);
    assert!(!printed.contains("Icon"), "{printed}");
}
