//! The first step: what a connector is for, and the names of its entities and actions.

use std::fmt;

use serde::Serialize;

use crate::manifest::{Effect, Freshness};
use crate::plan::{Connector, Entity, Operation};

use super::for_agents;
use super::words::{line, sentence, some_line};

/// What a connector is for, and the names of its entities and actions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Index {
    /// The connector's name.
    pub connector: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub summary: String,
    /// How to find something in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_strategy: Option<String>,
    /// Whether its data changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// Its entities.
    pub entities: Vec<IndexEntity>,
}

/// An entity in an [`Index`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexEntity {
    /// Its name.
    pub entity: String,
    /// Its actions; those that the API will drop are not among them.
    pub actions: Vec<IndexAction>,
}

/// An action in an [`Index`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexAction {
    /// Its name.
    pub action: String,
    /// What it does to the API's data.
    pub effect: Effect,
    /// Whether it can destroy something.
    pub destructive: bool,
}

impl Index {
    pub(super) fn new(connector: &Connector, entities: &[&Entity]) -> Self {
        let head = connector.head();
        let hints = head.hints.as_ref();
        let entities = entities.iter().map(|entity| IndexEntity {
            entity: entity.name.clone(),
            actions: for_agents(entity.operations())
                .filter(|operation| !operation.deprecated)
                .map(IndexAction::new)
                .collect(),
        });
        Self {
            connector: head.name.clone(),
            title: line(&head.title),
            summary: hints.and_then(|hints| some_line(&hints.summary)).unwrap_or_else(|| line(&head.summary)),
            search_strategy: hints.and_then(|hints| some_line(&hints.search_strategy)),
            freshness: hints.and_then(|hints| hints.freshness),
            entities: entities.filter(|entity| !entity.actions.is_empty()).collect(),
        }
    }
}

impl IndexAction {
    fn new(operation: &Operation) -> Self {
        Self { action: operation.action.clone(), effect: operation.effect, destructive: operation.destructive }
    }

    /// A sign after its name.
    fn sign(&self) -> &'static str {
        match (self.destructive, self.effect) {
            (true, _) => "!",
            (false, Effect::Create | Effect::Update | Effect::Delete) => "+",
            (false, Effect::Read) => "",
        }
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.title, sentence(&self.summary))?;
        if let Some(strategy) = &self.search_strategy {
            writeln!(f, "{strategy}")?;
        }
        if let Some(freshness) = self.freshness {
            writeln!(f, "Data: {}", freshness.as_str())?;
        }
        writeln!(f, "Entities and their actions (+ changes data, ! can destroy):")?;
        for entity in &self.entities {
            write!(f, "{}:", entity.entity)?;
            for action in &entity.actions {
                write!(f, " {}{}", action.action, action.sign())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
