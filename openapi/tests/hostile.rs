//! Documents that are wrong in every way that a seed leads to: what is made of them is a manifest that can be judged, and no panic.

#![expect(clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tieline::catalog::Subject;
use tieline::source::Span;
use tieline::yaml::{Limits, Node, Value, parse};
use tieline::{Connector, Source};
use tieline_openapi::{to_yaml, translate};

/// The small documents among the cases.
static DOCUMENTS: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    for folder in ["../tests/cases/execute", "../tests/cases/import"] {
        documents(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a document");
        parse(&Source::new("openapi.yaml", text), Limits::default(), &mut Vec::new()).map(|tree| tree.to_json())
    };
    paths.iter().filter_map(read).collect()
});

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.file_name().is_some_and(|name| name == "openapi.yaml") {
            found.push(path);
        }
    }
}

/// Texts that mean something somewhere.
const TEXTS: [&str; 34] = [
    "",
    " ",
    "$",
    "{",
    "}",
    "{}",
    "{a b}",
    "${config.x}",
    "${token}",
    "$${x}",
    "{{ config.x }}",
    "{{ params.id }}",
    "{{",
    "}}",
    "{{ 'a }}",
    "'",
    "\"",
    "it's \"so\"",
    "a\nb\r\n\u{85}c",
    "\u{0}\u{7f}\u{feff}",
    "größe日本🦀",
    "https://evil.invalid/{x}",
    "https://a.invalid@b.invalid:99999/?q#f",
    "{scheme}://{host}:{port}/{path}",
    "//a.invalid",
    "application/json; charset=ü",
    "multipart/related",
    "object",
    "array",
    "config.",
    "$.a['b'][*]",
    "@link.next",
    "(a+)+$",
    "null",
];

/// References that lead to something, to nothing, and back.
const REFERENCES: [&str; 10] = [
    "#",
    "#/",
    "#/paths",
    "#/components",
    "#/components/schemas",
    "#/components/schemas/A",
    "#/components/nothing",
    "#/info",
    "%FF#%",
    "other.yaml#/a",
];

/// What is done to a node.
#[derive(Clone, Debug)]
enum Change {
    Value(Json),
    /// A reference to the node itself, or to what is so many levels above it.
    Above(usize),
    /// A copy of another node.
    Copy(prop::sample::Index),
    /// The key that it stands under becomes another.
    Key(String),
    /// It stands in the list twice.
    Twice,
    Gone,
}

fn text() -> impl Strategy<Value = String> {
    let long = (prop::sample::select(&TEXTS[..]), 1usize..2000).prop_map(|(text, often)| text.repeat(often));
    prop_oneof![
        6 => prop::sample::select(&TEXTS[..]).prop_map(str::to_owned),
        3 => (prop::sample::select(&TEXTS[..]), prop::sample::select(&TEXTS[..])).prop_map(|(one, other)| format!("{one}{other}")),
        1 => long,
        1 => ".{0,12}",
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let nested = |often: usize| {
        (0..often).fold(json!({ "type": "object" }), |inner, _| json!({ "items": inner, "allOf": [{}] }))
    };
    prop_oneof![
        4 => text().prop_map(|text| Change::Value(Json::String(text))),
        2 => prop::sample::select(&REFERENCES[..]).prop_map(|target| Change::Value(json!({ "$ref": target }))),
        2 => (0usize..5).prop_map(Change::Above),
        3 => any::<prop::sample::Index>().prop_map(Change::Copy),
        3 => text().prop_map(Change::Key),
        1 => Just(Change::Twice),
        1 => Just(Change::Gone),
        1 => prop::sample::select(vec![json!(null), json!(true), json!([]), json!({}), json!([null]), json!([{}, []])]).prop_map(Change::Value),
        1 => prop::sample::select(vec![json!(0), json!(-1), json!(1e308), json!(u64::MAX), json!(0.1)]).prop_map(Change::Value),
        1 => (1usize..40).prop_map(move |often| Change::Value(nested(often))),
    ]
}

/// The pointers of all nodes.
fn pointers(node: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match node {
        Json::Object(map) => {
            for (key, value) in map {
                pointers(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Json::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn mutate(document: &mut Json, at: prop::sample::Index, change: &Change) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let pointer = at.get(&all).clone();
    let Some((holder, key)) = pointer.rsplit_once('/') else { return };
    match change {
        Change::Value(value) => *document.pointer_mut(&pointer).expect("a node") = value.clone(),
        Change::Above(levels) => {
            let mut target = pointer.as_str();
            (0..*levels).for_each(|_| target = target.rsplit_once('/').map_or("", |(above, _)| above));
            let reference = json!({ "$ref": format!("#{target}") });
            *document.pointer_mut(&pointer).expect("a node") = reference;
        }
        Change::Copy(other) => {
            let copy = document.pointer(other.get::<String>(&all)).expect("a node").clone();
            *document.pointer_mut(&pointer).expect("a node") = copy;
        }
        Change::Key(name) => {
            if let Some(Json::Object(map)) = document.pointer_mut(holder)
                && let Some(value) = map.remove(&key.replace("~1", "/").replace("~0", "~"))
            {
                map.insert(name.clone(), value);
            }
        }
        Change::Twice | Change::Gone => match (document.pointer_mut(holder), change) {
            (Some(Json::Array(list)), Change::Twice) => {
                let again = list[0].clone();
                list.push(again);
            }
            (Some(Json::Array(list)), _) => drop(list.pop()),
            (Some(Json::Object(map)), Change::Gone) => {
                map.remove(&key.replace("~1", "/").replace("~0", "~"));
            }
            _ => {}
        },
    }
}

/// Every node has a place.
fn has_places(node: &Node) -> bool {
    node.span != Span::default()
        && match &node.value {
            Value::List(items) => items.iter().all(has_places),
            Value::Map(map) => map.values().all(|entry| entry.span != Span::default() && has_places(&entry.value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => true,
        }
}

/// Translates a document, loads what it became, writes it, and loads that. Whether it is a connector.
fn judge(document: &Json) -> bool {
    let source = Source::new("openapi.json", document.to_string());
    let mut findings = Vec::new();
    let Some(tree) = parse(&source, Limits::default(), &mut findings) else { return false };
    let Ok((translation, found)) = translate(&tree) else { return false };
    assert!(has_places(&translation.manifest), "a node has no place");
    findings.extend(found);
    let written = to_yaml(&translation.manifest, &translation.notes);
    let Ok((connector, _)) = Connector::check_tree(&source, &translation.manifest, findings) else { return false };
    let (again, _) = Connector::check(&Source::new("connector.yaml", written.as_str()), Limits::default())
        .unwrap_or_else(|findings| panic!("{written}\n{findings}"));
    assert_eq!(again.to_compiled().expect("JSON"), connector.to_compiled().expect("JSON"));
    let catalog = Subject::find(&connector, None, None).expect("all of it").to_json(&connector);
    assert_eq!(catalog["name"], connector.name());
    true
}

proptest! {
    #[test]
    fn what_is_wrong_with_a_document_is_a_finding(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..6),
    ) {
        let mut document = which.get(&DOCUMENTS).clone();
        for (at, change) in &changes {
            mutate(&mut document, *at, change);
        }
        judge(&document);
    }
}

#[test]
fn what_is_not_changed_is_a_connector() {
    let connectors = DOCUMENTS.iter().filter(|document| judge(document)).count();
    assert!(connectors > 100, "only {connectors} of {}", DOCUMENTS.len());
}
