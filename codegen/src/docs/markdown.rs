//! Markdown that stays in its place: made from plain text, or from the Markdown of a manifest, which may be hostile.
//!
//! The Markdown of a manifest is parsed and written again from what was understood, so that nothing in it can end a paragraph, a table
//! cell or a code block of the page, become a heading, carry HTML, or link anywhere but to http, https and mailto.

mod escape;
#[cfg(test)]
mod tests;
mod write;

use serde::Serialize;

pub(super) use escape::{clean, code, escaped, fenced, guarded, safe_url};

/// Markdown within a line: it fits into a paragraph, a list item or a table cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Inline(String);

/// Markdown of one or more paragraphs, lists and code blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Block(String);

impl Inline {
    /// Plain text.
    pub fn text(text: &str) -> Self {
        Self(guarded(&escaped(&clean(text))))
    }

    /// A text as code.
    pub fn code(text: &str) -> Self {
        Self(code(&clean(text)))
    }

    /// What a manifest says in Markdown, as one line; `None` when it says nothing.
    pub fn markdown(text: &str) -> Option<Self> {
        let line = write::line(&clean_lines(text));
        (!line.is_empty()).then_some(Self(line))
    }

    /// As a sentence: with a full stop, unless it ends with a mark of its own.
    #[must_use]
    pub fn sentence(self) -> Self {
        let ends = self.0.ends_with(['.', '!', '?', ':', '…']) || self.0.ends_with(".)") || self.0.is_empty();
        if ends { self } else { Self(self.0 + ".") }
    }

    /// Markdown that this crate has put together from safe parts.
    pub(super) fn of(markdown: impl Into<String>) -> Self {
        Self(markdown.into())
    }

    /// A link to a heading of the same or another page, whose address this crate has made.
    pub(super) fn link(text: &str, address: &str) -> Self {
        Self(format!("[{}]({address})", escaped(&clean(text))))
    }

    /// The Markdown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Block {
    /// What a manifest says in Markdown; `None` when it says nothing.
    pub fn markdown(text: &str) -> Option<Self> {
        let block = write::blocks(&clean_lines(text));
        (!block.is_empty()).then_some(Self(block))
    }

    /// The Markdown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text line by line without what no reader should get; line breaks stay.
fn clean_lines(text: &str) -> String {
    text.split('\n').map(|line| clean(line).into_owned()).collect::<Vec<_>>().join("\n")
}
