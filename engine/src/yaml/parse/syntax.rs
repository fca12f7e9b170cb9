//! What the parser refuses, in words.

use granit_parser::{ErrorKind, ScanError};

use crate::source::{Code, Diagnostic, Span};

use super::Limits;
use super::budget::too_deep;

/// The finding for an error of the parser.
pub(super) fn finding(error: &ScanError, text: &str, limits: Limits) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0);
    let code = code(error.kind());
    let finding = Diagnostic::new(code, Span::new(at, at), message(error.kind(), limits));
    match help(error.kind()).or_else(|| brace_help(error.kind(), text, at)) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn code(kind: &ErrorKind) -> Code {
    match kind {
        ErrorKind::RecursionLimitExceeded
        | ErrorKind::DirectiveByteLimitExceeded { .. }
        | ErrorKind::TooManyReservedDirectiveParams { .. } => Code::Limit,
        _ => Code::Syntax,
    }
}

fn message(kind: &ErrorKind, limits: Limits) -> String {
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(limits),
        ErrorKind::UnexpectedCharacter { character } if shows(*character) => {
            format!("`{character}` cannot stand here")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            format!("the character U+{:04X} cannot stand here", u32::from(*character))
        }
        ErrorKind::MappingValueNotAllowed => "a `:` with a value cannot stand here".into(),
        ErrorKind::ExpectedBlockMappingKey => "a key is expected here".into(),
        ErrorKind::SimpleKeyExpected => "a `:` is expected after this key".into(),
        ErrorKind::ExpectedFlowMappingSeparator => "a `,` or `}` is expected here".into(),
        ErrorKind::ExpectedFlowSequenceSeparator => "a `,` or `]` is expected here".into(),
        ErrorKind::ExpectedBlockSequenceEntry => "a `- ` is expected here".into(),
        ErrorKind::UnclosedQuotedScalar => "this quote is not closed".into(),
        ErrorKind::UnclosedFlowCollection { open } => format!("this `{open}` is not closed"),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => format!("`{open}` is closed by `{close}`"),
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed => {
            "a tab cannot stand here".into()
        }
        ErrorKind::UnknownQuotedScalarEscape => "this text has an escape that does not exist".into(),
        ErrorKind::InvalidLowSurrogate | ErrorKind::MissingLowSurrogate | ErrorKind::UnpairedLowSurrogate => {
            "this text has half of a surrogate pair".into()
        }
        other => in_words(other),
    }
}

fn help(kind: &ErrorKind) -> Option<String> {
    let help = match kind {
        ErrorKind::UnexpectedCharacter { character } if shows(*character) => {
            "if it is part of a text, put the text in quotes"
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return Some(format!("in a text in double quotes, write `\\u{:04x}`", u32::from(*character)));
        }
        ErrorKind::MappingValueNotAllowed => {
            "check the indentation; a text that contains `: ` needs quotes, and a key has at most 1024 characters"
        }
        ErrorKind::ExpectedBlockMappingKey => "check the indentation",
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed => {
            "indent with spaces"
        }
        ErrorKind::UnknownQuotedScalarEscape => "write `\\\\` for a backslash, or use single quotes",
        _ => return None,
    };
    Some(help.to_owned())
}

/// What became of a text with braces inside `{ }` or `[ ]`, whose first brace stands where the error is.
fn brace_help(kind: &ErrorKind, text: &str, at: usize) -> Option<String> {
    let (ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator) = kind else {
        return None;
    };
    let ends = [' ', ',', '\n', '[', '"', '\''];
    let (before, rest) = text.split_at_checked(at).filter(|(_, rest)| rest.starts_with('{'))?;
    let begins_at = before.rfind(ends).map_or(0, |end| end + 1);
    let rest = rest.split(ends).next()?;
    let mut written = [before.get(begins_at..)?, rest].concat();
    while written.matches('}').count() > written.matches('{').count() && written.ends_with('}') {
        written.pop();
    }
    let is_short = (2..=80).contains(&written.len()) && begins_at < at;
    is_short.then(|| format!("a text with a brace inside `{{ }}` or `[ ]` needs quotes: `\"{written}\"`"))
}

/// Whether a person sees a character.
fn shows(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The name of an error as a phrase: `InvalidTagEscape` is "invalid tag escape".
fn in_words(kind: &ErrorKind) -> String {
    let name = format!("{kind:?}");
    let mut words = String::with_capacity(name.len() + 8);
    for letter in name.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
