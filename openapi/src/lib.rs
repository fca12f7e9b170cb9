//! Any OpenAPI 3 document as a Tieline manifest: the same tree that a hand-written manifest is read into, with places in the document.

mod changes;
mod note;
mod same;
mod update;
mod write;

pub use changes::{Change, changes};
pub use note::{Note, Translation};
pub use update::{Decision, Outcome, Update, update};
pub use write::to_yaml;
