//! Overlays: a document, then a target and what is put there (or nothing, to remove it); with two parts, a document and an overlay.

use serde_json::{Value, json};
use tieline::Source;
use tieline::source::Diagnostics;
use tieline::yaml::{Limits, Node, parse};
use tieline_openapi::overlay::apply;

use crate::findings;
use crate::input::Parts;

const SMALL: Limits = Limits { bytes: 1 << 16, depth: 64, nodes: 2_000, scalar_bytes: 1 << 16 };

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let document = Source::new("openapi.yaml", parts.text());
    let Some(tree) = parse(&document, SMALL, &mut Vec::new()) else { return };
    let second = parts.text();
    let third = parts.left().map(|update| Parts::of(update).value());
    let overlay = match third {
        None => second.into_owned(),
        Some(update) => overlay(&second, &update).to_string(),
    };
    let overlay = Source::new("overlay.yaml", overlay);
    assert_eq!(applied(&document, &tree, &overlay), applied(&document, &tree, &overlay));
}

fn overlay(target: &str, update: &Value) -> Value {
    let action = match update.as_str() {
        Some("") => json!({ "target": target, "remove": true }),
        _ => json!({ "target": target, "update": update }),
    };
    json!({ "overlay": "1.1.0", "info": { "title": "t", "version": "1" }, "actions": [action] })
}

/// The document that came of it, and what was found, as text.
fn applied(document: &Source, tree: &Node, overlay: &Source) -> (Node, String) {
    let mut found = Vec::new();
    let (source, changed) = apply(document, tree.clone(), overlay, SMALL, &mut found);
    findings::check_places(&changed, source.text());
    let found = Diagnostics::new(source, found);
    findings::check(&found);
    (changed, found.render(false))
}
