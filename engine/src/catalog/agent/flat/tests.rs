//! The flat schema is small, has no references, and accepts whatever the real ones accept.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::catalog::testing::connector;
use crate::manifest::Place;
use crate::plan::{Connector, Lazy, Param};
use crate::schema::{Schema, options};

use super::{BUDGET, flat_params, flat_within};

const NAMES: [&str; 3] = ["A", "B", "C"];

fn param(schema: Value) -> Param {
    Param {
        name: "p".to_owned(),
        wire: "p".to_owned(),
        base64: false,
        place: Place::Body,
        required: false,
        style: None,
        explode: None,
        fill: None,
        hidden: false,
        percent_encoded: false,
        file: false,
        schema,
    }
}

fn with_schemas(schemas: &[(&str, Value)]) -> Connector {
    let mut connector = connector();
    connector.schemas.extend(schemas.iter().map(|(name, schema)| ((*name).to_owned(), Lazy::ready(schema.clone()))));
    connector
}

fn flat(schema: Value, schemas: &[(&str, Value)], budget: usize) -> Value {
    flat_within(&with_schemas(schemas), &[&param(schema)], budget)["properties"]["p"].clone()
}

#[test]
fn references_are_replaced_by_what_they_refer_to() {
    let long =
        "It is long enough to be told only once, since it holds so many words that telling it twice would be a waste.";
    let large = json!({ "type": "object", "description": long, "properties": { "a": { "type": "string" } } });
    let tree = json!({ "type": "object", "description": long, "properties": { "below": { "type": "array", "items": { "$ref": "#/schemas/Tree" } } } });
    let schemas = [("Small", json!({ "type": "string", "maxLength": 9 })), ("Large", large.clone()), ("Tree", tree)];
    for (schema, expected) in [
        (json!({ "$ref": "#/schemas/Small" }), json!({ "type": "string", "maxLength": 9 })),
        (
            json!({ "$ref": "#/schemas/Small", "description": "A name" }),
            json!({ "type": "string", "description": "A name", "maxLength": 9 }),
        ),
        (
            json!({ "type": "object", "properties": { "x": { "$ref": "#/schemas/Large" }, "y": { "$ref": "#/schemas/Large", "description": "The other" } } }),
            json!({ "type": "object", "properties": { "x": large, "y": { "type": "object", "description": "The other. As `p.x`." } } }),
        ),
        (
            json!({ "$ref": "#/schemas/Tree" }),
            json!({ "type": "object", "description": long, "properties": { "below": { "type": "array", "items": { "type": "object", "description": "As `p`." } } } }),
        ),
        (json!({ "$ref": "#/schemas/Nowhere" }), json!({})),
    ] {
        assert_eq!(flat(schema.clone(), &schemas, BUDGET), expected, "{schema}");
    }
}

#[test]
fn alternatives_are_short_where_they_can_be() {
    for (schema, expected) in [
        (json!({ "anyOf": [{ "type": "object" }, { "type": "null" }] }), json!({ "type": ["object", "null"] })),
        (
            json!({ "oneOf": [{ "type": "null" }, { "type": "string", "enum": ["a"] }] }),
            json!({ "type": ["string", "null"], "enum": ["a", null] }),
        ),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
        ),
        (json!({ "anyOf": [{ "type": "string" }, {}] }), json!({})),
        (
            json!({ "allOf": [{ "type": "object", "required": ["a"] }, { "type": "object", "required": ["b"] }] }),
            json!({ "type": "object", "required": ["a", "b"] }),
        ),
        (
            json!({ "type": "string", "allOf": [{ "type": "integer" }] }),
            json!({ "type": "string", "allOf": [{ "type": "integer" }] }),
        ),
    ] {
        assert_eq!(flat(schema.clone(), &[], BUDGET), expected, "{schema}");
    }
}

#[test]
fn what_is_deprecated_is_left_out_where_that_refuses_nothing() {
    let members = json!({ "old": { "deprecated": true, "type": "string" }, "new": { "type": "string" } });
    let open = json!({ "type": "object", "properties": members });
    assert_eq!(flat(open, &[], BUDGET), json!({ "type": "object", "properties": { "new": { "type": "string" } } }));
    let closed = json!({ "type": "object", "properties": members, "additionalProperties": false });
    assert_eq!(flat(closed, &[], BUDGET)["properties"]["old"]["deprecated"], true);
}

#[test]
fn what_does_not_fit_is_cut_to_type_and_words() {
    let inner = json!({ "type": "object", "description": "An address", "properties": { "street": { "type": "string", "description": "x".repeat(400) }, "town": {} } });
    let schema = json!({ "type": "object", "properties": { "address": inner } });
    assert_eq!(flat(schema.clone(), &[], BUDGET)["properties"]["address"]["properties"]["town"], json!({}));
    let cut = flat(schema.clone(), &[], 300);
    assert_eq!(
        cut["properties"]["address"],
        json!({ "type": "object", "description": "An address. Keys: street, town." })
    );
    assert_eq!(flat(schema, &[], 0), json!({ "type": "object", "description": "Keys: address." }));
    let many = json!({ "type": "array", "items": { "properties": { "a": {} }, "examples": [{ "a": 1 }] } });
    let said = "Keys of each: a, such as `{\"a\":1}`.";
    assert_eq!(flat(many, &[], 0), json!({ "type": "array", "description": said }));
}

