//! What a document has cost so far, and whether that is too much.

use std::ops::Sub;

use super::Limits;

/// The cost of a part of a tree.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Scalars, keys, lists and mappings.
    pub(super) nodes: usize,
    /// Bytes of scalars and keys.
    pub(super) bytes: usize,
}

impl Cost {
    /// One list or mapping, without what is in it.
    pub(super) const COLLECTION: Self = Self { nodes: 1, bytes: 0 };

    /// One scalar or key.
    pub(super) fn of_scalar(text: &str) -> Self {
        Self { nodes: 1, bytes: text.len() }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { nodes: self.nodes.saturating_sub(before.nodes), bytes: self.bytes.saturating_sub(before.bytes) }
    }
}

/// Counts costs before they are paid.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    tree: Cost,
    copies: Cost,
}

impl Budget {
    /// Nothing is spent yet.
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, tree: Cost::default(), copies: Cost::default() }
    }

    /// What the tree has cost so far; the difference of two such values is the cost of what came between.
    pub(super) fn spent(&self) -> Cost {
        self.tree
    }

    /// Counts something that becomes part of the tree, or says which limit it passes.
    pub(super) fn spend(&mut self, cost: Cost) -> Result<(), String> {
        self.check(cost)?;
        self.tree.nodes += cost.nodes;
        self.tree.bytes += cost.bytes;
        Ok(())
    }

    /// Counts a copy that is kept beside the tree for aliases, or says which limit it passes.
    pub(super) fn keep(&mut self, cost: Cost) -> Result<(), String> {
        self.check(cost)?;
        self.copies.nodes += cost.nodes;
        self.copies.bytes += cost.bytes;
        Ok(())
    }

    /// Says so if this many levels of nesting are too many.
    pub(super) fn check_depth(&self, levels: usize) -> Result<(), String> {
        if levels > self.limits.depth {
            return Err(too_deep(self.limits));
        }
        Ok(())
    }

    fn check(&self, cost: Cost) -> Result<(), String> {
        let nodes = self.tree.nodes.saturating_add(self.copies.nodes).saturating_add(cost.nodes);
        if nodes > self.limits.nodes {
            return Err(format!("the document has more than {} nodes once aliases are expanded", self.limits.nodes));
        }
        let bytes = self.tree.bytes.saturating_add(self.copies.bytes).saturating_add(cost.bytes);
        if bytes > self.limits.scalar_bytes {
            let limit = self.limits.scalar_bytes;
            return Err(format!("the document has more than {limit} bytes of text once aliases are expanded"));
        }
        Ok(())
    }
}

/// The message for a document that nests too deeply.
pub(super) fn too_deep(limits: Limits) -> String {
    format!("the document nests more than {} levels deep", limits.depth)
}
