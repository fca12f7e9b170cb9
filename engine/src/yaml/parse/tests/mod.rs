//! What texts become, what is found in them, and what stops them.

mod attacks;
mod properties;
mod values;

use crate::source::{Diagnostics, Source};
use crate::yaml::{Limits, Node, Value, parse};

/// The tree of a text, and its findings.
fn read(text: &str) -> (Option<Node>, Diagnostics) {
    let source = Source::new("t.yaml", text);
    let mut findings = Vec::new();
    let tree = parse(&source, Limits::default(), &mut findings);
    (tree, Diagnostics::new(source, findings))
}

/// The JSON of a text in which nothing is wrong.
fn json(text: &str) -> serde_json::Value {
    let (tree, findings) = read(text);
    assert!(findings.is_empty(), "{text:?}\n{findings}");
    tree.expect("a tree").to_json()
}

/// The findings of a text as `code line:column message`.
fn found(text: &str) -> Vec<String> {
    let (_, findings) = read(text);
    let source = findings.source();
    let line = |finding: &crate::source::Diagnostic| {
        let place = source.place(finding.span).start;
        format!("{} {}:{} {}", finding.code.as_str(), place.line, place.column, finding.message)
    };
    findings.iter().map(line).collect()
}

/// Every scalar of a tree with the text its span covers.
fn scalars<'t>(node: &Node, text: &'t str) -> Vec<(Value, &'t str)> {
    match &node.value {
        Value::List(list) => list.iter().flat_map(|node| scalars(node, text)).collect(),
        Value::Map(map) => map.values().flat_map(|entry| scalars(&entry.value, text)).collect(),
        scalar => vec![(scalar.clone(), slice(node, text))],
    }
}

/// The text that the span of a node covers.
fn slice<'t>(node: &Node, text: &'t str) -> &'t str {
    text.get(node.span.start as usize..node.span.end as usize).expect("a span inside the text")
}