#[test]
fn schemas_that_fan_out_and_chains_take_no_time() {
    let names: Vec<String> = (0..300).map(|level| format!("L{level}")).collect();
    let wide: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(level, name)| {
            let below = json!({ "$ref": format!("#/schemas/L{}", level + 1) });
            let members: Map<_, _> = (0..10).map(|member| (format!("m{member}"), below.clone())).collect();
            (name.as_str(), json!({ "anyOf": [{ "properties": members }, below.clone(), below] }))
        })
        .collect();
    let text = flat(json!({ "$ref": "#/schemas/L0" }), &wide, BUDGET).to_string();
    assert!(text.len() <= BUDGET, "{}", text.len());
}

#[test]
fn an_operation_becomes_an_object_with_its_parameters() {
    let connector = connector();
    let flat = flat_params(&connector, connector.operation("people", "create").unwrap());
    let place = json!({ "type": "object", "description": "Where it is.", "required": ["street"],
        "properties": { "street": { "type": "string" }, "inside": { "type": "object", "description": "As `place`." } } });
    assert_eq!(flat["properties"]["place"], place);
    assert_eq!(flat["properties"]["home"], json!({ "type": "object", "description": "As `place`." }));
    let flat = flat_params(&connector, connector.operation("houses", "get").unwrap());
    assert_eq!(flat["required"], json!(["house_id"]));
}

/// Any schema of a few keywords, over members `a` and `b`.
fn schemas() -> impl Strategy<Value = Value> {
    let types = || prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    let members = || prop::sample::subsequence(vec!["a", "b"], 1..=2);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        Just(json!({})),
        types().prop_map(|one| json!({ "type": one })),
        types().prop_map(|one| json!({ "type": [one, "null"] }).pointer("/type").map_or(json!({}), |types| {
            if one == "null" { json!({ "type": "null" }) } else { json!({ "type": types }) }
        })),
        values_small().prop_map(|value| json!({ "const": value })),
        prop::collection::vec(values_small(), 1..3).prop_map(|mut values| {
            values.dedup();
            json!({ "enum": values })
        }),
        members().prop_map(|names| json!({ "required": names })),
        Just(json!({ "minLength": 1 })),
        Just(json!({ "minimum": 1, "deprecated": true })),
        Just(json!({ "pattern": "^x" })),
        prop::sample::select(NAMES.to_vec()).prop_map(|name| json!({ "$ref": format!("#/schemas/{name}") })),
    ];
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let named = prop::collection::btree_map(prop::sample::select(vec!["a", "b"]), inner.clone(), 1..3);
        let list = prop::collection::vec(inner.clone(), 1..3);
        let part = prop_oneof![
            named.clone().prop_map(|members| json!({ "properties": members })),
            named.prop_map(|members| json!({ "patternProperties": { "^a": members.into_values().next() } })),
            inner.clone().prop_map(|schema| json!({ "additionalProperties": schema })),
            inner.clone().prop_map(|schema| json!({ "items": schema })),
            list.clone().prop_map(|schemas| json!({ "prefixItems": schemas })),
            list.clone().prop_map(|schemas| json!({ "anyOf": schemas })),
            list.clone().prop_map(|schemas| json!({ "oneOf": schemas })),
            list.prop_map(|schemas| json!({ "allOf": schemas })),
            inner.clone().prop_map(|schema| json!({ "not": schema })),
            inner.prop_filter("a mapping", Value::is_object),
        ];
        prop::collection::vec(part, 1..4).prop_map(|parts| {
            parts
                .into_iter()
                .flat_map(|part| part.as_object().cloned().unwrap_or_default())
                .collect::<Map<_, _>>()
                .into()
        })
    })
}

fn values_small() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(1.5),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
    ])
}

fn values() -> impl Strategy<Value = Value> {
    values_small().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), inner, 0..3)
                .prop_map(|members| json!(members)),
        ]
    })
}

/// Takes out references that come back to the same value for ever: what is not inside a member names later schemas only.
fn guarded(schema: Value, rank: usize, is_inside: bool) -> Value {
    match schema {
        Value::Object(keywords) => keywords
            .into_iter()
            .filter(|(key, value)| {
                let target = NAMES.iter().position(|name| value == &json!(format!("#/schemas/{name}")));
                key != "$ref" || is_inside || target.is_some_and(|target| target >= rank)
            })
            .map(|(key, value)| {
                let within = ["properties", "patternProperties", "additionalProperties", "items", "prefixItems"];
                let is_inside = is_inside || within.contains(&key.as_str());
                (key, guarded(value, rank, is_inside))
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(parts) => parts.into_iter().map(|part| guarded(part, rank, is_inside)).collect(),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_real_schema_accepts_is_accepted(
        (own, named) in (schemas(), [schemas(), schemas(), schemas()]),
        values in prop::collection::vec(values(), 12),
        budget in prop::sample::select(vec![0, 150, 400, BUDGET]),
    ) {
        let own = guarded(own, 0, false);
        let named: Vec<_> = NAMES.into_iter().zip(named).enumerate()
            .map(|(rank, (name, schema))| (name, guarded(schema, rank + 1, false))).collect();
        let connector = with_schemas(&named);
        let document = Schema::document(&json!({ "allOf": [own] }), |name| connector.schema(name)).unwrap();
        let real = options().build(&document).unwrap();
        let flat = flat_within(&connector, &[&param(own.clone())], budget);
        prop_assert!(!flat.to_string().contains("$ref"), "{flat}");
        let flat_validator = options().build(&flat).unwrap();
        for value in values {
            if real.is_valid(&value) {
                prop_assert!(flat_validator.is_valid(&json!({ "p": value })), "{value}\nreal {document}\nflat {flat}");
            }
        }
    }
}
