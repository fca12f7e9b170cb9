//! Findings as a person reads them: the line, a caret under the place, and help.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity, Source};

/// The renderer trims a long line itself; of a longer one than this it only gets the surroundings of the place.
const LONG_LINE: usize = 16_000;
const SURROUNDINGS: usize = 400;

impl Diagnostics {
    /// The findings as text, each with its line and a caret; with ANSI colours when `color` is set.
    ///
    /// Ends with a line that counts them, such as `2 errors, 1 warning`; empty if nothing was found.
    pub fn render(&self, color: bool) -> String {
        if self.is_empty() {
            return String::new();
        }
        let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        let mut text = String::new();
        for finding in self.iter() {
            text.push_str(&render_one(self.source(), finding, &renderer));
            text.push_str("\n\n");
        }
        text.push_str(&self.summary());
        text.push('\n');
        text
    }

    /// How many errors and warnings there are: `2 errors, 1 warning`.
    fn summary(&self) -> String {
        let counts = [(self.errors(), "error"), (self.warnings(), "warning")];
        let parts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
            .collect();
        parts.join(", ")
    }
}

fn render_one(source: &Source, finding: &Diagnostic, renderer: &Renderer) -> String {
    let place = source.place(finding.span);
    let excerpt = Excerpt::around(source.text(), finding.span.start as usize..finding.span.end as usize);
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let written = readable(excerpt.text);
    let snippet = Snippet::source(written.as_ref())
        .line_start(place.start.line)
        .annotation(AnnotationKind::Primary.span(excerpt.marked));
    let shown: [Option<Element<'_>>; 2] = if excerpt.is_whole_line {
        [None, Some(snippet.path(place.name).into())]
    } else {
        let origin = Origin::path(place.name).line(place.start.line).char_column(place.start.column);
        [Some(origin.into()), Some(snippet.into())]
    };
    let (message, help) = (plain(&finding.message), finding.help.as_deref().map(plain));
    let help = help.as_deref().map(|help| Element::from(Level::HELP.message(help)));
    let group = level
        .primary_title(message.as_ref())
        .id(finding.code.as_str())
        .elements(shown.into_iter().flatten())
        .elements(help);
    renderer.render(&[group])
}

/// A text without what a terminal would obey, and without what turns the direction of text.
fn plain(text: &str) -> Cow<'_, str> {
    let is_obeyed = |c: char| {
        c.is_control()
            || is_break(c)
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_obeyed(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// A line of a text without what the renderer leaves in it of the same. Places in it are counted in bytes: a sign of the same length
/// stands for each such character.
fn readable(line: &str) -> Cow<'_, str> {
    if !line.contains(|c: char| is_c1(c) || is_break(c)) {
        return Cow::Borrowed(line);
    }
    let shown = |c: char| match c {
        _ if is_c1(c) => '\u{b7}',
        _ if is_break(c) => '\u{fffd}',
        _ => c,
    };
    Cow::Owned(line.chars().map(shown).collect())
}

/// A control character that is not ASCII.
fn is_c1(c: char) -> bool {
    c.is_control() && !c.is_ascii()
}

/// A line break that is no control character.
fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The part of one line that is shown, and the part of that which is underlined.
struct Excerpt<'t> {
    text: &'t str,
    marked: Range<usize>,
    is_whole_line: bool,
}

