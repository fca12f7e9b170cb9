//! A document that is spread over several files as one tree, in which every reference is local.

mod files;
mod reference;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use tieline::source::{Code, Diagnostic, Source, Span, Spanned};
use tieline::yaml::{self, Node, Value};

use crate::pointer;
use files::Loaded;
use walk::Shape;

/// The key at the root of a document under which its other files are put.
pub const FILES: &str = "x-tieline-files";

/// Where the other files of a document come from. This crate reads nothing by itself.
pub trait Files {
    /// A file, under the name that it is shown with.
    ///
    /// The path is relative to the folder of the document, has `/` between its parts, and neither `.` nor `..` among
    /// them. Only where [`Limits`] allow it, it may begin with `..` or `/`, or be a web address.
    ///
    /// # Errors
    /// Why it cannot be read, in a few words.
    fn read(&self, path: &str) -> Result<Source, String>;
}

/// How much a document in several files may cost, and where they may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many files there may be beside the document.
    pub files: usize,
    /// What the document and its files may cost together.
    pub all: yaml::Limits,
    /// Whether a reference may lead out of the folder of the document.
    pub outside: Permission,
    /// Whether a reference may be a web address.
    pub remote: Permission,
}

impl Default for Limits {
    fn default() -> Self {
        let refused = Permission::Refused { unless: None };
        Self { files: 256, all: yaml::Limits::default(), outside: refused, remote: refused }
    }
}

/// Whether something that is not open to every document is open to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It is not.
    Refused {
        /// What whoever reads the finding can do to have it, said after "or": `allow it with --allow-outside`.
        unless: Option<&'static str>,
    },
    /// Somebody has asked for it.
    Given,
}

