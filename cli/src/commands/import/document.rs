//! A document on the disk as a manifest.

use std::path::{Path, PathBuf};

use tieline::{Connector, Diagnostics};
use tieline_openapi::{Imported, Translation, import};

use crate::connector;
use crate::document_files::{Allowed, DocumentFiles};
use crate::stop::Stop;

/// A document and what it became.
pub(super) struct Document {
    pub(super) translation: Translation,
    /// What was found in the document that does not stop it.
    pub(super) findings: Diagnostics,
}

impl Document {
    /// Reads a document with its files, applies the overlays to it, and translates it.
    ///
    /// # Errors
    /// `invalid_input` when a file cannot be read; the findings when the document cannot be translated.
    pub(super) fn translated(path: &Path, overlays: &[PathBuf], allowed: Allowed) -> Result<Self, Stop> {
        let overlays = overlays.iter().map(|overlay| connector::read(overlay)).collect::<Result<Vec<_>, _>>()?;
        let files = DocumentFiles::around(path, allowed);
        let imported = import(&connector::read(path)?, &files.with(&overlays));
        let imported = imported.map_err(|findings| Stop::Document(Box::new(findings)))?;
        let is_sound = imported.is_sound();
        let Imported { source, translation, findings } = imported;
        let findings = Diagnostics::new(source, findings);
        if is_sound { Ok(Self { translation, findings }) } else { Err(Stop::Document(Box::new(findings))) }
    }

    /// The connector of its manifest, with what is found in the document and in what it became: all with places in the document.
    ///
    /// # Errors
    /// The findings when it cannot be used.
    pub(super) fn connector(&self) -> Result<(Connector, Diagnostics), Stop> {
        let found = self.findings.iter().cloned().collect();
        Connector::check_tree(self.findings.source(), &self.translation.manifest, found)
            .map_err(|findings| Stop::Document(Box::new(findings)))
    }
}
