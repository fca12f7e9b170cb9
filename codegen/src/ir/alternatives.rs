//! Values that are one of several texts or types.

use std::collections::HashSet;

use serde_json::Value;
use tieline::Connector;

use super::form::{Form, form};
use super::naming::Names;
use super::shape::resolved;
use super::{Alternative, AnyOf, Choice, Constant, Docs, Item, Type};

/// The choice that alternatives come to when the others are any text: choices are open anyway.
pub(super) fn open_choice<'a>(connector: &'a Connector, branches: &[&'a Value]) -> Option<&'a Value> {
    let is_text = |branch: &Value| matches!(form(connector, branch), (Form::Plain(Type::Text), _));
    let mut choices = branches.iter().filter(|branch| !is_text(branch));
    match (choices.next(), choices.next()) {
        (Some(one), None) if choices.next().is_none() && branches.len() > 1 => texts(connector, &[one]).map(|_| *one),
        _ => None,
    }
}

/// The texts between which alternatives choose; `None` when one is something else.
pub(super) fn texts<'a>(connector: &'a Connector, branches: &[&'a Value]) -> Option<Vec<&'a str>> {
    let mut texts = Vec::new();
    for branch in branches {
        let schema = resolved(connector, branch);
        match form(connector, schema) {
            (Form::Choice(more), false) => texts.extend(more),
            (Form::Plain(Type::Text), false) => texts.extend(schema["const"].as_str()),
            _ => return None,
        }
    }
    (!texts.is_empty()).then_some(texts)
}

/// A choice between texts, each once.
pub(super) fn choice(name: &str, docs: Docs, texts: Vec<&str>) -> Item {
    let mut names = Names::without(&["Unknown"]);
    let mut seen = HashSet::new();
    let texts = texts.into_iter().filter(|text| seen.insert(*text));
    let variants = texts.map(|text| (names.variant(text), text.to_owned())).collect();
    Item::Choice(Choice { name: name.to_owned(), docs, variants })
}

/// One of several types, before it has its name: the name of its schema, if it has one, and what its objects say.
pub(super) struct Unnamed<'a> {
    pub(super) schema: Option<&'a str>,
    pub(super) value: Type,
    pub(super) constants: Vec<Constant>,
}

/// Alternatives. Texts of a form come before those that take any text, and any object comes last: what stands behind would never be read.
pub(super) fn any_of(name: &str, docs: Docs, alternatives: Vec<Unnamed<'_>>) -> Item {
    let mut names = Names::without(&["Unknown"]);
    let mut different: Vec<Unnamed<'_>> = Vec::new();
    for Unnamed { schema, value, constants } in alternatives {
        let value = if matches!(value, Type::Named(..)) { Type::Boxed(Box::new(value)) } else { value };
        if value != Type::Any && !different.iter().any(|other| other.value == value) {
            different.push(Unnamed { schema, value, constants });
        }
    }
    different.sort_by_key(|one| match one.value {
        Type::Timestamp | Type::Date | Type::Uuid | Type::Url => 0,
        Type::AnyObject => 2,
        _ => 1,
    });
    let variants = different
        .into_iter()
        .map(|Unnamed { schema, value, constants }| {
            let said = schema.unwrap_or_else(|| word(&value));
            let short = said.strip_prefix(name).filter(|rest| rest.starts_with(char::is_uppercase));
            Alternative { name: names.variant(short.unwrap_or(said)), value, constants }
        })
        .collect();
    Item::AnyOf(AnyOf { name: name.to_owned(), docs, variants })
}

/// What a type is called as one of several.
fn word(value: &Type) -> &str {
    match value {
        Type::Text | Type::Secret => "Text",
        Type::Boolean => "Boolean",
        Type::Integer => "Integer",
        Type::Number => "Number",
        Type::Timestamp => "Timestamp",
        Type::Date => "Date",
        Type::Uuid => "Uuid",
        Type::Url => "Url",
        Type::Any => "Any",
        Type::AnyObject | Type::Map(_) => "Object",
        Type::List(_) => "List",
        Type::Nullable(inner) | Type::Boxed(inner) => word(inner),
        Type::Named(_, name) => name,
    }
}
