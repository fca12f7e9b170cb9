//! Documents whose size, or whose references to themselves, would cost a translation too much time.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tieline::Source;
use tieline::source::Code;
use tieline::yaml::{Limits, parse};
use tieline_openapi::translate;

/// What each of these documents may take, in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);

fn document(paths: Json, schemas: Json) -> Json {
    json!({
        "openapi": "3.1.0", "info": { "title": "Large", "version": "1.0.0" },
        "servers": [{ "url": "https://api.example.com" }],
        "paths": paths, "components": { "schemas": schemas },
    })
}

fn answering(schema: Json) -> Json {
    json!({ "200": { "description": "", "content": { "application/json": { "schema": schema } } } })
}

fn asked(schema: &Json) -> Json {
    json!({
        "get": { "responses": answering(schema.clone()) },
        "post": {
            "requestBody": { "content": { "multipart/form-data": { "schema": { "properties": { "file": schema } } } } },
            "responses": { "400": answering(schema.clone())["200"] },
        },
        "put": { "requestBody": { "content": { "application/json": { "schema": schema } } }, "responses": {} },
    })
}

fn named(count: usize, each: impl Fn(usize) -> (String, Json)) -> Json {
    Json::Object((0..count).map(each).collect())
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[track_caller]
fn is_quick(what: &str, document: &Json) {
    let source = Source::new("openapi.json", document.to_string());
    let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
    let start = Instant::now();
    assert!(translate(&tree).is_ok(), "{what}");
    let took = start.elapsed();
    assert!(took < LONGEST, "{what}: {took:?}");
}

#[test]
fn schemas_that_are_made_of_themselves_end() {
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let itself = json!({ keyword: vec![reference("A"); 40] });
        is_quick(keyword, &document(json!({ "/a": asked(&reference("A")) }), json!({ "A": itself })));
        let chain =
            named(100, |at| (format!("A{at}"), json!({ keyword: vec![reference(&format!("A{}", at + 1)); 4] })));
        is_quick(keyword, &document(json!({ "/a": asked(&reference("A0")) }), chain));
    }
    let members = named(400, |at| ("d_a_t_a".to_owned() + &"_".repeat(at), reference("A")));
    let pages = named(400, |at| ("me_ta".to_owned() + &"_".repeat(at), reference("A")));
    for properties in [members, pages] {
        let itself = json!({ "properties": properties, "items": reference("A") });
        is_quick("properties", &document(json!({ "/a": asked(&reference("A")) }), json!({ "A": itself })));
    }
}

#[test]
fn many_of_everything_takes_little_more() {
    let answer = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
    let operation =
        |tag: &str| json!({ "get": { "tags": [tag], "operationId": "do_it", "responses": answering(answer.clone()) } });
    let alike = named(4000, |at| (format!("/a/{at}/b"), operation("a")));
    is_quick("operations with one name", &document(alike, json!({})));
    let mut apart = document(
        named(2500, |at| (format!("/a{at}"), operation(&format!("Tag {at}")))),
        named(5000, |at| (format!("Schema{at}"), answer.clone())),
    );
    apart["tags"] = (0..2500).map(|at| json!({ "name": format!("Tag {at}"), "description": "Some." })).collect();
    is_quick("tags", &apart);
    let wide = json!({ "properties": named(10_000, |at| (format!("p{at}"), json!({ "type": "string" }))) });
    is_quick("properties", &document(json!({ "/a": asked(&wide) }), json!({})));
    let choices = json!({ "enum": (0..20_000).map(|at| format!("choice {at}")).collect::<Vec<_>>() });
    is_quick("choices", &document(json!({ "/a": asked(&choices) }), json!({})));
    let params: Vec<Json> =
        (0..3000).map(|at| json!({ "name": format!("p {at}"), "in": "query", "schema": {} })).collect();
    is_quick("parameters", &document(json!({ "/a": { "get": { "parameters": params, "responses": {} } } }), json!({})));
    let schemas = named(5000, |at| {
        (format!("S{at}"), json!({ "allOf": [reference(&format!("S{}", (at + 1) % 5000)), reference("S0")] }))
    });
    is_quick("schemas", &document(json!({ "/a": asked(&reference("S1")) }), schemas));
    let mut described = document(json!({ "/a": asked(&json!({})) }), json!({}));
    described["info"]["description"] = "[".repeat(300_000).into();
    is_quick("description", &described);
}

#[test]
fn what_is_said_once_is_not_written_out_without_end() {
    let body = json!({ "content": { "application/json": { "schema": { "x-rows": vec![0; 50_000] } } } });
    let operation =
        json!({ "post": { "requestBody": { "$ref": "#/components/requestBodies/Wide" }, "responses": {} } });
    let mut document = document(named(30, |at| (format!("/a{at}"), operation.clone())), json!({}));
    document["components"]["requestBodies"] = json!({ "Wide": body });
    let source = Source::new("openapi.json", document.to_string());
    let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
    let (_, findings) = translate(&tree).expect("a document");
    let of_limit = findings.iter().filter(|finding| finding.code == Code::Limit).count();
    assert_eq!(of_limit, 1, "{findings:?}");
}

#[test]
fn regular_expressions_that_are_too_many_are_told_once() {
    let properties: serde_json::Map<_, _> = (0..300)
        .map(|number| (format!("p{number}"), json!({ "type": "string", "pattern": format!("^a{{{number}}}$") })))
        .collect();
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Example", "version": "1.0.0" },
        "servers": [{ "url": "https://api.example.com" }],
        "paths": { "/books": { "get": { "responses": { "200": { "description": "", "content": {
            "application/json": { "schema": { "type": "object", "properties": properties } } } } } } } },
    });
    let source = Source::new("openapi.json", document.to_string());
    let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
    let (_, findings) = translate(&tree).expect("a document");
    let told = findings.iter().filter(|finding| finding.message.contains("regular expressions")).count();
    assert_eq!(told, 1, "{findings:?}");
}
