//! What a document does not say and its manifest needs: each rule in a file, and each use of it a note.

mod actions;
pub(crate) mod check;
pub(crate) mod errors;
pub(crate) mod keys;
pub(crate) mod naming;
pub(crate) mod pages;
pub(crate) mod records;
