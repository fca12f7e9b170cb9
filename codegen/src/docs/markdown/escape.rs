//! Texts as what they are: as Markdown text, as code, as the address of a link.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text without control characters, and without those that change the order in which text is shown.
pub(in crate::docs) fn clean(text: &str) -> Cow<'_, str> {
    let is_bad = |c: char| c.is_control() || reorders(c);
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !reorders(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// Whether a character turns the direction of the text that follows (Unicode Annex 9).
fn reorders(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text with everything escaped that Markdown would understand inside a line.
pub(in crate::docs) fn escaped(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, &c) in chars.iter().enumerate() {
        let is_word = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric());
        match c {
            '_' if is_word(at.checked_sub(1)) && is_word(Some(at + 1)) => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' if begins_entity(&chars[at + 1..]) => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

fn begins_entity(after: &[char]) -> bool {
    let name = after.iter().take_while(|c| c.is_alphanumeric() || **c == '#').count();
    name > 0 && after.get(name) == Some(&';')
}

/// Markdown whose lines do not begin like a heading, a list, a quotation or an underline.
pub(in crate::docs) fn guarded(markdown: &str) -> String {
    markdown.split('\n').map(guarded_line).collect::<Vec<_>>().join("\n")
}

fn guarded_line(line: &str) -> String {
    let line = line.trim_start();
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let at = match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => digits,
        Some('#' | '+' | '-' | '=' | '>') if digits == 0 => 0,
        Some(_) | None => return line.to_owned(),
    };
    format!("{}\\{}", &line[..at], &line[at..])
}

/// The text as a code span. Where it holds what would end a table cell, it is written as an HTML element, with everything encoded.
pub(in crate::docs) fn code(text: &str) -> String {
    if text.contains('|') {
        return format!("<code>{}</code>", encoded(text));
    }
    if text.trim().is_empty() {
        return format!("`\"{text}\"`");
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn encoded(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if c.is_alphanumeric()
            || matches!(c, ' ' | '.' | ',' | '-' | '/' | ':' | ';' | '(' | ')' | '{' | '}' | '+' | '^' | '?')
        {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
        out
    })
}

/// The text in a code block that nothing in it can end.
pub(in crate::docs) fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let lines: Vec<_> = text.trim_end_matches('\n').split('\n').map(clean).collect();
    format!("{fence}{language}\n{}\n{fence}", lines.join("\n"))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The URL as the address of a link; `None` when it is not one of http, https or mailto.
pub(in crate::docs) fn safe_url(url: &str) -> Option<String> {
    let url = url.trim();
    let starts = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if !["http://", "https://", "mailto:"].into_iter().any(starts) {
        return None;
    }
    let mut out = String::with_capacity(url.len());
    for c in url.chars().filter(|c| !reorders(*c)) {
        if c.is_control() || c.is_whitespace() || "<>\"'`()[]\\|^{}*$".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}
