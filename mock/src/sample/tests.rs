//! Samples fit their schemas.

use std::sync::Arc;

use serde_json::{Value, json};
use tieline::{Connector, Source};

use super::{Seed, sample};
use crate::schemas::Schemas;

/// The schemas of a manifest that has these under `schemas`.
fn schemas(named: &Value) -> Schemas {
    let manifest = json!({
        "tieline": 1, "name": "x", "title": "X", "version": "0.1.0", "summary": "X.", "server": "https://x.example.com",
        "entities": { "things": { "actions": { "get": { "get": "/thing" } } } },
        "schemas": named,
    });
    let connector = Connector::load(&Source::new("x.yaml", manifest.to_string()));
    let (connector, _) = connector.unwrap_or_else(|findings| panic!("{findings}"));
    Schemas::new(Arc::new(connector))
}

#[test]
fn samples_fit() {
    let named = json!({
        "Node": {
            "type": "object", "required": ["id", "children"],
            "properties": {
                "id": { "type": "string", "pattern": "^n[0-9]{4}$" },
                "children": { "type": "array", "items": { "$ref": "#/schemas/Node" } },
                "parent": { "anyOf": [{ "$ref": "#/schemas/Node" }, { "type": "null" }] },
                "twin": { "$ref": "#/schemas/Node" },
            }
        },
        "Chain": { "type": "object", "required": ["next"], "properties": { "next": { "anyOf": [{ "$ref": "#/schemas/Chain" }, { "type": "null" }] } } },
        "Shape": {
            "type": "object", "required": ["type"],
            "properties": { "type": { "type": "string" }, "area": { "type": "number", "exclusiveMinimum": 0 } },
            "oneOf": [
                { "properties": { "type": { "const": "circle" }, "radius": { "type": "integer" } }, "required": ["radius"] },
                { "properties": { "type": { "const": "square" }, "side": { "type": "integer" } }, "required": ["side"] },
            ]
        },
        "Base": { "type": "object", "required": ["a"], "properties": { "a": { "type": ["string", "null"] } } },
    });
    let schemas = schemas(&named);
    let table = [
        json!({ "$ref": "#/schemas/Node" }),
        json!({ "$ref": "#/schemas/Chain" }),
        json!({ "$ref": "#/schemas/Shape" }),
        json!({ "allOf": [{ "$ref": "#/schemas/Base" }, { "properties": { "a": { "minLength": 30 }, "b": { "const": 5 } }, "required": ["b"] }] }),
        json!({ "$ref": "#/schemas/Base", "properties": { "a": { "enum": [null, "x"] } } }),
        json!({ "type": "integer", "minimum": 7, "maximum": 7 }),
        json!({ "type": "integer", "minimum": -9, "exclusiveMaximum": -3, "multipleOf": 5 }),
        json!({ "type": "number", "multipleOf": 0.25, "maximum": 1 }),
        json!({ "exclusiveMinimum": 10, "maximum": 11 }),
        json!({ "type": "array", "minItems": 3, "uniqueItems": true, "items": { "type": "string" } }),
        json!({ "type": "array", "maxItems": 0, "items": { "type": "string" } }),
        json!({ "prefixItems": [{ "const": 1 }, { "type": "boolean" }], "items": false }),
        json!({ "contains": { "const": "x" } }),
        json!({ "type": "object", "additionalProperties": { "type": "integer" }, "minProperties": 2 }),
        json!({ "patternProperties": { "^x_[a-z]{3}$": { "type": "boolean" } }, "additionalProperties": false, "minProperties": 1 }),
        json!({ "type": "object", "required": ["undeclared"] }),
        json!({ "type": "object", "properties": { "bad": { "type": "integer", "example": "text" } } }),
        json!({ "anyOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] }),
        json!({ "type": ["null", "object"], "properties": { "x": { "type": "null" } } }),
        json!({ "type": "string", "maxLength": 2 }),
        json!({ "type": "null" }),
        json!({}),
        json!(true),
    ];
    for schema in table {
        for n in 0..20 {
            let value = sample(&schemas, &schema, Seed::new(n));
            assert!(schemas.fits(&schema, &value), "{schema}: {value}");
        }
    }
}

#[test]
fn samples_are_plausible() {
    let schemas = schemas(&json!({
        "Tree": { "type": "object", "properties": { "left": { "$ref": "#/schemas/Tree" }, "name": { "type": "string" } } }
    }));
    let made = |schema: Value| sample(&schemas, &schema, Seed::new(3));
    let tree = made(json!({ "$ref": "#/schemas/Tree" }));
    assert!(tree.get("left").is_none() && tree["name"].is_string(), "{tree}");
    let tagged = made(json!({ "properties": {
        "type": { "enum": ["text", "image"] }, "text": { "type": "object" }, "image": { "type": "object" }, "size": { "type": "integer" }
    } }));
    assert!(tagged.get("text").is_some() && tagged.get("image").is_none() && tagged.get("size").is_some(), "{tagged}");
    let known = made(json!({ "properties": {
        "a": { "example": "A" }, "b": { "examples": ["B"] }, "c": { "default": 3 }, "old": { "type": "string", "deprecated": true },
        "error": { "type": ["object", "null"] }
    } }));
    assert_eq!(known, json!({ "a": "A", "b": "B", "c": 3 }));
    assert_ne!(sample(&schemas, &json!({ "$ref": "#/schemas/Tree" }), Seed::new(4)), tree);
}

#[test]
fn numbers_are_what_their_names_say() {
    let schemas = schemas(&json!({}));
    let year = 1_767_225_600.0..1_798_761_600.0;
    for (name, keywords, expected) in [
        ("created_at", json!({ "type": "integer" }), year.clone()),
        ("validTill", json!({ "type": "integer", "format": "int64", "minimum": 0 }), year.clone()),
        ("start_time", json!({ "type": "number" }), year),
        ("start_time", json!({ "type": "integer", "maximum": 24 }), 1.0..25.0),
        ("unit_price", json!({ "type": "integer" }), 500.0..20_251.0),
        ("amount_due", json!({ "type": "number" }), 5.0..203.0),
        ("amount", json!({ "type": "integer", "minimum": 50_000 }), 50_000.0..50_100.0),
        ("count", json!({ "type": "integer" }), 1.0..101.0),
    ] {
        let schema = json!({ "type": "object", "required": [name], "properties": { name: keywords } });
        for n in 0..20 {
            let number = sample(&schemas, &schema, Seed::new(n))[name].clone();
            assert!(number.as_f64().is_some_and(|number| expected.contains(&number)), "{schema}: {number}");
        }
    }
}

#[test]
fn hostile_schemas_end() {
    let branches: Vec<Value> = (0..40).map(|_| json!({ "$ref": "#/schemas/A" })).collect();
    let wide: serde_json::Map<String, Value> =
        (0..60).map(|n| (format!("p{n}"), json!({ "$ref": "#/schemas/B" }))).collect();
    let names: Vec<&String> = wide.keys().collect();
    let schemas = schemas(&json!({
        "A": { "type": "object", "required": ["more"], "properties": { "more": { "anyOf": branches } } },
        "Must": { "type": "object", "required": ["more"], "properties": { "more": { "$ref": "#/schemas/Must" } } },
        "B": { "type": "object", "required": names, "properties": wide },
        "C": { "type": "object", "required": names, "properties": (0..60).map(|n| (format!("p{n}"), json!({ "$ref": "#/schemas/D" }))).collect::<serde_json::Map<_, _>>() },
        "D": { "type": "object", "required": names, "properties": (0..60).map(|n| (format!("p{n}"), json!({ "$ref": "#/schemas/E" }))).collect::<serde_json::Map<_, _>>() },
        "E": { "type": "object", "required": names, "properties": (0..60).map(|n| (format!("p{n}"), json!({ "type": "string", "minLength": 90000 }))).collect::<serde_json::Map<_, _>>() },
        "F": { "type": "array", "minItems": 1000, "items": { "type": "array", "minItems": 1000, "items": { "type": "array", "minItems": 1000, "items": {} } } },
    }));
    for name in ["A", "Must", "B", "C", "F"] {
        let started = std::time::Instant::now();
        sample(&schemas, &json!({ "$ref": format!("#/schemas/{name}") }), Seed::new(1));
        assert!(started.elapsed().as_secs() < 20, "{name} took {:?}", started.elapsed());
    }
}
