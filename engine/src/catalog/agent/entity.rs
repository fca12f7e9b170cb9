//! The second step: one entity, with a line for each of its actions.

use std::fmt;

use serde::Serialize;

use crate::manifest::{Effect, Freshness, Relation};
use crate::plan::{Connector, Entity, Operation, Param};

use super::words::{line, marks, sentence, some_line};
use super::{flat, for_agents};

/// One entity, with a line for each of its actions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntityGuide {
    /// The connector's name.
    pub connector: String,
    /// The entity's name.
    pub entity: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_for: Option<String>,
    /// When to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_to_use: Option<String>,
    /// How to find something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_strategy: Option<String>,
    /// Whether its data changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// Its actions.
    pub actions: Vec<ActionLine>,
    /// How its records refer to those of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<RelationLine>,
}

/// An action in an [`EntityGuide`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionLine {
    /// Its name.
    pub action: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What it does to the API's data.
    pub effect: Effect,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Whether the vendor may still change it.
    pub beta: bool,
    /// Whether the API will drop it.
    pub deprecated: bool,
    /// The parameters that must be given.
    pub required: Vec<String>,
    /// Those that may be given.
    pub optional: Vec<String>,
    #[serde(skip)]
    marks: Vec<&'static str>,
}

/// A relation in an [`EntityGuide`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RelationLine {
    /// Where a record holds the reference, or its own key.
    pub from: String,
    /// The other entity.
    pub to: String,
    /// Where a record of the other holds the same value, if that is not its own key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl EntityGuide {
    pub(super) fn new(connector: &Connector, entity: &Entity) -> Self {
        let hints = entity.hints.as_ref();
        Self {
            connector: connector.name().to_owned(),
            entity: entity.name.clone(),
            summary: some_line(&entity.summary),
            description: some_line(&entity.description),
            good_for: hints.and_then(|hints| some_line(&hints.summary)),
            when_to_use: hints.and_then(|hints| some_line(&hints.when_to_use)),
            search_strategy: hints.and_then(|hints| some_line(&hints.search_strategy)),
            freshness: hints.and_then(|hints| hints.freshness),
            actions: for_agents(entity.operations()).map(|op| ActionLine::new(connector, op)).collect(),
            relations: entity.relations.iter().map(RelationLine::new).collect(),
        }
    }
}

impl ActionLine {
    fn new(connector: &Connector, operation: &Operation) -> Self {
        let (required, optional): (Vec<&Param>, Vec<&Param>) =
            flat::shown(connector, operation).partition(|param| flat::is_required(param));
        let names = |params: Vec<&Param>| params.into_iter().map(|param| param.name.clone()).collect();
        Self {
            action: operation.action.clone(),
            summary: some_line(&operation.summary),
            effect: operation.effect,
            destructive: operation.destructive,
            beta: operation.beta,
            deprecated: operation.deprecated,
            required: names(required),
            optional: names(optional),
            marks: marks(operation),
        }
    }
}

impl RelationLine {
    fn new(relation: &Relation) -> Self {
        Self {
            from: path(&relation.from.to_string()),
            to: relation.to.value.clone(),
            key: relation.key.as_ref().map(|key| path(&key.to_string())),
        }
    }
}

/// `$.parent.page_id` → `parent.page_id`.
fn path(path: &str) -> String {
    path.strip_prefix("$.").unwrap_or(path).to_owned()
}

impl fmt::Display for EntityGuide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = [&self.summary, &self.description].into_iter().flatten();
        let about = about.map(|text| sentence(text)).collect::<Vec<_>>().join(" ");
        writeln!(f, "{} {}: {about}", self.connector, self.entity)?;
        let hints = [("For", &self.good_for), ("When", &self.when_to_use), ("To find", &self.search_strategy)];
        for (label, text) in hints {
            if let Some(text) = text {
                writeln!(f, "{label}: {text}")?;
            }
        }
        if let Some(freshness) = self.freshness {
            writeln!(f, "Data: {}", freshness.as_str())?;
        }
        writeln!(f, "Actions (parameters with ? may be left out):")?;
        for action in &self.actions {
            writeln!(f, "{action}")?;
        }
        if !self.relations.is_empty() {
            let relations = self.relations.iter().map(ToString::to_string).collect::<Vec<_>>();
            writeln!(f, "Relations: {}", relations.join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for ActionLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required = self.required.iter().map(|name| line(name));
        let params: Vec<_> = required.chain(self.optional.iter().map(|name| format!("{}?", line(name)))).collect();
        write!(f, "{}({}) [{}]", self.action, params.join(", "), self.marks.join(", "))?;
        self.summary.iter().try_for_each(|summary| write!(f, " {}", line(summary)))
    }
}

impl fmt::Display for RelationLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)?;
        self.key.iter().try_for_each(|key| write!(f, ".{key}"))
    }
}
