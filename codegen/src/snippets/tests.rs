//! Small manifests, and what is written for them.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Map, Value, json};
use tieline::{Connector, Source};

use crate::docs::faces::Shown;
use crate::emit::Origin;

use super::{Snippet, Snippets};

fn load(manifest: &str) -> Connector {
    Connector::load(&Source::new("acme.yaml", manifest)).unwrap_or_else(|found| panic!("{}", found.render(false))).0
}

/// A connector with one action, `things.make`, that has these parameters.
fn with_params(params: &str) -> Connector {
    load(&format!(
        "{HEAD}entities: {{ things: {{ actions: {{ make: {{ post: /things, params: {params} }} }} }} }}\n{SCHEMAS}"
    ))
}

const HEAD: &str =
    "tieline: 1\nname: acme\ntitle: Acme\nversion: 0.1.0\nsummary: Things.\nserver: https://api.example.com\n";

const SCHEMAS: &str = r##"
schemas:
  Direction: { type: string, enum: [up, down, self] }
  Point: { type: object, required: [x], properties: { x: { type: integer }, "y-axis": { type: number }, type: { type: string } } }
  Icon:
    type: object
    properties: { size: { type: integer } }
    anyOf:
      - { required: [type, emoji], properties: { type: { const: emoji }, emoji: { type: string } } }
      - required: [type, url]
        properties: { type: { const: file }, url: { type: string }, name: { type: [string, "null"] }, until: { type: string, format: date } }
      - { required: [type], properties: { type: { const: none } } }
  Circle: { type: object, required: [shape, r], properties: { shape: { const: circle }, r: { type: number } } }
  Square: { type: object, required: [shape], properties: { shape: { const: square }, a: { type: number } } }
  Shape: { oneOf: [ { $ref: "#/schemas/Circle" }, { $ref: "#/schemas/Square" } ] }
  Loose: { anyOf: [ { type: string }, { type: integer }, { $ref: "#/schemas/Point" }, { type: array, items: { type: string } } ] }
  Tree: { type: array, items: { $ref: "#/schemas/Tree" } }
  Upload: { type: object, properties: { name: { type: string } } }
"##;

fn written(connector: &Connector, params: Value, files: &[(&str, &str)]) -> Snippet {
    let Value::Object(params) = params else { panic!("{params}") };
    let operation = connector.operation("things", "make").unwrap();
    let files: Vec<_> = files.iter().map(|(param, name)| ((*param).to_owned(), (*name).to_owned())).collect();
    let snippet = Snippets::of(connector).unwrap().call(&Shown { operation, params: &params, files: &files }).unwrap();
    parses(&snippet);
    snippet
}

/// Fails when a snippet is no Rust.
fn parses(snippet: &Snippet) {
    let text = format!("async fn f() {{\n{}{}}}", snippet.uses(), snippet.text());
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
}

/// The call on one line.
fn flat(snippet: &Snippet) -> String {
    let text: String = snippet.text().lines().map(str::trim_start).collect();
    text.replace(",]", "]").replace(",)", ")").replace(",", ", ").replace(",  ", ", ")
}

#[track_caller]
fn value(schema: &str, value: Value, expected: &str) {
    let connector = with_params(&format!("{{ given: {schema} }}"));
    let text = flat(&written(&connector, json!({ "given": value }), &[]));
    let expected = format!("acme.things().make().given({expected}).send().await?;");
    assert_eq!(text, expected, "{schema} {value}");
}

