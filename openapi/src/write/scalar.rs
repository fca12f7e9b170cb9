//! A scalar as YAML: without quotes where it is read back as the same text, in quotes or as a block elsewhere.

use std::borrow::Cow;
use std::fmt::Write as _;

use tieline::yaml::Value;

/// Where a scalar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Alone behind a key or a dash.
    Block,
    /// Within braces or brackets, where a comma or a brace would end it.
    Flow,
}

/// A scalar in one line; `None` for a list or a mapping.
pub(crate) fn scalar(value: &Value, context: Context) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => Some(Cow::Borrowed("null")),
        Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Text(text) => Some(one_line(text, context)),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// A text in one line.
pub(crate) fn one_line(text: &str, context: Context) -> Cow<'_, str> {
    if is_plain(text, context) {
        Cow::Borrowed(text)
    } else if text.contains(['"', '\\']) && text.chars().all(shows) {
        Cow::Owned(format!("'{}'", text.replace('\'', "''")))
    } else {
        Cow::Owned(double_quoted(text))
    }
}

/// Whether a character may stand as it is: a person sees it where it stands, and every reader of YAML takes it.
pub(crate) fn shows(character: char) -> bool {
    let is_break = matches!(character, '\u{2028}' | '\u{2029}');
    let is_direction =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_mark = matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    !(character.is_control() || is_break || is_direction || is_mark)
}

/// Whether a text needs no quotes.
fn is_plain(text: &str, context: Context) -> bool {
    const INDICATORS: &[char] =
        &['-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'];
    let is_whole = match context {
        Context::Block => true,
        Context::Flow => !text.contains([',', '[', ']', '{', '}', ':']),
    };
    is_whole
        && text.trim() == text
        && !text.starts_with(INDICATORS)
        && !text.starts_with("...")
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.contains(" #")
        && !is_other_value(text)
        && text.chars().all(shows)
}

/// Whether some reader of YAML, of version 1.2 or 1.1, takes a text for something else.
fn is_other_value(text: &str) -> bool {
    const WORDS: &[&str] = &["", "~", "null", "true", "false", "yes", "no", "on", "off", "<<", "="];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) || is_numeric(text) || is_date(text)
}

/// Whether a text looks like a number, in any base, or like a time of day. `0.1.0` does not.
fn is_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let special = [".inf", ".nan"].iter().any(|word| word.eq_ignore_ascii_case(unsigned));
    let in_base = matches!(unsigned.as_bytes(), [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let begins = unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|first: char| first.is_ascii_digit());
    let goes_on = unsigned.chars().all(|c| c.is_ascii_digit() || "._:+-eE".contains(c));
    let is_version = unsigned.matches('.').count() > 1 && unsigned.chars().all(|c| c.is_ascii_digit() || c == '.');
    special || in_base || (begins && goes_on && !is_version)
}

/// Whether a text begins like `2026-03-11`.
fn is_date(text: &str) -> bool {
    let shape = text.bytes().take(10).map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"0000-00-00")
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if shows(character) => quoted.push(character),
            // What does not show has at most four digits.
            _ => drop(write!(quoted, "\\u{:04x}", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}

/// How a text of several lines, or one that is too long for a line, stands below its key: the header and its lines. `None` when
/// some of it would be lost there.
pub(crate) fn below(text: &str, width: usize) -> Option<(String, Vec<&str>)> {
    let body = text.trim_end_matches('\n');
    let chomping = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let is_long = chomping == "-" || body.chars().count() > width;
    if chomping != "+" && is_long && is_foldable(body) {
        return Some((format!(">{chomping}"), folded(body, width)));
    }
    let is_literal = text.contains('\n') && is_literal(body);
    let first = body.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let indicator = if first.starts_with(' ') { "2" } else { "" };
    is_literal
        .then(|| (format!("|{indicator}{chomping}"), text.strip_suffix('\n').unwrap_or(text).split('\n').collect()))
}

/// Whether lines are kept as they are.
fn is_literal(body: &str) -> bool {
    let is_kept = |line: &str| !line.starts_with('\t') && line.chars().all(|c| c == '\t' || shows(c));
    let ends_in_letter = body.lines().last().is_some_and(|line| !line.trim().is_empty());
    ends_in_letter && body.split('\n').all(is_kept)
}

/// Whether a line can be broken between words and is put together again as it was.
fn is_foldable(line: &str) -> bool {
    line.contains(' ') && line.trim() == line && line.chars().all(shows)
}

/// A line broken at single spaces.
fn folded(line: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = break_at(rest, width) {
        lines.push(before);
        rest = after;
    }
    lines.push(rest);
    lines
}

/// The two parts of a line around the last single space within the width, or the first one after it; `None` when it fits.
fn break_at(line: &str, width: usize) -> Option<(&str, &str)> {
    let (end, _) = line.char_indices().nth(width)?;
    let is_single = |at: &usize| !line[..*at].ends_with(' ') && !line[at + 1..].starts_with(' ');
    let most = if line[end..].starts_with(' ') { end + 1 } else { end };
    let within = line[..most].rmatch_indices(' ').map(|(at, _)| at).find(is_single);
    let at = within.or_else(|| line[most..].match_indices(' ').map(|(at, _)| at + most).find(is_single))?;
    Some((&line[..at], &line[at + 1..]))
}
