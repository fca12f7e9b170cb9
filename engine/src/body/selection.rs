//! The fields that a GraphQL query asks for: `owner.login` becomes `owner { login }`.

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::Value;

use crate::error::Error;

use super::default_fields::flaw;
use super::invalid;

/// How deep a selection may go.
const MAX_DEPTH: usize = 32;

/// Fields with the fields below them.
#[derive(Debug, Default)]
pub(super) struct Selection {
    named: IndexMap<String, Selection>,
    /// Selections as GraphQL has them, with arguments or aliases: they close nothing that they did not open.
    verbatim: Vec<String>,
}

impl Selection {
    /// A list of paths and selections, or a text of paths with commas between them.
    pub(super) fn from_value(param: &str, value: &Value) -> Result<Self, Error> {
        let no_list = || invalid(param, "must be a list of field names such as `owner.login`");
        match value {
            Value::String(text) => Self::from_paths(param, text.split(',')),
            Value::Array(items) => {
                let paths: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                Self::from_paths(param, paths.ok_or_else(no_list)?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(no_list()),
        }
    }

    /// Paths such as `owner.login`, merged.
    pub(super) fn from_paths<'a>(param: &str, paths: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let mut selection = Self::default();
        for path in paths {
            if !path.trim().split('.').all(is_name) {
                if !is_selection(path) {
                    let message =
                        format!("holds `{path}`, which is no field; a field looks like `id` or `owner.login`");
                    return Err(invalid(param, message));
                }
                selection.verbatim.push(path.trim().to_owned());
                continue;
            }
            let mut at = &mut selection;
            for (depth, name) in path.trim().split('.').enumerate() {
                if depth == MAX_DEPTH {
                    return Err(invalid(param, format!("holds a field more than {MAX_DEPTH} levels deep")));
                }
                at = at.named.entry(name.to_owned()).or_default();
            }
        }
        Ok(selection)
    }

    /// The selection as it stands between braces.
    pub(super) fn written(&self, param: &str) -> Result<String, Error> {
        if self.named.is_empty() && self.verbatim.is_empty() {
            return Err(invalid(param, "selects nothing; name at least one field"));
        }
        let mut text = String::new();
        self.write(&mut text);
        Ok(text)
    }

    fn write(&self, text: &mut String) {
        for (index, (name, below)) in self.named.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            let _ = write!(text, "{space}{name}");
            if !below.named.is_empty() {
                text.push_str(" { ");
                below.write(text);
                text.push_str(" }");
            }
        }
        for verbatim in &self.verbatim {
            let space = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{space}{verbatim}");
        }
    }
}

/// The query with every `{{ fields }}` replaced; `selection` is asked for only if there is one.
pub(super) fn replace_placeholder(
    query: &str,
    selection: impl FnOnce() -> Result<String, Error>,
) -> Result<String, Error> {
    let Some(first) = next_placeholder(query) else { return Ok(query.to_owned()) };
    let selection = selection()?;
    let (mut text, mut rest, mut found) = (String::new(), query, Some(first));
    while let Some((start, end)) = found {
        text.push_str(&rest[..start]);
        text.push_str(&selection);
        rest = &rest[end..];
        found = next_placeholder(rest);
    }
    text.push_str(rest);
    Ok(text)
}

/// Where `{{ fields }}` starts and ends. Braces before it may touch it: `{{{ fields }}}` is one within braces.
fn next_placeholder(text: &str) -> Option<(usize, usize)> {
    text.match_indices("fields").find_map(|(at, word)| {
        let start = text[..at].trim_end().strip_suffix("{{")?.len();
        let after = text[at + word.len()..].trim_start().strip_prefix("}}")?;
        Some((start, text.len() - after.len()))
    })
}

/// Whether a text is a selection as GraphQL has it, and not a field that is spelt wrong.
fn is_selection(text: &str) -> bool {
    // A comment could hide what follows once the text is trimmed.
    text.contains([' ', '(', '{', ':']) && !text.contains('#') && flaw(text).is_none()
}

/// A GraphQL name (specification of October 2021, section 2.1.9).
fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts_well && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Selection, replace_placeholder};
    use crate::error::Error;

    fn written(value: &Value) -> Result<String, Error> {
        Selection::from_value("fields", value)?.written("fields")
    }

    #[test]
    fn paths_are_merged_in_their_order() {
        for (fields, expected) in [
            (json!(["id"]), "id"),
            (json!(["owner.login", "id", "owner.id", "owner"]), "owner { login id } id"),
            (json!(["a.b.c", "a.b.d", "__typename"]), "a { b { c d } } __typename"),
            (json!("id, owner.login"), "id owner { login }"),
            (json!(["labels(first: 3) { name }", "owner.id", "a: id"]), "owner { id } labels(first: 3) { name } a: id"),
        ] {
            assert_eq!(written(&fields).unwrap(), expected);
        }
    }

    #[test]
    fn nothing_that_closes_what_is_around_it_gets_in() {
        let deep = "a.".repeat(40) + "a";
        for (fields, expected) in [
            (
                json!(["id } evil {"]),
                "`fields` holds `id } evil {`, which is no field; a field looks like `id` or `owner.login`",
            ),
            (json!(["a..b"]), "`fields` holds `a..b`, which is no field; a field looks like `id` or `owner.login`"),
            (json!(["f(x: 1"]), "`fields` holds `f(x: 1`, which is no field; a field looks like `id` or `owner.login`"),
            (
                json!(["id # all"]),
                "`fields` holds `id # all`, which is no field; a field looks like `id` or `owner.login`",
            ),
            (json!([deep]), "`fields` holds a field more than 32 levels deep"),
            (json!([]), "`fields` selects nothing; name at least one field"),
            (json!([1]), "`fields` must be a list of field names such as `owner.login`"),
            (json!({}), "`fields` must be a list of field names such as `owner.login`"),
        ] {
            assert_eq!(written(&fields).unwrap_err().message(), expected);
        }
    }

    #[test]
    fn placeholders_are_replaced_wherever_they_stand() {
        let replaced = |query| replace_placeholder(query, || Ok("id".to_owned())).unwrap();
        assert_eq!(replaced("{ user { {{ fields }} } fields }"), "{ user { id } fields }");
        assert_eq!(replaced("{a{{{fields}}} b{{{fields}}}}"), "{a{id} b{id}}");
        assert_eq!(replaced("{ fields }"), "{ fields }");
        let never = || Err(super::invalid("fields", "was asked for"));
        assert_eq!(replace_placeholder("{ id }", never).unwrap(), "{ id }");
    }

    proptest::proptest! {
        #[test]
        fn a_selection_closes_only_what_it_opens(fields in proptest::collection::vec("[a-z.{}()\\[\\]\"#: \\n]{0,12}", 0..4)) {
            if let Ok(text) = written(&json!(fields)) {
                proptest::prop_assert_eq!(super::flaw(&text), None, "{}", text);
            }
        }
    }
}
