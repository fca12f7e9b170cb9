//! A connector, ready to run.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::auth::Scheme;
use crate::error::{Error, ErrorKind};
use crate::language::nearest;
use crate::manifest::{ConfigValue, ErrorRules, Hints, Idempotency, Questions, RateLimit, Relation, Retry, VendorLink};
use crate::notation::{Fill, JsonPath, Millis, Template};

use super::{Lazy, Operation};

/// What holds for the whole connector.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The stable id of the definition.
    pub id: Option<String>,
    /// The version of the manifest.
    pub version: String,
    /// What it reaches, in a sentence.
    pub summary: String,
    /// More about it, as Markdown.
    pub description: Option<String>,
    /// Pages of the vendor.
    pub links: Vec<VendorLink>,
    /// Questions that it can answer, and some that it cannot.
    pub questions: Option<Questions>,
    /// Hints for agents.
    pub hints: Option<Hints>,
    /// The base URL.
    pub server: Template,
    /// Values that are chosen per connection.
    pub config: IndexMap<String, ConfigValue>,
    /// Headers of every request.
    pub headers: IndexMap<String, Template>,
    /// Query parameters of every request.
    pub query: IndexMap<String, Template>,
    /// The ways to sign in.
    pub auth: IndexMap<String, Scheme>,
    /// How errors look.
    pub errors: ErrorRules,
    /// The API's rate limits.
    pub limits: Vec<RateLimit>,
    /// What is sent again.
    pub retry: Retry,
    /// The longest one attempt may take.
    pub timeout: Millis,
    /// The header by which the API knows a request that was sent before.
    pub idempotency: Option<Idempotency>,
    /// The operation that shows whether a connection works: entity and action.
    pub check: Option<(String, String)>,
    /// What that operation is given.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub check_params: IndexMap<String, Fill>,
    /// Facts that other tools use.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: IndexMap<String, Value>,
}

/// A noun of the API with its operations.
#[derive(Debug, Serialize, Deserialize)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is, in a sentence.
    pub summary: Option<String>,
    /// More about it, as Markdown.
    pub description: Option<String>,
    /// Hints for agents.
    pub hints: Option<Hints>,
    /// Where a record names itself.
    pub key: JsonPath,
    /// How its records refer to those of other entities.
    pub relations: Vec<Relation>,
    /// The schema of its records.
    pub record: Option<Value>,
    /// Its operations, by action.
    pub operations: IndexMap<String, Arc<Operation>>,
    /// Facts that other tools use.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: IndexMap<String, Value>,
}

impl Entity {
    /// Its operations.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> + Clone {
        self.operations.values().map(|operation| &**operation)
    }
}

/// A connector, checked and compiled. Load it once and share it.
#[derive(Debug)]
pub struct Connector {
    pub(crate) head: Head,
    pub(crate) entities: IndexMap<String, Lazy<Entity>>,
    pub(crate) schemas: IndexMap<String, Lazy<Value>>,
}

/// The compiled form: JSON whose entities and schemas are read one by one.
#[derive(Deserialize)]
struct Compiled<'a> {
    head: Head,
    #[serde(borrow)]
    entities: IndexMap<String, &'a RawValue>,
    #[serde(borrow)]
    schemas: IndexMap<String, &'a RawValue>,
}

impl Connector {
    /// Opens a connector in compiled form, as [`Connector::to_compiled`] wrote it.
    ///
    /// # Errors
    /// `invalid_manifest` when it was not written by this version of the engine.
    pub fn from_compiled(text: &'static str) -> Result<Self, Error> {
        let compiled: Compiled<'static> = serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorKind::InvalidManifest, format!("the compiled connector cannot be read: {error}"))
        })?;
        Ok(Self {
            head: compiled.head,
            entities: compiled.entities.into_iter().map(|(name, raw)| (name, Lazy::raw(raw))).collect(),
            schemas: compiled.schemas.into_iter().map(|(name, raw)| (name, Lazy::raw(raw))).collect(),
        })
    }

    /// The compiled form: JSON, one line for the head and for each entity and schema.
    ///
    /// # Errors
    /// `invalid_manifest` when it came from a compiled form that cannot be read.
    pub fn to_compiled(&self) -> Result<String, Error> {
        let unwritable =
            |error| Error::new(ErrorKind::InvalidManifest, format!("the connector cannot be written: {error}"));
        let line = |name: &str, value: &dyn erased::Json| -> Result<String, Error> {
            Ok(format!("{}:{}", Value::from(name), value.json().map_err(unwritable)?))
        };
        let mut entities = Vec::new();
        for (name, entity) in &self.entities {
            entities.push(line(name, entity.get()?)?);
        }
        let mut schemas = Vec::new();
        for (name, schema) in &self.schemas {
            schemas.push(line(name, schema.get()?)?);
        }
        let head = erased::Json::json(&self.head).map_err(unwritable)?;
        Ok(format!(
            "{{\"head\":{head},\n\"entities\":{{\n{}\n}},\n\"schemas\":{{\n{}\n}}}}\n",
            entities.join(",\n"),
            schemas.join(",\n")
        ))
    }

    /// What holds for the whole connector.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The connector's name.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// The names of its entities.
    pub fn entity_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.entities.keys().map(String::as_str)
    }

    /// Its entities.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn entities(&self) -> Result<Vec<&Entity>, Error> {
        self.entities.values().map(Lazy::get).collect()
    }

    /// The entity of this name.
    ///
    /// # Errors
    /// `unknown_entity`, with the nearest name.
    pub fn entity(&self, name: &str) -> Result<&Entity, Error> {
        match self.entities.get(name) {
            Some(entity) => entity.get(),
            None => {
                let message = format!("{} has no entity `{name}`", self.head.title);
                Err(Error::new(ErrorKind::UnknownEntity, message).with_help(known(name, self.entity_names())))
            }
        }
    }

    /// The operation of this name.
    ///
    /// # Errors
    /// `unknown_entity` or `unknown_action`, with the nearest name.
    pub fn operation(&self, entity: &str, action: &str) -> Result<&Arc<Operation>, Error> {
        let entity = self.entity(entity)?;
        entity.operations.get(action).ok_or_else(|| {
            let message = format!("`{}` has no action `{action}`", entity.name);
            let actions = entity.operations.keys().map(String::as_str);
            Error::new(ErrorKind::UnknownAction, message).with_help(known(action, actions))
        })
    }

    /// The schema of this name under `schemas`.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn schema(&self, name: &str) -> Result<Option<&Value>, Error> {
        self.schemas.get(name).map(Lazy::get).transpose()
    }

    /// The names under `schemas`.
    pub fn schema_names(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }
}

fn known<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

mod erased {
    //! Values of several types that become JSON text.

    /// A value that becomes JSON text.
    pub(super) trait Json {
        fn json(&self) -> serde_json::Result<String>;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> serde_json::Result<String> {
            serde_json::to_string(self)
        }
    }
}
