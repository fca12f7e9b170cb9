//! How a value that is one of several types is read and written.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};

use crate::raw::Raw;

use super::Extra;
use super::object::Key;

/// One of several objects, told apart by a member: `one_of!(Name by "tag" { "value" => Variant, … })`. Each variant holds an object in
/// which the tag is a constant; `Unknown` holds an [`Extra`](super::Extra) with all members.
#[doc(hidden)]
#[macro_export]
macro_rules! __one_of {
    ($name:ident by $tag:literal { $($value:literal => $variant:ident,)* }) => {
        impl<'de> $crate::typed::serde::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::typed::serde::Deserializer<'de>>(deserializer: __D) -> ::core::result::Result<Self, __D::Error> {
                $crate::typed::expanded::read_one_of(deserializer)
            }
        }

        impl $crate::typed::expanded::OneOf for $name {
            const TAG: &'static str = $tag;

            fn unknown(members: $crate::typed::Extra) -> Self {
                Self::Unknown(members)
            }

            fn read<'de, __A: $crate::typed::serde::de::MapAccess<'de>>(
                tag: &str,
                members: &mut __A,
            ) -> ::core::result::Result<::core::option::Option<Self>, __A::Error> {
                let members = $crate::typed::serde::de::value::MapAccessDeserializer::new(members);
                match tag {
                    $($value => $crate::typed::serde::Deserialize::deserialize(members).map(|value| Some(Self::$variant(value))),)*
                    _ => Ok(None),
                }
            }

            fn read_text(tag: &str, text: &$crate::Raw) -> $crate::typed::expanded::JsonResult<::core::option::Option<Self>> {
                match tag {
                    $($value => text.read().map(|value| Some(Self::$variant(value))),)*
                    _ => Ok(None),
                }
            }
        }

        impl $crate::typed::serde::Serialize for $name {
            fn serialize<__S: $crate::typed::serde::Serializer>(&self, serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::typed::serde::Serialize::serialize(value, serializer),)*
                    Self::Unknown(members) => $crate::typed::serde::Serialize::serialize(members, serializer),
                }
            }
        }
    };
}

/// One of several types, the first that fits: `any_of!(Name { Variant where "key" = "constant", … })`. `Unknown` holds a
/// [`Raw`](crate::Raw).
#[doc(hidden)]
#[macro_export]
macro_rules! __any_of {
    ($name:ident { $($variant:ident $(where $($key:literal = $constant:literal),+)?),* $(,)? }) => {
        impl<'de> $crate::typed::serde::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::typed::serde::Deserializer<'de>>(deserializer: __D) -> ::core::result::Result<Self, __D::Error> {
                let raw = <$crate::Raw as $crate::typed::serde::Deserialize>::deserialize(deserializer)?;
                let attempts = $crate::typed::expanded::Attempts::of(&raw);
                $(if let Some(value) = attempts.read(&[$($(($key, $constant)),+)?]) {
                    return Ok(Self::$variant(value));
                })*
                drop(attempts);
                Ok(Self::Unknown(raw))
            }
        }

        impl $crate::typed::serde::Serialize for $name {
            fn serialize<__S: $crate::typed::serde::Serializer>(&self, serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::typed::serde::Serialize::serialize(value, serializer),)*
                    Self::Unknown(raw) => $crate::typed::serde::Serialize::serialize(raw, serializer),
                }
            }
        }
    };
}

thread_local! {
    /// How many bytes may still be read, where a value that is one of several types is being read.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The types that a value may be are tried one after the other, and a value inside it again in each of them. What is read in all is
/// limited, so that hostile text cannot take time that doubles with each level.
pub struct Attempts<'r> {
    raw: &'r Raw,
    is_outermost: bool,
}

impl<'r> Attempts<'r> {
    /// So often may text be read, on an average: deeper than any answer of a sane API needs.
    const MOST_TIMES: usize = 100;

    /// Begins to read a value.
    pub fn of(raw: &'r Raw) -> Self {
        let is_outermost = LEFT.get().is_none();
        if is_outermost {
            LEFT.set(Some(raw.as_bytes().len().saturating_mul(Self::MOST_TIMES).max(1 << 16)));
        }
        Self { raw, is_outermost }
    }

    /// The value, when it can be read as this type and says these constants.
    pub fn read<T: DeserializeOwned>(&self, constants: &[(&str, &str)]) -> Option<T> {
        let left = LEFT.get()?.checked_sub(self.raw.as_bytes().len())?;
        LEFT.set(Some(left));
        if !constants.is_empty() {
            let members: Extra = self.raw.read().ok()?;
            let says = |(key, constant): &(&str, &str)| matches!(members.get::<String>(key), Some(Ok(text)) if text == *constant);
            constants.iter().all(says).then_some(())?;
        }
        self.raw.read().ok()
    }
}

impl Drop for Attempts<'_> {
    fn drop(&mut self) {
        if self.is_outermost {
            LEFT.set(None);
        }
    }
}

/// One of several objects, told apart by a member.
pub trait OneOf: Sized {
    /// The member that tells them apart.
    const TAG: &'static str;

    /// None of those that the manifest knows.
    fn unknown(members: Extra) -> Self;

    /// Reads the one that the tag names from the members other than the tag; `None`, and nothing read, when it names none.
    fn read<'de, A: MapAccess<'de>>(tag: &str, members: &mut A) -> Result<Option<Self>, A::Error>;

    /// Reads the one that the tag names from its text; `None` when it names none.
    fn read_text(tag: &str, text: &Raw) -> serde_json::Result<Option<Self>>;
}

/// Reads one of several objects: as it comes when the tag stands first, else from what was kept until the tag came.
pub fn read_one_of<'de, D: Deserializer<'de>, T: OneOf>(deserializer: D) -> Result<T, D::Error> {
    struct Read<T>(PhantomData<T>);
    impl<'de, T: OneOf> Visitor<'de> for Read<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with `{}`", T::TAG)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            let mut members = Extra::default();
            let mut is_first = true;
            while let Some(key) = map.next_key::<Key<'de>>()? {
                let raw: Raw = map.next_value()?;
                if is_first
                    && *key == *T::TAG
                    && let Ok(tag) = raw.read::<String>()
                    && let Some(value) = T::read(&tag, &mut map)?
                {
                    return Ok(value);
                }
                is_first = false;
                members.put(key.to_owned(), raw);
            }
            let Some(Ok(tag)) = members.get::<String>(T::TAG) else { return Ok(T::unknown(members)) };
            let text = serde_json::to_vec(&members).map_err(A::Error::custom)?;
            let read = T::read_text(&tag, &Raw::from_json(text.into())).map_err(A::Error::custom)?;
            Ok(read.unwrap_or_else(|| T::unknown(members)))
        }
    }
    deserializer.deserialize_map(Read(PhantomData))
}
