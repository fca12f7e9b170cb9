//! The JSON Schema of the manifest language beside a manifest, whose first line names it for editors.

use std::fs;
use std::path::{Path, PathBuf};

use tieline::{Error, ErrorKind};

use crate::token_file::folder_of;

const NAME: &str = "manifest.schema.json";

/// Where the JSON Schema is that a manifest names.
pub(crate) struct ManifestSchema {
    /// Its path as the manifest names it.
    pub name: String,
    /// Its path.
    pub path: PathBuf,
}

impl ManifestSchema {
    /// Of the manifest at a path: beside its folder, if there is one already, or else in it.
    pub(crate) fn of(manifest: &Path) -> Self {
        let folder = folder_of(manifest);
        let name = if folder.join("..").join(NAME).is_file() { format!("../{NAME}") } else { NAME.to_owned() };
        Self { path: folder.join(&name), name }
    }

    /// The first line of the manifest.
    pub(crate) fn line(&self) -> String {
        format!("# yaml-language-server: $schema={}", self.name)
    }

    /// Writes it, unless it is there.
    ///
    /// # Errors
    /// `unavailable` when it cannot be written.
    pub(crate) fn put(&self) -> Result<(), Error> {
        if self.path.exists() {
            return Ok(());
        }
        fs::write(&self.path, tieline_specs::MANIFEST_SCHEMA).map_err(|error| {
            Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", self.path.display()))
        })
    }
}
