//! A manifest made from a document, and what was inferred on the way.

use tieline::yaml::Node;

/// A manifest made from an OpenAPI document.
#[derive(Clone, Debug)]
pub struct Translation {
    /// The manifest as a tree; its places are in the document.
    pub manifest: Node,
    /// What was inferred, in the order in which it was.
    pub notes: Vec<Note>,
}

/// Something that the document does not say and that was inferred from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The keys that lead to the part of the manifest that it is about: `entities`, `users`, `actions`, `list`, `paginate`.
    pub at: Vec<String>,
    /// What was inferred, and from what, in a sentence without a full stop.
    pub text: String,
}
