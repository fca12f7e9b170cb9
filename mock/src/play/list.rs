//! A list: its examples, what is made up and what was created, filtered and in pages.

use std::collections::HashSet;

use serde_json::{Map, Value};
use tieline::manifest::{Effect, Place};
use tieline::notation::JsonPath;

use super::{Play, text_of};
use crate::draft::{Draft, find_records};
use crate::failure::Failure;
use crate::kind::canonical;
use crate::page::{self, Page};

/// An entry of a list.
enum Entry {
    /// Made up when it is looked at.
    Id(String),
    /// There already.
    Whole(Value),
}

impl Play<'_> {
    pub(super) fn list(&self, path: &JsonPath) -> Result<Draft, Failure> {
        let mut draft = Draft::json(self.example_answer().cloned().unwrap_or_else(|| Value::Object(Map::new())));
        if matches!(self.operation.effect, Effect::Create | Effect::Update)
            && let Some(records) = self.create_each()
        {
            draft.put_records(path, records);
            return Ok(draft);
        }
        let list = self.world.seed.and(&self.operation.name()).and(&self.place());
        let mut page = Page::read(self.operation, self.given, self.request, list)?;
        let mut entries = self.filtered(self.entries(path));
        if page::by_record(self.operation).is_some() {
            let records: Vec<Value> = entries.into_iter().map(|entry| self.record_of(entry)).collect();
            page = page.after_record(self.operation, self.given, &records)?;
            entries = records.into_iter().map(Entry::Whole).collect();
        }
        let total = entries.len();
        let records = entries.into_iter().skip(page.from).take(page.size).map(|entry| self.record_of(entry));
        let records = records.map(|record| self.as_sent(record)).collect();
        draft.put_records(path, records);
        self.put_total(total, &mut draft);
        page.describe(self.operation, self.request, total, list, &mut draft);
        Ok(draft)
    }

    /// All of a list: its examples, then what is made up, then what was created; without what was deleted.
    fn entries(&self, path: &JsonPath) -> Vec<Entry> {
        let place = self.place();
        let examples = self.example_answer().map(|answer| find_records(answer, path.steps())).unwrap_or_default();
        let group = format!("list {place}");
        let mut state = self.state();
        let ids = state.ids(format!("{} {place}", self.kind.name), || {
            (0..self.world.records).map(|n| self.kind.nth_id(&group, n)).collect()
        });
        let made = ids.iter().take(self.world.records.saturating_sub(examples.len()));
        let members: Vec<_> = self.path_members().collect();
        for id in made.clone().filter(|_| !members.is_empty()) {
            state.list_under(&self.kind.name, id, &members);
        }
        let created = state.created(&self.kind.name, &self.given.path);
        let is_gone = |id: &str| state.is_gone(&self.kind.name, id) || state.is_gone(&self.entity_kind, id);
        let mut seen = HashSet::new();
        let mut is_new = |id: &str| !is_gone(id) && seen.insert(canonical(id));
        let made = made.map(|id| Entry::Id(id.clone()));
        let mut entries: Vec<Entry> = examples.into_iter().map(Entry::Whole).chain(made).collect();
        entries.extend(created.into_iter().map(Entry::Whole));
        entries.retain(|entry| match entry {
            Entry::Whole(record) => self.kind.id_of(record).is_none_or(|id| is_new(&id)),
            Entry::Id(id) => is_new(id),
        });
        entries
    }

    /// The record of an entry, as it is now.
    fn record_of(&self, entry: Entry) -> Value {
        let (id, made) = match entry {
            Entry::Id(id) => (Some(id), None),
            Entry::Whole(record) => (self.kind.id_of(&record), Some(record)),
        };
        let kept = id.as_ref().and_then(|id| self.state().record(&self.kind.name, id).cloned());
        let make = || {
            let made = self.kind.with_id(id.as_deref().unwrap_or_default());
            self.kind.changed(made, self.path_members())
        };
        kept.or(made).unwrap_or_else(make)
    }

    /// The entries whose records have the values that parameters of the same name ask for.
    fn filtered(&self, entries: Vec<Entry>) -> Vec<Entry> {
        let asked = self.asked();
        if asked.is_empty() {
            return entries;
        }
        let mut records: Vec<Value> = entries.into_iter().map(|entry| self.record_of(entry)).collect();
        for (name, wanted) in asked {
            let values = || records.iter().filter_map(|record| record.get(name));
            let is_property = self.kind.declares(name) || values().next().is_some();
            if is_property && values().all(is_scalar) {
                records.retain(|record| record.get(name).is_some_and(|value| canonical(&text_of(value)) == wanted));
            }
        }
        records.into_iter().map(Entry::Whole).collect()
    }

    /// What the request asks for by name, as text; not which page.
    fn asked(&self) -> Vec<(&str, String)> {
        let pages = self.operation.pagination.as_ref().map(page::params).unwrap_or_default();
        let params = self.operation.params.iter().filter(|param| match param.place {
            Place::Query | Place::Body => !param.file && !pages.contains(&param.name.as_str()),
            Place::Path | Place::Header | Place::Cookie | Place::Local => false,
        });
        let value = |name: &str| self.given.values.get(name).filter(|value| is_scalar(value) && !value.is_null());
        let is_read = self.operation.effect == Effect::Read;
        params
            .filter(|_| is_read)
            .filter_map(|param| Some((param.wire.as_str(), canonical(&text_of(value(&param.name)?)))))
            .collect()
    }

    /// Says how long the list is, where `meta` looks that up.
    fn put_total(&self, total: usize, draft: &mut Draft) {
        for (name, lookup) in &self.operation.meta {
            let is_total = (name.contains("total") || name == "count") && !name.contains("page");
            if is_total && draft.found(lookup).is_none_or(Value::is_number) {
                draft.put(lookup, total.into());
            }
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}
