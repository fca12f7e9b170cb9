//! The manifests of the repository, which have anchors and merge keys, overtaken by other documents.

#![expect(clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

use tieline::Source;
use tieline::source::Spanned;
use tieline::yaml::{Limits, Map, Node, Value, parse};
use tieline_openapi::{Outcome, Translation, update};

fn tree(text: &str) -> Node {
    parse(&Source::new("t.yaml", text), Limits::default(), &mut Vec::new()).expect("a tree")
}

fn map<'t>(tree: &'t mut Node, way: &[&str]) -> &'t mut Map {
    let node = way.iter().fold(tree, |node, key| match &mut node.value {
        Value::Map(map) => &mut map.get_mut(*key).unwrap_or_else(|| panic!("no {key}")).value,
        _ => panic!("{key} is in no mapping"),
    });
    match &mut node.value {
        Value::Map(map) => map,
        _ => panic!("no mapping"),
    }
}

fn set(map: &mut Map, key: &str, value: &str) {
    map.insert(key.to_owned(), Spanned::from(tree(value)));
}

/// The lines of one text that another does not have.
fn lines_without(text: &str, other: &str) -> Vec<String> {
    let known: std::collections::HashSet<&str> = other.lines().collect();
    text.lines().filter(|line| !known.contains(line)).map(str::to_owned).collect()
}

#[test]
fn a_manifest_with_anchors_keeps_what_the_document_does_not_change() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/notion/connector.yaml");
    let text = fs::read_to_string(path).expect("a manifest");
    let base = tree(&text);
    let mut theirs = base.clone();
    set(map(&mut theirs, &[]), "summary", "Another summary.");
    // Its examples have anchors whose aliases stand in other entities.
    map(&mut theirs, &["entities"]).shift_remove("users");
    set(
        map(&mut theirs, &["entities", "search", "actions", "search", "params"]),
        "depth",
        "{ type: integer, maximum: 3 }",
    );
    map(&mut theirs, &["entities", "pages", "actions", "get", "params"]).shift_remove("filter_properties");
    set(map(&mut theirs, &["schemas", "User", "properties"]), "nick", "{ type: string }");
    set(
        map(&mut theirs, &["entities"]),
        "rooms",
        "{ actions: { list: { get: /rooms, records: $.rooms, paginate: none } } }",
    );

    let translation = Translation { manifest: theirs.clone(), notes: Vec::new() };
    let updated = update(Some(&base), &Source::new("own.yaml", text.as_str()), &translation).expect("a manifest");
    assert!(updated.decisions.iter().all(|decision| !matches!(decision.outcome, Outcome::Conflict { .. })));
    assert_eq!(tree(&updated.text).to_json(), theirs.to_json());
    let new = lines_without(&updated.text, &text);
    let expected = [
        "summary: Another summary.",
        "          depth: { type: integer, maximum: 3 }",
        "              owner:",
        "                type: user",
        "                user:",
        "                  object: user",
        "                  id: 7c1e9a34-2f60-4b8a-8d15-3e9b50f1a001",
        "                  type: person",
        "                  name: Example Member",
        "                  avatar_url: null",
        "                  person: { email: member@example.com, email_verified: true }",
        "  rooms:",
        "        get: /rooms",
        "        records: $.rooms",
        "      nick: { type: string }",
    ];
    assert_eq!(new, expected);
    let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with('#')).count();
    assert_eq!(comments(&updated.text), comments(&text));
}
