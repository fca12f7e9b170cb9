//! What a connector says about itself to a program or an agent: ways to sign in, entities, operations and their parameters.

pub mod agent;
mod json;
pub mod origins;
pub mod schema;
pub mod sign_in;
#[cfg(test)]
mod testing;

use serde_json::Value;

use crate::error::Error;
use crate::plan::{Connector, Entity, Operation};

pub use agent::{Guide, flat_params};

/// What is described: all of a connector, or a part of it.
#[derive(Debug)]
pub enum Subject<'a> {
    /// All of a connector.
    Connector(Vec<&'a Entity>),
    /// One entity.
    Entity(&'a Entity),
    /// One operation, with its entity.
    Operation(&'a Entity, &'a Operation),
}

impl<'a> Subject<'a> {
    /// The part that is named, all of the connector when nothing is.
    ///
    /// # Errors
    /// `unknown_entity` or `unknown_action`, with the nearest name.
    pub fn find(connector: &'a Connector, entity: Option<&str>, action: Option<&str>) -> Result<Self, Error> {
        Ok(match (entity, action) {
            (None, _) => Self::Connector(connector.entities()?),
            (Some(entity), None) => Self::Entity(connector.entity(entity)?),
            (Some(entity), Some(action)) => {
                Self::Operation(connector.entity(entity)?, connector.operation(entity, action)?)
            }
        })
    }

    /// Its operations.
    pub fn operations(&self) -> Vec<&'a Operation> {
        match self {
            Self::Connector(entities) => entities.iter().flat_map(|entity| entity.operations()).collect(),
            Self::Entity(entity) => entity.operations().collect(),
            Self::Operation(_, operation) => vec![operation],
        }
    }

    /// The entities that they belong to.
    pub fn entities(&self) -> Vec<&'a Entity> {
        match self {
            Self::Connector(entities) => entities.clone(),
            Self::Entity(entity) | Self::Operation(entity, _) => vec![entity],
        }
    }

    /// The subject for programs, with how to sign in: who calls the connector needs no manifest. One operation comes with the
    /// schemas that it uses.
    pub fn to_json(&self, connector: &Connector) -> Value {
        json::describe(connector, self)
    }

    /// The subject for agents: short, and without operations that are not for them.
    ///
    /// # Errors
    /// `refused` when the subject itself is not for agents.
    pub fn for_agent(&self, connector: &Connector) -> Result<Guide, Error> {
        agent::guide(connector, self)
    }
}
