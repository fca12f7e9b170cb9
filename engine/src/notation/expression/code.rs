//! What stands between `{{` and `}}`: found in a text, and held to the part of Jinja2 that the language has.
//!
//! Left out is what lets a short expression ask for much memory (`*`, `~`) and what the library does not survive (steps in slices).
//! Unknown filters, tests, functions and methods are found here, because the library finds them only when they are called.

use crate::language::nearest;

use super::environment::{FILTERS, FUNCTIONS, METHODS, TESTS};

/// A piece of a text with expressions.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'t> {
    /// Text as it is.
    Text(&'t str),
    /// What stands between the braces.
    Code(&'t str),
}

/// The most names, signs and values in one expression; it bounds how deep the parsed expression is nested.
const MAX_TOKENS: usize = 300;
/// The most `+` in one expression; it bounds how much longer than its parts a text can be.
const MAX_ADDITIONS: usize = 32;

/// The pieces of a text, at least one of them code. White space around code that stands alone is no text.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    if text.contains("{%") {
        return Err("statements (`{% … %}`) are not part of the language; write an expression".to_owned());
    }
    let mut rest = match text.trim() {
        trimmed if trimmed.starts_with("{{") && trimmed.ends_with("}}") => trimmed,
        _ => text,
    };
    let mut pieces = Vec::new();
    while let Some(start) = rest.find("{{") {
        let after = &rest[start + 2..];
        let end = code_end(after).ok_or("`{{` without a closing `}}`")?;
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        pieces.push(Piece::Code(&after[..end]));
        rest = &after[end + 2..];
    }
    if pieces.is_empty() {
        return Err("an expression stands between `{{` and `}}`, in quotes".to_owned());
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// Where the closing `}}` stands: not in a text, and not where it closes a `{` of the expression itself.
fn code_end(text: &str) -> Option<usize> {
    let mut open = 0usize;
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quote.is_some() => drop(characters.next()),
            '\'' | '"' if quote.is_none() => quote = Some(character),
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => {}
            '{' => open += 1,
            '}' if open > 0 => open -= 1,
            '}' if text[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Name(&'t str),
    Sign(char),
    /// A text or a number.
    Literal,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                tokens.push(Token::Literal);
                text_length(rest, first)
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push(if first.is_ascii_digit() { Token::Literal } else { Token::Name(&rest[..length]) });
                length
            }
            _ => {
                if !first.is_whitespace() {
                    tokens.push(Token::Sign(first));
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn text_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Holds an expression to the part of Jinja2 that the language has.
pub(super) fn check(code: &str) -> Result<(), String> {
    let tokens = tokens(code);
    if tokens.len() > MAX_TOKENS {
        return Err(format!("an expression of {} words and signs; {MAX_TOKENS} is the limit", tokens.len()));
    }
    if tokens.iter().filter(|token| **token == Token::Sign('+')).count() > MAX_ADDITIONS {
        return Err(format!("an expression with more than {MAX_ADDITIONS} `+`"));
    }
    if tokens.contains(&Token::Sign('*')) {
        return Err("`*` is not part of the language".to_owned());
    }
    if tokens.contains(&Token::Sign('~')) {
        return Err("`~` is not part of the language; write `{{ a }}{{ b }}`, or `a + b` for texts".to_owned());
    }
    check_slices(&tokens)?;
    (0..tokens.len()).try_for_each(|at| check_name(&tokens, at))
}

fn check_slices(tokens: &[Token<'_>]) -> Result<(), String> {
    let mut colons = Vec::new();
    for token in tokens {
        match token {
            Token::Sign('[' | '{' | '(') => colons.push((token, 0)),
            Token::Sign(']' | '}' | ')') => drop(colons.pop()),
            Token::Sign(':') => {
                if let Some((Token::Sign('['), count)) = colons.last_mut() {
                    *count += 1;
                    if *count > 1 {
                        return Err("a slice has no step: write `[first:last]`".to_owned());
                    }
                }
            }
            Token::Sign(_) | Token::Name(_) | Token::Literal => {}
        }
    }
    Ok(())
}

/// Words of the syntax that may stand before a parenthesis.
const WORDS: [&str; 7] = ["and", "or", "not", "in", "if", "else", "is"];

fn check_name(tokens: &[Token<'_>], at: usize) -> Result<(), String> {
    let Token::Name(name) = tokens[at] else { return Ok(()) };
    let before = |count: usize| at.checked_sub(count).map(|at| tokens[at]);
    let is = Some(Token::Name("is"));
    let (what, known) = match before(1) {
        Some(Token::Sign('|')) => ("filter", FILTERS),
        Some(Token::Name("not")) if before(2) == is => ("test", TESTS),
        Some(Token::Name("is")) if name != "not" => ("test", TESTS),
        _ if tokens.get(at + 1) != Some(&Token::Sign('(')) || WORDS.contains(&name) => return Ok(()),
        Some(Token::Sign('.')) => ("method", METHODS),
        _ => ("function", FUNCTIONS),
    };
    if known.contains(&name) {
        return Ok(());
    }
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    };
    Err(format!("unknown {what} `{name}`; {help}"))
}
