//! The third step: one action, with the schema of its parameters, a call, and what comes back.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::manifest::{Effect, Freshness};
use crate::plan::{Connector, Operation};

use super::AnswerGuide;
use super::call::{ExampleCall, examples};
use super::flat::flat_params;
use super::words::{json, line, marks, sentence, some_line};

/// One action, with all that a call of it needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationGuide {
    /// The connector's name.
    pub connector: String,
    /// The entity's name.
    pub entity: String,
    /// The action's name.
    pub action: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_to_use: Option<String>,
    /// How to find something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_strategy: Option<String>,
    /// Whether its data changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// What it does to the API's data.
    pub effect: Effect,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Whether the vendor may still change it.
    pub beta: bool,
    /// Whether the API will drop it.
    pub deprecated: bool,
    /// Its parameters, as one JSON Schema without references.
    pub params: Value,
    /// Calls of it.
    pub examples: Vec<ExampleCall>,
    /// What comes back.
    pub answer: AnswerGuide,
    #[serde(skip)]
    marks: Vec<&'static str>,
}

impl OperationGuide {
    pub(super) fn new(connector: &Connector, operation: &Operation) -> Self {
        let hints = operation.hints.as_ref();
        let params = flat_params(connector, operation);
        Self {
            connector: connector.name().to_owned(),
            entity: operation.entity.clone(),
            action: operation.action.clone(),
            summary: some_line(&operation.summary),
            description: some_line(&operation.description),
            when_to_use: hints.and_then(|hints| some_line(&hints.when_to_use)),
            search_strategy: hints.and_then(|hints| some_line(&hints.search_strategy)),
            freshness: hints.and_then(|hints| hints.freshness),
            effect: operation.effect,
            destructive: operation.destructive,
            beta: operation.beta,
            deprecated: operation.deprecated,
            examples: examples(operation, &params),
            params,
            answer: AnswerGuide::new(connector, operation),
            marks: marks(operation),
        }
    }
}

impl fmt::Display for OperationGuide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = [&self.summary, &self.description].into_iter().flatten();
        let about = about.map(|text| sentence(text)).collect::<Vec<_>>().join(" ");
        writeln!(f, "{} {} {} [{}]: {about}", self.connector, self.entity, self.action, self.marks.join(", "))?;
        for (label, text) in [("When", &self.when_to_use), ("To find", &self.search_strategy)] {
            if let Some(text) = text {
                writeln!(f, "{label}: {text}")?;
            }
        }
        if let Some(freshness) = self.freshness {
            writeln!(f, "Data: {}", freshness.as_str())?;
        }
        writeln!(f, "Parameters: {}", json(&self.params))?;
        for example in &self.examples {
            match &example.title {
                Some(title) => writeln!(f, "Call ({}): {}", line(title), json(&example.call))?,
                None => writeln!(f, "Call: {}", json(&example.call))?,
            }
        }
        writeln!(f, "Answer: {}", self.answer)
    }
}
