//! A node in one line: `{ type: array, items: { type: string } }`.

use tieline::yaml::{Map, Node, Value};

use super::scalar::{Context, one_line, scalar, shows};

/// So many levels of braces are easy to read.
const LEVELS: usize = 3;
/// A key that is longer says with a `?` that it is one.
pub(crate) const LONGEST_KEY: usize = 1000;

/// What a line may hold.
#[derive(Clone, Copy)]
enum Fit {
    /// At most so many characters, and so many levels.
    Small { room: usize, levels: usize },
    /// Anything.
    Whatever,
}

/// A node in one line of at most so many characters; `None` when it is too large, or has a text of several lines.
pub(crate) fn small(node: &Node, room: usize) -> Option<String> {
    let mut line = String::new();
    put(node, Fit::Small { room, levels: LEVELS }, &mut line)?;
    (line.chars().count() <= room).then_some(line)
}

/// A node in one line, however long.
pub(crate) fn line(node: &Node) -> String {
    let mut line = String::new();
    // Whatever it is, it fits.
    let _ = put(node, Fit::Whatever, &mut line);
    line
}

/// A node as JSON in one line that is YAML too.
pub(crate) fn json_line(node: &Node) -> String {
    escaped(&node.to_json().to_string())
}

/// A text as JSON that is YAML too.
pub(crate) fn json_text(text: &str) -> String {
    escaped(&serde_json::Value::from(text).to_string())
}

/// JSON without characters that YAML wants escaped; they stand in texts only.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if shows(character) {
            text.push(character);
        } else {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        }
    }
    text
}

/// A key with its colon.
pub(crate) fn key(key: &str) -> String {
    let written = one_line(key, Context::Flow);
    if written.len() > LONGEST_KEY { format!("? {written} :") } else { format!("{written}:") }
}

fn put(node: &Node, fit: Fit, line: &mut String) -> Option<()> {
    match &node.value {
        Value::List(items) if items.is_empty() => line.push_str("[]"),
        Value::Map(map) if map.is_empty() => line.push_str("{}"),
        Value::List(items) => list(items, fit, line)?,
        Value::Map(entries) => map(entries, fit, line)?,
        Value::Text(text) if fit.refuses(text) => return None,
        scalar_value => line.push_str(&scalar(scalar_value, Context::Flow)?),
    }
    fit.holds(line).then_some(())
}

fn list(items: &[Node], fit: Fit, line: &mut String) -> Option<()> {
    let is_simple = items.iter().all(|item| !matches!(item.value, Value::List(_) | Value::Map(_)));
    let inner = if is_simple { fit } else { fit.deeper()? };
    // A brace keeps its distance from a bracket.
    let opens_with_brace = |item: &&Node| matches!(item.value, Value::Map(_) | Value::List(_));
    line.push_str(if items.first().filter(opens_with_brace).is_some() { "[ " } else { "[" });
    for (number, item) in items.iter().enumerate() {
        line.push_str(if number > 0 { ", " } else { "" });
        put(item, inner, line)?;
    }
    line.push_str(if items.last().filter(opens_with_brace).is_some() { " ]" } else { "]" });
    Some(())
}

fn map(entries: &Map, fit: Fit, line: &mut String) -> Option<()> {
    let inner = fit.deeper()?;
    line.push_str("{ ");
    for (number, (name, entry)) in entries.iter().enumerate() {
        line.push_str(if number > 0 { ", " } else { "" });
        if fit.refuses(name) {
            return None;
        }
        line.push_str(&key(name));
        line.push(' ');
        put(&entry.value, inner, line)?;
    }
    line.push_str(" }");
    Some(())
}

impl Fit {
    /// What may stand one level further in.
    fn deeper(self) -> Option<Self> {
        match self {
            Self::Small { room, levels } => levels.checked_sub(1).map(|levels| Self::Small { room, levels }),
            Self::Whatever => Some(self),
        }
    }

    /// Whether a text has no place here, without looking at more of it than is needed.
    fn refuses(self, text: &str) -> bool {
        match self {
            Self::Small { room, .. } => text.len() > 4 * room || text.contains('\n'),
            Self::Whatever => false,
        }
    }

    /// Whether a line may still go on: a character has at most four bytes.
    fn holds(self, line: &str) -> bool {
        match self {
            Self::Small { room, .. } => line.len() <= 4 * room,
            Self::Whatever => true,
        }
    }
}
