//! From tree to typed value, collecting every finding on the way.

use indexmap::IndexMap;

use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::{Map, Node, Value};

use super::doc::{KeyDoc, ObjectDoc, Shape};
use super::nearest;

/// A value that can be read from a node. A problem becomes a finding and the value `None`; reading goes on elsewhere.
pub trait Decode: Sized {
    /// What it looks like.
    fn shape() -> Shape;

    /// Reads it.
    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self>;

    /// The value when the key is not there; `None` means that the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// What reading goes on with when the value is missing or cannot be read, so that the rest is looked at all the same. There is
    /// a finding about it already: a manifest with a stand-in is never used.
    fn stand_in() -> Option<Self> {
        Self::absent()
    }
}

/// A [`Decode`] that is a mapping with known keys.
pub trait Object: Sized {
    /// What it says about itself.
    const DOC: &'static ObjectDoc;

    /// Reads it from a mapping; keys in `others` belong to somebody else.
    fn decode_object(map: &Map, span: Span, others: &[&str], findings: &mut Vec<Diagnostic>) -> Option<Self>;
}

/// After so many findings nothing more is read.
const MOST_FINDINGS: usize = 1_000;

/// Whether there are so many findings that nobody reads more.
pub(crate) fn is_enough(findings: &[Diagnostic]) -> bool {
    findings.len() >= MOST_FINDINGS
}

/// Leaves so many findings, the last of which says that there are more; `None` when there were fewer.
pub(crate) fn end_excess(findings: &mut Vec<Diagnostic>) -> Option<()> {
    let last = findings.get(MOST_FINDINGS - 1)?.span;
    findings.truncate(MOST_FINDINGS - 1);
    findings.push(Diagnostic::new(Code::Limit, last, "there are too many problems; the rest is not read"));
    Some(())
}

/// The finding for a value of the wrong type.
pub(crate) fn wrong_type(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, node.span, format!("expected {expected}, found {}", node.describe()))
}

/// The finding for a key that the object does not have.
pub(crate) fn unknown_key(doc: &ObjectDoc, key: &str, entry: &Spanned<Node>) -> Diagnostic {
    let message = format!("unknown key `{key}` in {}", with_article(doc.name));
    let found = Diagnostic::new(Code::UnknownKey, entry.span, message);
    match nearest(key, doc.keys.iter().map(|known| known.name)) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => {
            let known: Vec<_> = doc.keys.iter().map(|known| format!("`{}`", known.name)).collect();
            found.help(format!("{}known keys: {}", comma_help(entry), known.join(", ")))
        }
    }
}

/// What may have become of a text with a comma, for a key that nobody knows and that has no value.
pub(crate) fn comma_help(entry: &Spanned<Node>) -> &'static str {
    let span = entry.value.span;
    let has_value = entry.value.value != Value::Null || span.start != span.end;
    if has_value { "" } else { "a text with a comma inside `{ }` needs quotes; " }
}

/// The finding for a key that must be there.
pub(crate) fn missing(doc: &ObjectDoc, key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::MissingKey, span, format!("{} needs `{key}`", with_article(doc.name)))
}

/// `an entity`, `a way to sign in`.
pub(crate) fn with_article(name: &str) -> String {
    let article = if name.to_lowercase().starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// A mapping whose keys are read one by one.
pub(crate) struct Reading<'a> {
    map: &'a Map,
    doc: &'static ObjectDoc,
    span: Span,
    misspelt: Vec<&'static str>,
    is_sound: bool,
}

impl<'a> Reading<'a> {
    /// Begins to read; reports keys that neither the object nor `others` know.
    pub(crate) fn new(
        map: &'a Map,
        doc: &'static ObjectDoc,
        span: Span,
        others: &[&str],
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let is_known = |key: &str| doc.keys.iter().any(|known| known.name == key);
        let mut misspelt = Vec::new();
        for (key, entry) in map.iter().filter(|(key, _)| !others.contains(&key.as_str()) && !is_known(key)) {
            if is_enough(findings) {
                break;
            }
            findings.push(unknown_key(doc, key, entry));
            misspelt.extend(nearest(key, doc.keys.iter().map(|known| known.name)));
        }
        Self { map, doc, span, misspelt, is_sound: true }
    }

