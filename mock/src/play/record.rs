//! One record: read, created, changed and deleted.

use serde_json::{Map, Value};
use tieline::manifest::{Effect, Place};
use tieline::notation::{JsonPath, Lookup};
use tieline::plan::{Param, PathPart};

use super::Play;
use crate::draft::Draft;
use crate::kind::is_of_change;
use crate::page::Page;

impl Play<'_> {
    pub(super) fn one(&self, path: &JsonPath) -> Draft {
        let record = match self.operation.effect {
            Effect::Read => self.current(),
            Effect::Create => self.create(),
            Effect::Update => self.update(),
            Effect::Delete => {
                let record = self.kind.with(self.current(), self.effects());
                self.delete();
                if self.operation.record.is_none() && self.example.is_none() {
                    return Draft::empty();
                }
                record
            }
        };
        let mut draft = Draft::json(self.example_answer().cloned().unwrap_or_else(|| Value::Object(Map::new())));
        draft.put(&Lookup::Body(path.clone()), self.as_sent(record));
        Page::only().describe(self.operation, self.request, 1, self.world.seed, &mut draft);
        draft
    }

    /// A record as the API sends it: one that was made an object of by the engine is the value in it.
    pub(super) fn as_sent(&self, mut record: Value) -> Value {
        let wrapped = self.operation.wrap_scalars.as_deref();
        let is_only = record.as_object().is_some_and(|members| members.len() == 1);
        let value = wrapped.filter(|_| is_only).and_then(|name| record.get_mut(name)).map(Value::take);
        value.unwrap_or(record)
    }

    /// The record that the path names, as it is now.
    fn current(&self) -> Value {
        let id = self.id().unwrap_or_default();
        if let Some(record) = self.state().record(&self.kind.name, id) {
            return record.clone();
        }
        match self.id() {
            Some(id) => self.shown(id).unwrap_or_else(|| self.made_up(id)),
            None => self.example_record().unwrap_or_else(|| self.kind.single()),
        }
    }

    /// A record that neither an example shows nor anyone created. It is like the example only as far as nothing else says
    /// what records look like, or where they have no id to tell them apart.
    pub(super) fn made_up(&self, id: &str) -> Value {
        let like = self.example_record().filter(|record| !self.kind.has_schema() || self.kind.id_of(record).is_none());
        let record = like.map_or_else(|| self.kind.with_id(id), |record| self.kind.identified(record, id));
        let listed_under = self.state().listed_under(&self.kind.name, id);
        self.kind.changed(self.kind.changed(record, listed_under), self.path_members())
    }

    fn update(&self) -> Value {
        let record = self.kind.with(self.with_given(self.current()), self.effects());
        self.state().change(&self.kind.name, self.id().unwrap_or_default(), record.clone());
        record
    }

    fn create(&self) -> Value {
        let repeated = self.idempotency_key();
        if let Some(record) = repeated.as_ref().and_then(|key| self.state().answered(key).cloned()) {
            return record;
        }
        let (id, made) = self.fresh(self.example_record());
        let mut record = self.kind.changed(made, self.path_members());
        if let Some(id) = self.chosen_id() {
            record = self.kind.identified(record, id);
        }
        let record = self.newly_made(self.with_given(record), &self.given_members());
        let id = self.chosen_id().map(str::to_owned).or_else(|| self.kind.id_of(&record)).unwrap_or(id);
        self.remember(&id, &record);
        if let Some(key) = repeated {
            self.state().remember_answer(key, record.clone());
        }
        record
    }

    /// Several records made at once: one for each element of the list that the body gives.
    pub(super) fn create_each(&self) -> Option<Vec<Value>> {
        let lists = self.operation.params.iter().filter(|param| param.place == Place::Body);
        let given = lists
            .filter_map(|param| self.given.values.get(&param.name)?.as_array())
            .find(|items| !items.is_empty() && items.iter().all(Value::is_object))?;
        let make = |item: &Value| {
            let (id, made) = self.fresh(None);
            let item = item.as_object().cloned().unwrap_or_default();
            let given: Vec<String> = item.keys().cloned().collect();
            let record = self.kind.changed(self.kind.changed(made, self.path_members()), item);
            let record = self.newly_made(record, &given);
            self.remember(&self.kind.id_of(&record).unwrap_or(id), &record);
            record
        };
        Some(given.iter().map(make).collect())
    }

    fn remember(&self, id: &str, record: &Value) {
        let mut state = self.state();
        state.restore(&self.entity_kind, id);
        state.create(&self.kind.name, id, record.clone(), self.given.path.clone());
    }

    /// A new record with an id that none has yet.
    fn fresh(&self, like: Option<Value>) -> (String, Value) {
        let number = self.state().next_created();
        let id = self.kind.nth_id("created", number);
        let record = match like {
            Some(record) => self.kind.identified(record, &id),
            None => self.kind.with_id(&id),
        };
        (self.kind.id_of(&record).unwrap_or(id), record)
    }

    /// The id in the path of an operation that makes what its path names: `PUT /files/{id}`.
    pub(super) fn chosen_id(&self) -> Option<&str> {
        let names_it = matches!(self.operation.path.last(), Some(PathPart::Param(_)));
        self.id().filter(|_| names_it && self.operation.effect == Effect::Create)
    }

    /// A record that was just made: what was given, what its schema requires, and what a server says of a new record by itself.
    fn newly_made(&self, record: Value, given: &[String]) -> Value {
        let can_be_given = |name: &str| self.operation.params.iter().any(|param| param.wire == name);
        let is_servers = |name: &str, value: &Value| {
            !can_be_given(name) && (value.is_boolean() || (is_of_change(name) && !value.is_object()))
        };
        self.kind.reduced(record, |name, value| given.iter().any(|known| known == name) || is_servers(name, value))
    }

    fn delete(&self) {
        if let Some(id) = self.id() {
            let mut state = self.state();
            state.remove(&self.kind.name, id);
            state.remove(&self.entity_kind, id);
        }
    }

    /// A record with what the request gives: its body, and what is known of its files.
    fn with_given(&self, record: Value) -> Value {
        let body = self.body_params();
        let body = body.filter_map(|param| Some((param.wire.clone(), self.given.values.get(&param.name)?.clone())));
        let body = body.chain(self.given.others.clone());
        self.kind.changed(self.kind.changed(record, body), self.about_upload())
    }

    /// The names of all that the request gives.
    fn given_members(&self) -> Vec<String> {
        let is_given = |param: &&Param| self.given.values.contains_key(&param.name);
        let in_body = self.body_params().filter(is_given).map(|param| param.wire.clone());
        let others = self.path_members().chain(self.about_upload()).chain(self.given.others.clone());
        let others = others.map(|(name, _)| name);
        in_body.chain(others).collect()
    }

    fn body_params(&self) -> impl Iterator<Item = &Param> {
        self.operation.params.iter().filter(|param| param.place == Place::Body && !param.file)
    }

    /// What is known of a file that the request carries.
    fn about_upload(&self) -> impl Iterator<Item = (String, Value)> {
        let about = self.given.uploads.first().map(|upload| {
            [
                ("filename", upload.filename.clone().map(Value::from)),
                ("content_type", upload.content_type.clone().map(Value::from)),
                ("content_length", Some(upload.size.into())),
                ("size", Some(upload.size.into())),
            ]
        });
        about.into_iter().flatten().filter_map(|(name, value)| Some((name.to_owned(), value?)))
    }

    fn idempotency_key(&self) -> Option<String> {
        let idempotency = self.operation.idempotency.as_ref().or(self.world.connector.head().idempotency.as_ref())?;
        let key = self.request.header(&idempotency.header)?;
        Some(format!("{} {key}", self.operation.name()))
    }
}
