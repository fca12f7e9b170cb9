//! A document on the disk as a manifest: the one place in which `import` has something translated.

use std::path::{Path, PathBuf};

use tieline::Source;
use tieline::source::{Diagnostic, Diagnostics};
use tieline::yaml::{Limits, parse};
use tieline_openapi::Translation;

use crate::connector;
use crate::stop::{Stop, invalid};

/// A document and what it became.
pub(super) struct Document {
    pub(super) translation: Translation,
    /// What was found in the document that does not stop it.
    pub(super) findings: Diagnostics,
}

impl Document {
    /// Reads a document, applies the overlays to it, and translates it.
    ///
    /// # Errors
    /// `invalid_input` when a file cannot be read; the findings when the document cannot be translated.
    pub(super) fn translated(path: &Path, overlays: &[PathBuf]) -> Result<Self, Stop> {
        if let Some(overlay) = overlays.first() {
            return Err(invalid(format!("the overlay {} cannot be applied yet", overlay.display())).into());
        }
        let source = connector::read(path)?;
        let (translation, findings) = translate(&source).map_err(|findings| Stop::Manifest(Box::new(findings)))?;
        Ok(Self { translation, findings: Diagnostics::new(source, findings) })
    }
}

/// Until documents are translated, a manifest stands for one.
fn translate(document: &Source) -> Result<(Translation, Vec<Diagnostic>), Diagnostics> {
    let mut findings = Vec::new();
    match parse(document, Limits::default(), &mut findings).filter(|_| findings.is_empty()) {
        Some(manifest) => Ok((Translation { manifest, notes: Vec::new() }, findings)),
        None => Err(Diagnostics::new(document.clone(), findings)),
    }
}
