//! An OpenAPI document, and what its references lead to.

use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::Node;

use crate::pointer;
use crate::tree::text_of;

/// How many references may lead to each other in a row.
const MOST_HOPS: usize = 32;

/// A document whose references all stay inside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'d> {
    /// The whole.
    pub root: &'d Node,
}

/// Whether the text at the root of a tree says that it is an OpenAPI document, or its predecessor Swagger.
pub fn is_document(root: &Node) -> bool {
    root.get("openapi").is_some() || root.get("swagger").is_some()
}

impl<'d> Document<'d> {
    /// Looks at a document.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) fn of(root: &'d Node) -> Result<Self, Diagnostic> {
        if let Some(version) = root.get("swagger") {
            let message = "a Swagger 2.0 document cannot be read";
            let help = "convert it to OpenAPI 3 first; the vendor may publish one";
            return Err(Diagnostic::new(Code::InvalidValue, version.span, message).help(help));
        }
        let span = root.get("openapi").map_or(root.span, |version| version.span);
        let version = text_of(root, "openapi").unwrap_or_default();
        match version.split('.').take(2).collect::<Vec<_>>().as_slice() {
            ["3", "0" | "1" | "2"] => Ok(Self { root }),
            _ => {
                let message = format!("version `{version}` of OpenAPI cannot be read");
                let help = "3.0, 3.1 and 3.2 can, written as text: `openapi: \"3.1.0\"`";
                Err(Diagnostic::new(Code::InvalidValue, span, message).help(help))
            }
        }
    }

    /// What a node means: itself, or what its `$ref` leads to.
    ///
    /// # Errors
    /// A finding at the reference that leads nowhere.
    pub(crate) fn resolve(&self, node: &'d Node) -> Result<&'d Node, Diagnostic> {
        let mut at = node;
        for _ in 0..MOST_HOPS {
            let Some(reference) = at.get("$ref") else { return Ok(at) };
            let Some(target) = reference.as_text() else { return Ok(at) };
            at = self.find(target).ok_or_else(|| leads_nowhere(target, reference.span))?;
        }
        Err(Diagnostic::new(
            Code::UnknownReference,
            node.span,
            "these references lead to each other and to nothing else",
        ))
    }

    /// A part of the document, whose parts may be references themselves.
    pub(crate) fn section(&self, keys: &[&str]) -> Option<&'d Node> {
        keys.iter().try_fold(self.root, |node, key| self.resolve(node.get(key)?).ok())
    }

    /// The node that a reference inside the document names.
    pub(crate) fn find(&self, reference: &str) -> Option<&'d Node> {
        pointer::resolve(self.root, reference.strip_prefix('#')?)
    }
}

/// The finding for a reference that leads nowhere.
pub(crate) fn leads_nowhere(target: &str, span: Span) -> Diagnostic {
    let found = Diagnostic::new(Code::UnknownReference, span, format!("`{target}` leads nowhere"));
    match target.starts_with('#') {
        true => found,
        false => found.help("only references inside the document, or to files that were read with it, can be followed"),
    }
}
