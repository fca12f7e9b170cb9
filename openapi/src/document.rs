//! An OpenAPI document, and what its references lead to.

use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::Node;

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
        Err(Diagnostic::new(Code::UnknownReference, node.span, "these references lead to each other and to nothing else"))
    }

    /// The node that a reference inside the document names.
    pub(crate) fn find(&self, reference: &str) -> Option<&'d Node> {
        let pointer = reference.strip_prefix('#')?;
        let mut node = self.root;
        for step in pointer.split('/').skip(1) {
            let step = unescaped(step);
            node = match node.get(&step) {
                Some(member) => member,
                None => crate::tree::items(node).get(step.parse::<usize>().ok()?)?,
            };
        }
        Some(node)
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

/// A step of a JSON Pointer in a URI fragment (RFC 6901 section 6).
pub(crate) fn unescaped(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let mut rest = step.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~")
}
