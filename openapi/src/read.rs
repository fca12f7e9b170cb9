//! From a text to a connector or a manifest, whether it is a manifest or an OpenAPI document with its files and overlays.

use std::collections::HashSet;

use tieline::Connector;
use tieline::source::{Code, Diagnostic, Diagnostics, Severity, Source, Span};
use tieline::yaml::{self, Node};

use crate::bundle::{Files, Limits};
use crate::note::Translation;
use crate::{bundle, is_document, overlay, translate};

/// What belongs to a document beside its own text.
pub struct Surroundings<'a> {
    /// Where its other files come from.
    pub files: &'a dyn Files,
    /// What they may cost, and where they may be.
    pub limits: Limits,
    /// What is changed in it before it is translated, in this order.
    pub overlays: &'a [Source],
}

/// A document without other files.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Source, String> {
        Err("no other files are read here".to_owned())
    }
}

impl Default for Surroundings<'_> {
    fn default() -> Self {
        Self { files: &NoFiles, limits: Limits::default(), overlays: &[] }
    }
}

/// A document, translated.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The document with all that was read with it: the places of the manifest are here.
    pub source: Source,
    /// The manifest, and what was inferred.
    pub translation: Translation,
    /// What is wrong with the document.
    pub findings: Vec<Diagnostic>,
}

/// Translates a document.
///
/// # Errors
/// All findings, when it cannot be read, or is no document.
pub fn import(source: &Source, surroundings: &Surroundings<'_>) -> Result<Imported, Diagnostics> {
    let mut findings = Vec::new();
    let Some(tree) = yaml::parse(source, surroundings.limits.all, &mut findings) else {
        return Err(Diagnostics::new(source.clone(), findings));
    };
    if !is_document(&tree) {
        findings.push(no_document(&tree));
        return Err(Diagnostics::new(source.clone(), findings));
    }
    document(source, tree, surroundings, findings)
}

/// Loads a manifest, or an OpenAPI document as one, to run it, with its warnings.
///
/// # Errors
/// All findings, at least one of them an error.
pub fn load(source: &Source, surroundings: &Surroundings<'_>) -> Result<(Connector, Diagnostics), Diagnostics> {
    loaded(source, surroundings, Connector::from_tree)
}

/// Loads a manifest, or an OpenAPI document as one, for whoever works on it: with warnings of its examples
/// ([`Connector::check`]).
///
/// # Errors
/// All findings, at least one of them an error.
pub fn check(source: &Source, surroundings: &Surroundings<'_>) -> Result<(Connector, Diagnostics), Diagnostics> {
    loaded(source, surroundings, Connector::check_tree)
}

/// A connector from the tree of a manifest.
type FromTree = fn(&Source, &Node, Vec<Diagnostic>) -> Result<(Connector, Diagnostics), Diagnostics>;

fn loaded(
    source: &Source,
    surroundings: &Surroundings<'_>,
    from_tree: FromTree,
) -> Result<(Connector, Diagnostics), Diagnostics> {
    let mut findings = Vec::new();
    let Some(tree) = yaml::parse(source, surroundings.limits.all, &mut findings) else {
        return Err(Diagnostics::new(source.clone(), findings));
    };
    if !is_document(&tree) {
        if !surroundings.overlays.is_empty() {
            let message = "an overlay changes an OpenAPI document, and this is a manifest";
            findings.push(Diagnostic::new(Code::Conflict, Span::new(0, 1), message).help("change the manifest itself"));
        }
        return from_tree(source, &tree, findings);
    }
    let Imported { source, translation, findings } = document(source, tree, surroundings, findings)?;
    from_tree(&source, &translation.manifest, findings)
}

fn no_document(tree: &Node) -> Diagnostic {
    if let Some(version) = tree.get("tieline") {
        let message = "this is a manifest, and no OpenAPI document";
        return Diagnostic::new(Code::Conflict, version.span, message).help("it can be used as it is");
    }
    let found = Diagnostic::new(Code::MissingKey, Span::new(0, 1), "this is no OpenAPI document");
    found.help("a document says at its root which version it is: `openapi: 3.1.0`")
}

/// Overlays are applied first, so that what they bring may refer to files too.
fn document(
    source: &Source,
    mut tree: Node,
    surroundings: &Surroundings<'_>,
    mut findings: Vec<Diagnostic>,
) -> Result<Imported, Diagnostics> {
    let mut source = source.clone();
    for changes in surroundings.overlays {
        (source, tree) = overlay::apply(&source, tree, changes, surroundings.limits.all, &mut findings);
    }
    let (source, tree) = bundle(source, tree, surroundings.files, &surroundings.limits, &mut findings);
    match translate(&tree) {
        Ok((translation, found)) => {
            // That a reference leads nowhere is no news where its file could not be had.
            let known: HashSet<Span> = findings.iter().map(|finding| finding.span).collect();
            findings.extend(found.into_iter().filter(|found| !known.contains(&found.span)));
            Ok(Imported { source, translation, findings })
        }
        Err(finding) => {
            findings.push(*finding);
            Err(Diagnostics::new(source, findings))
        }
    }
}

impl Imported {
    /// Whether something is so wrong with the document that its manifest cannot be used.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity() != Severity::Error)
    }
}
