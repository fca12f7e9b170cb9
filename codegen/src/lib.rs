//! From a connector to typed Rust and to documentation.

mod build;
pub mod docs;
pub mod emit;
mod error;
pub mod ir;
mod project;
pub mod snippets;
mod tree;

pub use build::build;
pub use error::Error;
pub use project::{Project, catalogue};
pub use tree::{Change, MARK, Tree};
