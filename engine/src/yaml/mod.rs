//! YAML (and so JSON) as a tree that knows where everything stands.

mod parse;

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::source::{Span, Spanned};

pub use parse::{Limits, parse};

/// A node of the tree. Aliases and merge keys are already expanded.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
}

/// The content of a [`Node`], as the YAML 1.2 core schema reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as JSON has it.
    Number(serde_json::Number),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping with text keys, in the order written.
    Map(Map),
}

/// A mapping: key → (where the key stands, value).
pub type Map = IndexMap<String, Spanned<Node>>;

impl Node {
    /// What kind of thing this is, for messages: `a mapping`, `text`, …
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(map) => map.get(key).map(|entry| &entry.value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
        }
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The node at a JSON Pointer (RFC 6901), or the nearest one above it.
    pub fn nearest(&self, pointer: &str) -> &Node {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let next = match &node.value {
                Value::Map(map) => map.get(&token).map(|entry| &entry.value),
                Value::List(list) => token.parse::<usize>().ok().and_then(|index| list.get(index)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// The tree in which everything has a place: what came from nowhere has that of what it stands in. Nobody can take it for the
    /// stand-in of something that is missing.
    pub(crate) fn placed(&self) -> Cow<'_, Self> {
        if self.is_placed() {
            return Cow::Borrowed(self);
        }
        let mut placed = self.clone();
        placed.place(Span::new(0, 1));
        Cow::Owned(placed)
    }

    fn is_placed(&self) -> bool {
        let is_inside = match &self.value {
            Value::List(items) => items.iter().all(Self::is_placed),
            Value::Map(map) => map.values().all(|entry| entry.span != Span::default() && entry.value.is_placed()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => true,
        };
        is_inside && self.span != Span::default()
    }

    fn place(&mut self, outside: Span) {
        let place = |span: &mut Span, outside: Span| {
            if *span == Span::default() {
                *span = outside;
            }
        };
        place(&mut self.span, outside);
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.place(self.span)),
            Value::Map(map) => map.values_mut().for_each(|entry| {
                place(&mut entry.span, self.span);
                entry.value.place(entry.span);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// Moves the places in the whole tree: its text has become part of a longer one, in which it begins `by` bytes in.
    pub fn move_by(&mut self, by: usize) {
        self.span = self.span.moved(by);
        match &mut self.value {
            Value::List(list) => list.iter_mut().for_each(|node| node.move_by(by)),
            Value::Map(map) => {
                for entry in map.values_mut() {
                    entry.span = entry.span.moved(by);
                    entry.value.move_by(by);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// The same tree as JSON, without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => serde_json::Value::Bool(*b),
            Value::Number(n) => serde_json::Value::Number(n.clone()),
            Value::Text(text) => serde_json::Value::String(text.clone()),
            Value::List(list) => list.iter().map(Node::to_json).collect(),
            Value::Map(map) => map.iter().map(|(key, entry)| (key.clone(), entry.value.to_json())).collect(),
        }
    }
}
