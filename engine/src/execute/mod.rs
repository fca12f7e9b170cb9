//! The road of a call: find the operation, bind the arguments, then for each page build, attempt, read.

mod call;
mod envelope;

pub use call::{Call, Download, Explanation};
pub use envelope::{Data, Envelope, FileContent, Page};