#[test]
fn plain_values_are_literals() {
    value("{ type: string }", json!("a \"b\" \\ \n{}"), r#""a \"b\" \\ \n{}""#);
    value("{ type: string }", json!("\u{202e}"), r#""\u{202e}""#);
    value("{ type: boolean }", json!(true), "true");
    value("{ type: integer }", json!(-3_000_000_000_i64), "-3000000000");
    value("{ type: number }", json!(2.5), "2.5");
    value("{ type: number }", json!(3_000_000_000_i64), "3000000000_i64");
    value("{ type: string, format: password }", json!("s3cret"), r#""s3cret""#);
    value(
        "{ type: string, format: date-time }",
        json!("2026-03-11T09:30:00Z"),
        r#""2026-03-11T09:30:00Z".parse::<Timestamp>()?"#,
    );
    value("{ type: string, format: date }", json!("2026-03-11"), r#""2026-03-11".parse::<Date>()?"#);
    value("{ type: string, format: uri }", json!("https://example.com/"), r#""https://example.com/".parse::<Url>()?"#);
}

#[test]
fn what_may_be_null_takes_null() {
    value("{ type: [string, 'null'] }", Value::Null, "None");
    value("{ type: [string, 'null'] }", json!("a"), r#""a""#);
    value("{ type: [integer, 'null'] }", json!(1), "1");
    value("{ type: [number, 'null'] }", json!(1), "Number::from(1)");
    value("{ type: [array, 'null'], items: { type: string } }", json!(["a"]), r#"["a".to_owned()]"#);
    value("{ type: [array, 'null'], items: { type: string } }", json!([]), "Vec::<String>::new()");
    value("{ anyOf: [{ $ref: '#/schemas/Point' }, { type: 'null' }] }", json!({ "x": 1 }), "Point::new(1)");
    value("{ anyOf: [{ $ref: '#/schemas/Icon' }, { type: 'null' }] }", json!({ "type": "none" }), "IconKind::None");
    let connector = with_params("{ given: { type: [string, 'null'], required: true } }");
    assert!(flat(&written(&connector, json!({ "given": null }), &[])).contains(".make(None)"));
    assert!(flat(&written(&connector, json!({ "given": "a" }), &[])).contains(r#".make("a".to_owned())"#));
}

#[test]
fn lists_and_maps_are_arrays() {
    value("{ type: array, items: { type: string } }", json!(["a", "b"]), r#"["a", "b"]"#);
    value("{ type: array, items: { type: string } }", json!([]), "Vec::<String>::new()");
    value("{ type: array, items: { type: number } }", json!([1, 2.5]), "[Number::from(1), Number::from(2.5)]");
    value(
        "{ type: array, items: { type: array, items: { type: integer } } }",
        json!([[1], [2, 3]]),
        "[vec![1_i64], vec![2_i64, 3_i64]]",
    );
    value(
        "{ type: array, items: { type: [string, 'null'] } }",
        json!(["a", null]),
        r#"[Some("a".to_owned()), None::<String>]"#,
    );
    value("{ type: object, additionalProperties: { type: string } }", json!({ "a\"": "b" }), r#"[("a\"", "b")]"#);
    value("{ type: object, additionalProperties: { type: string } }", json!({}), "IndexMap::<String, String>::new()");
    value(
        "{ type: array, items: { type: object, additionalProperties: { type: integer } } }",
        json!([{ "a": 1 }, { "b": 2, "c": 3 }]),
        r#"[IndexMap::from([("a".to_owned(), 1_i64)]), IndexMap::from([("b".to_owned(), 2_i64), ("c".to_owned(), 3_i64)])]"#,
    );
}

#[test]
fn free_json_is_a_macro() {
    value("{}", json!("a"), r#"json!("a")"#);
    value("{ type: array, items: {} }", json!(["a", "b"]), r#"["a", "b"]"#);
    value("{ type: array, items: {} }", json!(["a", 1]), r#"[json!("a"), json!(1)]"#);
    value("{}", json!([1, "a"]), r#"json!([1, "a"])"#);
    value("{}", Value::Null, "None");
    value("{ type: object }", json!({ "a": 1, "b": [] }), r#"[("a", json!(1)), ("b", json!([]))]"#);
    value("{ type: object }", json!({ "a": "b" }), r#"[("a", "b")]"#);
    value(
        "{}",
        json!(vec![1; 50]),
        &format!("serde_json::from_str::<serde_json::Value>(\"[{}]\")?", ["1"; 50].join(", ")),
    );
}

#[test]
fn choices_and_objects_have_names() {
    value("{ $ref: '#/schemas/Direction' }", json!("up"), "Direction::Up");
    value("{ $ref: '#/schemas/Direction' }", json!("self"), "Direction::SelfValue");
    value("{ $ref: '#/schemas/Direction' }", json!("left\""), r#""left\"""#);
    value(
        "{ type: array, items: { $ref: '#/schemas/Direction' } }",
        json!(["up", "left"]),
        r#"[Direction::Up, Direction::from("left")]"#,
    );
    value(
        "{ $ref: '#/schemas/Point' }",
        json!({ "type": "a", "y-axis": 2, "x": 1 }),
        r#"Point::new(1).r#type("a").y_axis(2)"#,
    );
    value(
        "{ $ref: '#/schemas/Icon' }",
        json!({ "emoji": "🚀", "type": "emoji" }),
        r#"IconKind::Emoji {emoji: "🚀".to_owned(), }"#,
    );
    value(
        "{ type: array, items: { $ref: '#/schemas/Icon' } }",
        json!([{ "type": "none" }, { "type": "none", "size": 1 }]),
        "[Icon::new(IconKind::None), Icon::new(IconKind::None).size(1)]",
    );
    value(
        "{ $ref: '#/schemas/Icon' }",
        json!({ "type": "file", "url": "u", "name": null, "until": "2026-03-11" }),
        r#"IconKind::File {url: "u".to_owned(), name: Field::Null, until: Some("2026-03-11".parse()?), }"#,
    );
    value("{ $ref: '#/schemas/Upload' }", json!({ "name": "a" }), r#"types::Upload::new().name("a")"#);
}

#[test]
fn one_of_several_is_given_as_what_it_is() {
    value("{ $ref: '#/schemas/Shape' }", json!({ "shape": "circle", "r": 1 }), "Circle::new(1)");
    value(
        "{ type: array, items: { $ref: '#/schemas/Shape' } }",
        json!([{ "shape": "circle", "r": 1 }, { "shape": "square", "a": 2 }]),
        "[Shape::from(Circle::new(1)), Shape::from(Square::new().a(2))]",
    );
    value("{ $ref: '#/schemas/Loose' }", json!("a"), r#""a""#);
    value("{ $ref: '#/schemas/Loose' }", json!(1), "1_i64");
    value("{ $ref: '#/schemas/Loose' }", json!(["a"]), r#"vec!["a".to_owned()]"#);
    value(
        "{ type: array, items: { $ref: '#/schemas/Loose' } }",
        json!(["a", { "x": 1 }]),
        r#"[Loose::Text("a".to_owned()), Loose::from(Point::new(1))]"#,
    );
    value("{ $ref: '#/schemas/Tree' }", json!([[], [[]]]), "Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])])");
}

#[test]
fn what_a_type_has_no_place_for_is_read_from_json() {
    value(
        "{ $ref: '#/schemas/Point' }",
        json!({ "x": 1, "z": 2 }),
        r#"serde_json::from_value::<Point>(json!({ "x": 1, "z": 2 }))?"#,
    );
    value(
        "{ $ref: '#/schemas/Icon' }",
        json!({ "type": "hologram" }),
        r#"serde_json::from_value::<Icon>(json!({ "type": "hologram" }))?"#,
    );
    value("{ $ref: '#/schemas/Loose' }", json!(true), r#"serde_json::from_value::<Loose>(json!(true))?"#);
    value(
        "{ type: array, items: { $ref: '#/schemas/Shape' } }",
        json!([{ "shape": "star" }]),
        r#"[serde_json::from_value::<Shape>(json!({ "shape": "star" }))?]"#,
    );
    value(
        "{ type: [object, 'null'] }",
        json!({ "a": 1 }),
        r#"serde_json::from_value::<serde_json::Map<String, serde_json::Value>>(json!({"a": 1}))?"#,
    );
}

#[test]
fn a_call_that_the_types_cannot_hold_is_made_without_them() {
    let connector = with_params(
        "{ must: { type: string, required: true }, point: { $ref: '#/schemas/Point' }, when: { type: string, format: date } }",
    );
    for params in [
        json!({}),
        json!({ "must": 1 }),
        json!({ "must": "a", "other\"": 1 }),
        json!({ "must": "a", "point": {} }),
        json!({ "must": "a", "point": null }),
        json!({ "must": "a", "when": "soon" }),
    ] {
        let snippet = written(&connector, params.clone(), &[]);
        let text = flat(&snippet);
        assert!(text.starts_with("let answer = acme.connection().call(\"things\", \"make\")"), "{text}");
        assert!(text.contains(".execute().await?;"), "{text}");
        let given: &Map<String, Value> = params.as_object().unwrap();
        assert!(given.keys().all(|key| text.contains(&format!("{key:?}: "))), "{text}");
        assert!(!snippet.uses().contains("types"), "{}", snippet.uses());
    }
}

#[test]
fn files_are_read_from_the_disk() {
    let connector = load(&format!(
        "{HEAD}entities: {{ things: {{ actions: {{ make: {{ post: /things, body: {{ kind: multipart }}, params: {{ \
         file: {{ type: string, format: binary, required: true }}, send: {{ type: string, format: binary }}, type: {{ type: string }} }} }} }} }} }}\n"
    ));
    let both = written(&connector, json!({ "type": "a" }), &[("send", "b.txt"), ("file", "a\".txt")]);
    assert_eq!(
        flat(&both),
        "acme.things().make(Upload::bytes(fs::read(\"a\\\".txt\")?).filename(\"a\\\".txt\")).r#type(\"a\")\
         .send_(Upload::bytes(fs::read(\"b.txt\")?).filename(\"b.txt\")).send().await?;"
    );
    assert_eq!(both.uses(), "use std::fs;\nuse tieline_connectors::tieline::wire::Upload;\n");
    let without = written(&connector, json!({}), &[("send", "b.txt")]);
    assert!(
        flat(&without).contains(".call(\"things\", \"make\").upload(\"send\", Upload::bytes("),
        "{}",
        without.text()
    );
}

#[test]
fn a_client_connects_in_each_way() {
    let auth = "auth: { key: { title: Key, fields: { id: { type: integer }, key: { secret: true }, all: { type: list }, may: { required: false } }, \
                headers: { X: '${id} ${key} ${all} ${may}' } } }\n\
                config: { site: { required: true, example: acme-test }, eu: { type: boolean, required: true } }\n\
                headers: { X-C: '${config.site} ${config.eu}' }\n";
    let connector = load(&format!(
        "{HEAD}{auth}entities: {{ things: {{ actions: {{ list: {{ get: /things, records: $.all }} }} }} }}\n"
    ));
    let snippets = Snippets::of(&connector).unwrap();
    insta::assert_snapshot!(snippets.sign_in("key").unwrap().whole());
    let operation = snippets.first().unwrap().unwrap();
    let start = snippets.start(None, &Shown { operation, params: &Map::new(), files: &[] }).unwrap();
    insta::assert_snapshot!(start.whole());
    assert!(snippets.sign_in("other").is_none());
}

#[test]
fn a_program_runs_every_snippet() {
    let connector = load(PROGRAM);
    let origin = Origin { arguments: String::new(), from: "specs/\n".to_owned() };
    let program = super::program(&connector, &origin).unwrap();
    syn::parse_file(&program).unwrap_or_else(|error| panic!("{error}:\n{program}"));
    insta::assert_snapshot!(program);
}

/// Names that are keywords, texts that would end what they stand in, and two names that come to the same.
const PROGRAM: &str = r##"
tieline: 1
name: match
title: "Match\"; panic!()"
version: 0.1.0
summary: "*/ Things."
server: https://api.example.com
auth:
  token: { title: Match, fields: { token: { secret: true, prefix: ["t\""] } }, bearer: "${token}" }
  client: { title: Client, limited: true, fields: { id: {} }, headers: { X-Client: "${id}" } }
entities:
  type:
    record: Type
    actions:
      move:
        post: /type/move
        auth: client
        params: { self: { type: string }, next: { type: string }, extra: { type: string } }
        examples: [{ params: { self: "\"; panic!(); //", next: "a\nb", extra: "*/" } }]
      get: { get: "/type/{id}", params: { id: { type: string } } }
  type_move: { actions: { list: { get: /moves, records: $.moves }, file: { get: /file, download: {} } } }
schemas: { Type: { type: object, properties: { id: { type: string } } } }
"##;
