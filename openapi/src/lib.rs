//! Any OpenAPI 3 document as a Tieline manifest: the same tree that a hand-written manifest is read into, with places in the document.

mod note;

pub use note::{Note, Translation};
