//! A text with a name, places in it, and findings about it.

mod diagnostic;
mod parts;
mod render;
mod sarif;
mod spanned;

use std::sync::Arc;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use parts::Parts;
pub use sarif::to_sarif;
pub(crate) use spanned::values;
pub use spanned::{Named, Spanned};

/// A range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The part of this range that begins `offset` bytes in and is `length` bytes long, kept inside the range.
    pub fn part(self, offset: usize, length: usize) -> Self {
        let start = (self.start as usize + offset).min(self.end as usize);
        let end = (start + length).min(self.end as usize);
        Self::new(start, end)
    }

    /// The same range after `by` more bytes.
    pub fn moved(self, by: usize) -> Self {
        Self::new(self.start as usize + by, self.end as usize + by)
    }
}

/// A line and a column, both counted from 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where a [`Span`] is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'s> {
    /// The name of the text it is in.
    pub name: &'s str,
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

/// A text with the name it is shown under (a path, or `<text>`), or several of them as one: see [`Parts`].
#[derive(Clone)]
pub struct Source {
    text: Arc<str>,
    files: Arc<[File]>,
}

/// A text in a source: it begins where the one before it ended, after a line break that is in none of them.
#[derive(Clone)]
struct File {
    name: Arc<str>,
    /// Where its lines begin in the text of the source; the first is where it begins itself.
    line_starts: Arc<[usize]>,
    end: usize,
}

impl Source {
    /// Keeps a text under a name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let file = File { name: name.into(), line_starts, end: text.len() };
        Self { text, files: Arc::new([file]) }
    }

    /// The name it is shown under; that of the first text if it is made of several.
    pub fn name(&self) -> &str {
        &self.files[0].name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a span is, for people.
    pub fn place(&self, span: Span) -> Place<'_> {
        let start = span.start as usize;
        let file = &self.files[self.files.partition_point(|file| file.end < start).min(self.files.len() - 1)];
        Place { name: &file.name, start: self.position(file, start), end: self.position(file, span.end as usize) }
    }

    /// Where a byte of the whole text is in a file; what lies outside is at its end.
    fn position(&self, file: &File, offset: usize) -> Position {
        let offset = offset.clamp(file.line_starts[0], file.end);
        let line = file.line_starts.partition_point(|&start| start <= offset);
        let start = file.line_starts[line - 1];
        let column = self.text.get(start..offset).map_or(1, |before| before.chars().count() + 1);
        Position { line, column }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name(), self.text.len())
    }
}
