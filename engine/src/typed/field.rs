//! A member that may be absent, null, or there.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Number, Secret};

/// A member of an object that may be absent, null, or there: three things that an API tells apart.
///
/// ```
/// use tieline::typed::Field;
///
/// let icon: Field<String> = "🚀".to_owned().into();
/// let no_icon: Field<String> = None.into();
/// assert_eq!(icon.as_deref(), Some("🚀"));
/// assert!(no_icon.is_null() && !no_icon.is_absent());
/// assert!(Field::<String>::default().is_absent());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Field<T> {
    /// It is not there; a writer leaves it as it is.
    #[default]
    Absent,
    /// It is `null`; a writer clears it.
    Null,
    /// It is there.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if it is there.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// The value, if it is there.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// What the value points to, if it is there: `&str` of a text.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: Deref,
    {
        self.value().map(Deref::deref)
    }

    /// What becomes of the value, if it is there.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Value(value) => Field::Value(change(value)),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Whether it is not there at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it is there as `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` is null.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Field<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl From<&str> for Field<Secret> {
    fn from(text: &str) -> Self {
        Self::Value(text.into())
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Field<Number> {
            fn from(number: $number) -> Self {
                Self::Value(number.into())
            }
        })*
    };
}
from_numbers!(i32, i64, u32, u64, f64);

impl<T, const N: usize> From<[T; N]> for Field<Vec<T>> {
    fn from(items: [T; N]) -> Self {
        Self::Value(items.into())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

/// An absent one is left out by the object that it belongs to.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Null | Self::Absent => serializer.serialize_none(),
        }
    }
}
