//! Finds the values at some paths in a JSON text: descends only along the paths, and skips the rest.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::notation::{JsonPath, Step};

use super::document::MOST_FOUND;

/// What was found: the number of the path, and the value.
type Found<'de> = Vec<(usize, &'de RawValue)>;

/// The values at each path, in the order of the text. The text is read to its end, so whatever is found stands in valid JSON.
pub(super) fn find<'de>(text: &'de str, paths: &[&JsonPath]) -> serde_json::Result<Found<'de>> {
    walk(text, paths.iter().enumerate().map(|(number, path)| (number, path.steps())).collect())
}

fn walk<'de>(text: &'de str, paths: Vec<(usize, &[Step])>) -> serde_json::Result<Found<'de>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = Walk { paths }.deserialize(&mut deserializer)?;
    deserializer.end().map(|()| found)
}

/// The paths that lead through a value, each as its number and the steps that are left.
struct Walk<'p> {
    paths: Vec<(usize, &'p [Step])>,
}

impl Walk<'_> {
    /// The paths that go on through a member or an element.
    fn through(&self, goes_on: impl Fn(&Step) -> bool) -> Self {
        let paths = self.paths.iter().filter_map(|(number, steps)| match steps.split_first() {
            Some((step, rest)) if goes_on(step) => Some((*number, rest)),
            Some(_) | None => None,
        });
        Self { paths: paths.collect() }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<'de>, D::Error> {
        if self.paths.is_empty() {
            return IgnoredAny::deserialize(deserializer).map(|IgnoredAny| Vec::new());
        }
        let (here, deeper): (Vec<_>, Vec<_>) = self.paths.into_iter().partition(|(_, steps)| steps.is_empty());
        if here.is_empty() {
            return deserializer.deserialize_any(Walk { paths: deeper });
        }
        let value = <&RawValue>::deserialize(deserializer)?;
        let mut found: Found<'de> = here.into_iter().map(|(number, _)| (number, value)).collect();
        if !deeper.is_empty() {
            found.extend(walk(value.get(), deeper).map_err(D::Error::custom)?);
        }
        Ok(found)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found<'de>, A::Error> {
        let mut found = IndexMap::new();
        while let Some(Key(key)) = members.next_key_seed(KeySeed)? {
            let walk = self.through(|step| match step {
                Step::Key(wanted) => *wanted == key,
                Step::All => true,
                Step::Index(_) => false,
            });
            if walk.paths.is_empty() {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let within = members.next_value_seed(walk)?;
            // What is kept shows that it is too many; a member in which nothing was found need not be kept.
            let is_kept = !within.is_empty() && found.len() <= MOST_FOUND;
            match found.entry(key) {
                Entry::Occupied(mut before) => drop(before.insert(within)),
                Entry::Vacant(place) if is_kept => drop(place.insert(within)),
                Entry::Vacant(_) => {}
            }
        }
        Ok(found.into_values().flatten().collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Found<'de>, A::Error> {
        let mut found = Vec::new();
        for position in 0.. {
            let walk = self.through(|step| match step {
                Step::Index(wanted) => *wanted == position,
                Step::All => true,
                Step::Key(_) => false,
            });
            match elements.next_element_seed(walk)? {
                // What is kept shows that it is too many. The rest is still read: it must be JSON.
                Some(within) if found.len() <= MOST_FOUND => found.extend(within),
                Some(_) => {}
                None => break,
            }
        }
        Ok(found)
    }

    fn visit_unit<E>(self) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E>(self, _: &str) -> Result<Found<'de>, E> {
        Ok(Vec::new())
    }
}

/// A member's name, borrowed from the text unless it holds escapes.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
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

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        KeySeed.deserialize(deserializer)
    }
}
