//! How a generated object is read and written.

use std::fmt;

use serde::de::{self, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::raw::Raw;

use super::{Extra, Field};

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
                                $($($constant_key => $crate::typed::expanded::read_constant($constant_key, $constant, &mut map, &mut extra),)*)?
                                other => $crate::__other!(other map extra $($kind)?),
                            }
                            .map_err(|error| $crate::typed::expanded::within(&key, error))?;
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
                let mut members = $crate::typed::expanded::Members::begin(serializer)?;
                members.extra(&self.extra);
                $($(members.constant($constant_key, $constant, &self.extra);)*)?
                $(members.$presence($key, &self.$member);)*
                $($crate::typed::expanded::Kind::write(&self.$kind, &mut members);)?
                members.end()
            }
        }
    };
}

/// What [`object!`](super::object) does with a key that is none of its members'.
#[doc(hidden)]
#[macro_export]
macro_rules! __other {
    ($key:ident $map:ident $extra:ident) => {
        $extra.read($key, &mut $map)
    };
    ($key:ident $map:ident $extra:ident $kind:ident) => {
        $kind.read($key, &mut $map)
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
        $crate::typed::expanded::read_optional(&mut $member, $key, &mut $map, &mut $extra)
    };
    (read field $member:ident $key:literal $map:ident $extra:ident) => {
        $crate::typed::expanded::read_field(&mut $member, &mut $map)
    };
    (read $presence:ident $member:ident $key:literal $map:ident $extra:ident) => {
        $crate::typed::expanded::read_required(&mut $member, &mut $map)
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

/// An error in the value of a member, with its name before those of the members inside: "at `icon.file`: missing field `url`".
pub fn within<E: de::Error>(key: &str, error: E) -> E {
    let text = error.to_string();
    let said = without_place(&text);
    match said.strip_prefix("at `").and_then(|rest| rest.split_once("`: ")) {
        Some((path, said)) => E::custom(format_args!("at `{key}.{path}`: {said}")),
        None => E::custom(format_args!("at `{key}`: {said}")),
    }
}

/// The error without the ` at line 1 column 5` behind it: each level says where in its own text it is, and the outermost one is enough.
fn without_place(text: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let place = text.rsplit_once(" at line ").and_then(|(said, place)| Some((said, place.split_once(" column ")?)));
    match place {
        Some((said, (line, column))) if is_number(line) && is_number(column) => said,
        Some(_) | None => text,
    }
}

/// Reads a member that must be there.
pub fn read_required<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    member: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    *member = Some(map.next_value()?);
    Ok(())
}

/// Reads a member that may be absent. A null, which its schema does not have, is kept.
pub fn read_optional<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    member: &mut Option<T>,
    key: &str,
    map: &mut A,
    extra: &mut Extra,
) -> Result<(), A::Error> {
    *member = map.next_value()?;
    if member.is_none() {
        extra.put(key.to_owned(), Raw::null());
    }
    Ok(())
}

/// Reads a member that may be absent or null.
pub fn read_field<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    member: &mut Field<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    *member = map.next_value()?;
    Ok(())
}

/// Reads a member that is always the same. Another value is kept.
pub fn read_constant<'de, A: MapAccess<'de>>(
    key: &str,
    constant: &str,
    map: &mut A,
    extra: &mut Extra,
) -> Result<(), A::Error> {
    let raw: Raw = map.next_value()?;
    let is_constant = serde_json::from_slice::<Key<'_>>(raw.as_bytes()).is_ok_and(|text| *text == *constant);
    if !is_constant {
        extra.put(key.to_owned(), raw);
    }
    Ok(())
}

/// Writes the members of an object, each by the name of its presence. After one that cannot be written, none is: `end` says why.
pub struct Members<M: SerializeMap> {
    map: M,
    outcome: Result<(), M::Error>,
}

impl<M: SerializeMap> Members<M> {
    /// Begins an object.
    pub fn begin<S: Serializer<SerializeMap = M, Error = M::Error>>(serializer: S) -> Result<Self, M::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, outcome: Ok(()) })
    }

    /// What the manifest does not declare. It comes first, so that a member that has been set since counts more.
    pub fn extra(&mut self, extra: &Extra) {
        self.outcome = extra.write(&mut self.map);
    }

    /// A member that is always the same, unless it was read as something else.
    pub fn constant(&mut self, key: &'static str, constant: &str, extra: &Extra) {
        if extra.raw(key).is_none() {
            self.required(key, constant);
        }
    }

    /// A member that is there.
    pub fn required<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.name(key);
        if self.outcome.is_ok() {
            self.outcome = self.map.serialize_value(value);
        }
    }

    /// The member that is all that a kind holds.
    pub fn only<T: Serialize>(&mut self, key: &'static str, value: &T) {
        self.required(key, value);
    }

    /// A member that is there or null.
    pub fn nullable<T: Serialize>(&mut self, key: &'static str, value: &Option<T>) {
        match value {
            Some(value) => self.required(key, value),
            None => self.required(key, &()),
        }
    }

    /// A member that is there or absent.
    pub fn optional<T: Serialize>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(key, value);
        }
    }

    /// A member that is there, null or absent.
    pub fn field<T: Serialize>(&mut self, key: &'static str, value: &Field<T>) {
        match value {
            Field::Value(value) => self.required(key, value),
            Field::Null => self.required(key, &()),
            Field::Absent => {}
        }
    }

    /// The name of the member that comes next: apart from its value, so that it is compiled once.
    fn name(&mut self, key: &'static str) {
        if self.outcome.is_ok() {
            self.outcome = self.map.serialize_key(key);
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// When a member could not be written.
    pub fn end(self) -> Result<M::Ok, M::Error> {
        self.outcome?;
        self.map.end()
    }
}
