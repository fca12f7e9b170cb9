//! A part of a compiled connector that is read when it is first asked for.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};

/// A value that is there already, or JSON that is read at the first use.
#[derive(Debug)]
pub struct Lazy<T> {
    raw: Option<&'static RawValue>,
    cell: OnceLock<T>,
}

impl<T: DeserializeOwned> Lazy<T> {
    /// A value that is there.
    pub fn ready(value: T) -> Self {
        Self { raw: None, cell: OnceLock::from(value) }
    }

    /// A value that is read from this JSON when it is asked for.
    pub fn raw(raw: &'static RawValue) -> Self {
        Self { raw: Some(raw), cell: OnceLock::new() }
    }

    /// The value.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form was not written by this version of the engine.
    pub fn get(&self) -> Result<&T, Error> {
        if let Some(value) = self.cell.get() {
            return Ok(value);
        }
        let text = self.raw.map_or("null", RawValue::get);
        let value = T::deserialize(&mut serde_json::Deserializer::from_str(text)).map_err(|error| {
            Error::new(ErrorKind::InvalidManifest, format!("the compiled connector cannot be read: {error}"))
        })?;
        Ok(self.cell.get_or_init(|| value))
    }
}
