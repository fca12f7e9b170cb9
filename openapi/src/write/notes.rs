//! Notes as comments: which key each belongs to, and text that cannot leave its comment.

use indexmap::IndexMap;
use tieline::yaml::{Node, Value};

use crate::Note;

use super::WIDTH;
use super::scalar::shows;

/// The notes about a node and about what is in it, by key; that of a list's item is its number.
#[derive(Debug, Default)]
pub(crate) struct Notes<'n> {
    here: Vec<&'n str>,
    below: IndexMap<&'n str, Notes<'n>>,
}

impl<'n> Notes<'n> {
    /// The notes by the keys that they are about. One about a key that is not there goes to the nearest above it.
    pub(crate) fn of(manifest: &Node, notes: &'n [Note]) -> Self {
        let mut all = Self::default();
        for note in notes {
            let (mut place, mut node) = (&mut all, manifest);
            for key in &note.at {
                let Some(inner) = child(node, key) else { break };
                (place, node) = (place.below.entry(key).or_default(), inner);
            }
            place.here.push(&note.text);
        }
        all
    }

    /// The notes about what stands under a key.
    pub(crate) fn under(&self, key: &str) -> Option<&Self> {
        self.below.get(key)
    }

    /// The notes about what these keys lead to.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |notes, key| notes.under(key))
    }

    /// Whether there are notes about parts of it.
    pub(crate) fn is_about_parts(&self) -> bool {
        !self.below.is_empty()
    }

    /// The notes about it as the lines of a comment at this indentation.
    pub(crate) fn lines(&self, indent: usize) -> Vec<String> {
        self.here.iter().flat_map(|text| comment(text, indent)).collect()
    }
}

fn child<'t>(node: &'t Node, key: &str) -> Option<&'t Node> {
    match &node.value {
        Value::List(items) => items.get(key.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => node.get(key),
    }
}

/// A text as a comment, broken between words. Line breaks and what does not show are no part of a word.
pub(crate) fn comment(text: &str, indent: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(indent).max(40);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || !shows(c)).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines
}
