//! Text of a manifest as documentation in Rust: nothing in it is code that a test would run, a link that breaks, or HTML.

use serde_json::Value;

use super::Docs;

/// A text of a manifest, line by line.
pub(crate) fn docs(text: &str) -> Docs {
    text.trim().lines().map(line).collect()
}

/// Puts paragraphs one below the other.
pub(crate) fn paragraphs(parts: impl IntoIterator<Item = Docs>) -> Docs {
    let mut all = Docs::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.extend(part);
    }
    all
}

/// The words that begin the documentation of what the API will drop.
pub(crate) fn deprecated(is_deprecated: bool) -> Docs {
    if is_deprecated { vec!["Deprecated.".to_owned()] } else { Docs::new() }
}

/// A text as code in a line.
pub(crate) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() || is_bidi(c) || c == '`' { ' ' } else { c }).collect();
    format!("`{}`", if text.trim().is_empty() { "…" } else { text.trim() })
}

/// What a schema says about its values, in a sentence each.
pub(crate) fn limits(schema: &Value) -> Docs {
    let number = |key: &str| schema.get(key).filter(|value| value.is_number()).map(Value::to_string);
    let sentences = [
        ("minLength", "At least", "characters."),
        ("maxLength", "At most", "characters."),
        ("minItems", "At least", "entries."),
        ("maxItems", "At most", "entries."),
        ("minimum", "Not below", ""),
        ("maximum", "Not above", ""),
    ];
    let said = sentences.into_iter().filter_map(|(key, before, after)| {
        let number = number(key)?;
        Some(if after.is_empty() { format!("{before} {number}.") } else { format!("{before} {number} {after}") })
    });
    let assumed = schema.get("default").filter(|default| !default.is_null()).map(|default| {
        let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        format!("The API assumes {}.", code(&text))
    });
    let line = said.chain(assumed).collect::<Vec<_>>().join(" ");
    if line.is_empty() { Docs::new() } else { vec![line] }
}

/// A line: code between backticks stays, everything else is text. Lines that would begin a block of code do not.
fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() || is_bidi(c) { ' ' } else { c }).collect();
    let indent = text.len() - text.trim_start().len();
    let text = text.trim();
    let mut line = " ".repeat(indent.min(3) / 2 * 2);
    if text.starts_with("~~~") {
        line.push('\\');
    }
    let mut parts = text.split('`').peekable();
    let is_balanced = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    let mut is_code = false;
    while let Some(part) = parts.next() {
        if is_code && is_balanced {
            line.push_str(part);
        } else {
            push_text(&mut line, part);
        }
        if parts.peek().is_some() {
            line.push_str(if is_balanced { "`" } else { "\\`" });
            is_code = !is_code;
        }
    }
    line
}

/// Adds text in which no character means something to Markdown, and addresses are links.
fn push_text(line: &mut String, text: &str) {
    for (position, word) in text.split(' ').enumerate() {
        if position > 0 {
            line.push(' ');
        }
        let is_address = ["https://", "http://"].iter().any(|scheme| word.starts_with(scheme));
        if is_address
            && word
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '[' | ']' | '\\' | '`' | '(' | ')'))
        {
            let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?']);
            line.push_str(&format!("<{address}>{}", &word[address.len()..]));
            continue;
        }
        for c in word.chars() {
            if matches!(c, '[' | ']' | '<' | '>' | '\\' | '&') {
                line.push('\\');
            }
            line.push(c);
        }
    }
}

/// Characters that turn the direction of text: they can make code look like something else (CVE-2021-42574).
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{docs, limits};

    #[test]
    fn nothing_in_a_text_is_code_or_a_link_or_html() {
        for (text, expected) in [
            ("Reads `a[0]` of <b>.", &["Reads `a[0]` of \\<b\\>."][..]),
            ("See [x](y) and https://example.com/a.", &["See \\[x\\](y) and <https://example.com/a>."]),
            ("```rust\nfn main() { panic!() }\n```", &["\\`\\`\\`rust", "fn main() { panic!() }", "\\`\\`\\`"]),
            ("a\n\n        indented()", &["a", "", "  indented()"]),
            ("~~~\nx", &["\\~~~", "x"]),
            ("odd ` tick", &["odd \\` tick"]),
            ("a\rb\u{202E}c*/ \"#", &["a b c*/ \"#"]),
        ] {
            assert_eq!(docs(text), expected, "{text:?}");
        }
    }

    #[test]
    fn limits_are_sentences() {
        assert_eq!(
            limits(&json!({ "maxItems": 100, "default": "a`b" })),
            ["At most 100 entries. The API assumes `a b`."]
        );
        assert!(limits(&json!({ "type": "string" })).is_empty());
    }
}
