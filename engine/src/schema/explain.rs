//! What a schema's validator finds, said for people.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::types::JsonType;
use serde_json::Value;

use crate::language::nearest;

use super::meant::{Meant, meant};

/// How many of an enumeration's values a message lists.
const MOST_VALUES: usize = 16;

/// What one finding of a schema's validator comes to: the places in the value, and what is wrong there.
pub(crate) fn explain(document: &Value, error: &ValidationError<'_>) -> Vec<(Location, String)> {
    let at = error.instance_path();
    let one = |message: String| vec![(at.clone(), message)];
    let below = |key: &str, message: String| (at.join(key), message);
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match meant(error, context) {
            Meant::Branch(errors) => errors.into_iter().flat_map(|error| explain(document, error)).collect(),
            Meant::Member(key, options) => vec![below(&key, choice(&options, error.instance().get(&key)))],
            Meant::Keys(keys) => one(format!("needs one of {}", listed(keys.iter().map(String::as_str)))),
            Meant::Types(types) => one(wrong_type(&types, error.instance())),
        },
        Kind::Type { kind } => one(wrong_type(&types(kind), error.instance())),
        Kind::Required { property } => vec![below(property.as_str().unwrap_or_default(), "is required".to_owned())],
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = siblings(document, error.schema_path());
            let hint = |key: &str| match nearest(key, known.iter().copied()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None if known.is_empty() => String::new(),
                None => format!("; known: {}", listed(known.iter().copied())),
            };
            let say = |key: &String| below(key, format!("unknown property{}", hint(key)));
            unexpected.iter().map(say).collect()
        }
        Kind::Enum { options } => {
            one(choice(options.as_array().map(Vec::as_slice).unwrap_or_default(), Some(error.instance())))
        }
        Kind::Constant { expected_value } => one(choice(std::slice::from_ref(expected_value), Some(error.instance()))),
        Kind::PropertyNames { error } => one(format!("has a member whose name does not fit: {}", plain(error))),
        Kind::OneOfMultipleValid { .. } => {
            one("fits more than one of the alternatives, which exclude each other".to_owned())
        }
        _ => one(plain(error)),
    }
}

/// A finding that is about one value and its schema alone.
fn plain(error: &ValidationError<'_>) -> String {
    let count = |limit: &u64, noun: &str| format!("{limit} {noun}{}", if *limit == 1 { "" } else { "s" });
    match error.kind() {
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be greater than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("must have at least {}", count(limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", count(limit, "character")),
        Kind::MinItems { limit } => format!("must have at least {}", count(limit, "element")),
        Kind::MaxItems { limit } => format!("must have at most {}", count(limit, "element")),
        Kind::MinProperties { limit } if *limit == 1 => "must not be empty".to_owned(),
        Kind::MinProperties { limit } => format!("must have at least {limit} members"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} members"),
        Kind::AdditionalItems { limit } => format!("must have at most {}", count(&(*limit as u64), "element")),
        Kind::UnevaluatedItems { .. } => "has elements that are not allowed".to_owned(),
        Kind::UniqueItems => "must not have the same element twice".to_owned(),
        Kind::Contains => "lacks an element that it must have".to_owned(),
        Kind::Pattern { pattern } => format!("does not match `{pattern}`"),
        Kind::Format { format } => format!("is not a {format}"),
        Kind::FalseSchema => "is not allowed".to_owned(),
        Kind::Not { .. } => "is a value that is not allowed".to_owned(),
        _ => error.masked_with("the value").to_string(),
    }
}

/// ``expected one of `a`, `b` ``, with the nearest.
fn choice(options: &[Value], given: Option<&Value>) -> String {
    if let (Some(Value::Null), false) = (given, options.contains(&Value::Null)) {
        return "must not be null".to_owned();
    }
    let shown: Vec<_> =
        options.iter().map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect();
    let near = given.and_then(Value::as_str).and_then(|given| nearest(given, shown.iter().map(String::as_str)));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    match shown.as_slice() {
        [only] => format!("expected `{only}`"),
        _ => format!("expected one of {}{hint}", listed(shown.iter().map(String::as_str))),
    }
}

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(MOST_VALUES);
    let shown: Vec<_> = names.take(MOST_VALUES).map(|name| format!("`{name}`")).collect();
    let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{tail}", shown.join(", "))
}

fn wrong_type(types: &[JsonType], found: &Value) -> String {
    if found.is_null() {
        return "must not be null".to_owned();
    }
    let expected: Vec<_> = types.iter().map(|one| type_name(*one)).collect();
    let found = match found {
        Value::Number(_) if types.contains(&JsonType::Integer) => format!("{found}"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            found_name(found).to_owned()
        }
    };
    format!("expected {}, found {found}", expected.join(" or "))
}

fn type_name(of: JsonType) -> &'static str {
    match of {
        JsonType::Array => "a list",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}

/// What a value is, for messages.
pub(crate) fn found_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The types that a `type` keyword names.
pub(super) fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
    }
}

/// The properties that stand beside the keyword at this place of the schema.
fn siblings<'a>(document: &'a Value, keyword: &Location) -> Vec<&'a str> {
    let schema = keyword.as_str().rsplit_once('/').and_then(|(parent, _)| document.pointer(parent));
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    properties.map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// A place in the value of a parameter, for people: `children[0].paragraph.rich_text`.
pub(super) fn shown(param: &str, place: &Location) -> String {
    place.segments().fold(param.to_owned(), |at, segment| match segment {
        LocationSegment::Property(key) if is_plain(&key) => format!("{at}.{key}"),
        LocationSegment::Property(key) => format!("{at}[{}]", Value::from(key.as_ref())),
        LocationSegment::Index(index) => format!("{at}[{index}]"),
    })
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
}