impl<'t> Excerpt<'t> {
    /// The line on which a range begins; what the range covers beyond that line is not marked.
    fn around(text: &'t str, range: Range<usize>) -> Self {
        let start = text.floor_char_boundary(range.start);
        let (before, after) = text.split_at(start);
        let mut first = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = after.find('\n').map_or(text.len(), |at| start + at);
        let mut last = line_end - usize::from(text[start..line_end].ends_with('\r'));
        let is_whole_line = last - first <= LONG_LINE;
        if !is_whole_line {
            first = text.floor_char_boundary(start.saturating_sub(SURROUNDINGS)).max(first);
            last = text.ceil_char_boundary(start + SURROUNDINGS).min(last);
        }
        let end = text.ceil_char_boundary(range.end.min(last)).max(start);
        Self { text: &text[first..last], marked: start - first..end - first, is_whole_line }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{Code, Span};

    fn rendered(text: &str, findings: Vec<Diagnostic>) -> String {
        Diagnostics::new(Source::new("connector.yaml", text), findings).render(false)
    }

    fn at(range: Range<usize>) -> Vec<Diagnostic> {
        vec![Diagnostic::new(Code::Suspicious, Span::new(range.start, range.end), "this is odd")]
    }

    #[test]
    fn shows_line_caret_help_and_summary() {
        let text = "name: x\npaginaton: cursor\n";
        let findings = vec![
            Diagnostic::new(Code::UnknownKey, Span::new(8, 17), "unknown key `paginaton`")
                .help("did you mean `pagination`?"),
            Diagnostic::new(Code::Unused, Span::new(0, 4), "`name` is not used"),
            Diagnostic::new(Code::WrongType, Span::new(19, 25), "a mapping is expected, not text"),
        ];
        insta::assert_snapshot!(rendered(text, findings), @r"
        warning[unused]: `name` is not used
         --> connector.yaml:1:1
          |
        1 | name: x
          | ^^^^

        error[unknown-key]: unknown key `paginaton`
         --> connector.yaml:2:1
          |
        2 | paginaton: cursor
          | ^^^^^^^^^
          |
          = help: did you mean `pagination`?

        error[wrong-type]: a mapping is expected, not text
         --> connector.yaml:2:12
          |
        2 | paginaton: cursor
          |            ^^^^^^

        2 errors, 1 warning
        ");
    }

    #[test]
    fn nothing_found_is_no_text() {
        assert_eq!(rendered("a: 1", vec![]), "");
    }

    #[test]
    fn an_empty_span_is_one_caret() {
        insta::assert_snapshot!(rendered("a:\nb: 1\n", at(2..2)), @r"
        warning[suspicious]: this is odd
         --> connector.yaml:1:3
          |
        1 | a:
          |   ^

        1 warning
        ");
        insta::assert_snapshot!(rendered("", at(0..0)), @r"
        warning[suspicious]: this is odd
         --> connector.yaml:1:1
          |
        1 |
          | ^

        1 warning
        ");
    }

    #[test]
    fn a_span_of_many_lines_marks_the_first() {
        insta::assert_snapshot!(rendered("a:\r\n  b: 1\r\n  c: 2\r\n", at(6..18)), @r"
        warning[suspicious]: this is odd
         --> connector.yaml:2:3
          |
        2 |   b: 1
          |   ^^^^

        1 warning
        ");
    }

    #[test]
    fn columns_count_characters() {
        insta::assert_snapshot!(rendered("größe: äöü # 鳥", at(9..15)), @r"
        warning[suspicious]: this is odd
         --> connector.yaml:1:8
          |
        1 | größe: äöü # 鳥
          |        ^^^

        1 warning
        ");
    }

    #[test]
    fn a_long_line_is_trimmed() {
        for repeats in [1_000, 100_000] {
            let text = format!("[{}oops{}]", "1, ".repeat(repeats), ", 2".repeat(repeats));
            let start = 1 + 3 * repeats;
            let shown = rendered(&text, at(start..start + 4));
            assert!(shown.contains(&format!(" --> connector.yaml:1:{}\n", start + 1)), "{shown}");
            assert!(shown.contains("1 | ...") && shown.contains(" 1, oops, 2, "), "{shown}");
            assert!(shown.lines().all(|line| line.len() <= 150), "{shown}");
        }
    }

    #[test]
    fn nothing_of_the_text_reaches_a_terminal_as_a_command() {
        let bad = "\u{1b}[2J\u{9b}31m\u{85}\u{2028}\u{202e}\u{2066}\u{7f}\u{8}";
        let findings = vec![
            Diagnostic::new(Code::UnknownKey, Span::new(0, 3), format!("unknown key `{bad}\nerror: forged\r`"))
                .help(bad),
        ];
        let shown = rendered(&format!("a: {bad}\n"), findings);
        let obeyed =
            |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert_eq!(shown.chars().find(obeyed), None, "{shown:?}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("error: forged")), "{shown}");
        assert!(shown.contains("\\u{1b}[2J") && shown.contains("\\nerror: forged\\r`"), "{shown}");
    }

    #[test]
    fn colours_only_when_asked_for() {
        let findings = Diagnostics::new(Source::new("x", "a: 1"), at(0..1));
        assert!(findings.render(true).contains('\u{1b}'));
        assert!(!findings.render(false).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn no_span_panics(text in "(?s).{0,40}", start in 0usize..60, length in 0usize..60) {
            let shown = rendered(&text, at(start..start + length));
            prop_assert!(shown.ends_with("1 warning\n"));
        }
    }
}
