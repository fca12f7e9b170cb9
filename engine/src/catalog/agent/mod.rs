//! What an agent reads about a connector, in three steps: an index, one entity, one action with the schema of its parameters.
//! It is short, since an agent pays for every word, and leaves out operations that are not for agents.

mod answer;
mod call;
mod entity;
mod flat;
mod index;
mod operation;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::plan::{Connector, Operation};

use super::Subject;

pub use answer::{AnswerGuide, AnswerKind};
pub use call::ExampleCall;
pub use entity::{ActionLine, EntityGuide, RelationLine};
pub use flat::flat_params;
pub use index::{Index, IndexAction, IndexEntity};
pub use operation::OperationGuide;

/// What an agent reads about a subject: text by [`fmt::Display`], or the same as data. How to type a call is for the face to add.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Guide {
    /// What the connector is for, its entities and their actions.
    Index(Index),
    /// One entity, with a line for each action.
    Entity(EntityGuide),
    /// One action: its parameters as one schema, calls, and the answer.
    Operation(Box<OperationGuide>),
}

impl Guide {
    /// The guide as data.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl fmt::Display for Guide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => index.fmt(f),
            Self::Entity(entity) => entity.fmt(f),
            Self::Operation(operation) => operation.fmt(f),
        }
    }
}

/// The guide to a subject.
pub(super) fn guide(connector: &Connector, subject: &Subject<'_>) -> Result<Guide, Error> {
    Ok(match subject {
        Subject::Connector(entities) => Guide::Index(Index::new(connector, entities)),
        Subject::Entity(entity) => {
            if !entity.operations.is_empty() && entity.operations().all(|operation| operation.internal) {
                return Err(refused(&entity.name, "lists the entities that are"));
            }
            Guide::Entity(EntityGuide::new(connector, entity))
        }
        Subject::Operation(_, operation) if operation.internal => {
            return Err(refused(&operation.name(), "lists the actions that are"));
        }
        Subject::Operation(_, operation) => Guide::Operation(Box::new(OperationGuide::new(connector, operation))),
    })
}

fn refused(name: &str, lists: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("`{name}` is not for agents"))
        .with_help(format!("the connector's index {lists}"))
}

/// The operations of an entity that agents may use.
fn for_agents<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> impl Iterator<Item = &'a Operation> {
    operations.into_iter().filter(|operation| !operation.internal)
}
