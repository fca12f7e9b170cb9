//! How the kinds of an object are read and written: what it holds depends on what one of its members says.

use serde::de::{DeserializeOwned, MapAccess};
use serde::ser::SerializeMap;

use crate::raw::Raw;

use super::Extra;
use super::object::Members;

/// Reads and writes the kinds of an object: `kind!(Name by "tag" { "value" => Variant { presence member = "key", … }, … })`.
///
/// `only` is the presence of a member that is required and the only one of its variant: it is read as it comes when the tag stands before
/// it. The last variant, `Unknown`, is not named: all that a kind holds that no other variant fits is in the object's `extra`.
#[doc(hidden)]
#[macro_export]
macro_rules! __kind {
    ($name:ident by $tag:literal {
        $($value:literal => $variant:ident { $($presence:ident $member:ident = $key:literal,)* },)*
    }) => {
        impl $crate::typed::expanded::Kind for $name {
            const TAG: &'static str = $tag;
            const UNKNOWN: Self = Self::Unknown;

            fn read<'de, __A: $crate::typed::serde::de::MapAccess<'de>>(
                tag: &str,
                key: &str,
                map: &mut __A,
            ) -> ::core::result::Result<::core::option::Option<Self>, __A::Error> {
                match (tag, key) {
                    $($(($value, $key) => $crate::__kind_member!(read $presence $variant $member map),)*)*
                    _ => Ok(None),
                }
            }

            fn take(tag: &str, rest: &mut $crate::typed::expanded::Rest) -> $crate::typed::expanded::JsonResult<::core::option::Option<Self>> {
                match tag {
                    $($value => {
                        if false $(|| $crate::__kind_member!(lacks $presence $key rest))* {
                            return Ok(None);
                        }
                        $(let $member = $crate::__kind_member!(take $presence $key rest);)*
                        Ok(Some(Self::$variant { $($member,)* }))
                    })*
                    _ => Ok(None),
                }
            }

            fn write<__M: $crate::typed::serde::ser::SerializeMap>(&self, members: &mut $crate::typed::expanded::Members<__M>) {
                match self {
                    $(Self::$variant { $($member,)* } => {
                        members.required($tag, $value);
                        $(members.$presence($key, $member);)*
                    })*
                    Self::Unknown => {}
                }
            }
        }
    };
}

/// What the presence of a member of a kind means, step by step.
#[doc(hidden)]
#[macro_export]
macro_rules! __kind_member {
    (read only $variant:ident $member:ident $map:ident) => {
        $map.next_value().map(|$member| Some(Self::$variant { $member }))
    };
    (read $presence:ident $variant:ident $member:ident $map:ident) => {
        Ok(None)
    };

    (lacks only $key:literal $rest:ident) => {
        !$rest.has($key)
    };
    (lacks required $key:literal $rest:ident) => {
        !$rest.has($key)
    };
    (lacks nullable $key:literal $rest:ident) => {
        !$rest.has($key)
    };
    (lacks $presence:ident $key:literal $rest:ident) => {
        false
    };

    (take field $key:literal $rest:ident) => {
        $rest.take($key)?.unwrap_or_default()
    };
    (take optional $key:literal $rest:ident) => {
        $rest.take_unless_null($key)?
    };
    (take $presence:ident $key:literal $rest:ident) => {
        match $rest.take($key)? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}

/// The kinds of an object.
pub trait Kind: Sized {
    /// The member that says which kind it is.
    const TAG: &'static str;
    /// None of those that the manifest knows.
    const UNKNOWN: Self;

    /// Reads a member that is all that its kind holds; `None`, and nothing read, when it is not.
    fn read<'de, A: MapAccess<'de>>(tag: &str, key: &str, map: &mut A) -> Result<Option<Self>, A::Error>;

    /// Takes what a kind holds out of the members of an object; `None`, and nothing taken, when it is no known one or lacks something.
    fn take(tag: &str, rest: &mut Rest) -> serde_json::Result<Option<Self>>;

    /// Writes the tag and what the kind holds.
    fn write<M: SerializeMap>(&self, members: &mut Members<M>);
}

/// Members that nobody has read yet.
#[derive(Default)]
pub struct Rest(Vec<(String, Raw)>);

impl Rest {
    /// Whether there is a member of this name.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// Takes the member of this name.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> serde_json::Result<Option<T>> {
        match self.0.iter().position(|(name, _)| name == key) {
            Some(place) => self.0.remove(place).1.read().map(Some),
            None => Ok(None),
        }
    }

    /// Takes the member of this name; a null stays.
    pub fn take_unless_null<T: DeserializeOwned>(&mut self, key: &str) -> serde_json::Result<Option<T>> {
        if self.0.iter().any(|(name, raw)| name == key && raw.is_null()) { Ok(None) } else { self.take(key) }
    }
}

/// A kind that is being read: its tag may come before or after what it holds.
pub struct KindDraft<K> {
    tag: Option<String>,
    read: Option<K>,
    rest: Rest,
}

impl<K> Default for KindDraft<K> {
    fn default() -> Self {
        Self { tag: None, read: None, rest: Rest::default() }
    }
}

impl<K: Kind> KindDraft<K> {
    /// Reads the value of a member.
    pub fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == K::TAG {
            let raw: Raw = map.next_value()?;
            self.tag = raw.read().ok();
            self.rest.0.push((key.to_owned(), raw));
            return Ok(());
        }
        if let Some(tag) = &self.tag
            && let Some(kind) = K::read(tag, key, map)?
        {
            self.read = Some(kind);
            return Ok(());
        }
        self.rest.0.push((key.to_owned(), map.next_value()?));
        Ok(())
    }

    /// The kind; what it does not hold goes to `extra`.
    pub fn finish<E: serde::de::Error>(mut self, extra: &mut Extra) -> Result<K, E> {
        let kind = match (self.read, &self.tag) {
            (Some(kind), _) => Some(kind),
            (None, Some(tag)) => K::take(tag, &mut self.rest).map_err(E::custom)?,
            (None, None) => None,
        };
        let known = kind.is_some();
        for (name, raw) in self.rest.0 {
            if !(known && name == K::TAG) {
                extra.put(name, raw);
            }
        }
        Ok(kind.unwrap_or(K::UNKNOWN))
    }
}
