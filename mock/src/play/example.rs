//! What the manifest's examples say about a record.

use serde_json::{Map, Value};
use tieline::manifest::Effect;
use tieline::plan::{Answer, Example, Operation};

use super::{Play, text_of};
use crate::draft::{find, find_records};
use crate::given::Given;
use crate::kind::{self, canonical};

/// The example with an answer whose parameters are most like those of the request.
pub(super) fn best<'a>(operation: &'a Operation, given: &Given) -> Option<&'a Example> {
    let likeness = |example: &&Example| {
        let params = example.params.as_ref().and_then(Value::as_object);
        let alike = |(name, value): &(&String, &Value)| given.values.get(*name) == Some(*value);
        let equal = params.map_or(0, |params| params.iter().filter(alike).count());
        2 * equal as i64 - params.map_or(0, Map::len) as i64
    };
    // The first of those that are equally alike.
    operation.examples.iter().rev().filter(|example| example.answer.is_some()).max_by_key(likeness)
}

impl Play<'_> {
    pub(super) fn example_answer(&self) -> Option<&Value> {
        self.example.and_then(|example| example.answer.as_ref())
    }

    /// The record in the example's answer.
    pub(super) fn example_record(&self) -> Option<Value> {
        let Answer::One(path) = &self.operation.answer else { return None };
        find(self.example_answer()?, path.steps()).cloned()
    }

    /// The record with an id as an example shows it, before this operation does anything to it.
    pub(super) fn shown(&self, id: &str) -> Option<Value> {
        let own = || self.example_record().filter(|record| self.is_example_of(id, record));
        match self.operation.effect {
            Effect::Read => own().or_else(|| self.shown_by_reading(id)),
            Effect::Create | Effect::Update | Effect::Delete => self.shown_by_reading(id).or_else(own),
        }
    }

    /// What the example shows the operation to change by itself: `deleted: true`.
    ///
    /// An update does so only when the request gives what the example gives: another update may do something else.
    pub(super) fn effects(&self) -> Vec<(String, Value)> {
        let Some(Value::Object(shown)) = self.example_record() else { return Vec::new() };
        let is_delete = match self.operation.effect {
            Effect::Delete => true,
            Effect::Update if self.gives_what_the_example_gives() => false,
            Effect::Read | Effect::Create | Effect::Update => return Vec::new(),
        };
        let id = self.kind.id_of(&Value::Object(shown.clone())).or_else(|| self.example_id());
        let before = id.and_then(|id| self.shown_by_reading(&id));
        let differs = |name: &str, value: &Value| match &before {
            Some(before) => before.get(name) != Some(value),
            // Nothing to compare with: the example of a delete is about the deletion.
            None => is_delete,
        };
        let is_given = |name: &str| self.example_params().is_some_and(|params| params.contains_key(name));
        shown
            .into_iter()
            .filter(|(name, value)| !self.kind.is_key(name) && !is_given(name) && differs(name, value))
            .collect()
    }

    /// The record with an id in the example of an operation that reads records of this kind, else of this entity.
    fn shown_by_reading(&self, id: &str) -> Option<Value> {
        let connector = self.world.connector;
        let mine = std::iter::once(self.operation);
        let entities = connector.entities().unwrap_or_default();
        let all = entities.iter().flat_map(|entity| entity.operations());
        let reads: Vec<&Operation> = mine.chain(all).filter(|operation| operation.effect == Effect::Read).collect();
        let (same, others): (Vec<_>, Vec<_>) =
            reads.into_iter().partition(|operation| kind::names(connector, operation).0 == self.kind.name);
        let wanted = canonical(id);
        let has_id = |record: &Value| self.kind.id_of(record).is_some_and(|id| canonical(&id) == wanted);
        let same = same.into_iter().flat_map(example_records).find(has_id);
        same.or_else(|| {
            let of_entity = others.into_iter().filter(|operation| operation.entity == self.operation.entity);
            let Value::Object(known) = of_entity.flat_map(example_records).find(has_id)? else { return None };
            Some(self.kind.changed(self.made_up(id), known))
        })
    }

    /// Whether the example is about the record with this id.
    fn is_example_of(&self, id: &str, record: &Value) -> bool {
        self.example_id().or_else(|| self.kind.id_of(record)).is_some_and(|known| canonical(&known) == canonical(id))
    }

    /// The id that stands in the path of the example's request.
    fn example_id(&self) -> Option<String> {
        let (name, _) = self.given.path.last()?;
        self.example_params()?.get(name).map(text_of)
    }

    fn gives_what_the_example_gives(&self) -> bool {
        let is_path = |name: &str| self.given.path.iter().any(|(known, _)| known == name);
        self.example_params().is_some_and(|params| {
            params.iter().all(|(name, value)| is_path(name) || self.given.values.get(name) == Some(value))
        })
    }

    fn example_params(&self) -> Option<&Map<String, Value>> {
        self.example.and_then(|example| example.params.as_ref()?.as_object())
    }
}

/// The records in the examples of an operation.
fn example_records(operation: &Operation) -> Vec<Value> {
    let answers = operation.examples.iter().filter_map(|example| example.answer.as_ref());
    match &operation.answer {
        Answer::List(path) => answers.flat_map(|answer| find_records(answer, path.steps())).collect(),
        Answer::One(path) => answers.filter_map(|answer| find(answer, path.steps()).cloned()).collect(),
        Answer::File(_) => Vec::new(),
    }
}
