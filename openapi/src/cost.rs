//! What a tree costs, in what the limits of the reader count.

use tieline::yaml::{Limits, Node, Value};

/// Nodes, bytes of scalars and levels of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) nodes: usize,
    scalar_bytes: usize,
    pub(crate) depth: usize,
}

impl Cost {
    pub(crate) fn of(node: &Node) -> Self {
        let mut cost = Self { nodes: 1, scalar_bytes: 0, depth: 1 };
        match &node.value {
            Value::Text(text) => cost.scalar_bytes = text.len(),
            Value::List(list) => list.iter().for_each(|node| cost.add(Self::of(node))),
            Value::Map(map) => {
                for (key, entry) in map {
                    cost.scalar_bytes += key.len();
                    cost.add(Self::of(&entry.value));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        cost
    }

    fn add(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.scalar_bytes += child.scalar_bytes;
        self.depth = self.depth.max(child.depth + 1);
    }

    /// Whether there is room for this in what is left of limits.
    pub(crate) fn fits(self, left: &Limits) -> bool {
        self.nodes <= left.nodes && self.scalar_bytes <= left.scalar_bytes
    }

    /// Takes this from what is left of limits.
    pub(crate) fn take_from(self, left: &mut Limits) {
        left.nodes = left.nodes.saturating_sub(self.nodes);
        left.scalar_bytes = left.scalar_bytes.saturating_sub(self.scalar_bytes);
    }
}
