//! A newer document over a manifest that people have edited: three trees become one, and the text keeps what is not changed.

mod block;
mod edits;
mod entries;
mod inline;
mod merge;
mod patch;
#[cfg(test)]
mod tests;

use tieline::source::{Diagnostics, Source};
use tieline::yaml::{Limits, Node, parse};

use crate::Translation;

/// What became of a manifest.
#[derive(Clone, Debug)]
pub struct Update {
    /// Its new text.
    pub text: String,
    /// What was decided: for each mapping first about what the manifest has, then about what only the document has.
    pub decisions: Vec<Decision>,
    /// Where values with comments in them had to be written anew, without the comments; an empty path is the whole manifest. That
    /// happens where text stands in an unusual way: a key behind a `?`, an anchor whose alias has another value now.
    pub rewritten: Vec<Vec<String>>,
}

/// What was decided about a value on which the manifest and the document do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The keys that lead to the value.
    pub at: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new in the document, and was added.
    Added,
    /// Nobody had edited it, and the document's new value took its place.
    Replaced,
    /// Nobody had edited it, and it is gone, because it is gone from the document.
    Removed,
    /// It was edited, and the document still says what it said: it stays as it was edited.
    Kept,
    /// Both say something else than before: it stays as it was edited.
    Conflict {
        /// What the manifest says, shortened; `None` when it has no such value.
        own: Option<String>,
        /// What the document says, shortened; `None` when it has no such value.
        theirs: Option<String>,
    },
}

/// Brings a manifest up to date with a document.
///
/// `base` is what the last import made, `own` the manifest as it stands now, `theirs` what the document says now. What nobody edited
/// follows the document; what was edited stays, and is a conflict if the document has changed it too. Mappings are compared key by key,
/// lists and all else as wholes. Without a base nobody can tell who changed what: all of the manifest stays, what is new is added, and
/// each difference is a conflict.
///
/// All text of the manifest that is not changed stays as it is, comments among it. A comment right above a key goes with the key.
///
/// # Errors
/// What is wrong with the manifest when it cannot be read as YAML.
pub fn update(base: Option<&Node>, own: &Source, theirs: &Translation) -> Result<Update, Diagnostics> {
    let mut findings = Vec::new();
    let tree = parse(own, Limits::default(), &mut findings).filter(|_| findings.is_empty());
    let tree = tree.ok_or_else(|| Diagnostics::new(own.clone(), findings))?;
    let merged = merge::merge(base, &tree, &theirs.manifest);
    let patched = patch::patch(own.text(), &tree, &merged.tree, &theirs.notes);
    Ok(Update { text: patched.text, decisions: merged.decisions, rewritten: patched.rewritten })
}
