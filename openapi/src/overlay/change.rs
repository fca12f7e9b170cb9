//! An update, merged into what is in the document.

use tieline::source::{Code, Diagnostic};
use tieline::yaml::{Node, Value};

/// Changes a node that an action is about. A list gets the items of another, or one more item.
///
/// A value that does not fit where it should go is a finding, and what is there stays as it was.
pub(super) fn apply(node: &mut Node, update: &Node, misfits: &mut Vec<Diagnostic>) {
    match (&mut node.value, &update.value) {
        (Value::List(list), Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_)) => {
            list.push(update.clone());
        }
        _ => merge(node, update, misfits),
    }
}

/// Merges what has the same name: mappings key by key, lists one after the other, anything else by replacing it.
fn merge(node: &mut Node, update: &Node, misfits: &mut Vec<Diagnostic>) {
    match (&mut node.value, &update.value) {
        (Value::Map(map), Value::Map(update)) => {
            for (key, entry) in update {
                match map.get_mut(key) {
                    Some(there) => merge(&mut there.value, &entry.value, misfits),
                    None => drop(map.insert(key.clone(), entry.clone())),
                }
            }
        }
        (Value::List(list), Value::List(update)) => list.extend_from_slice(update),
        // A key without a value says that there is nothing to change below it.
        (Value::Map(_) | Value::List(_), Value::Null) => {}
        (Value::Null, _)
        | (
            Value::Bool(_) | Value::Number(_) | Value::Text(_),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_),
        ) => node.clone_from(update),
        (Value::Map(_) | Value::List(_) | Value::Bool(_) | Value::Number(_) | Value::Text(_), _) => {
            let message = format!("the document has {} here, not {}", node.describe(), update.describe());
            let misfit = Diagnostic::new(Code::WrongType, update.span, message);
            misfits.push(misfit.help("to replace what is there, remove it in an action before this one"));
        }
    }
}

/// The child at a place of a mapping or list.
pub(super) fn child(node: &Node, place: usize) -> Option<&Node> {
    match &node.value {
        Value::List(list) => list.get(place),
        Value::Map(map) => map.get_index(place).map(|(_, entry)| &entry.value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// The child at a place of a mapping or list, to be changed.
pub(super) fn child_mut(node: &mut Node, place: usize) -> Option<&mut Node> {
    match &mut node.value {
        Value::List(list) => list.get_mut(place),
        Value::Map(map) => map.get_index_mut(place).map(|(_, entry)| &mut entry.value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}
