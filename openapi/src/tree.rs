//! Builds parts of a manifest: every node has the place of what it was made from.

use tieline::notation::Template;
use tieline::source::{Span, Spanned};
use tieline::yaml::{Map, Node, Value};

/// A mapping under construction.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    map: Map,
    span: Span,
}

impl Mapping {
    /// An empty mapping that is made from what stands here.
    pub(crate) fn at(span: Span) -> Self {
        Self { map: Map::new(), span }
    }

    /// A copy of the mapping at a node; an empty one of anything else.
    pub(crate) fn of(node: &Node) -> Self {
        let mut mapping = Self::at(node.span);
        members(node).for_each(|(key, value)| mapping.put(key, value.clone()));
        mapping
    }

    /// Adds a key, or replaces its value.
    pub(crate) fn put(&mut self, key: impl Into<String>, value: Node) {
        let span = value.span;
        self.map.insert(key.into(), Spanned::new(value, span));
    }

    /// Adds a key, if there is a value.
    pub(crate) fn put_some(&mut self, key: impl Into<String>, value: Option<Node>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Adds a key with a text.
    pub(crate) fn text(&mut self, key: &str, value: impl Into<String>, span: Span) {
        self.put(key, text(value, span));
    }

    /// Adds a key, if the mapping or list that is its value holds anything.
    pub(crate) fn put_filled(&mut self, key: &str, value: Node) {
        let is_empty = match &value.value {
            Value::Map(map) => map.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => false,
        };
        if !is_empty {
            self.put(key, value);
        }
    }

    /// Takes a key out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        self.map.shift_remove(key).map(|entry| entry.value)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.map.get(key).map(|entry| &entry.value)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Its keys and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.map.iter().map(|(key, entry)| (key, &entry.value))
    }

    /// The finished mapping.
    pub(crate) fn node(self) -> Node {
        Node { value: Value::Map(self.map), span: self.span }
    }
}

/// A text.
pub(crate) fn text(value: impl Into<String>, span: Span) -> Node {
    Node { value: Value::Text(value.into()), span }
}

/// `true` or `false`.
pub(crate) fn boolean(value: bool, span: Span) -> Node {
    Node { value: Value::Bool(value), span }
}

/// A whole number.
pub(crate) fn number(value: u64, span: Span) -> Node {
    Node { value: Value::Number(value.into()), span }
}

/// A list.
pub(crate) fn list(items: Vec<Node>, span: Span) -> Node {
    Node { value: Value::List(items), span }
}

/// What the mapping at a node holds, nothing for anything else.
pub(crate) fn members(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let map = match &node.value {
        Value::Map(map) => Some(map),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    };
    map.into_iter().flatten().map(|(key, entry)| (key.as_str(), &entry.value))
}

/// What the list at a node holds, nothing for anything else.
pub(crate) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => &[],
    }
}

/// Whether a key of a mapping is `true`.
pub(crate) fn is_true(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|value| value.value == Value::Bool(true))
}

/// The text of a key of a mapping.
pub(crate) fn text_of<'d>(node: &'d Node, key: &str) -> Option<&'d str> {
    node.get(key).and_then(Node::as_text)
}

/// A number, boolean or text as text.
pub(crate) fn scalar_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A number that is whole and not negative.
pub(crate) fn whole(node: &Node) -> Option<u64> {
    match &node.value {
        Value::Number(number) => number.as_u64(),
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// The names that a text substitutes as a template.
pub(crate) fn names_in(template: &str) -> Vec<String> {
    let template = template.parse::<Template>();
    template.iter().flat_map(Template::names).map(str::to_owned).collect()
}

/// Trees for tests.
#[cfg(test)]
pub(crate) mod testing {
    use tieline::source::{Source, Span};
    use tieline::yaml::{Limits, Node, Value, parse};

    /// The tree of a text in which nothing is wrong.
    pub(crate) fn read(text: &str) -> Node {
        let mut findings = Vec::new();
        let source = Source::new("t.yaml", text);
        let tree = parse(&source, Limits::default(), &mut findings);
        let findings = tieline::Diagnostics::new(source, findings);
        assert!(findings.is_empty(), "{text}\n{findings}");
        tree.expect("a tree")
    }

    /// A value that stands nowhere.
    pub(crate) fn node(value: Value) -> Node {
        Node { value, span: Span::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn what_is_escaped_is_no_name() {
        assert_eq!(names_in("$${a} ${b}:${c}"), ["b", "c"]);
        assert_eq!(names_in("${"), [""; 0]);
    }
}