    /// Reads a key. One that is misspelt is not reported as missing too.
    pub(crate) fn key<T: Decode>(&mut self, key: &KeyDoc, findings: &mut Vec<Diagnostic>) -> Option<T> {
        let value = match self.map.get(key.name) {
            Some(entry) => T::decode(&entry.value, findings),
            None if self.misspelt.contains(&key.name) => None,
            None => {
                let absent = T::absent();
                if absent.is_none() {
                    findings.push(missing(self.doc, key.name, self.span));
                }
                absent
            }
        };
        self.is_sound &= value.is_some();
        value.or_else(T::stand_in)
    }

    /// Whether every key was read as it is written, so that the whole can be judged.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound
    }
}

/// The mapping in a node, or a finding.
pub(crate) fn decode_map<'a>(node: &'a Node, name: &str, findings: &mut Vec<Diagnostic>) -> Option<&'a Map> {
    match &node.value {
        Value::Map(map) => Some(map),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            findings.push(wrong_type(node, &format!("a mapping ({name})")));
            None
        }
    }
}

impl Decode for String {
    fn shape() -> Shape {
        Shape::Text
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let text = node.as_text().map(str::to_owned);
        if text.is_none() {
            let quote = matches!(node.value, Value::Bool(_) | Value::Number(_));
            let found = wrong_type(node, "text");
            findings.push(if quote { found.help("put it in quotes") } else { found });
        }
        text
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }
}

impl Decode for bool {
    fn shape() -> Shape {
        Shape::Bool
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(value),
            Value::Null | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                findings.push(wrong_type(node, "`true` or `false`"));
                None
            }
        }
    }
}

macro_rules! decode_integer {
    ($($type:ty)+) => {$(
        impl Decode for $type {
            fn shape() -> Shape {
                Shape::Integer
            }

            fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
                let Value::Number(number) = &node.value else {
                    findings.push(wrong_type(node, "a whole number"));
                    return None;
                };
                let value = number.as_u64().and_then(|n| <$type>::try_from(n).ok());
                if value.is_none() {
                    let message = format!("expected a whole number from 0 to {}, found {number}", <$type>::MAX);
                    findings.push(Diagnostic::new(Code::InvalidValue, node.span, message));
                }
                value
            }

            fn stand_in() -> Option<Self> {
                Some(0)
            }
        }
    )+};
}

decode_integer!(u16 u32 u64);

impl<T: Decode> Decode for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(node, findings).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(node, findings).map(Box::new)
    }

    fn stand_in() -> Option<Self> {
        T::stand_in().map(Box::new)
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(node, findings).map(|value| Spanned::new(value, node.span))
    }

    fn absent() -> Option<Self> {
        T::absent().map(Spanned::from)
    }

    fn stand_in() -> Option<Self> {
        T::stand_in().map(Spanned::from)
    }
}

/// A list; elements that cannot be read are left out.
impl<T: Decode> Decode for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            Value::List(items) => {
                let mut read = Vec::new();
                for item in items {
                    if is_enough(findings) {
                        break;
                    }
                    read.extend(T::decode(item, findings));
                }
                Some(read)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                findings.push(wrong_type(node, "a list"));
                None
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

/// A mapping with keys of the author's choice; `Spanned` values carry the place of the key.
impl<T: Decode> Decode for IndexMap<String, Spanned<T>> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let map = decode_map(node, "names to values", findings)?;
        let mut read = Self::new();
        for (key, entry) in map {
            if is_enough(findings) {
                break;
            }
            if let Some(value) = T::decode(&entry.value, findings).or_else(T::stand_in) {
                read.insert(key.clone(), Spanned::new(value, entry.span));
            }
        }
        Some(read)
    }

    fn absent() -> Option<Self> {
        Some(IndexMap::new())
    }
}

/// Any value, with the places of its parts.
impl Decode for Node {
    fn shape() -> Shape {
        Shape::Any
    }

    fn decode(node: &Node, _: &mut Vec<Diagnostic>) -> Option<Self> {
        Some(node.clone())
    }
}

impl Decode for serde_json::Value {
    fn shape() -> Shape {
        Shape::Any
    }

    fn decode(node: &Node, _: &mut Vec<Diagnostic>) -> Option<Self> {
        Some(node.to_json())
    }

    fn stand_in() -> Option<Self> {
        Some(Self::Null)
    }
}
