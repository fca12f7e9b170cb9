//! What a manifest may not have too many of, because reading one costs far more than its text: counted before any is read.

use crate::source::{Code, Diagnostic};
use crate::yaml::{Map, Node, Value};

/// How many entities and actions a manifest may have together.
const MOST_ACTIONS: usize = 20_000;
/// How many expressions may fill parameters, filter records and reshape them.
const MOST_EXPRESSIONS: usize = 10_000;
/// How many regular expressions fields, configuration values and token responses may have together.
const MOST_PATTERNS: usize = 100;

/// The keys below which a text with braces is an expression.
const OF_EXPRESSIONS: [&str; 3] = ["fill", "filter", "transform"];

/// The finding that stops reading, if there is too much of something.
pub(super) fn excess(manifest: &Node) -> Option<Diagnostic> {
    too_many_actions(manifest).or_else(|| too_many_patterns(manifest)).or_else(|| too_many_expressions(manifest))
}

fn too_many_actions(manifest: &Node) -> Option<Diagnostic> {
    let entities = manifest.get("entities").into_iter().flat_map(values);
    let mut all =
        entities.flat_map(|entity| std::iter::once(entity).chain(entity.get("actions").into_iter().flat_map(values)));
    let message = format!("there are more than {MOST_ACTIONS} entities and actions");
    Some(too_many(all.nth(MOST_ACTIONS)?, message))
}

fn too_many_patterns(manifest: &Node) -> Option<Diagnostic> {
    let of_values = ["auth", "config"].into_iter().filter_map(|key| manifest.get(key)).flat_map(whole);
    let mut patterns = of_values.filter_map(|node| node.get("pattern")).filter(|pattern| pattern.as_text().is_some());
    let message = format!("`auth` and `config` have more than {MOST_PATTERNS} regular expressions");
    Some(too_many(patterns.nth(MOST_PATTERNS)?, message))
}

fn too_many_expressions(manifest: &Node) -> Option<Diagnostic> {
    let keys = whole(manifest).filter_map(as_map).flatten();
    let keys = keys.filter(|(key, _)| OF_EXPRESSIONS.contains(&key.as_str())).map(|(_, entry)| &entry.value);
    let texts = keys.flat_map(|node| std::iter::once(node).chain(values(node)));
    let mut expressions = texts.filter(|node| node.as_text().is_some_and(|text| text.contains("{{")));
    let message = format!("there are more than {MOST_EXPRESSIONS} expressions");
    Some(too_many(expressions.nth(MOST_EXPRESSIONS)?, message))
}

fn too_many(first: &Node, message: String) -> Diagnostic {
    Diagnostic::new(Code::Limit, first.span, message)
}

/// A node and all that is in it.
fn whole(node: &Node) -> impl Iterator<Item = &Node> {
    let mut waiting = vec![node];
    std::iter::from_fn(move || {
        let node = waiting.pop()?;
        waiting.extend(values(node));
        Some(node)
    })
}

/// What stands directly in a node.
fn values(node: &Node) -> impl Iterator<Item = &Node> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => &[],
    };
    as_map(node).into_iter().flat_map(|map| map.values().map(|entry| &entry.value)).chain(items)
}

fn as_map(node: &Node) -> Option<&Map> {
    match &node.value {
        Value::Map(map) => Some(map),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}
