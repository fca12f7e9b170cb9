//! Nodes, taken out of a document.

use tieline::yaml::{Node, Value};

use super::change::child_mut;

/// Removes the nodes at these places, none of which is the root.
pub(super) fn remove(root: &mut Node, mut places: Vec<Vec<usize>>) {
    places.sort();
    remove_below(root, &places, 0);
}

/// Removes what is below a node, all at once, so that no place moves before its turn.
fn remove_below(node: &mut Node, places: &[Vec<usize>], depth: usize) {
    let mut gone = Vec::new();
    for of_child in places.chunk_by(|one, other| one[depth] == other[depth]) {
        let child = of_child[0][depth];
        // The shortest is the first: what leads to the child itself.
        if of_child[0].len() == depth + 1 {
            gone.push(child);
        } else if let Some(child) = child_mut(node, child) {
            remove_below(child, of_child, depth + 1);
        }
    }
    let mut place = 0;
    let mut gone = gone.into_iter().peekable();
    let mut stays = || {
        let is_gone = gone.next_if_eq(&place).is_some();
        place += 1;
        !is_gone
    };
    match &mut node.value {
        Value::List(list) => list.retain(|_| stays()),
        Value::Map(map) => map.retain(|_, _| stays()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
