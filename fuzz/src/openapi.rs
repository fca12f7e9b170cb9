//! An OpenAPI document, with an overlay if the input has two parts: what it becomes is a manifest that the engine's own loader judges.

use tieline::source::Span;
use tieline::yaml::{Node, Value};
use tieline::{Connector, Source};
use tieline_openapi::{Surroundings, bundle, check, import, to_yaml};

use crate::findings;
use crate::input::{LIMITS, Parts, text};
use crate::manifest::{check_connector, check_findings, check_written};

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let document = Source::new("openapi.yaml", parts.text());
    let overlays: Vec<_> = parts.left().map(|overlay| Source::new("overlay.yaml", text(overlay))).into_iter().collect();
    let limits = bundle::Limits { all: LIMITS, ..bundle::Limits::default() };
    let surroundings = Surroundings { limits, overlays: &overlays, ..Surroundings::default() };
    let loaded = check(&document, &surroundings);
    check_findings(&loaded);
    let imported = match import(&document, &surroundings) {
        Ok(imported) => imported,
        Err(found) => return findings::check(&found),
    };
    let manifest = &imported.translation.manifest;
    assert!(has_places(manifest), "a part of the manifest has no place");
    findings::check_places(manifest, imported.source.text());
    let from_tree = Connector::check_tree(&imported.source, manifest, imported.findings.clone());
    assert_eq!(from_tree.is_ok(), loaded.is_ok());
    if let Ok((connector, _)) = loaded {
        check_connector(&connector);
        check_written(&connector, &to_yaml(manifest, &imported.translation.notes));
    }
}

fn has_places(node: &Node) -> bool {
    let is_inside = match &node.value {
        Value::List(items) => items.iter().all(has_places),
        Value::Map(map) => map.values().all(|entry| entry.span != Span::default() && has_places(&entry.value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => true,
    };
    is_inside && node.span != Span::default()
}
