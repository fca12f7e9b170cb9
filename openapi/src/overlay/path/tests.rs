//! What paths lead to, which texts are none, and what stops a search.

use proptest::prelude::*;
use proptest::sample::select as one_of;
use serde_json::{Value, json};
use tieline::yaml::{self, Node};

use super::{Query, Steps, TooManySteps, select};

fn tree(document: &Value) -> Node {
    let value = match document {
        Value::Null => yaml::Value::Null,
        Value::Bool(value) => yaml::Value::Bool(*value),
        Value::Number(number) => yaml::Value::Number(number.clone()),
        Value::String(text) => yaml::Value::Text(text.clone()),
        Value::Array(list) => yaml::Value::List(list.iter().map(tree).collect()),
        Value::Object(map) => {
            yaml::Value::Map(map.iter().map(|(key, value)| (key.clone(), tree(value).into())).collect())
        }
    };
    Node { value, span: Default::default() }
}

fn at<'t>(root: &'t Node, places: &[usize]) -> &'t Node {
    places.iter().fold(root, |node, place| match &node.value {
        yaml::Value::List(list) => &list[*place],
        yaml::Value::Map(map) => &map[*place].value,
        _ => panic!("{node:?} has no children"),
    })
}

/// The values that a path leads to.
fn found(path: &str, document: &Value) -> Vec<Value> {
    let query = Query::read(path).unwrap_or_else(|wrong| panic!("{path}: {wrong:?}"));
    let root = tree(document);
    let places = select(&query, &root, &mut Steps::new(1_000_000)).expect("enough steps");
    places.iter().map(|places| at(&root, places).to_json()).collect()
}

const NOTHING: [Value; 0] = [];

/// What is wrong with a path: the part of it that is, and why.
fn wrong(path: &str) -> String {
    let wrong = Query::read(path).expect_err(path);
    let help = wrong.help.map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{:?}: {}{help}", &path[wrong.at], wrong.message)
}

#[test]
fn paths_as_overlays_have_them() {
    let document = json!({
        "paths": {
            "/a": { "get": { "tags": ["x", "y"], "x-safe": true, "parameters": [{ "name": "n", "in": "query" }] } },
            "/b/{id}": { "get": { "tags": [] }, "delete": { "deprecated": true } },
        },
    });
    assert_eq!(found("$.paths['/b/{id}'].delete.deprecated", &document), [json!(true)]);
    assert_eq!(found("$.paths.*.get.tags[0]", &document), [json!("x")]);
    assert_eq!(found("$.paths.*[?@.deprecated]", &document), [json!({ "deprecated": true })]);
    assert_eq!(found("$..parameters[?@.name == 'n' && @.in=='query'].name", &document), [json!("n")]);
    assert_eq!(found("$.paths[?@.get['x-safe'] == true].get.tags[-1:]", &document), [json!("y")]);
    assert_eq!(found("$..[?@ == 'x' || @ == 'y']", &document), [json!("x"), json!("y")]);
    assert_eq!(found("$.paths.*.*[?match(@, '[xz]')]", &document), NOTHING);
    assert_eq!(found("$.paths.*.*.tags[?match(@, '[xz]')]", &document), [json!("x")]);
    assert_eq!(found("$.paths[?count(@.*) > 1].delete", &document), [json!({ "deprecated": true })]);
    assert_eq!(found("$.paths.*.*.tags[?length($.paths) == 2]", &document).len(), 2);
    assert_eq!(found("$.nothing", &document), NOTHING);
    assert_eq!(found("$", &document), std::slice::from_ref(&document));
}

