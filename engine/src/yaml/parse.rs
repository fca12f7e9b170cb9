//! Text to tree, within limits, with every problem a finding.

mod budget;
mod mapping;
mod scalar;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;

use granit_parser::{Event, Parser};

use crate::source::{Code, Diagnostic, Source, Span};

use super::Node;
use tree::{Stopped, Tree};

/// How much a document may cost. The defaults let a document of 1,000,000 nodes through, twice the largest that we know of, and
/// stop a hostile one.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Levels of nesting, after aliases are expanded.
    pub depth: usize,
    /// Nodes after aliases are expanded; what an anchor names counts once more, for the copy its aliases are made from.
    pub nodes: usize,
    /// Bytes of scalars, counted like nodes.
    pub scalar_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 128, nodes: 1_000_000, scalar_bytes: 32 << 20 }
    }
}

/// Reads one document. `None` when the text cannot be read as a tree at all; duplicate keys are findings, the first wins.
///
/// The span of a scalar covers it as written, so a quoted text includes its quotes; that of a block mapping or list ends
/// with its last value. An expanded alias or merge keeps the spans of the place where its anchor stands.
///
/// ```
/// use tieline::{source::Source, yaml::{Limits, parse}};
///
/// let mut findings = Vec::new();
/// let tree = parse(&Source::new("<text>", "responses: { 200: fine }"), Limits::default(), &mut findings);
/// assert!(findings.is_empty());
/// assert_eq!(tree.map(|node| node.to_json()), Some(serde_json::json!({ "responses": { "200": "fine" } })));
/// ```
pub fn parse(source: &Source, limits: Limits, findings: &mut Vec<Diagnostic>) -> Option<Node> {
    if source.text().len() > limits.bytes {
        let message = format!("the text has {} bytes, more than the {} allowed", source.text().len(), limits.bytes);
        findings.push(Diagnostic::new(Code::Limit, Span::default(), message));
        return None;
    }
    let mut tree = Tree::new(source.text(), limits, findings);
    match read(source.text(), limits, &mut tree) {
        Ok(()) => tree.finish(),
        Err(Stopped) => None,
    }
}

/// Hands every event of the first document to the tree.
fn read<'s>(text: &'s str, limits: Limits, tree: &mut Tree<'s, '_>) -> Result<(), Stopped> {
    let mut documents = 0;
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, place) = match event {
            Ok(event) => event,
            Err(error) => return Err(tree.stop(syntax::finding(&error, text, limits))),
        };
        let span = place.byte_range().map_or_else(Span::default, |range| Span::new(range.start, range.end));
        match event {
            Event::Scalar(text, style, anchor, tag) => tree.scalar(text, style, anchor, tag.as_deref(), span)?,
            Event::SequenceStart(_, anchor, tag) => tree.open_list(anchor, tag.as_deref(), span)?,
            Event::MappingStart(_, anchor, tag) => tree.open_map(anchor, tag.as_deref(), span)?,
            Event::SequenceEnd | Event::MappingEnd => tree.close(span)?,
            Event::Alias(anchor) => tree.alias(anchor, span)?,
            Event::UnresolvedAlias(name) => tree.unknown_alias(&name, span)?,
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    let finding = Diagnostic::new(Code::Syntax, span, "a second document begins here");
                    return tree.report(finding.help("keep one document in a file"));
                }
            }
            // Nothing else belongs to the tree.
            _ => {}
        }
    }
    Ok(())
}
