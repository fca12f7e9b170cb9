//! Why nothing was generated.

use std::fmt;
use std::io;
use std::path::PathBuf;

use tieline::Diagnostics;

use crate::{docs, emit};

/// Why nothing was generated. It prints in words even with `{:?}`, which is how a `build.rs` whose `main` gives it back shows it.
#[derive(thiserror::Error)]
pub enum Error {
    /// The manifest has findings.
    #[error("{0}")]
    Manifest(Box<Diagnostics>),
    /// The connector cannot be read.
    #[error(transparent)]
    Connector(#[from] tieline::Error),
    /// The client cannot be printed.
    #[error(transparent)]
    Rust(#[from] emit::Error),
    /// A page cannot be printed.
    #[error(transparent)]
    Page(#[from] docs::PageError),
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// Where it stands.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// It was not run from a `build.rs`.
    #[error("the environment has no {0}, which cargo sets for a build script")]
    NoBuild(&'static str),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
