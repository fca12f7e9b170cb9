//! Keeps some fields of a record.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::raw::Raw;

/// The longest field path that can match anything: records are not nested deeper.
const MAX_STEPS: usize = 128;

/// Keeps only the fields named by dotted paths (`id`, `owner.name`; through lists too) of a record, in the record's order. A field
/// that is not there is left out; so is what such a path goes through, except the elements of a list, which stay in place. A
/// record that is no object, and a record of which no field is named, stays whole.
pub(crate) fn select(record: &Raw, fields: &[String]) -> Raw {
    if fields.is_empty() {
        return record.clone();
    }
    let mut wanted = Wanted::default();
    for field in fields.iter().filter(|field| field.split('.').count() <= MAX_STEPS) {
        field.split('.').fold(&mut wanted, |wanted, name| wanted.members.entry(name).or_default()).whole = true;
    }
    match serde_json::from_slice::<&RawValue>(record.as_bytes()) {
        Ok(raw) if raw.get().starts_with(['{', '[']) => {
            Raw::from_json(kept(raw, &wanted).unwrap_or_else(|| b"{}".to_vec()).into())
        }
        Ok(_) | Err(_) => record.clone(),
    }
}

/// What is wanted of a value: all of it, or some of its members.
#[derive(Default)]
struct Wanted<'f> {
    whole: bool,
    members: IndexMap<&'f str, Wanted<'f>>,
}

/// What is wanted of a value, `None` when there is nothing.
fn kept(raw: &RawValue, wanted: &Wanted<'_>) -> Option<Vec<u8>> {
    let text = raw.get();
    if wanted.whole {
        return Some(text.as_bytes().to_vec());
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: IndexMap<Key<'_>, &RawValue> = serde_json::from_str(text).ok()?;
            let members = members.iter().filter_map(|(Key(name), value)| {
                let mut member = serde_json::to_vec(name).ok()?;
                member.push(b':');
                member.extend(kept(value, wanted.members.get(name.as_ref())?)?);
                Some(member)
            });
            let object = joined(*b"{}", members);
            (object.len() > 2).then_some(object)
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let elements = elements.iter().filter_map(|element| {
                kept(element, wanted).or_else(|| element.get().starts_with('{').then(|| b"{}".to_vec()))
            });
            Some(joined(*b"[]", elements))
        }
        _ => None,
    }
}

fn joined([open, close]: [u8; 2], parts: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut joined = vec![open];
    for (position, part) in parts.enumerate() {
        if position > 0 {
            joined.push(b',');
        }
        joined.extend(part);
    }
    joined.push(close);
    joined
}

/// A member's name, borrowed from the text unless it holds escapes.
#[derive(PartialEq, Eq, Hash)]
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}