/// Puts every file that the document refers to under [`FILES`] at its root, by number, and makes the references local:
/// `pets.yaml#/Pet` becomes `#/x-tieline-files/1/Pet`. Names of anchors become pointers.
///
/// A reference is a `$ref` that is not part of an example, a default or an extension, or a value in the `mapping` of a
/// discriminator. In another file only what is reached is looked at. A local reference of the document to something
/// that is not there is left to whoever reads it; all other problems are findings, each at the first place that has it.
pub fn bundle(
    source: Source,
    tree: Node,
    files: &dyn Files,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> (Source, Node) {
    let Some(first_number) = first_number(&tree, findings) else { return (source, tree) };
    let mut bundle = Bundle {
        files: Loaded::document(&source, tree, files, limits),
        first_number,
        local: HashMap::new(),
        resolved: HashMap::new(),
        visited: HashSet::new(),
        ahead: VecDeque::from([Target { file: 0, pointer: String::new(), shape: Shape::Object }]),
        findings,
    };
    while let Some(target) = bundle.ahead.pop_front() {
        bundle.visit(&target);
    }
    bundle.finish()
}

/// The number of the first file that is put under [`FILES`]: those that are there already keep theirs.
fn first_number(tree: &Node, findings: &mut Vec<Diagnostic>) -> Option<usize> {
    let Some(node) = tree.get(FILES) else { return Some(1) };
    let Value::Map(files) = &node.value else {
        let message = format!("`{FILES}` is {}, and not the files of a document", node.describe());
        findings.push(Diagnostic::new(Code::WrongType, node.span, message).help("give the key another name"));
        return None;
    };
    let last = files.keys().filter_map(|number| number.parse::<u32>().ok()).max();
    Some(last.map_or(1, |last| last as usize + 1))
}

/// Something that a reference leads to: a place in a file, and what is read there.
struct Target {
    file: usize,
    pointer: String,
    shape: Shape,
}

/// A node, told apart by where it is in memory: what an alias brought is alike in everything else.
type Identity = *const Node;

struct Bundle<'a> {
    files: Loaded<'a>,
    first_number: usize,
    /// What the texts of references become.
    local: HashMap<Identity, String>,
    /// What each reference text of a file leads to.
    resolved: HashMap<(usize, String), Option<(usize, String)>>,
    visited: HashSet<(Identity, Shape)>,
    ahead: VecDeque<Target>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Bundle<'_> {
    /// Looks for references in what a reference leads to.
    fn visit(&mut self, target: &Target) {
        let tree = Rc::clone(&self.files.trees[target.file]);
        if let Some(node) = pointer::resolve(&tree, &target.pointer) {
            self.walk(target.file, node, target.shape);
        }
    }

    /// A reference to something that has a shape.
    fn reference(&mut self, file: usize, node: &Node, shape: Shape) {
        let Some(text) = node.as_text() else { return };
        let key = (file, text.to_owned());
        let resolved = match self.resolved.get(&key) {
            Some(resolved) => resolved.clone(),
            None => {
                let resolved = self.resolve(file, text, node.span);
                self.resolved.insert(key, resolved.clone());
                resolved
            }
        };
        let Some((to, pointer)) = resolved else { return };
        let local = self.local_text(to, &pointer);
        if local != text {
            self.local.insert(std::ptr::from_ref(node), local);
        }
        self.ahead.push_back(Target { file: to, pointer, shape });
    }

    /// The file and the place in it that a reference leads to.
    fn resolve(&mut self, from: usize, text: &str, span: Span) -> Option<(usize, String)> {
        let target = match reference::read(text, &self.files.paths[from], self.files.limits) {
            Ok(target) => target,
            Err(refusal) => {
                let finding = Diagnostic::new(Code::InvalidValue, span, refusal.message);
                self.findings.push(finding.help(refusal.help));
                return None;
            }
        };
        let to = match target.file {
            Some(path) => self.files.load(&path, span, self.findings)?,
            None => from,
        };
        let pointer = self.files.pointer(to, target.fragment);
        if pointer.is_none() && (from, to) != (0, 0) {
            let message = format!("`{}` has nothing at `#{}`", self.files.paths[to], target.fragment);
            self.findings.push(Diagnostic::new(Code::UnknownReference, span, message));
        }
        Some((to, pointer?))
    }

    /// A reference as it is written in the one tree.
    fn local_text(&self, file: usize, pointer: &str) -> String {
        match file {
            0 => format!("#{pointer}"),
            file => format!("#/{FILES}/{}{pointer}", self.first_number + file - 1),
        }
    }

    /// The texts of all files, and their trees as one.
    fn finish(mut self) -> (Source, Node) {
        // What nodes are told apart by still holds: only the root of a tree is moved.
        let mut trees: Vec<_> = self.files.trees.drain(..).map(Rc::unwrap_or_clone).collect();
        if !self.local.is_empty() {
            trees.iter_mut().for_each(|tree| localize(tree, &self.local));
        }
        let mut document = trees.remove(0);
        if let (Value::Map(root), false) = (&mut document.value, trees.is_empty()) {
            let none = Node { value: Value::Map(yaml::Map::new()), span: document.span };
            let files = &mut root.entry(FILES.to_owned()).or_insert_with(|| entry(none)).value;
            if let Value::Map(files) = &mut files.value {
                let numbered = (self.first_number..).zip(trees);
                files.extend(numbered.map(|(number, tree)| (number.to_string(), entry(tree))));
            }
        }
        (self.files.parts.join(), document)
    }
}

/// A value that came without a key of its own.
fn entry(tree: Node) -> Spanned<Node> {
    let span = tree.span;
    Spanned::new(tree, span)
}

/// Replaces the texts of the references in a tree.
fn localize(node: &mut Node, local: &HashMap<Identity, String>) {
    let identity = std::ptr::from_ref(&*node);
    match &mut node.value {
        Value::Text(text) => {
            if let Some(local) = local.get(&identity) {
                text.clone_from(local);
            }
        }
        Value::List(list) => list.iter_mut().for_each(|node| localize(node, local)),
        Value::Map(map) => map.values_mut().for_each(|entry| localize(&mut entry.value, local)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
