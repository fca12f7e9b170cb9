//! What an object holds beyond what its manifest declares.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::raw::Raw;

/// The members of an object that the manifest does not declare. They are kept, and written back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(Option<Box<IndexMap<String, Raw>>>);

impl Extra {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|members| members.is_empty())
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members().map(|(name, _)| name)
    }

    /// The member of this name, as JSON that nobody has looked inside.
    pub fn raw(&self, name: &str) -> Option<&Raw> {
        self.0.as_ref()?.get(name)
    }

    /// Reads the member of this name; `None` when there is none.
    ///
    /// # Errors
    /// When it is not what `T` expects.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<serde_json::Result<T>> {
        self.raw(name).map(Raw::read)
    }

    /// Adds or replaces a member.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn set(&mut self, name: impl Into<String>, value: impl Serialize) -> serde_json::Result<()> {
        let text = serde_json::to_vec(&value)?;
        self.put(name.into(), Raw::from_json(text.into()));
        Ok(())
    }

    /// Adds or replaces a member that is JSON already.
    pub fn insert(&mut self, name: impl Into<String>, value: &Value) {
        self.put(name.into(), Raw::from_value(value));
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Raw)> {
        self.0.iter().flat_map(|members| members.iter()).map(|(name, raw)| (name.as_str(), raw))
    }

    #[doc(hidden)]
    pub fn put(&mut self, name: String, raw: Raw) {
        self.0.get_or_insert_default().insert(name, raw);
    }

    /// Reads the value of the member that comes next in an object.
    #[doc(hidden)]
    pub fn read<'de, A: de::MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        self.put(name.to_owned(), map.next_value()?);
        Ok(())
    }

    /// Writes the members into an object.
    #[doc(hidden)]
    pub fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.members().try_for_each(|(name, raw)| map.serialize_entry(name, raw))
    }
}

impl From<IndexMap<String, Raw>> for Extra {
    fn from(members: IndexMap<String, Raw>) -> Self {
        Self((!members.is_empty()).then(|| Box::new(members)))
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.members())
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IndexMap::deserialize(deserializer).map(|members: IndexMap<String, Raw>| members.into())
    }
}
