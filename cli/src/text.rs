//! Text for people: columns that line up, lines that fit, and nothing that a terminal would obey.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _};

/// How wide text is set where nothing says otherwise.
const DEFAULT_WIDTH: usize = 100;

/// How wide the terminal on stdout is; `None` when stdout is none.
pub(crate) fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    Some(width.filter(|width| *width > 0).unwrap_or(80))
}

/// How wide prose is set.
pub(crate) fn prose_width() -> usize {
    terminal_width().map_or(DEFAULT_WIDTH, |width| width.clamp(40, DEFAULT_WIDTH))
}

/// The text without what a terminal would obey: spaces stand for control characters, and for those that turn the direction of text,
/// which can make it look like another.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if is_obeyed(c) { ' ' } else { c }).collect()
}

/// JSON that means the same, with escapes for what a terminal would obey: such characters stand in texts alone.
pub(crate) fn plain_json(json: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| is_obeyed(c) && !matches!(c, '\n' | '\r' | '\t');
    if !json.contains(is_hidden) {
        return Cow::Borrowed(json);
    }
    let escaped = |c: char| if is_hidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(json.chars().map(escaped).collect())
}

/// A piece of a text file, for a terminal: spaces stand for the control characters of ASCII.
pub(crate) fn plain_bytes(piece: &[u8]) -> Vec<u8> {
    let is_obeyed = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t');
    piece.iter().map(|byte| if is_obeyed(byte) { b' ' } else { *byte }).collect()
}

fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Rows as lines: every column but the last is as wide as its widest cell, and the last is wrapped under itself.
pub(crate) fn columns<const N: usize>(indent: usize, rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let before_last: usize =
        indent + widths[..N - 1].iter().map(|width| if *width == 0 { 0 } else { width + 2 }).sum::<usize>();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, width) in row[..N - 1].iter().zip(widths).filter(|(_, width)| *width > 0) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        let room = prose_width().saturating_sub(before_last).max(30);
        for (number, piece) in wrap(&row[N - 1], room).into_iter().enumerate() {
            if number > 0 {
                line = " ".repeat(before_last);
            }
            line.push_str(&piece);
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// The text in lines of at most `width` characters, broken between words. At least one line, perhaps empty.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = match lines.last_mut() {
            Some(line) if line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width => line,
            _ => lines.push_mut(String::new()),
        };
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&plain(word));
    }
    lines
}

/// A text as one line, cut off where it would be longer than `width` characters.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let line = plain(text);
    if line.chars().count() <= width {
        return line;
    }
    line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_wrap_under_themselves() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let long = "word ".repeat(30);
        let text = columns(2, &[row(["id", "", "the id"]), row(["page_size", "", long.trim()])]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  id         the id");
        assert!(lines[1].starts_with("  page_size  word word"), "{text}");
        assert!(lines[2].starts_with("             word"), "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= DEFAULT_WIDTH && !line.ends_with(' ')), "{text}");
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a [2Jb ");
        assert_eq!(plain("a\u{9b}2Jb\u{202e}c\u{2069}d\u{2028}e"), "a 2Jb c d e");
        let json = "{\n\t\"a\u{9b}\": \"\u{202e}é\u{7f}\"\n}";
        assert_eq!(plain_json(json), "{\n\t\"a\\u009b\": \"\\u202eé\\u007f\"\n}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&plain_json(json)).unwrap(),
            serde_json::json!({"a\u{9b}": "\u{202e}é\u{7f}"})
        );
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(wrap("", 10), [""]);
    }
}
