//! Words for values and names in the sentences about changes.

use std::borrow::Cow;

use serde_json::Value;
use tieline::language::nearest;

/// So many values are named.
const MOST_NAMED: usize = 5;
/// So much of a value is shown.
const LONGEST: usize = 60;
/// So much of a place is shown.
const LONGEST_PLACE: usize = 250;

/// The place of a part: what stands above it, and how it is reached from there. Only the end of a long one is kept.
pub(super) fn below(place: &str, step: std::fmt::Arguments<'_>) -> String {
    let whole = format!("{place}{step}");
    match whole.char_indices().nth_back(LONGEST_PLACE) {
        Some((start, _)) => format!("…{}", &whole[start..]),
        None => whole,
    }
}

/// A value as a message shows it: `` `eu` ``, the beginning of a long one.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            quoted(&value.to_string())
        }
    }
}

/// A text in backticks, the beginning of a long one.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", cut(text))
}

/// A text, or the beginning of a long one.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Several things of which one is meant: `a, b or c`.
pub(super) fn one_of(things: &[String]) -> String {
    listed(things, "or")
}

/// Several things that are all meant: `a, b and c`.
pub(super) fn all_of(things: &[String]) -> String {
    listed(things, "and")
}

fn listed(things: &[String], joined: &str) -> String {
    match things {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        _ if things.len() > MOST_NAMED => {
            format!("{} {joined} {} more", things[..MOST_NAMED].join(", "), things.len() - MOST_NAMED)
        }
        [first @ .., last] => format!("{} {joined} {last}", first.join(", ")),
    }
}

/// What became of something that is gone, if its name says so: `` is gone; `email` is new and may be what it is called now ``.
pub(super) fn gone<'a>(name: &str, added: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, added) {
        Some(near) => format!("is gone; {} is new and may be the same", quoted(near)),
        None => "is gone".to_owned(),
    }
}

/// `is X instead of Y`, or what is said when one of them is not there.
pub(super) fn replaced(name: &str, before: Option<String>, after: Option<String>) -> Option<String> {
    match (before, after) {
        (Some(before), Some(after)) if before != after => Some(format!("{name} is {after} instead of {before}")),
        (None, Some(after)) => Some(format!("{name} is {after} now")),
        (Some(before), None) => Some(format!("{name} is no longer {before}")),
        (Some(_), Some(_)) | (None, None) => None,
    }
}
