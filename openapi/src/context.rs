//! What a translation knows and has found so far.

use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::Node;

use crate::document::Document;
use crate::note::Note;
use crate::schemas::Schemas;

/// The document, and what was made of it so far.
pub(crate) struct Context<'d> {
    /// The document.
    pub document: Document<'d>,
    /// The schemas that the manifest refers to.
    pub schemas: Schemas<'d>,
    /// What was inferred.
    pub notes: Vec<Note>,
    /// What is wrong with the document.
    pub findings: Vec<Diagnostic>,
}

impl<'d> Context<'d> {
    /// Nothing is translated yet.
    pub(crate) fn new(document: Document<'d>) -> Self {
        Self { document, schemas: Schemas::default(), notes: Vec::new(), findings: Vec::new() }
    }

    /// Says what was inferred about a part of the manifest.
    pub(crate) fn note(&mut self, at: &[&str], text: impl Into<String>) {
        self.notes.push(Note { at: at.iter().map(|key| (*key).to_owned()).collect(), text: text.into() });
    }

    /// Says what in the document cannot be used, or is probably not meant.
    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::new(Code::Suspicious, span, message).help(help));
    }

    /// What a node means; nothing, with a finding, where its reference leads nowhere.
    pub(crate) fn resolve(&mut self, node: &'d Node) -> Option<&'d Node> {
        match self.document.resolve(node) {
            Ok(resolved) => Some(resolved),
            Err(finding) => {
                self.findings.push(finding);
                None
            }
        }
    }

    /// What a node means, where nothing depends on it: no finding.
    pub(crate) fn peek(&self, node: &'d Node) -> &'d Node {
        self.document.resolve(node).unwrap_or(node)
    }
}
