//! Text of a manifest in the lines of a guide: it cannot begin a line of its own.

use serde_json::Value;

use crate::plan::Operation;

/// How much of a text is kept, in characters.
const LONGEST: usize = 600;

/// The text in one line, cut where it is very long.
pub(super) fn line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", joined.get(..end).unwrap_or_default().trim_end()),
        None => joined,
    }
}

/// The text in one line, if there is any.
pub(super) fn some_line(text: &Option<String>) -> Option<String> {
    text.as_deref().map(line).filter(|line| !line.is_empty())
}

/// JSON in one line, with every control character escaped: a terminal would obey those that JSON allows.
pub(super) fn json(value: &Value) -> String {
    let escaped = |c: char| if c.is_control() { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    value.to_string().chars().map(escaped).collect()
}

/// A text that goes before another: as a sentence.
pub(super) fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?', ':', '…', ')']) { text.to_owned() } else { format!("{text}.") }
}

/// What an action does to data, and what else to know before it is called: `delete, destructive`.
pub(super) fn marks(operation: &Operation) -> Vec<&'static str> {
    let marks =
        [(operation.destructive, "destructive"), (operation.beta, "beta"), (operation.deprecated, "deprecated")];
    let said = marks.into_iter().filter(|(applies, _)| *applies).map(|(_, mark)| mark);
    std::iter::once(operation.effect.as_str()).chain(said).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{json, line};

    #[test]
    fn text_stays_in_its_line() {
        assert_eq!(line("a\n\nEntities:\tb\u{9b}2J "), "a Entities: b 2J");
        assert_eq!(line(&"x".repeat(1_000)).chars().count(), 601);
        let value = json!({ "a\n\u{9b}": "\u{7f}" });
        let text = json(&value);
        assert_eq!(text, r#"{"a\n\u009b":"\u007f"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
