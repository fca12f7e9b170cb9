//! What becomes of texts: what stays, what goes, and that the result means what was merged.

mod decisions;
mod random;
mod texts;

use tieline::source::Source;
use tieline::yaml::{Limits, Node, parse};

use super::{Update, update};
use crate::Translation;

/// The tree of a text in which nothing is wrong.
fn read(text: &str) -> Node {
    let mut findings = Vec::new();
    let source = Source::new("t.yaml", text);
    let tree = parse(&source, Limits::default(), &mut findings);
    let findings = tieline::Diagnostics::new(source, findings);
    assert!(findings.is_empty(), "{text}\n{findings}");
    tree.expect("a tree")
}

/// Brings a text up to date.
fn updated(base: Option<&str>, own: &str, theirs: &str) -> Update {
    let theirs = Translation { manifest: read(theirs), notes: Vec::new() };
    update(base.map(read).as_ref(), &Source::new("own.yaml", own), &theirs).expect("a manifest that can be read")
}
