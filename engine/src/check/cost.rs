//! What a manifest comes to once bases are followed and every action has its entity's parameters stays within limits.

use std::collections::BTreeMap;

use crate::manifest::{Manifest, Param};
use crate::source::{Code, Diagnostic, Span};
use crate::yaml::{Node, Value};

/// How many nodes all parameters of all operations may have together.
const MOST_NODES: usize = 2_000_000;
/// How many parameters may start from each other in a row.
pub(super) const MOST_BASES: usize = 16;
/// The longest path of an action, in bytes.
pub(super) const LONGEST_PATH: usize = 2_000;

/// The finding that stops all rules, if the manifest would grow too large for them.
pub(super) fn excess(manifest: &Manifest) -> Option<Diagnostic> {
    let sizes: BTreeMap<&str, usize> =
        manifest.params.iter().map(|(name, param)| (name.as_str(), nodes(&param.schema.node))).collect();
    let size = |param: &Param| {
        let mut total = nodes(&param.schema.node);
        let mut base = param.base.as_ref();
        for _ in 0..MOST_BASES {
            let Some(name) = base else { break };
            total += sizes.get(name.as_str()).copied().unwrap_or_default();
            base = manifest.params.get(&name.value).and_then(|param| param.base.as_ref());
        }
        total
    };
    let mut left = MOST_NODES;
    for entity in manifest.entities.values() {
        let inherited: usize = entity.params.values().map(|param| size(param)).sum();
        let own: usize =
            entity.actions.values().flat_map(|action| action.params.values()).map(|param| size(param)).sum();
        let needed = inherited.saturating_mul(entity.actions.len()).saturating_add(own);
        match left.checked_sub(needed) {
            Some(rest) => left = rest,
            None => return Some(too_large(entity.span)),
        }
    }
    None
}

fn too_large(span: Span) -> Diagnostic {
    let message = "the parameters of all actions are too many once those of entities and bases are counted for each";
    Diagnostic::new(Code::Limit, span, message).help("put large schemas under `schemas` and refer to them")
}

fn nodes(root: &Node) -> usize {
    let mut count = 0;
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        count += 1;
        match &node.value {
            Value::List(items) => waiting.extend(items),
            Value::Map(map) => waiting.extend(map.values().map(|entry| &entry.value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
    count
}
