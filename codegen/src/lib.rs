//! From a connector to typed Rust and to documentation.

pub mod docs;
mod tree;

pub use tree::{Change, MARK, Tree};
