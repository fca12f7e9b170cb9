//! What kind of type a schema asks for.

use std::collections::HashSet;

use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema::{reference, referred};

use super::Type;
use super::shape::{list, resolved, speaks_of_members};

/// What kind of type a schema asks for, null left out.
#[derive(Clone, Debug)]
pub(crate) enum Form<'a> {
    /// A type that needs no declaration and holds no other.
    Plain(Type),
    /// A list of such.
    List(Option<&'a Value>),
    /// An object whose members are all such.
    Map(&'a Value),
    /// An object with known members.
    Object,
    /// A choice between texts.
    Choice(Vec<&'a str>),
    /// What this schema asks for.
    Same(&'a Value),
    /// What one of these schemas asks for.
    Alternatives(Vec<&'a Value>),
    /// A value of one of these JSON types.
    Types(Vec<&'a str>),
}

/// The form of a schema, and whether its values may be null.
pub(crate) fn form<'a>(connector: &'a Connector, schema: &'a Value) -> (Form<'a>, bool) {
    let mut types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let mut nullable = types.contains(&"null");
    let is_only_null = types == ["null"];
    types.retain(|name| *name != "null");
    if is_only_null {
        return (Form::Plain(Type::Any), true);
    }
    if let Some(value) = schema.get("const") {
        return (Form::Plain(of_value(value)), nullable || value.is_null());
    }
    if let Some(values) = schema["enum"].as_array() {
        nullable |= values.iter().any(Value::is_null);
        return (of_values(values), nullable);
    }
    if let [_, _, ..] = types.as_slice() {
        return (Form::Types(types), nullable);
    }
    let form = match types.first().copied() {
        Some(name) => of_type(connector, schema, name),
        None => {
            let (form, or_null) = untyped(connector, schema);
            nullable |= or_null;
            form
        }
    };
    (form, nullable)
}

/// The form of a schema that takes values of this JSON type.
pub(crate) fn of_type<'a>(connector: &'a Connector, schema: &'a Value, name: &str) -> Form<'a> {
    match name {
        "string" => Form::Plain(match schema["format"].as_str() {
            Some("date-time") => Type::Timestamp,
            Some("date") => Type::Date,
            Some("uuid") => Type::Uuid,
            Some("uri") => Type::Url,
            Some("password") => Type::Secret,
            Some(_) | None => Type::Text,
        }),
        "integer" => Form::Plain(Type::Integer),
        "number" => Form::Plain(Type::Number),
        "boolean" => Form::Plain(Type::Boolean),
        // The first entries may be of other types than the rest.
        "array" if schema.get("prefixItems").is_some() => Form::List(None),
        "array" => Form::List(schema.get("items").filter(|items| items.is_object())),
        "object" if speaks_of_members(connector, schema, &mut HashSet::new()) => Form::Object,
        // Members of some names may be of other types than the rest.
        "object" if schema.get("patternProperties").is_some() => Form::Plain(Type::AnyObject),
        "object" => match schema.get("additionalProperties").filter(|members| members.is_object()) {
            Some(members) => Form::Map(members),
            None => Form::Plain(Type::AnyObject),
        },
        _ => Form::Plain(Type::Any),
    }
}

/// The form of a schema that does not name a type.
fn untyped<'a>(connector: &'a Connector, schema: &'a Value) -> (Form<'a>, bool) {
    let own = schema.get("properties").is_some() || !list(schema, "allOf").is_empty();
    let alternatives: Vec<_> = ["anyOf", "oneOf"].into_iter().flat_map(|key| list(schema, key)).collect();
    let target = reference(schema).is_some();
    if target && !own && alternatives.is_empty() {
        return (Form::Same(schema), false);
    }
    if own || (target && !alternatives.is_empty()) {
        return match (list(schema, "allOf"), speaks_of_members(connector, schema, &mut HashSet::new())) {
            (_, true) => (Form::Object, parts_may_be_null(connector, schema)),
            ([one], false) => (Form::Same(one), false),
            _ => (Form::Plain(Type::Any), false),
        };
    }
    let others: Vec<_> = alternatives.iter().copied().filter(|branch| !is_null(branch)).collect();
    let nullable = others.len() < alternatives.len() || others.iter().any(|branch| may_be_null(connector, branch));
    let form = match others.as_slice() {
        [] if schema.get("items").is_some() => of_type(connector, schema, "array"),
        [] if schema.get("additionalProperties").is_some() => of_type(connector, schema, "object"),
        [] => Form::Plain(Type::Any),
        [one] => Form::Same(one),
        _ => Form::Alternatives(others),
    };
    (form, nullable)
}

/// Whether values of a schema may be null, by what it says or refers to. References end: a manifest in which they do not has errors.
fn may_be_null(connector: &Connector, schema: &Value) -> bool {
    match form(connector, schema) {
        (_, true) => true,
        (Form::Same(one), false) => match referred(connector, one) {
            Some(target) => may_be_null(connector, target),
            None => !std::ptr::eq(one, schema) && may_be_null(connector, one),
        },
        _ => false,
    }
}

/// Whether null fits all that a schema includes: one part says so, and none names another type alone.
fn parts_may_be_null(connector: &Connector, schema: &Value) -> bool {
    let parts = || referred(connector, schema).into_iter().chain(list(schema, "allOf"));
    let may_be = |part: &Value| may_be_null(connector, part);
    parts().any(may_be) && parts().all(|part| may_be(part) || resolved(connector, part).get("type").is_none())
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null" || schema.get("const") == Some(&Value::Null)
}

fn of_values(values: &[Value]) -> Form<'_> {
    let others: Vec<_> = values.iter().filter(|value| !value.is_null()).collect();
    let texts: Vec<_> = others.iter().filter_map(|value| value.as_str()).collect();
    if !texts.is_empty() && texts.len() == others.len() {
        return Form::Choice(texts);
    }
    let mut types = others.iter().map(|value| of_value(value));
    let first = types.next().unwrap_or(Type::Any);
    Form::Plain(if types.all(|other| other == first) { first } else { Type::Any })
}

fn of_value(value: &Value) -> Type {
    match value {
        Value::String(_) => Type::Text,
        Value::Bool(_) => Type::Boolean,
        Value::Number(number) if number.is_f64() => Type::Number,
        Value::Number(_) => Type::Integer,
        Value::Null | Value::Array(_) | Value::Object(_) => Type::Any,
    }
}
