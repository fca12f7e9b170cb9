//! A mapping while it is built: keys and values in turn, merges at the end.

use indexmap::map::Entry;

use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::{Map, Node, Value};

use super::scalar::shortened;

/// The entries so far and the key that waits for its value.
#[derive(Default)]
pub(super) struct Mapping {
    entries: Map,
    merged: Vec<Map>,
    has_merge: bool,
    waiting: Option<Key>,
}

enum Key {
    /// The entry at this index.
    Entry(usize),
    Merge,
    /// A key that cannot be used; its value is dropped.
    Refused,
}

impl Mapping {
    /// Whether the next node is a key.
    pub(super) fn expects_key(&self) -> bool {
        self.waiting.is_none()
    }

    /// Takes a key, with a finding if it is there already.
    pub(super) fn key(&mut self, key: String, span: Span) -> Option<Diagnostic> {
        match self.entries.entry(key) {
            Entry::Occupied(known) => {
                self.waiting = Some(Key::Refused);
                Some(duplicate(known.key(), span))
            }
            Entry::Vacant(entry) => {
                self.waiting = Some(Key::Entry(entry.index()));
                entry.insert(Spanned::new(Node { value: Value::Null, span }, span));
                None
            }
        }
    }

    /// Takes the merge key `<<`, with a finding if it is there already.
    pub(super) fn merge_key(&mut self, span: Span) -> Option<Diagnostic> {
        if self.has_merge {
            self.waiting = Some(Key::Refused);
            return Some(duplicate("<<", span).help("merge several mappings with a list: `<<: [*one, *two]`"));
        }
        self.has_merge = true;
        self.waiting = Some(Key::Merge);
        None
    }

    /// Takes a node: the value of the key that waits, or else a key that is not a plain scalar.
    pub(super) fn accept(&mut self, node: Node) -> Option<Diagnostic> {
        match self.waiting.take() {
            Some(Key::Entry(index)) => {
                if let Some((_, entry)) = self.entries.get_index_mut(index) {
                    entry.value = node;
                }
                None
            }
            Some(Key::Merge) => self.merge(node),
            Some(Key::Refused) => None,
            None => self.node_key(node),
        }
    }

    /// All entries: those written here, then those merged in whose keys are not there yet.
    pub(super) fn finish(self) -> Map {
        let mut entries = self.entries;
        for (key, entry) in self.merged.into_iter().flatten() {
            entries.entry(key).or_insert(entry);
        }
        entries
    }

    fn merge(&mut self, node: Node) -> Option<Diagnostic> {
        let nodes = match node.value {
            Value::List(list) => list,
            Value::Map(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => vec![node],
        };
        for node in nodes {
            match node.value {
                Value::Map(map) => self.merged.push(map),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                    let message = format!("`<<` merges a mapping or a list of mappings, not {}", node.describe());
                    return Some(Diagnostic::new(Code::WrongType, node.span, message));
                }
            }
        }
        None
    }

    fn node_key(&mut self, node: Node) -> Option<Diagnostic> {
        let key = match node.value {
            Value::Text(text) => text,
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::List(_) | Value::Map(_) => {
                self.waiting = Some(Key::Refused);
                let message = format!("a key must be text, not {}", node.describe());
                return Some(Diagnostic::new(Code::WrongType, node.span, message));
            }
        };
        self.key(key, node.span)
    }
}

fn duplicate(key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateKey, span, format!("the key `{}` stands here for the second time", shortened(key)))
}
