//! The files of a document: each is read once, within what all together may cost.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use percent_encoding::percent_decode_str;
use tieline::source::{Code, Diagnostic, Parts, Source, Span};
use tieline::yaml::{self, Node, Value};

use super::{Files, Limits};
use crate::cost::Cost;
use crate::pointer;

/// The document, which is file 0, and all that was read after it.
pub(super) struct Loaded<'a> {
    files: &'a dyn Files,
    pub(super) limits: &'a Limits,
    /// What is left of the limits.
    left: yaml::Limits,
    pub(super) parts: Parts,
    /// The paths of the files, by number.
    pub(super) paths: Vec<String>,
    /// Their trees, by number, with places in the joined source.
    pub(super) trees: Vec<Rc<Node>>,
    /// The numbers of the files; of one that cannot be had there is none.
    numbers: HashMap<String, Option<usize>>,
    /// The pointers that the anchors in a file stand for.
    anchors: HashMap<usize, HashMap<String, String>>,
}

impl<'a> Loaded<'a> {
    /// The document alone.
    pub(super) fn document(source: &Source, tree: Node, files: &'a dyn Files, limits: &'a Limits) -> Self {
        let path = source.name().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let mut loaded = Self {
            files,
            limits,
            left: limits.all,
            parts: Parts::of(source),
            paths: vec![path.clone()],
            trees: Vec::new(),
            numbers: HashMap::from([(path, Some(0))]),
            anchors: HashMap::new(),
        };
        loaded.spend(source, &tree);
        loaded.trees.push(Rc::new(tree));
        loaded
    }

    /// The number of a file, which is read if it was not yet. The first place that refers to it gets the finding if it
    /// cannot be had.
    pub(super) fn load(&mut self, path: &str, span: Span, findings: &mut Vec<Diagnostic>) -> Option<usize> {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let number = match self.read(path, span, findings) {
            Ok(tree) => {
                self.paths.push(path.to_owned());
                self.trees.push(Rc::new(tree));
                Some(self.trees.len() - 1)
            }
            Err(finding) => {
                findings.extend(finding);
                None
            }
        };
        self.numbers.insert(path.to_owned(), number);
        number
    }

    /// The tree of a file. What is wrong inside of it is a finding there.
    fn read(&mut self, path: &str, span: Span, findings: &mut Vec<Diagnostic>) -> Result<Node, Option<Diagnostic>> {
        let limit = |message| Some(Diagnostic::new(Code::Limit, span, message));
        if self.trees.len() > self.limits.files {
            return Err(limit(format!(
                "`{path}` is one file more than the {} that a document may have",
                self.limits.files
            )));
        }
        let source = self
            .files
            .read(path)
            .map_err(|why| Diagnostic::new(Code::UnknownReference, span, format!("`{path}` cannot be read: {why}")))?;
        if source.text().len() > self.left.bytes {
            let most = self.limits.all.bytes;
            return Err(limit(format!("with `{path}` the document has more than the {most} bytes allowed")));
        }
        let offset = self.parts.add(&source);
        let found_before = findings.len();
        let tree = yaml::parse(&source, self.left, findings);
        for finding in &mut findings[found_before..] {
            finding.span = finding.span.moved(offset);
        }
        let mut tree = tree.ok_or(None)?;
        self.spend(&source, &tree);
        tree.move_by(offset);
        Ok(tree)
    }

    /// Takes what a file costs from what is left.
    fn spend(&mut self, source: &Source, tree: &Node) {
        self.left.bytes = self.left.bytes.saturating_sub(source.text().len());
        Cost::of(tree).take_from(&mut self.left);
    }

    /// The pointer that a fragment is or stands for, if something is there.
    pub(super) fn pointer(&mut self, file: usize, fragment: &str) -> Option<String> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return pointer::resolve(&self.trees[file], fragment).map(|_| fragment.to_owned());
        }
        let anchors = match self.anchors.entry(file) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let mut anchors = HashMap::new();
                find_anchors(&self.trees[file], &mut Vec::new(), &mut anchors);
                unknown.insert(anchors)
            }
        };
        let name = percent_decode_str(fragment).decode_utf8().ok()?;
        anchors.get(&*name).cloned()
    }
}

/// Collects the anchors of schemas with their pointers; of two with one name the first counts.
fn find_anchors<'t>(node: &'t Node, keys: &mut Vec<std::borrow::Cow<'t, str>>, anchors: &mut HashMap<String, String>) {
    match &node.value {
        Value::Map(map) => {
            for (key, entry) in map {
                if let ("$anchor" | "$dynamicAnchor", Value::Text(name)) = (key.as_str(), &entry.value.value) {
                    let pointer = || keys.iter().fold(String::new(), |pointer, key| pointer::join(&pointer, key));
                    anchors.entry(name.clone()).or_insert_with(pointer);
                }
                keys.push(key.into());
                find_anchors(&entry.value, keys, anchors);
                keys.pop();
            }
        }
        Value::List(list) => {
            for (index, node) in list.iter().enumerate() {
                keys.push(index.to_string().into());
                find_anchors(node, keys, anchors);
                keys.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
