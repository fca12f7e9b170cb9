//! The calls of a connection.

use serde_json::{Map, Value};

use crate::connect::Connection;
use crate::error::{Error, ErrorKind};

use super::{Call, Envelope};

impl Connection {
    /// One call: one page of a list, one record, or nothing.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn execute(&self, entity: &str, action: &str, params: Value) -> Result<Envelope, Error> {
        self.call(entity, action).params(params).execute().await
    }

    /// A call to be described further.
    pub fn call(&self, entity: &str, action: &str) -> Call {
        Call::new(self.clone(), entity, action)
    }

    /// Whether the connection works: runs the operation that the manifest names under `check`.
    ///
    /// # Errors
    /// Those of the call; `invalid_manifest` when the manifest names none.
    pub async fn check(&self) -> Result<Envelope, Error> {
        let head = self.inner.connector.head();
        let (entity, action) = head.check.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidManifest,
                format!("the manifest of {} names no operation under `check`", head.title),
            )
        })?;
        self.execute(entity, action, Value::Object(Map::new())).await
    }
}
