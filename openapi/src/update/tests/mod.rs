//! What becomes of texts: what stays, what goes, and that the result means what was merged.

mod decisions;
mod random;
mod texts;

use tieline::source::Source;

use super::{Update, update};
use crate::Translation;
use crate::tree::testing::read;

/// Brings a text up to date.
fn updated(base: Option<&str>, own: &str, theirs: &str) -> Update {
    let theirs = Translation { manifest: read(theirs), notes: Vec::new() };
    update(base.map(read).as_ref(), &Source::new("own.yaml", own), &theirs).expect("a manifest that can be read")
}
