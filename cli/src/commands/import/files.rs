//! The files of an import: the manifest, and beside it what the last import made.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tieline::Source;
use tieline::yaml::{Limits, Node, parse};
use tieline_openapi::to_yaml_below;

use crate::connector;
use crate::stop::{Stop, invalid};
use crate::target::Target;

const HEADER: &str = "# What `tieline import` wrote last; `--update` compares with it. Do not edit.";

/// What the last import made, beside the manifest: `connector.import.yaml`.
pub(super) struct Base(pub(super) PathBuf);

impl Base {
    /// Of the manifest at a path.
    pub(super) fn of(manifest: &Path) -> Self {
        let mut name = manifest.file_stem().map(OsString::from).unwrap_or_default();
        name.push(".import.yaml");
        Self(manifest.with_file_name(name))
    }

    /// What it holds; `None` when it is not there.
    ///
    /// # Errors
    /// `invalid_input` when it cannot be read as YAML.
    pub(super) fn read(&self) -> Result<Option<Node>, Stop> {
        if !self.0.exists() {
            return Ok(None);
        }
        let source: Source = connector::read(&self.0)?;
        let mut findings = Vec::new();
        let tree = parse(&source, Limits::default(), &mut findings);
        match findings.first() {
            None => Ok(tree),
            Some(finding) => {
                let line = source.place(finding.span).start.line;
                let message = format!("{}:{line} cannot be read: {}", self.0.display(), finding.message);
                let help = "take it from your version control; or remove it, and all that the manifest says stays";
                Err(invalid(message).with_help(help).into())
            }
        }
    }

    /// Writes what an import made.
    ///
    /// # Errors
    /// `unavailable` when it cannot be written.
    pub(super) fn write(&self, manifest: &Node) -> Result<(), Stop> {
        write(&self.0, &to_yaml_below(HEADER, manifest, &[]))
    }
}

/// Writes a file, whole or not at all.
///
/// # Errors
/// `unavailable` when it cannot be written.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let mut target = Target::open(Some(path))?;
    target.write(text.as_bytes())?;
    target.finish()
}
