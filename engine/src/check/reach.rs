//! Checking a value against a schema comes to an end, and soon: no schema refers to itself for the same value, and its references
//! do not branch into too many.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::language::Holds;
use crate::manifest::Schema;
use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::Node;

use super::is_enough;
use super::subschemas::children;
use super::view::View;

/// How many schemas one value may be held against, all that references lead to counted as often as they do.
const MOST_REACHED: usize = 10_000;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let reached = reached(&view.manifest.schemas, findings);
    for schema in view.schemas() {
        for root in roots(&schema.node) {
            let references = references(root);
            let is_told_there = references.iter().any(|(target, _)| reached.get(target) > Some(&MOST_REACHED));
            let count = count(&references, &reached);
            if count > MOST_REACHED && !is_told_there && !is_enough(findings) {
                findings.push(too_many(root.span, count));
            }
        }
    }
}

fn too_many(span: Span, count: usize) -> Diagnostic {
    let message = format!("a value here would be held against {count} schemas; {MOST_REACHED} is the limit");
    Diagnostic::new(Code::Limit, span, message)
        .help("references in `anyOf`, `oneOf` and `allOf` multiply: refer to fewer schemas, or to each only once")
}

/// How many schemas a value is held against to fit each of these. One that is defined as itself is a finding.
fn reached<'m>(
    schemas: &'m IndexMap<String, Spanned<Schema>>,
    findings: &mut Vec<Diagnostic>,
) -> BTreeMap<&'m str, usize> {
    let mut finished = BTreeMap::new();
    let refers = |name: &str| schemas.get(name).map(|schema| references(&schema.node)).unwrap_or_default();
    for name in schemas.keys() {
        if finished.contains_key(name.as_str()) {
            continue;
        }
        let mut open = vec![name.as_str()];
        let mut is_open = BTreeSet::from([name.as_str()]);
        let mut waiting = vec![refers(name)];
        while let Some(references) = waiting.last_mut() {
            match references.pop() {
                Some((target, span)) if is_open.contains(target) => {
                    let message = format!(
                        "`{target}` refers to itself without going into the value, so that no value can be checked"
                    );
                    findings.push(Diagnostic::new(Code::BadSchema, span, message));
                }
                Some((target, _)) if finished.contains_key(target) => {}
                Some((target, _)) => {
                    open.push(target);
                    is_open.insert(target);
                    waiting.push(refers(target));
                }
                None => {
                    waiting.pop();
                    let done = open.pop().unwrap_or_default();
                    is_open.remove(done);
                    let count = count(&refers(done), &finished);
                    finished.insert(done, count);
                }
            }
        }
    }
    finished
}

/// The schema itself and all that its references lead to.
fn count(references: &[(&str, Span)], reached: &BTreeMap<&str, usize>) -> usize {
    let targets = references.iter().filter_map(|(target, _)| reached.get(target));
    targets.fold(1, |sum: usize, reached| sum.saturating_add(*reached))
}

/// The schema, and those inside it for parts of its value.
fn roots(schema: &Node) -> Vec<&Node> {
    let mut found = vec![schema];
    let mut waiting = vec![schema];
    while let Some(schema) = waiting.pop() {
        for (holds, child) in children(schema) {
            waiting.push(child);
            found.extend((holds != Holds::SameValue).then_some(child));
        }
    }
    found
}

/// The references to schemas that a value must fit, or must not, to fit this one.
fn references(schema: &Node) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(schema) = waiting.pop() {
        if let Some(node) = schema.get("$ref") {
            let target = node.as_text().and_then(|target| target.strip_prefix("#/schemas/"));
            found.extend(target.map(|name| (name, node.span)));
        }
        let inner = children(schema).into_iter().filter(|(holds, _)| *holds == Holds::SameValue);
        waiting.extend(inner.map(|(_, child)| child));
    }
    found
}
