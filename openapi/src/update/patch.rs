//! From a text to one that means another tree, with as little changed as can be.

use std::borrow::Cow;

use tieline::source::{Diagnostic, Source};
use tieline::yaml::{Limits, Node, Value, parse};

use crate::same::is_same;
use crate::write::Notes;
use crate::{Note, to_yaml, to_yaml_below};

use super::block::{Editing, comments_in};
use super::edits::Edits;
use super::entries::{path_at, range};

/// After so many tries the whole is written anew.
const TRIES: usize = 40;
/// When so many values have to be written anew, the whole is.
const MOST_ANEW: usize = 1000;

/// Values that are written anew, whether they are to change or not, by the keys that lead to them.
#[derive(Debug, Default)]
pub(super) struct Paths(Vec<Vec<String>>);

impl Paths {
    /// Whether the value at a path is one of them.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.0.iter().any(|known| known.iter().map(String::as_str).eq(path.iter().copied()))
    }

    /// Whether there are some at a path or below it.
    pub(super) fn touch(&self, path: &[&str]) -> bool {
        self.0.iter().any(|known| known.len() >= path.len() && known.iter().zip(path).all(|(known, key)| known == key))
    }

    /// Adds a value, or the nearest one above it that is not known yet.
    fn add(&mut self, mut path: Vec<String>) {
        while self.0.contains(&path) && path.pop().is_some() {}
        self.0.push(path);
    }
}

/// A text that was changed.
pub(super) struct Patched {
    pub(super) text: String,
    /// The keys that lead to values with comments that were written anew.
    pub(super) rewritten: Vec<Vec<String>>,
}

/// A text that means the wanted tree, made from one that means another.
///
/// The edits follow from the places in the tree. Where the text has more to it than the tree shows (an anchor whose aliases stand
/// elsewhere, a way to write a key), the result means something else: then the value where it does is written anew, and the one around
/// it if that is not enough.
pub(super) fn patch(text: &str, tree: &Node, wanted: &Node, notes: &[Note]) -> Patched {
    if is_same(tree, wanted) {
        return Patched { text: text.to_owned(), rewritten: Vec::new() };
    }
    // Lines are added behind lines.
    let whole = if text.ends_with('\n') { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) };
    let text = whole.as_ref();
    let sorted = Notes::of(wanted, notes);
    let mut anew = Paths::default();
    for _ in 0..TRIES {
        let mut editing = Editing::new(text, &sorted, &anew);
        editing.root(tree, wanted);
        let (mut edits, stuck) = (editing.edits, editing.stuck);
        let wrong = match edits.apply(text) {
            _ if !stuck.is_empty() => stuck,
            None => break,
            Some(edited) => match differences(&edited, wanted) {
                Found::Nothing => return Patched { text: edited, rewritten: with_comments(text, tree, anew) },
                Found::Values(paths) => paths,
                Found::Places(places) => places.into_iter().map(|at| origin(text, tree, &edits, at)).collect(),
            },
        };
        if wrong.iter().any(Vec::is_empty) {
            break;
        }
        wrong.into_iter().for_each(|path| anew.add(path));
        if anew.has(&[]) || anew.0.len() > MOST_ANEW {
            break;
        }
    }
    // The first line may tell editors where the schema is.
    let first = text.trim_start_matches('\u{feff}').split(['\n', '\r']).next().filter(|line| line.starts_with('#'));
    let anew = first.map_or_else(|| to_yaml(wanted, notes), |first| to_yaml_below(first, wanted, notes));
    Patched { text: anew, rewritten: vec![Vec::new()] }
}

/// Those values that were written anew in whose text a comment stood.
fn with_comments(text: &str, tree: &Node, anew: Paths) -> Vec<Vec<String>> {
    let has_comment = |path: &Vec<String>| {
        let node = path.iter().try_fold(tree, |node, key| node.get(key));
        node.and_then(|node| text.get(range(node.span))).is_some_and(|written| !comments_in(written).is_empty())
    };
    anew.0.into_iter().filter(has_comment).collect()
}

/// What a text lacks to mean a tree.
enum Found {
    Nothing,
    /// These values are others.
    Values(Vec<Vec<String>>),
    /// It cannot be read here.
    Places(Vec<usize>),
}

fn differences(text: &str, wanted: &Node) -> Found {
    let mut findings: Vec<Diagnostic> = Vec::new();
    let tree = parse(&Source::new("<updated>", text), Limits::default(), &mut findings);
    let Some(tree) = tree.filter(|_| findings.is_empty()) else {
        return Found::Places(findings.iter().map(|finding| finding.span.start as usize).collect());
    };
    if is_same(&tree, wanted) {
        return Found::Nothing;
    }
    let mut paths = Vec::new();
    collect(&tree, wanted, &mut Vec::new(), &mut paths);
    Found::Values(paths)
}

/// The innermost values that differ.
fn collect<'a>(one: &'a Node, other: &'a Node, path: &mut Vec<&'a str>, paths: &mut Vec<Vec<String>>) {
    match (&one.value, &other.value) {
        (Value::Map(one), Value::Map(other))
            if one.len() == other.len() && one.keys().all(|key| other.contains_key(key)) =>
        {
            for (key, value) in one {
                path.push(key);
                other.get(key).into_iter().for_each(|other| collect(value, other, path, paths));
                path.pop();
            }
        }
        _ if is_same(one, other) => {}
        _ => paths.push(path.iter().map(|key| (*key).to_owned()).collect()),
    }
}

/// The keys that lead to the value in which the text stood that became what cannot be read.
fn origin(text: &str, tree: &Node, edits: &Edits, at: usize) -> Vec<String> {
    path_at(text, tree, edits.origin(at)).into_iter().map(str::to_owned).collect()
}
