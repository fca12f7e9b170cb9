//! Names, texts and comments: whatever a manifest says in them stays inside them.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Error;

/// A name in Rust.
pub(super) fn ident(name: &str) -> Result<Ident, Error> {
    syn::parse_str(name).map_err(|_| Error::Name { name: name.to_owned() })
}

/// A text as a literal on one line.
pub(super) fn text(text: &str) -> Literal {
    Literal::string(text)
}

/// A text as a literal that shows its lines, where Rust can hold it so.
pub(super) fn long_text(text: &str) -> String {
    let longest = text.split('"').skip(1).map(|rest| rest.len() - rest.trim_start_matches('#').len()).max();
    let signs = "#".repeat(longest.map_or(0, |longest| longest + 1));
    let is_plain = |c: char| c == '\n' || !is_unseen(c);
    if signs.len() < 200 && text.chars().all(is_plain) {
        format!("r{signs}\"{text}\"{signs}")
    } else {
        Literal::string(text).to_string()
    }
}

/// A line without what would end it, and without what changes how it is read.
pub(super) fn visible(line: &str) -> String {
    line.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a character controls how text is shown, rather than being shown.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Documentation of what follows; `or` is said where the manifest says nothing.
pub(super) fn docs(lines: &[String], or: &str) -> TokenStream {
    let lines = doc_lines(lines, or).map(|line| Literal::string(&line));
    quote!(#(#[doc = #lines])*)
}

/// Documentation of what it stands in, as text.
pub(super) fn inner_docs(lines: &[String], or: &str) -> String {
    doc_lines(lines, or).map(|line| format!("//!{}\n", line.trim_end())).collect()
}

fn doc_lines(lines: &[String], or: &str) -> impl Iterator<Item = String> {
    let or = lines.iter().all(|line| line.trim().is_empty()).then(|| or.to_owned());
    let lines: Vec<_> = match or {
        Some(or) => vec![or],
        None => lines.iter().flat_map(|line| line.split('\n')).map(str::to_owned).collect(),
    };
    lines.into_iter().flat_map(|line| wrapped(&visible(&line))).map(|line| format!(" {line}"))
}

/// How long a line of documentation may be before it goes on in the next one.
const WIDTH: usize = 112;

/// A line of prose, as lines. Each begins with a letter, which means nothing to Markdown; what begins with anything else is no prose.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let is_prose = line.starts_with(char::is_alphabetic);
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(last) => {
                let is_full = last.chars().count() + 1 + word.chars().count() > WIDTH;
                if is_prose && is_full && word.starts_with(char::is_alphabetic) {
                    lines.push(word.to_owned());
                } else {
                    last.push(' ');
                    last.push_str(word);
                }
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text as code in Markdown.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return format!("`{text:?}`");
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_holds_any_text() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            ("", "`\"\"`"),
            ("a\nb\u{202e}", "`a\u{fffd}b\u{fffd}`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn a_long_text_is_unchanged() {
        for (text, prefix) in [
            ("a\n\\b", "r\""),
            ("\"", "r#\""),
            ("\"#", "r##\""),
            ("\"##\"###", "r####\""),
            ("a\rb", "\""),
            ("\u{202e}", "\""),
        ] {
            let literal = long_text(text);
            assert!(literal.starts_with(prefix), "{literal}");
            assert_eq!(syn::parse_str::<syn::LitStr>(&literal).unwrap().value(), text);
        }
        let many = format!("\"{}", "#".repeat(300));
        assert_eq!(syn::parse_str::<syn::LitStr>(&long_text(&many)).unwrap().value(), many);
    }
}
