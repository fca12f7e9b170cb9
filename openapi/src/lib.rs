//! Any OpenAPI 3 document as a Tieline manifest: the same tree that a hand-written manifest is read into, with places in the document.

mod action;
mod answer;
mod assemble;
mod body;
pub mod bundle;
mod changes;
mod config;
mod context;
mod cost;
mod dialect;
mod document;
mod head;
mod infer;
mod names;
mod note;
mod operation;
pub mod overlay;
mod param;
mod pointer;
mod read;
mod same;
mod schemas;
mod server;
mod share;
mod sign_in;
mod tree;
mod update;
mod write;

use tieline::source::Diagnostic;
use tieline::yaml::Node;

pub use bundle::bundle;
pub use changes::{Change, changes};
pub use document::is_document;
pub use note::{Note, Translation};
pub use read::{Imported, NoFiles, Surroundings, check, import, load};
pub use update::{Decision, Outcome, Update, update};
pub use write::{to_yaml, to_yaml_below};

/// Translates a document: the tree of its text, in which every reference stays inside.
///
/// What cannot be used is a finding with its place in the document; the manifest has the rest.
///
/// # Errors
/// The finding, when it is no OpenAPI document of a version that can be read.
pub fn translate(document: &Node) -> Result<(Translation, Vec<Diagnostic>), Box<Diagnostic>> {
    assemble::translate(document).map_err(Box::new)
}
