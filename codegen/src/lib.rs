//! From a connector to typed Rust and to documentation.

pub mod docs;
pub mod emit;
pub mod ir;
pub mod snippets;
mod tree;

pub use tree::{Change, MARK, Tree};
