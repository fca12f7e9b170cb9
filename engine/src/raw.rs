//! JSON that nobody has looked inside: a slice of the response it came in.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A JSON value as text. Cloning it copies nothing.
///
/// What stands in an answer is delimited and not read: its brackets are closed, and its texts. Whether it is JSON all through is
/// found by whoever reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(Bytes);

impl Raw {
    /// Takes the text of one JSON value.
    pub(crate) fn from_json(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// `null`.
    pub fn null() -> Self {
        Self(Bytes::from_static(b"null"))
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        &self.0[..] == b"null"
    }

    /// Writes a value as JSON.
    pub fn from_value(value: &serde_json::Value) -> Self {
        Self(value.to_string().into())
    }

    /// The JSON text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON text.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Reads the value, straight from the response's bytes.
    ///
    /// # Errors
    /// When the value is not what `T` expects.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.0),
        }
    }

    /// The value as a tree; null when it cannot be read.
    pub fn to_value(&self) -> serde_json::Value {
        self.read().unwrap_or_default()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl serde::Serialize for Raw {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Keeps the text of the value. Only a JSON deserializer can give it.
impl<'de> serde::Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Box<str> = <Box<RawValue>>::deserialize(deserializer)?.into();
        Ok(Self(String::from(text).into()))
    }
}