#[test]
fn a_node_is_found_once() {
    let document = json!({ "a": { "b": { "b": 1 } } });
    assert_eq!(found("$..b", &document), [json!({ "b": 1 }), json!(1)]);
    assert_eq!(found("$..*..b", &document), [json!({ "b": 1 }), json!(1)]);
    assert_eq!(found("$['a', 'a', *]", &document).len(), 1);
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let cases = [
        "",
        "paths.get",
        "/paths",
        "$.",
        "$..",
        "$.paths ",
        "$paths",
        "$.paths[",
        "$.paths['a",
        "$.x-a.b",
        "$[x]",
        "$['a'.b]",
        "$[01]",
        "$[-0]",
        "$[9007199254740992]",
        "$['\\x']",
        "$[\"\\'\"]",
        "$['\\ud800']",
        "$['a\nb']",
        "$[?]",
        "$[?@.a=1]",
        "$[?1]",
        "$[?@.a == @.*]",
        "$[?length(@.a)]",
        "$[?length(@.*) == 1]",
        "$[?count(1) == 1]",
        "$[?match(@.a, 'b') == true]",
        "$[?match(@.a)]",
        "$[?size(@.a) == 1]",
        "$[?length (@.a) == 1]",
        "$[?@.a == b]",
        "$[?!@.a == 1]",
        "$[?(@.a]",
        "$[?@.a == 1.]",
        "$[?@.a == 01]",
        "$[?@.x-a]",
        "$[?@.a in ['b']]",
    ];
    let lines: Vec<_> = cases.into_iter().map(|path| format!("{path:?}\n    {}", wrong(path))).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn deep_paths_are_refused_at_once() {
    for (open, close) in
        [("(", ")"), ("!(", ")"), ("@[?", "]"), ("count(@[?", "])>1"), ("length(", ")"), ("match(@[?", "],'')")]
    {
        let path = format!("$[?{}@.a{}]", open.repeat(50_000), close.repeat(50_000));
        let wrong = Query::read(&path).expect_err(open);
        assert_eq!(wrong.message, "more than 32 brackets stand in each other", "{open}");
    }
    // Nothing is read twice, so this takes no time.
    let nested = format!("$[?{}@.a{}]", "count(@[?".repeat(15), "])>1".repeat(15));
    assert!(Query::read(&nested).is_ok());
    assert!(Query::read(&format!("$[?{}@.a]", "@.a||".repeat(100_000))).is_ok());
}

#[test]
fn a_costly_search_is_stopped() {
    let mut document = json!(1);
    for _ in 0..60 {
        document = json!({ "a": document, "b": [1, 2, 3], "c": "a".repeat(1000) });
    }
    let root = tree(&document);
    for path in
        ["$..*..*..*..*..*..*", "$..[?$..[?@..[?@..*]]]", "$..[?count($..*..*..*) > 1]", "$..[?search('a', $..*..c)]"]
    {
        let Ok(query) = Query::read(path) else { continue };
        assert_eq!(select(&query, &root, &mut Steps::new(100_000)), Err(TooManySteps), "{path}");
    }
    // What is left is shared by all searches.
    let mut steps = Steps::new(1_000);
    let query = Query::read("$..*").expect("a path");
    assert!(select(&query, &root, &mut steps).is_ok());
    assert_eq!((0..10).map(|_| select(&query, &root, &mut steps)).find(Result::is_err), Some(Err(TooManySteps)));
}

/// Pieces of paths.
const PIECES: &[&str] = &[
    "$", "@", ".", "..", "[", "]", "*", "?", "(", ")", "!", "&&", "||", "==", "<=", "<", ",", ":", "-", "0", "1", "12",
    "'a'", "\"b\"", "'", "\\", "\\u0061", "a", "b", "length(", "count(", "value(", "match(", "search(", "true", "null",
    " ", "1.5e3", "ä",
];

proptest! {
    #[test]
    fn nothing_panics(pieces in proptest::collection::vec(one_of(PIECES), 0..20), text in ".{0,20}") {
        let document = tree(&json!({ "a": [1, { "b": "a" }, [null, true]], "b": { "a": 1.5e3 } }));
        for path in [pieces.concat(), format!("${}", pieces.concat()), format!("$[?{}]", pieces.concat()), text] {
            match Query::read(&path) {
                Ok(query) => drop(select(&query, &document, &mut Steps::new(100_000))),
                Err(wrong) => prop_assert!(path.get(wrong.at).is_some()),
            }
        }
    }

    #[test]
    fn every_key_can_be_named(key in any::<String>(), other in any::<String>()) {
        let document = json!({ key.clone(): 1, format!("{key}{other}x"): 2 });
        // What JSON escapes, JSONPath reads.
        prop_assert_eq!(found(&format!("$[{}]", json!(key)), &document), [json!(1)]);
    }
}

/// Runs the compliance suite for RFC 9535, whose file `TIELINE_JSONPATH_SUITE` names; says so if it is not set.
#[test]
fn the_compliance_suite_agrees() {
    let Some(file) = std::env::var_os("TIELINE_JSONPATH_SUITE") else {
        eprintln!("the_compliance_suite_agrees did not run: TIELINE_JSONPATH_SUITE is not set");
        return;
    };
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("a file")).expect("JSON");
    let cases = suite["tests"].as_array().expect("tests");
    let mut wrong = Vec::new();
    for case in cases {
        let (name, path) = (&case["name"], case["selector"].as_str().expect("a selector"));
        let query = Query::read(path);
        if case["invalid_selector"] == true {
            wrong.extend(query.ok().map(|_| format!("{name}: {path} is read")));
            continue;
        }
        let Ok(query) = query else {
            wrong.push(format!("{name}: {path} is not read: {query:?}"));
            continue;
        };
        let expected: Vec<_> = match case.get("results") {
            Some(results) => results.as_array().expect("results").iter().collect(),
            None => vec![&case["result"]],
        };
        // A node that is there twice counts once here.
        let unique = |values: Vec<Value>| {
            values.iter().fold(Vec::new(), |mut all, value| {
                if !all.contains(value) {
                    all.push(value.clone());
                }
                all
            })
        };
        let given = unique(found_within(&query, &case["document"]));
        let agrees = expected.iter().any(|values| unique(values.as_array().expect("values").clone()) == given);
        if !agrees {
            wrong.push(format!("{name}: {path} gives {given:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn found_within(query: &Query, document: &Value) -> Vec<Value> {
    let root = tree(document);
    let places = select(query, &root, &mut Steps::new(1_000_000)).expect("enough steps");
    places.iter().map(|places| at(&root, places).to_json()).collect()
}
