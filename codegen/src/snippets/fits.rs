//! Whether a value of JSON can be read as a type, as generated code reads it.

use std::str::FromStr;

use serde_json::{Map, Value};
use tieline::typed::{Date, Timestamp, Url, Uuid};

use crate::ir::{Client, Entity, Item, Kind, Member, Object, Place, Presence, Type};

/// Whether a value can be read as this type.
pub(super) fn fits(client: &Client, entity: &Entity, of: &Type, value: &Value) -> bool {
    let inside = |of: &Type, value: &Value| fits(client, entity, of, value);
    match of {
        Type::Text | Type::Secret => value.is_string(),
        Type::Boolean => value.is_boolean(),
        Type::Integer => value.is_i64(),
        Type::Number => value.is_number(),
        Type::Timestamp => parses::<Timestamp>(value),
        Type::Date => parses::<Date>(value),
        Type::Uuid => parses::<Uuid>(value),
        Type::Url => parses::<Url>(value),
        Type::Any => true,
        Type::AnyObject => value.is_object(),
        Type::List(item) => value.as_array().is_some_and(|items| items.iter().all(|value| inside(item, value))),
        Type::Map(item) => value.as_object().is_some_and(|members| members.values().all(|value| inside(item, value))),
        Type::Nullable(inner) => value.is_null() || inside(inner, value),
        Type::Boxed(inner) => inside(inner, value),
        Type::Named(place, name) => {
            let entity_of = match place {
                Place::Types => None,
                Place::Entity => Some(entity),
            };
            match client.item(entity_of, name) {
                Some(Item::Object(object)) => value.as_object().is_some_and(|given| object_fits(object, given, inside)),
                Some(Item::OneOf(one_of)) => value.as_object().is_some_and(|given| {
                    let tag = given.get(&one_of.tag).and_then(Value::as_str);
                    let known = one_of.variants.iter().find(|(_, word, _)| tag == Some(word));
                    known.is_none_or(|(_, _, inner)| inside(inner, value))
                }),
                Some(Item::AnyOf(_)) => true,
                Some(Item::Choice(_)) => value.is_string(),
                Some(Item::Newtype(newtype)) => inside(&newtype.value, value),
                None => false,
            }
        }
    }
}

fn parses<T: FromStr>(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<T>().is_ok())
}

fn object_fits(object: &Object, given: &Map<String, Value>, inside: impl Fn(&Type, &Value) -> bool) -> bool {
    let kind = object.kind.as_ref().is_none_or(|kind| kind_fits(kind, given, &inside));
    kind && object.members.iter().all(|member| is_there(member, given) && reads(member, given, &inside))
}

/// An object whose kind lacks something is of a kind that nobody knows.
fn kind_fits(kind: &Kind, given: &Map<String, Value>, inside: impl Fn(&Type, &Value) -> bool) -> bool {
    let tag = given.get(&kind.tag).and_then(Value::as_str);
    let known = kind.variants.iter().find(|variant| tag == Some(&variant.tag));
    known.is_none_or(|variant| {
        let lacks = variant.members.iter().any(|member| !is_there(member, given));
        lacks || variant.members.iter().all(|member| reads(member, given, &inside))
    })
}

fn is_there(member: &Member, given: &Map<String, Value>) -> bool {
    match member.presence {
        Presence::Required | Presence::Nullable => given.contains_key(&member.key),
        Presence::Optional | Presence::Field => true,
    }
}

fn reads(member: &Member, given: &Map<String, Value>, inside: impl Fn(&Type, &Value) -> bool) -> bool {
    match (given.get(&member.key), member.presence) {
        (None, _) | (Some(Value::Null), Presence::Nullable | Presence::Optional | Presence::Field) => true,
        (Some(value), _) => inside(&member.value, value),
    }
}
