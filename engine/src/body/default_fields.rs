//! What a GraphQL query selects when the caller selects nothing.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::language::{Decode, Shape};
use crate::source::{Code, Diagnostic};
use crate::yaml::Node;

use super::selection::Selection;

/// What a GraphQL query selects when the caller selects nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DefaultFields {
    /// Fields such as `owner.login`.
    Paths(Vec<String>),
    /// A selection as GraphQL has it. It closes nothing but what it opens.
    Selection(String),
}

impl DefaultFields {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Paths(paths) => paths.is_empty(),
            Self::Selection(text) => text.trim().is_empty(),
        }
    }

    /// The selection as it stands between braces; `param` is the parameter by which callers make their own.
    pub(super) fn written(&self, param: &str) -> Result<String, Error> {
        match self {
            Self::Paths(paths) => Selection::from_paths(param, paths.iter().map(String::as_str))?.written(param),
            Self::Selection(text) => Ok(text.clone()),
        }
    }
}

impl Decode for DefaultFields {
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Vec::<String>::shape()])
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let Some(text) = node.as_text() else { return Vec::decode(node, findings).map(Self::Paths) };
        match flaw(text) {
            None => Some(Self::Selection(text.to_owned())),
            Some(flaw) => {
                let found = Diagnostic::new(Code::BadExpression, node.span, format!("not a GraphQL selection: {flaw}"));
                findings.push(found.help("for example `id owner { login } labels(first: 10) { nodes { name } }`"));
                None
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::Paths(Vec::new()))
    }

    fn stand_in() -> Option<Self> {
        Some(Self::Selection("id".to_owned()))
    }
}

/// Why a text could change what stands around it (GraphQL, October 2021, section 2.1); `None` when it cannot.
pub(super) fn flaw(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("it selects nothing".to_owned());
    }
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '#' => match rest.find(['\n', '\r']) {
                Some(end) => &rest[end..],
                None => return Some("it ends with a comment, which would hide what follows".to_owned()),
            },
            '"' => match after_string(rest) {
                Some(after) => after,
                None => return Some("a text in it is not closed".to_owned()),
            },
            '{' | '(' | '[' => {
                open.push(first);
                &rest[1..]
            }
            '}' | ')' | ']' => {
                let expected = open.pop().map(closing);
                if expected != Some(first) {
                    return Some(format!("it closes a `{first}` that it did not open"));
                }
                &rest[1..]
            }
            other => &rest[other.len_utf8()..],
        };
    }
    open.pop().map(|first| format!("it does not close a `{first}`"))
}

fn closing(open: char) -> char {
    match open {
        '{' => '}',
        '(' => ')',
        _ => ']',
    }
}

/// What follows the string, or block string, that a text begins with.
fn after_string(text: &str) -> Option<&str> {
    match text.strip_prefix(BLOCK) {
        Some(block) => after_block(block),
        None => after_line(text.strip_prefix('"')?),
    }
}

const BLOCK: &str = "\"\"\"";

/// What follows the end of a block string; `\"""` is no end.
fn after_block(mut rest: &str) -> Option<&str> {
    loop {
        let (before, after) = rest.split_once(BLOCK)?;
        if !before.ends_with('\\') {
            return Some(after);
        }
        rest = after;
    }
}

/// What follows the end of a string; a line may not end before it.
fn after_line(mut rest: &str) -> Option<&str> {
    loop {
        let end = rest.find(['"', '\\', '\n', '\r'])?;
        let mut at = rest[end..].chars();
        match at.next()? {
            '"' => return Some(at.as_str()),
            '\\' => drop(at.next()?),
            _ => return None,
        }
        rest = at.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn a_selection_closes_what_it_opens_and_nothing_else() {
        for sound in [
            "id",
            "id owner { login } labels(first: 10, in: [A, B]) { nodes { name } }",
            "a(x: \"}\\\"{\") b(y: \"\"\"}\"{ \\\"\"\" \n\"\"\") c",
            "id # the } id\nname",
            "a(x: \"\") ... on User { é: name }",
        ] {
            assert_eq!(flaw(sound), None, "{sound}");
        }
        for (bad, part) in [
            (" \n", "selects nothing"),
            ("id } evil {", "closes a `}` that it did not open"),
            ("a(x: 1", "does not close a `(`"),
            ("a(x: 1}", "closes a `}`"),
            ("id # and so on", "ends with a comment"),
            ("a(x: \"b)", "is not closed"),
            ("a(x: \"b\n\")", "is not closed"),
            ("a(x: \"b\\\")", "is not closed"),
            ("a(x: \"b\\", "is not closed"),
            ("a(x: \"\"\"b\")", "is not closed"),
            ("a(x: \"\"\"b\\\"\"\")", "is not closed"),
        ] {
            assert!(flaw(bad).is_some_and(|flaw| flaw.contains(part)), "{bad}: {:?}", flaw(bad));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_stands_around_a_sound_selection_stays(text in "[a-c{}()\\[\\]\"\\\\#\n ]{0,16}") {
            if flaw(&text).is_none() {
                let (around, before) = (format!("a {{ {text} }} b(c: \"d\")"), format!("a {{ {text}"));
                proptest::prop_assert_eq!(flaw(&around), None);
                proptest::prop_assert!(flaw(&before).is_some());
            }
        }
    }
}
