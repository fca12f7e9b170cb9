//! The road of a call: find the operation, bind the arguments, then for each page build, attempt, read.

mod attempt;
mod broken_off;
mod call;
mod connection;
mod download;
mod envelope;
mod failure;
mod pages;
mod records;
mod redact;
mod resume;
mod retry;
mod road;
mod send;
mod watched;

pub use call::{Call, Explanation};
pub use download::Download;
pub(crate) use envelope::read_record;
pub use envelope::{Data, Envelope, FileContent, Page};
