//! Edits of a text, and its lines.

use std::ops::Range;

/// A piece of a text, and what takes its place.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// Edits that do not overlap, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<Edit>);

impl Edits {
    /// Puts a text in the place of a piece. Of several at the same place, the one that was asked for first comes first.
    pub(super) fn put(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push(Edit { range, text: text.into() });
    }

    /// The text with all edits made; `None` when two of them overlap.
    pub(super) fn apply(&mut self, text: &str) -> Option<String> {
        self.0.sort_by_key(|edit| edit.range.start);
        let mut edited = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.0 {
            edited.push_str(text.get(at..edit.range.start)?);
            edited.push_str(&edit.text);
            at = edit.range.end;
        }
        edited.push_str(text.get(at..)?);
        Some(edited)
    }

    /// Where a place in the edited text was before the edits, which [`Edits::apply`] has put in order.
    pub(super) fn origin(&self, offset: usize) -> usize {
        let (mut old, mut new) = (0, 0);
        for edit in &self.0 {
            let same = edit.range.start.saturating_sub(old);
            if offset < new + same {
                break;
            }
            new += same + edit.text.len();
            if offset < new {
                return edit.range.start;
            }
            old = edit.range.end;
        }
        old + offset.saturating_sub(new)
    }
}

/// A text that is looked at line by line. Every place is an offset in bytes.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(pub(super) &'a str);

impl<'a> Lines<'a> {
    /// Where the line of a place begins, behind a byte order mark.
    pub(super) fn start(self, at: usize) -> usize {
        let mark = if self.0.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        self.0.get(..at).and_then(|before| before.rfind('\n')).map_or(mark, |end| end + 1)
    }

    /// Where the line of a place ends, before its line break.
    pub(super) fn end(self, at: usize) -> usize {
        let end = self.0.get(at..).and_then(|after| after.find('\n')).map_or(self.0.len(), |length| at + length);
        if self.0.get(at..end).is_some_and(|line| line.ends_with('\r')) { end - 1 } else { end }
    }

    /// Where the next line begins; the end of the text when there is none.
    pub(super) fn next(self, at: usize) -> usize {
        self.0.get(at..).and_then(|after| after.find('\n')).map_or(self.0.len(), |length| at + length + 1)
    }

    /// The line that begins at a place, without its break.
    pub(super) fn line(self, start: usize) -> &'a str {
        self.0.get(start..self.end(start)).unwrap_or_default()
    }

    /// How far the line that begins at a place is indented, if it holds nothing but a comment.
    pub(super) fn comment(self, start: usize) -> Option<usize> {
        let line = self.line(start);
        let content = line.trim_start_matches(' ');
        content.starts_with('#').then(|| line.len() - content.len())
    }

    /// Whether the line that begins at a place is there and has nothing in it.
    pub(super) fn is_blank(self, start: usize) -> bool {
        start < self.0.len() && self.line(start).trim().is_empty()
    }
}
