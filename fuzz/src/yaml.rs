//! Text to a tree: places, limits, JSON as a part of YAML, and writing what was read.

use tieline::Source;
use tieline::source::Diagnostics;
use tieline::yaml::{Limits, Node, Value, parse};
use tieline_openapi::to_yaml;

use crate::findings;
use crate::input::{LIMITS, text};

const SMALL: Limits = Limits { bytes: 1 << 16, depth: 12, nodes: 400, scalar_bytes: 2048 };

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let source = Source::new("input.yaml", text.as_ref());
    let tree = read(&source, LIMITS);
    if let Some(tree) = &tree {
        findings::check_places(tree, &text);
        check_json(tree, &text);
        check_written(tree);
    }
    if let Some(small) = read(&source, SMALL) {
        let (nodes, bytes) = cost(&small);
        assert!(nodes <= SMALL.nodes && bytes <= SMALL.scalar_bytes && depth(&small) <= SMALL.depth);
        assert_eq!(Some(small), tree, "limits stop, and change nothing else");
    }
}

/// The tree, if nothing is wrong with it; the same whenever it is read.
fn read(source: &Source, limits: Limits) -> Option<Node> {
    let (tree, found) = parsed(source, limits);
    let (again, found_again) = parsed(source, limits);
    assert_eq!((&tree, found.render(false)), (&again, found_again.render(false)));
    assert!(tree.is_some() || found.errors() > 0, "no tree, and nothing that says why");
    findings::check(&found);
    tree.filter(|_| found.errors() == 0)
}

fn parsed(source: &Source, limits: Limits) -> (Option<Node>, Diagnostics) {
    let mut found = Vec::new();
    let tree = parse(source, limits, &mut found);
    (tree, Diagnostics::new(source.clone(), found))
}

/// JSON is YAML. A merge key means something else there.
fn check_json(tree: &Node, text: &str) {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
        && !text.contains("<<")
    {
        assert_eq!(tree.to_json(), json);
    }
}

fn check_written(tree: &Node) {
    let written = to_yaml(tree, &[]);
    let (again, found) = parsed(&Source::new("written.yaml", written.as_str()), Limits::default());
    assert!(found.is_empty(), "{found}");
    assert_eq!(again.map(|again| again.to_json()), Some(tree.to_json()), "{written}");
}

/// Nodes, keys among them, and bytes of scalars.
fn cost(node: &Node) -> (usize, usize) {
    let sum = |(nodes, bytes): (usize, usize), (more, more_bytes)| (nodes + more, bytes + more_bytes);
    match &node.value {
        Value::List(items) => items.iter().map(cost).fold((1, 0), sum),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, entry)| sum((1, key.len()), cost(&entry.value)));
            entries.fold((1, 0), sum)
        }
        Value::Text(text) => (1, text.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) => (1, 0),
    }
}

fn depth(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(map) => 1 + map.values().map(|entry| depth(&entry.value)).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => 0,
    }
}
