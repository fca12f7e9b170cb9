//! Values that JSON holds as text, with the text.

use std::fmt::{self, Display};
use std::ops::Deref;
use std::str::FromStr;

use jiff::fmt::temporal::Pieces;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A value that JSON holds as text: it works as the value, and is written back in the words in which it was read.
///
/// ```
/// use tieline::typed::Timestamp;
///
/// let moment: Timestamp = "2026-03-11T11:30:00.000+02:00".parse()?;
/// assert_eq!(moment.as_second(), 1_773_221_400);
/// assert_eq!(moment.to_string(), "2026-03-11T11:30:00.000+02:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Written<T> {
    value: T,
    /// The text, where the value itself would be written in another way.
    text: Option<Box<str>>,
}

/// A moment (RFC 3339), a [`jiff::Timestamp`].
pub type Timestamp = Written<jiff::Timestamp>;

/// A day (RFC 3339 `full-date`), a [`jiff::civil::Date`].
pub type Date = Written<jiff::civil::Date>;

/// A UUID (RFC 9562), a [`uuid::Uuid`].
pub type Uuid = Written<uuid::Uuid>;

/// A URL, a [`url::Url`].
pub type Url = Written<url::Url>;

impl<T> Written<T> {
    /// The value.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> From<T> for Written<T> {
    fn from(value: T) -> Self {
        Self { value, text: None }
    }
}

/// So that what was read, such as an id, can be given where a text is wanted.
impl<T: Display> From<&Written<T>> for String {
    fn from(written: &Written<T>) -> Self {
        written.to_string()
    }
}

impl<T: Display> From<Written<T>> for String {
    fn from(written: Written<T>) -> Self {
        written.to_string()
    }
}

impl<T> Deref for Written<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A value that is made of text.
pub trait FromText: Display + FromStr<Err: Display> {
    /// Makes it.
    fn from_text(text: &str) -> Result<Self, Self::Err> {
        text.parse()
    }
}

impl FromText for jiff::Timestamp {
    /// RFC 3339 goes on for a day behind the last moment of `jiff`, and APIs say "never" with that day: it is read as the last moment.
    fn from_text(text: &str) -> Result<Self, jiff::Error> {
        let is_beyond = |pieces: &Pieces<'_>| {
            let last = jiff::civil::date(9999, 12, 30);
            pieces.date() >= last && pieces.time().is_some() && pieces.offset().is_some()
        };
        text.parse().or_else(|error| match Pieces::parse(text) {
            Ok(pieces) if is_beyond(&pieces) => Ok(Self::MAX),
            Ok(_) | Err(_) => Err(error),
        })
    }
}

impl FromText for jiff::civil::Date {}
impl FromText for uuid::Uuid {}
impl FromText for url::Url {}

impl<T: FromText> FromStr for Written<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        let value = T::from_text(text)?;
        let text = (value.to_string() != text).then(|| text.into());
        Ok(Self { value, text })
    }
}

/// Equal values are equal, however they are written.
impl<T: PartialEq> PartialEq for Written<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Written<T> {}

impl<T: Display> Display for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => f.write_str(text),
            None => self.value.fmt(f),
        }
    }
}

impl<T: Display> fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<T: Display> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_str(&self.value),
        }
    }
}

impl<'de, T: FromText> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);
        impl<T: FromText> de::Visitor<'_> for Visitor<T> {
            type Value = Written<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Written<T>, E> {
                text.parse().map_err(|error| E::custom(format_args!("{text:?} cannot be read: {error}")))
            }
        }
        deserializer.deserialize_str(Visitor(std::marker::PhantomData))
    }
}
