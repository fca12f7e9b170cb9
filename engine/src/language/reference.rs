//! The reference page of the manifest language, and the walk over every object it is made of.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::doc::{ChoiceDoc, KeyDoc, KindsDoc, ObjectDoc, Shape};

/// A part of the language that has a heading of its own.
#[derive(Clone, Copy, Debug)]
pub enum Section {
    /// An object.
    Object(&'static ObjectDoc),
    /// Objects told apart by `kind`.
    Kinds(&'static KindsDoc),
    /// A closed list of texts.
    Choice(&'static ChoiceDoc),
}

impl Section {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object(doc) => doc.name,
            Self::Kinds(doc) => doc.name,
            Self::Choice(doc) => doc.name,
        }
    }
}

/// Every part of the language that can be reached from an object, each once: first the whole, then its parts, key by key.
pub fn sections(root: &'static ObjectDoc) -> Vec<Section> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![Section::Object(root)];
    while let Some(section) = waiting.pop() {
        if !seen.insert(section.name()) {
            continue;
        }
        found.push(section);
        let mut reached = Vec::new();
        match section {
            Section::Object(doc) => doc.keys.iter().for_each(|key| reach((key.shape)(), &mut reached)),
            Section::Kinds(doc) => reached.extend(doc.kinds.iter().map(|(_, object)| Section::Object(object))),
            Section::Choice(_) => {}
        }
        waiting.extend(reached.into_iter().rev());
    }
    found
}

fn reach(shape: Shape, reached: &mut Vec<Section>) {
    match shape {
        Shape::Object(doc) => reached.push(Section::Object(doc)),
        Shape::Kinds(doc) => reached.push(Section::Kinds(doc)),
        Shape::Choice(doc) => reached.push(Section::Choice(doc)),
        Shape::List(inner) | Shape::Map(inner) => reach(*inner, reached),
        Shape::OneOf(shapes) => shapes.into_iter().for_each(|shape| reach(shape, reached)),
        Shape::Text
        | Shape::Notation(_)
        | Shape::Bool
        | Shape::Integer
        | Shape::Number
        | Shape::Any
        | Shape::Schema => {}
    }
}

/// The reference of a language, as Markdown: a list of its parts, then each part with its keys. Notations are links to headings
/// of their names, which the page around it explains.
pub fn reference(root: &'static ObjectDoc) -> String {
    let sections = sections(root);
    let mut page = String::new();
    for section in &sections {
        let _ = writeln!(page, "- {}", link(section.name()));
    }
    for section in &sections {
        let _ = write!(page, "\n### {}\n\n", capital(section.name()));
        match section {
            Section::Object(doc) => object(&mut page, doc, kind_of(doc, &sections)),
            Section::Kinds(doc) => kinds(&mut page, doc),
            Section::Choice(doc) => choice(&mut page, doc),
        }
    }
    page
}

/// The `kind` that says that a mapping is this object, and what it is a kind of.
fn kind_of(object: &ObjectDoc, sections: &[Section]) -> Option<(&'static str, &'static str)> {
    sections.iter().find_map(|section| match section {
        Section::Kinds(doc) => {
            let found = doc.kinds.iter().find(|(_, kind)| std::ptr::eq(*kind, object));
            found.map(|(kind, _)| (*kind, doc.name))
        }
        Section::Object(_) | Section::Choice(_) => None,
    })
}

fn object(page: &mut String, doc: &ObjectDoc, kind: Option<(&str, &str)>) {
    let _ = writeln!(page, "{}", paragraphs(doc.doc));
    if let Some((kind, of)) = kind {
        let _ = writeln!(page, "\n- **`kind: {kind}`** says that a {} is one.", link(of));
    }
    if doc.with_schema_keywords {
        page.push_str("\nThe keywords of JSON Schema (2020-12) may stand beside these keys.\n");
    }
    for KeyDoc { name, doc, required, shape, .. } in doc.keys {
        let required = if required() { ", required" } else { "" };
        let text = paragraphs(doc).replace('\n', "\n  ").replace("\n  ```yaml", "\n\n  ```yaml");
        let _ = write!(page, "\n- **`{name}`** ({}{required}): {text}\n", describe(&shape()));
    }
}

fn kinds(page: &mut String, doc: &KindsDoc) {
    let _ = write!(page, "{}\n\n| `kind` | what it is |\n|---|---|\n", paragraphs(doc.doc));
    for (kind, object) in doc.kinds {
        let _ = writeln!(page, "| `{kind}` | {}: {} |", link(object.name), in_a_cell(object.doc));
    }
}

fn choice(page: &mut String, doc: &ChoiceDoc) {
    let _ = write!(page, "{}\n\n| value | meaning |\n|---|---|\n", paragraphs(doc.doc));
    for (value, meaning) in doc.values {
        let _ = writeln!(page, "| `{value}` | {} |", in_a_cell(meaning));
    }
}

fn in_a_cell(doc: &str) -> String {
    paragraphs(doc).replace('|', "\\|").replace('\n', " ")
}

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Notation(name) => link(name),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Integer => "whole number".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::Any => "any value".to_owned(),
        Shape::Schema => "JSON Schema".to_owned(),
        Shape::List(inner) => format!("list of {}", describe(inner)),
        Shape::Map(inner) => format!("mapping of names to {}", describe(inner)),
        Shape::Object(doc) => link(doc.name),
        Shape::Kinds(doc) => link(doc.name),
        Shape::Choice(doc) => link(doc.name),
        Shape::OneOf(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}

/// A link to the heading of a part, whose anchor is made as readers of Markdown make it.
fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase().replace('.', "").replace(' ', "-"))
}

/// Doc comments carry a space before each line.
pub(super) fn paragraphs(doc: &str) -> String {
    let lines: Vec<_> = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
