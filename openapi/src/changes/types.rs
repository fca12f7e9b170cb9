//! The JSON types that a schema takes, as a set.

use serde_json::Value;

/// A set of JSON types. Numbers are two: whole ones, and those with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

const NAMES: &[(u8, &str)] = &[
    (0b000_0010, "true or false"),
    (0b000_1100, "a number"),
    (0b000_0100, "a whole number"),
    (0b000_1000, "a number with a fraction"),
    (0b001_0000, "text"),
    (0b010_0000, "a list"),
    (0b100_0000, "an object"),
    (0b000_0001, "null"),
];

impl Types {
    /// No type at all.
    pub(super) const NONE: Self = Self(0);
    /// Every type.
    pub(super) const ANY: Self = Self(0b111_1111);
    /// Lists and objects.
    pub(super) const NESTED: Self = Self(0b110_0000);
    /// Objects.
    pub(super) const OBJECT: Self = Self(0b100_0000);
    /// Lists.
    pub(super) const LIST: Self = Self(0b010_0000);
    /// Null.
    pub(super) const NULL: Self = Self(0b000_0001);

    /// What a `type` keyword names.
    pub(super) fn named(keyword: &Value) -> Self {
        let one = |name: &Value| match name.as_str() {
            Some("null") => Self::NULL,
            Some("boolean") => Self(0b000_0010),
            Some("integer") => Self(0b000_0100),
            Some("number") => Self(0b000_1100),
            Some("string") => Self(0b001_0000),
            Some("array") => Self::LIST,
            Some("object") => Self::OBJECT,
            Some(_) | None => Self::NONE,
        };
        match keyword {
            Value::Array(names) => names.iter().map(one).fold(Self::NONE, Self::with),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => one(keyword),
        }
    }

    /// The type of a value.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self(0b000_0010),
            Value::Number(number) if number.is_f64() => Self(0b000_1000),
            Value::Number(_) => Self(0b000_0100),
            Value::String(_) => Self(0b001_0000),
            Value::Array(_) => Self::LIST,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// These and those.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These without those.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names, as sentences have them.
    pub(super) fn names(self) -> Vec<String> {
        let mut left = self.0;
        let mut names = Vec::new();
        for (bits, name) in NAMES {
            if left & bits == *bits {
                left &= !bits;
                names.push((*name).to_owned());
            }
        }
        names
    }
}
