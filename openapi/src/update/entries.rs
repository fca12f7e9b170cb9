//! The entries of a mapping as they are written: where each begins and ends.

use std::ops::Range;

use tieline::source::{Span, Spanned};
use tieline::yaml::{Map, Node, Value};

use super::edits::Lines;

/// An entry as it is written.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a Node,
    /// The key, with its quotes.
    pub(super) key_at: Range<usize>,
    /// The place behind the colon, if there is one right behind the key.
    pub(super) colon: Option<usize>,
    /// The end of what is written; `None` when it is written in a way that is not understood here.
    pub(super) end: Option<usize>,
    pub(super) form: Form,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Right there.
    Here,
    /// Not at all, which means null.
    Missing,
    /// As an alias: the value is written elsewhere.
    Alias,
}

/// Whether a mapping is written in braces.
pub(super) fn is_flow(text: &str, node: &Node) -> bool {
    text.get(node.span.start as usize..).is_some_and(|written| written.starts_with('{'))
}

/// The entries that are written in a mapping, in the order of the text. Those that a merge key brings in are written elsewhere.
pub(super) fn entries<'a>(text: &str, node: &'a Node, map: &'a Map) -> Vec<Entry<'a>> {
    let is_here = |span: Span| span.start >= node.span.start;
    map.iter().filter(|(_, value)| is_here(value.span)).map(|(key, value)| entry(text, key, value)).collect()
}

fn entry<'a>(text: &str, key: &'a str, entry: &'a Spanned<Node>) -> Entry<'a> {
    let (key_at, value) = (range(entry.span), &entry.value);
    let behind = skip_spaces(text, key_at.end);
    let colon = text.get(behind..).is_some_and(|rest| rest.starts_with(':')).then_some(behind + 1);
    let value_at = range(value.span);
    let form = if value_at.start < key_at.end {
        Form::Alias
    } else if value_at.is_empty() && value.value == Value::Null {
        Form::Missing
    } else {
        Form::Here
    };
    let end = match form {
        Form::Here => Some(end_of(text, value)),
        Form::Missing => Some(colon.unwrap_or(key_at.end)),
        Form::Alias => colon.and_then(|colon| alias_end(text, skip_spaces(text, colon))),
    };
    Entry { key, value, key_at, colon, end, form }
}

/// The end of a value that is written where it stands: for a mapping, that of its last entry, which may be an alias or missing.
fn end_of(text: &str, node: &Node) -> usize {
    let end = range(node.span).end;
    match &node.value {
        Value::Map(map) if !is_flow(text, node) => {
            entries(text, node, map).into_iter().filter_map(|entry| entry.end).max().unwrap_or(end).max(end)
        }
        Value::List(items) if !text[..end].ends_with(']') => {
            items.last().map_or(end, |last| end_of(text, last)).max(end)
        }
        Value::Text(value) if !text[..end].ends_with(['"', '\'']) => kept_lines_end(text, value, end),
        _ => end,
    }
}

/// The end of a text that ends with several line breaks, which keeps the free lines behind it.
fn kept_lines_end(text: &str, value: &str, end: usize) -> usize {
    let lines = Lines(text);
    let kept = (value.len() - value.trim_end_matches('\n').len()).saturating_sub(1);
    let mut at = end;
    for _ in 0..kept {
        let next = lines.next(at);
        at = if lines.is_blank(next) { lines.end(next) } else { at };
    }
    at
}

fn alias_end(text: &str, start: usize) -> Option<usize> {
    let alias = text.get(start..).filter(|rest| rest.starts_with('*'))?;
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
    Some(start + alias.find(ends).unwrap_or(alias.len()))
}

fn skip_spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

/// A span as a range of the text.
pub(super) fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The keys that lead to what is written at a place: the innermost entry that begins before it.
pub(super) fn path_at<'a>(text: &str, root: &'a Node, at: usize) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut node = root;
    while let Value::Map(map) = &node.value {
        let Some(entry) = entries(text, node, map).into_iter().rfind(|entry| entry.key_at.start <= at) else { break };
        path.push(entry.key);
        if entry.form != Form::Here {
            break;
        }
        node = entry.value;
    }
    path
}
