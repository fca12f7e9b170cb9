//! How a generated object is read and written.

use std::fmt;

use serde::de::{self, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::raw::Raw;

use super::Extra;

/// Reads and writes an object: `object!(Name { presence member = "key", … } constants { "key" = value, … } kind member: Type)`.
///
/// | presence | type of the member | in JSON |
/// |---|---|---|
/// | `required` | `T` | there |
/// | `nullable` | `Option<T>` | there or null |
/// | `optional` | `Option<T>` | there or absent; a null that the schema does not have is kept in `extra` |
/// | `field` | `Field<T>` | there, null or absent |
///
/// A constant is no member: it is written, and when something else is read it is kept in `extra`. `kind` is the member whose type
/// [`kind!`](super::kind) reads.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    (
        $name:ident { $($presence:ident $member:ident = $key:literal,)* }
        $(constants { $($constant_key:literal = $constant:literal,)* })?
        $(kind $kind:ident : $kind_type:ident)?
    ) => {
        impl<'de> $crate::typed::serde::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::typed::serde::Deserializer<'de>>(deserializer: __D) -> ::core::result::Result<Self, __D::Error> {
                struct __Read;
                impl<'de> $crate::typed::serde::de::Visitor<'de> for __Read {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(concat!("an object (", stringify!($name), ")"))
                    }

                    fn visit_map<__A: $crate::typed::serde::de::MapAccess<'de>>(self, mut map: __A) -> ::core::result::Result<$name, __A::Error> {
                        let mut extra = $crate::typed::Extra::default();
                        $(let mut $kind = $crate::typed::expanded::KindDraft::<$kind_type>::default();)?
                        $(let mut $member = $crate::__member!(none $presence);)*
                        while let Some(key) = map.next_key::<$crate::typed::expanded::Key<'de>>()? {
                            match &*key {
                                $($key => $crate::__member!(read $presence $member $key map extra),)*
                                $($($constant_key => $crate::typed::expanded::read_constant($constant_key, &$constant.into(), &mut map, &mut extra)?,)*)?
                                other => $crate::__other!(other map extra $($kind)?),
                            }
                        }
                        $(let $kind = $kind.finish(&mut extra)?;)?
                        Ok($name { $($member: $crate::__member!(done $presence $member $key),)* $($kind,)? extra })
                    }
                }
                deserializer.deserialize_map(__Read)
            }
        }

        impl $crate::typed::serde::Serialize for $name {
            fn serialize<__S: $crate::typed::serde::Serializer>(&self, serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                #[allow(unused_imports)]
                use $crate::typed::expanded::Kind as _;
                use $crate::typed::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                // First, so that a member that has been set since counts more.
                self.extra.write(&mut map)?;
                $($($crate::typed::expanded::write_constant($constant_key, &$constant, &self.extra, &mut map)?;)*)?
                $($crate::__member!(write $presence self.$member, $key map);)*
                $(self.$kind.write(&mut map)?;)?
                map.end()
            }
        }
    };
}

/// What [`object!`](super::object) does with a key that is none of its members'.
#[doc(hidden)]
#[macro_export]
macro_rules! __other {
    ($key:ident $map:ident $extra:ident) => {
        $extra.read($key, &mut $map)?
    };
    ($key:ident $map:ident $extra:ident $kind:ident) => {
        $kind.read($key, &mut $map)?
    };
}

/// What the presence of a member means, step by step.
#[doc(hidden)]
#[macro_export]
macro_rules! __member {
    (none field) => {
        $crate::typed::Field::Absent
    };
    (none $presence:ident) => {
        ::core::option::Option::None
    };

    (read optional $member:ident $key:literal $map:ident $extra:ident) => {
        $member = $crate::typed::expanded::read_optional($key, &mut $map, &mut $extra)?
    };
    (read field $member:ident $key:literal $map:ident $extra:ident) => {
        $member = $map.next_value()?
    };
    (read $presence:ident $member:ident $key:literal $map:ident $extra:ident) => {
        $member = ::core::option::Option::Some($map.next_value()?)
    };

    (done required $member:ident $key:literal) => {
        $crate::typed::expanded::required($key, $member)?
    };
    (done nullable $member:ident $key:literal) => {
        $crate::typed::expanded::required($key, $member)?
    };
    (done $presence:ident $member:ident $key:literal) => {
        $member
    };

    (write optional $member:expr, $key:literal $map:ident) => {
        if let ::core::option::Option::Some(value) = &$member {
            $map.serialize_entry($key, value)?;
        }
    };
    (write field $member:expr, $key:literal $map:ident) => {
        if !$member.is_absent() {
            $map.serialize_entry($key, &$member)?;
        }
    };
    (write $presence:ident $member:expr, $key:literal $map:ident) => {
        $map.serialize_entry($key, &$member)?
    };
}

/// The key of a member; copied only when it is written with escapes.
pub struct Key<'de>(std::borrow::Cow<'de, str>);

impl std::ops::Deref for Key<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(text.to_owned().into()))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A member that must be there.
pub fn required<T, E: de::Error>(key: &'static str, value: Option<T>) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(key))
}

/// A member that may be absent. A null, which its schema does not have, is kept.
pub fn read_optional<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    key: &str,
    map: &mut A,
    extra: &mut Extra,
) -> Result<Option<T>, A::Error> {
    let value = map.next_value::<Option<T>>()?;
    if value.is_none() {
        extra.put(key.to_owned(), Raw::null());
    }
    Ok(value)
}

/// A member that is always the same. Another value is kept.
pub fn read_constant<'de, A: MapAccess<'de>>(
    key: &str,
    constant: &Value,
    map: &mut A,
    extra: &mut Extra,
) -> Result<(), A::Error> {
    let raw: Raw = map.next_value()?;
    if raw.to_value() != *constant {
        extra.put(key.to_owned(), raw);
    }
    Ok(())
}

/// Writes a member that is always the same, unless it was read as something else.
pub fn write_constant<M: SerializeMap>(
    key: &str,
    constant: &impl serde::Serialize,
    extra: &Extra,
    map: &mut M,
) -> Result<(), M::Error> {
    if extra.raw(key).is_some() { Ok(()) } else { map.serialize_entry(key, constant) }
}
