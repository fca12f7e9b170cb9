//! What holds for every document in several files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tieline::source::{Source, Span};
use tieline::yaml::{self, Node, parse};

use super::super::{FILES, Files, Limits, bundle};
use crate::pointer::resolve;

struct Folder(BTreeMap<String, String>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Source, String> {
        self.0.get(path).map(|text| Source::new(path, text.as_str())).ok_or_else(|| "there is no such file".to_owned())
    }
}

/// A document and three files in folders, each with schemas that refer to each other in every way.
const PATHS: [&str; 4] = ["api.yaml", "a/one.yaml", "a/b/two.yaml", "three.yaml"];
const NAMES: [&str; 3] = ["Pet", "a/b", "~ü %"];

/// For every schema of every file, what its properties refer to: a file, a schema, and how it is written.
type Links = Vec<(usize, usize, bool)>;

fn links() -> impl Strategy<Value = Vec<Links>> {
    let link = (0..PATHS.len(), 0..NAMES.len(), any::<bool>());
    proptest::collection::vec(proptest::collection::vec(link, 0..3), PATHS.len() * NAMES.len())
}

fn pointer(name: &str) -> String {
    ["components", "schemas", name].iter().fold(String::new(), |pointer, key| crate::pointer::join(&pointer, key))
}

/// The way from one file to another: by way of the folder of the document.
fn written(from: usize, (to, name, is_short): (usize, usize, bool)) -> String {
    let up = "../".repeat(PATHS[from].matches('/').count());
    let file = if from == to && is_short { String::new() } else { format!("{up}{}", PATHS[to]) };
    format!("{file}#{}", pointer(NAMES[name]))
}

fn schema(from: usize, links: &Links) -> Value {
    let property = |link: &(usize, usize, bool)| json!({ "$ref": written(from, *link) });
    json!({ "properties": links.iter().map(property).enumerate().map(|(n, p)| (n.to_string(), p)).collect::<serde_json::Map<_, _>>() })
}

fn folder(links: &[Links]) -> Folder {
    let file = |from: usize| {
        let schemas =
            NAMES.iter().enumerate().map(|(n, name)| (name.to_string(), schema(from, &links[from * NAMES.len() + n])));
        json!({ "components": { "schemas": schemas.collect::<serde_json::Map<_, _>>() } }).to_string()
    };
    Folder(PATHS.iter().enumerate().map(|(from, path)| (path.to_string(), file(from))).collect())
}

/// All references in a tree that are reached, checked against where they should lead.
fn check(root: &Node, at: &Node, links: &[Links], here: (usize, usize), depth: usize) -> Result<(), TestCaseError> {
    for (n, link) in links[here.0 * NAMES.len() + here.1].iter().enumerate() {
        let reference = at.get("properties").and_then(|p| p.get(&n.to_string())).and_then(|p| p.get("$ref"));
        let text = reference.and_then(Node::as_text).expect("a reference");
        let there = text.strip_prefix('#').and_then(|pointer| resolve(root, pointer));
        let expected = &links[link.0 * NAMES.len() + link.1];
        let there = there.ok_or_else(|| TestCaseError::fail(format!("{text} leads nowhere")))?;
        let properties = there.get("properties").map(|p| p.to_json().as_object().map_or(0, serde_json::Map::len));
        prop_assert_eq!(properties, Some(expected.len()));
        prop_assert_eq!(text.starts_with(&format!("#/{FILES}/")), link.0 != 0);
        if depth > 0 {
            check(root, there, links, (link.0, link.1), depth - 1)?;
        }
    }
    Ok(())
}

fn document(folder: &Folder) -> (Source, Node) {
    let source = folder.read(PATHS[0]).expect("the document");
    let tree = parse(&source, yaml::Limits::default(), &mut Vec::new()).expect("a tree");
    (source, tree)
}

/// Whether every place covers what stands there; of a file as a whole its number was not written.
fn check_places(node: &Node, text: &str) -> Result<(), TestCaseError> {
    let covered = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or_default();
    match &node.value {
        yaml::Value::Map(map) => {
            for (key, entry) in map {
                if entry.span != entry.value.span {
                    let key = Value::from(key.as_str()).to_string();
                    prop_assert_eq!(covered(entry.span), key);
                }
                check_places(&entry.value, text)?;
            }
        }
        yaml::Value::Text(reference) => {
            let written: String = serde_json::from_str(covered(node.span)).expect("a text");
            let (_, fragment) = written.split_once('#').expect("a reference");
            prop_assert!(reference.ends_with(fragment), "{} {}", reference, written);
        }
        _ => {}
    }
    Ok(())
}

/// What means something to the reader of references, and to YAML.
const PIECES: &[&str] = &[
    "$ref: ",
    "discriminator: ",
    "mapping: ",
    "examples: ",
    "$anchor: ",
    "x-tieline-files: ",
    "'1': ",
    "a: ",
    "'#'",
    "'#/a'",
    "'#x'",
    "a.yaml",
    "b.yaml",
    "'b.yaml#/a'",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\n",
    "  ",
    "- ",
    "&a ",
    "*a ",
    "<<: ",
];

proptest! {
    #[test]
    fn every_reference_leads_where_it_led(links in links()) {
        let folder = folder(&links);
        let (source, tree) = document(&folder);
        let mut findings = Vec::new();
        let (source, tree) = bundle(source, tree, &folder, &Limits::default(), &mut findings);
        prop_assert!(findings.is_empty(), "{:?}", findings);
        for (n, name) in NAMES.iter().enumerate() {
            let schema = resolve(&tree, &pointer(name)).expect("a schema");
            check(&tree, schema, &links, (0, n), 2)?;
        }
        check_places(&tree, source.text())?;

        let (_, again) = bundle(source.clone(), tree.clone(), &Folder(BTreeMap::new()), &Limits::default(), &mut findings);
        prop_assert_eq!((again, findings.len()), (tree, 0));
    }

    #[test]
    fn nothing_panics(texts in proptest::collection::vec(proptest::collection::vec(select(PIECES), 0..40), 3)) {
        let texts: Vec<String> = texts.into_iter().map(|parts| parts.concat()).collect();
        let folder = Folder(["a.yaml", "b.yaml"].map(str::to_owned).into_iter().zip(texts[1..].iter().cloned()).collect());
        let source = Source::new("api.yaml", texts[0].as_str());
        let mut findings = Vec::new();
        if let Some(tree) = parse(&source, yaml::Limits::default(), &mut findings) {
            let (source, _) = bundle(source, tree, &folder, &Limits::default(), &mut findings);
            prop_assert!(findings.iter().all(|finding| finding.span.end as usize <= source.text().len()));
        }
    }
}
