//! What the language says about itself: the source of the manifest's JSON Schema and of its reference page.

use crate::source::Diagnostic;
use crate::yaml::Node;

/// What a value looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// Text in a notation of its own (a template, a path, a duration …), with the notation's name.
    Notation(&'static str),
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Any value.
    Any,
    /// One text out of a list.
    Choice(&'static ChoiceDoc),
    /// A list.
    List(Box<Shape>),
    /// A mapping with keys of the author's choice.
    Map(Box<Shape>),
    /// A mapping with known keys.
    Object(&'static ObjectDoc),
    /// A mapping whose `kind` key says which object it is.
    Kinds(&'static KindsDoc),
    /// A JSON Schema.
    Schema,
    /// One of several.
    OneOf(Vec<Shape>),
}

/// A mapping with known keys.
#[derive(Debug)]
pub struct ObjectDoc {
    /// Its name in sentences: `credential field`.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its keys, in the order they are explained.
    pub keys: &'static [KeyDoc],
    /// Whether JSON Schema keywords may stand beside the keys.
    pub with_schema_keywords: bool,
}

/// One key of an object.
#[derive(Debug)]
pub struct KeyDoc {
    /// The key.
    pub name: &'static str,
    /// What it is, with an example in a fenced `yaml` block.
    pub doc: &'static str,
    /// Whether it must be there.
    pub required: fn() -> bool,
    /// What its value looks like.
    pub shape: fn() -> Shape,
    /// Whether a value of it can be read; the findings say what is wrong.
    pub read: fn(&Node, &mut Vec<Diagnostic>) -> bool,
}

/// A closed list of texts.
#[derive(Debug)]
pub struct ChoiceDoc {
    /// Its name in sentences.
    pub name: &'static str,
    /// What it is about.
    pub doc: &'static str,
    /// Each text with its meaning.
    pub values: &'static [(&'static str, &'static str)],
}

/// Objects told apart by their `kind` key.
#[derive(Debug)]
pub struct KindsDoc {
    /// The name in sentences: `pagination`.
    pub name: &'static str,
    /// What they have in common.
    pub doc: &'static str,
    /// Each kind with its object.
    pub kinds: &'static [(&'static str, &'static ObjectDoc)],
}
