//! Any OpenAPI 3 document as a Tieline manifest: the same tree that a hand-written manifest is read into, with places in the document.

pub mod bundle;
mod cost;
mod note;
pub mod overlay;
pub mod pointer;

pub use bundle::bundle;
pub use note::{Note, Translation};
