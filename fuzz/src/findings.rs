//! What holds for findings, and for the places of a tree.

use tieline::source::{Diagnostics, Span, to_sarif};
use tieline::yaml::{Node, Value};

/// They can be shown in every form, and each is at a place in its source.
pub(crate) fn check(findings: &Diagnostics) {
    let text = findings.source().text();
    findings.iter().for_each(|finding| check_span(finding.span, text));
    assert_eq!(findings.render(false).is_empty(), findings.is_empty());
    let _ = (findings.render(true), findings.to_json(), to_sarif(&[findings]).to_string());
}

/// Every part of a tree is at a place in the text.
pub(crate) fn check_places(node: &Node, text: &str) {
    check_span(node.span, text);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| check_places(item, text)),
        Value::Map(map) => map.values().for_each(|entry| {
            check_span(entry.span, text);
            check_places(&entry.value, text);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

fn check_span(span: Span, text: &str) {
    let range = span.start as usize..span.end as usize;
    // A finding about a whole text may name its first character, which an empty one does not have.
    assert!(text.get(range.clone()).is_some() || text.is_empty(), "{range:?} is no part of the text");
}
