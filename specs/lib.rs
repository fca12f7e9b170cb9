//! The built-in connectors, embedded in compiled form and read entity by entity when asked for.

use tieline::plan::Head;
use tieline::{Connector, Error};

/// A connector that is built in.
#[derive(Clone, Copy)]
pub struct BuiltIn {
    name: &'static str,
    head: &'static str,
    compiled: &'static str,
}

/// The JSON Schema of the manifest language, with which editors complete and check a manifest.
pub const MANIFEST_SCHEMA: &str = include_str!("manifest.schema.json");

static ALL: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Every built-in connector, by name.
pub fn all() -> &'static [BuiltIn] {
    ALL
}

/// The names of the built-in connectors.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    ALL.iter().map(BuiltIn::name)
}

/// Opens the connector of this name; `None` when none is built in under it.
///
/// # Errors
/// `invalid_manifest` when its compiled form was written by another version of the engine.
pub fn open(name: &str) -> Option<Result<Connector, Error>> {
    ALL.iter().find(|built_in| built_in.name == name).map(BuiltIn::open)
}

impl BuiltIn {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The compiled form, as [`Connector::to_compiled`] wrote it.
    pub fn compiled(&self) -> &'static str {
        self.compiled
    }

    /// Opens it.
    ///
    /// # Errors
    /// `invalid_manifest` when its compiled form was written by another version of the engine.
    pub fn open(&self) -> Result<Connector, Error> {
        Connector::from_compiled(self.compiled)
    }

    /// Runs `read` on what holds for the whole connector, without reading its entities.
    ///
    /// # Errors
    /// `invalid_manifest` when its compiled form was written by another version of the engine.
    pub fn head<T>(&self, read: impl FnOnce(&Head) -> T) -> Result<T, Error> {
        Connector::from_compiled(self.head).map(|connector| read(connector.head()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn every_connector_opens_under_the_name_of_its_folder() {
        for built_in in super::all() {
            let connector = super::open(built_in.name()).unwrap().unwrap();
            assert_eq!(connector.name(), built_in.name());
            assert_eq!(built_in.head(|head| head.summary.clone()).unwrap(), connector.head().summary);
            assert!(!connector.entities().unwrap().is_empty(), "{} has no entities", built_in.name());
        }
        assert!(super::open("no_such_connector").is_none());
    }
}
