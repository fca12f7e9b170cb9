//! The documentation of connectors: from connectors to a plain data model, and from that to Markdown pages.
//!
//! [`model()`] makes the [`model::Catalogue`]: everything the pages show, in the order in which they show it. [`pages()`] prints it
//! through the templates in `codegen/templates/`. A way to use a connector is a *face*; see [`faces`].

mod anchors;
mod command_line;
mod describe;
pub mod faces;
mod helpers;
mod hosted;
mod json;
mod markdown;
pub mod model;
mod pages;

use tieline::Connector;

pub(crate) use describe::example;
pub use faces::Snippets;
pub use markdown::{Block, Inline};
pub use pages::{PageError, pages};

/// Everything the pages of these connectors show. `snippets` gives what other faces than the command line show: the face's name
/// (as in [`faces::FACES`]) and the maker of its texts; a face without one is left out of the pages.
///
/// # Errors
/// `invalid_manifest` when a connector's compiled form cannot be read.
pub fn model(
    connectors: &[&Connector],
    snippets: &[(&str, &dyn Snippets)],
) -> Result<model::Catalogue, tieline::Error> {
    describe::catalogue(connectors, snippets)
}
