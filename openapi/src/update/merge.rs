//! Three trees as one: what nobody edited follows the document, what was edited stays.

use std::collections::HashMap;

use tieline::source::{Span, Spanned};
use tieline::yaml::{Map, Node, Value};

use crate::same::is_same;

use super::{Decision, Outcome};

/// So much of a value is shown.
const LONGEST: usize = 80;

/// The tree that three became.
pub(super) struct Merged {
    pub(super) tree: Node,
    pub(super) decisions: Vec<Decision>,
}

/// What stood somewhere when the document was last imported.
#[derive(Clone, Copy)]
enum Base<'a> {
    /// Nobody knows.
    Unknown,
    /// Nothing.
    Nothing,
    /// This.
    Was(&'a Node),
}

/// Merges the trees of a manifest.
pub(super) fn merge(base: Option<&Node>, own: &Node, theirs: &Node) -> Merged {
    let mut merging = Merging { path: Vec::new(), decisions: Vec::new() };
    let tree = merging.both(base.map_or(Base::Unknown, Base::Was), own, theirs);
    Merged { tree, decisions: merging.decisions }
}

struct Merging<'a> {
    path: Vec<&'a str>,
    decisions: Vec<Decision>,
}

impl<'a> Base<'a> {
    fn under(self, key: &str) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Nothing => Self::Nothing,
            Self::Was(node) => node.get(key).map_or(Self::Nothing, Self::Was),
        }
    }

    fn is(self, node: &Node) -> bool {
        match self {
            Self::Unknown | Self::Nothing => false,
            Self::Was(base) => is_same(base, node),
        }
    }
}

impl<'a> Merging<'a> {
    /// What becomes of a value that both have.
    fn both(&mut self, base: Base<'_>, own: &'a Node, theirs: &'a Node) -> Node {
        match (&own.value, &theirs.value) {
            (Value::Map(own_map), Value::Map(their_map)) => {
                Node { value: Value::Map(self.mappings(base, own_map, their_map)), span: own.span }
            }
            _ if is_same(own, theirs) => own.clone(),
            _ if base.is(own) => {
                self.decide(Outcome::Replaced);
                theirs.clone()
            }
            _ if base.is(theirs) => {
                self.decide(Outcome::Kept);
                own.clone()
            }
            _ => {
                self.conflict(Some(own), Some(theirs));
                own.clone()
            }
        }
    }

    /// The keys of the manifest in its order; each new one after the one that it follows in the document.
    fn mappings(&mut self, base: Base<'_>, own: &'a Map, theirs: &'a Map) -> Map {
        let mut kept = Map::new();
        for (key, entry) in own {
            let value = self.within(key, |merging| match theirs.get(key) {
                Some(theirs) => Some(merging.both(base.under(key), entry, theirs)),
                None => merging.gone_from_theirs(base.under(key), entry),
            });
            kept.extend(value.map(|value| (key.clone(), Spanned::new(value, entry.span))));
        }
        let mut new = New::default();
        // What begins a manifest has a comment above it that belongs to the whole.
        let first = own.keys().find(|key| kept.contains_key(*key)).map(String::as_str);
        let mut follows = first.filter(|_| self.path.is_empty());
        for (key, entry) in theirs {
            if own.contains_key(key) {
                follows = if kept.contains_key(key) { Some(key) } else { follows };
            } else if let Some(value) = self.within(key, |merging| merging.gone_from_own(base.under(key), entry)) {
                let place = follows.map_or(&mut new.first, |before| new.behind.entry(before).or_default());
                place.push((key, value));
            }
        }
        new.woven_into(kept)
    }

    fn gone_from_theirs(&mut self, base: Base<'_>, own: &'a Node) -> Option<Node> {
        match base {
            Base::Unknown | Base::Nothing => Some(own.clone()),
            Base::Was(base) if is_same(base, own) => {
                self.decide(Outcome::Removed);
                None
            }
            Base::Was(_) => {
                self.conflict(Some(own), None);
                Some(own.clone())
            }
        }
    }

    fn gone_from_own(&mut self, base: Base<'_>, theirs: &'a Node) -> Option<Node> {
        match base {
            Base::Unknown | Base::Nothing => {
                self.decide(Outcome::Added);
                Some(theirs.clone())
            }
            Base::Was(base) => {
                if is_same(base, theirs) {
                    self.decide(Outcome::Kept);
                } else {
                    self.conflict(None, Some(theirs));
                }
                None
            }
        }
    }

    fn within<T>(&mut self, key: &'a str, then: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key);
        let result = then(self);
        self.path.pop();
        result
    }

    fn decide(&mut self, outcome: Outcome) {
        let at = self.path.iter().map(|key| (*key).to_owned()).collect();
        self.decisions.push(Decision { at, outcome });
    }

    fn conflict(&mut self, own: Option<&Node>, theirs: Option<&Node>) {
        self.decide(Outcome::Conflict { own: own.map(shortened), theirs: theirs.map(shortened) });
    }
}

/// New entries, by the key behind which each comes.
#[derive(Default)]
struct New<'a> {
    first: Vec<(&'a str, Node)>,
    behind: HashMap<&'a str, Vec<(&'a str, Node)>>,
}

impl New<'_> {
    fn woven_into(mut self, kept: Map) -> Map {
        let entry = |(key, value): (&str, Node)| (key.to_owned(), Spanned::new(value, Span::default()));
        let mut all: Map = self.first.into_iter().map(entry).collect();
        for (key, value) in kept {
            let behind = self.behind.remove(key.as_str());
            all.insert(key, value);
            all.extend(behind.into_iter().flatten().map(entry));
        }
        all
    }
}

/// A value in a line, or the beginning of it.
fn shortened(node: &Node) -> String {
    let line = crate::write::line(node);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
