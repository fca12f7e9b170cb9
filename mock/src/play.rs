//! What an operation answers, and what it leaves behind.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value};
use tieline::Connector;
use tieline::manifest::{Effect, ErrorRules, Place};
use tieline::notation::{JsonPath, Lookup};
use tieline::plan::{Answer, Example, Operation};

use crate::draft::{Draft, find, find_records};
use crate::failure::Failure;
use crate::file;
use crate::given::Given;
use crate::kind::Kind;
use crate::page::Page;
use crate::received::Received;
use crate::sample::Seed;
use crate::schemas::Schemas;
use crate::state::State;

/// What all answers are made from.
pub(crate) struct World<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) schemas: &'a Schemas,
    pub(crate) state: &'a Mutex<State>,
    pub(crate) seed: Seed,
    /// How many records a list has before anything is created.
    pub(crate) records: usize,
}

/// One request for an operation.
pub(crate) struct Play<'a> {
    world: &'a World<'a>,
    operation: &'a Operation,
    given: &'a Given,
    request: &'a Received,
    kind: Kind<'a>,
    /// The kind of the entity's records.
    entity_kind: String,
    example: Option<&'a Example>,
}

impl<'a> Play<'a> {
    pub(crate) fn new(world: &'a World<'a>, operation: &'a Operation, given: &'a Given, request: &'a Received) -> Self {
        let (kind, entity_kind) = Kind::of(world.connector, world.schemas, operation, world.seed);
        let example = best_example(operation, given);
        Self { world, operation, given, request, kind, entity_kind, example }
    }

    /// The answer.
    ///
    /// # Errors
    /// 404 for what was deleted, 400 for a cursor of another list, 416 for a range beyond the end.
    pub(crate) fn answer(&self, request_id: &str) -> Result<Response<Bytes>, Failure> {
        self.check_is_there()?;
        self.state().remember_uploads(&self.given.uploads);
        let mut draft = match &self.operation.answer {
            Answer::List(path) => self.list(path)?,
            Answer::One(path) => self.one(path),
            Answer::File(None) => {
                let seed = self.world.seed.and(&self.operation.name()).and(&self.place());
                return file::answer(self.request, &self.operation.entity, self.content_type(), seed);
            }
            Answer::File(Some(url)) => {
                let mut draft = self.one(&JsonPath::root());
                let path = format!("/{}/{}/{}", file::FOLDER, self.operation.entity, self.id().unwrap_or("file"));
                draft.put(url, self.request.url_at(&path).to_string().into());
                draft
            }
        };
        self.finish(&mut draft, request_id);
        Ok(draft.finish())
    }

    /// What was deleted is not there.
    fn check_is_there(&self) -> Result<(), Failure> {
        let Some(id) = self.id() else { return Ok(()) };
        let state = self.state();
        if state.is_gone(&self.kind.name, id) || state.is_gone(&self.entity_kind, id) {
            let message = format!("there is nothing under `{id}` in `{}`; it was deleted", self.operation.entity);
            return Err(Failure::new(StatusCode::NOT_FOUND, message));
        }
        Ok(())
    }

    fn one(&self, path: &JsonPath) -> Draft {
        let record = match self.operation.effect {
            Effect::Read => self.current(),
            Effect::Create => self.create(),
            Effect::Update => self.update(),
            Effect::Delete => {
                let record = self.current();
                self.delete();
                if self.operation.record.is_none() && self.example.is_none() {
                    return Draft::empty();
                }
                record
            }
        };
        let mut draft = Draft::json(self.example_answer().cloned().unwrap_or_else(|| Value::Object(Map::new())));
        draft.put(&Lookup::Body(path.clone()), record);
        draft
    }

    /// The record that the path names, as it is now.
    fn current(&self) -> Value {
        let id = self.id().unwrap_or_default();
        if let Some(record) = self.state().record(&self.kind.name, id) {
            return record.clone();
        }
        match (self.example_record(), self.id()) {
            (Some(record), None) => record,
            (Some(record), Some(id)) if self.is_example_of(id) => record,
            (Some(record), Some(id)) => self.kind.changed(self.kind.identified(record, id), self.path_members()),
            (None, Some(id)) => self.kind.changed(self.kind.with_id(id), self.path_members()),
            (None, None) => self.kind.single(),
        }
    }

    fn update(&self) -> Value {
        let record = self.with_given(self.current());
        self.state().change(&self.kind.name, self.id().unwrap_or_default(), record.clone());
        record
    }

    fn create(&self) -> Value {
        let repeated = self.idempotency_key();
        if let Some(record) = repeated.as_ref().and_then(|key| self.state().answered(key).cloned()) {
            return record;
        }
        let (id, made) = self.fresh(self.example_record());
        let record = self.with_given(self.kind.changed(made, self.path_members()));
        let mut state = self.state();
        state.create(&self.kind.name, &id, record.clone(), self.given.path.clone());
        if let Some(key) = repeated {
            state.remember_answer(key, record.clone());
        }
        record
    }

    /// Several records made at once: one for each element of the list that the body gives.
    fn create_each(&self) -> Option<Vec<Value>> {
        let lists = self.operation.params.iter().filter(|param| param.place == Place::Body);
        let given = lists
            .filter_map(|param| self.given.values.get(&param.name)?.as_array())
            .find(|items| !items.is_empty() && items.iter().all(Value::is_object))?;
        let make = |item: &Value| {
            let (id, made) = self.fresh(None);
            let record = self.kind.changed(made, item.as_object().cloned().unwrap_or_default());
            self.state().create(&self.kind.name, &id, record.clone(), self.given.path.clone());
            record
        };
        Some(given.iter().map(make).collect())
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

    fn delete(&self) {
        if let Some(id) = self.id() {
            let mut state = self.state();
            state.remove(&self.kind.name, id);
            state.remove(&self.entity_kind, id);
        }
    }

    fn list(&self, path: &JsonPath) -> Result<Draft, Failure> {
        let mut draft = Draft::json(self.example_answer().cloned().unwrap_or_else(|| Value::Object(Map::new())));
        if matches!(self.operation.effect, Effect::Create | Effect::Update)
            && let Some(records) = self.create_each()
        {
            draft.put_records(path, records);
            return Ok(draft);
        }
        let list = self.world.seed.and(&self.operation.name()).and(&self.place());
        let page = Page::read(self.operation, self.given, self.request, list)?;
        let entries = self.entries(path);
        let total = entries.len();
        let records = entries.into_iter().skip(page.from).take(page.size).map(|entry| self.record_of(entry)).collect();
        draft.put_records(path, records);
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
        let mut entries: Vec<Entry> = examples.into_iter().map(Entry::Whole).collect();
        entries.extend(made.map(|id| Entry::Id(id.clone())));
        let is_gone = |id: &str| state.is_gone(&self.kind.name, id) || state.is_gone(&self.entity_kind, id);
        entries.retain(|entry| match entry {
            Entry::Whole(record) => self.kind.id_of(record).is_none_or(|id| !is_gone(&id)),
            Entry::Id(id) => !is_gone(id),
        });
        let path = &self.given.path;
        entries.extend(state.created(&self.kind.name, path).into_iter().map(Entry::Whole));
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

    /// A record with what the request gives: its body, and what is known of its files.
    fn with_given(&self, record: Value) -> Value {
        let in_body = self.operation.params.iter().filter(|param| param.place == Place::Body && !param.file);
        let body = in_body.filter_map(|param| Some((param.wire.clone(), self.given.values.get(&param.name)?.clone())));
        let record = self.kind.changed(record, body);
        let Some(upload) = self.given.uploads.first() else { return record };
        let about = [
            ("filename", upload.filename.clone().map(Value::from)),
            ("content_type", upload.content_type.clone().map(Value::from)),
            ("content_length", Some(upload.size.into())),
            ("size", Some(upload.size.into())),
        ];
        let about = about.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        self.kind.changed(record, about)
    }

    /// Fills in what else the manifest looks up in a good answer.
    fn finish(&self, draft: &mut Draft, request_id: &str) {
        for (name, lookup) in &self.operation.meta {
            let is_there = match lookup {
                Lookup::Body(_) => draft.found(lookup).is_some(),
                Lookup::Header(name) => draft.headers.contains_key(name.as_str()),
                Lookup::Link(_) => true,
            };
            if !is_there {
                self.put_if_it_fits(draft, lookup, self.meta(name));
            }
        }
        for condition in &self.rules().failed_if {
            if condition.holds(draft.found(&condition.at)) {
                let good = match (&condition.equals, condition.present) {
                    (Some(Value::Bool(wanted)), _) => Value::Bool(!wanted),
                    (None, Some(false)) => Value::Bool(true),
                    (Some(_), _) | (None, _) => Value::Null,
                };
                draft.put(&condition.at, good);
            }
        }
        if let Some(place) = self.rules().request_id.as_deref() {
            let is_near = match place {
                Lookup::Header(_) => true,
                Lookup::Body(path) => path.steps().len() == 1 && draft.body.as_ref().is_some_and(Value::is_object),
                Lookup::Link(_) => false,
            };
            if is_near {
                self.put_if_it_fits(draft, place, request_id.into());
            }
        }
    }

    /// Puts a value, unless the body is a record whose schema has no room for it.
    fn put_if_it_fits(&self, draft: &mut Draft, lookup: &Lookup, value: Value) {
        let is_record = matches!(&self.operation.answer, Answer::One(path) if path.steps().is_empty());
        let before = draft.body.clone();
        draft.put(lookup, value);
        if is_record
            && let (Some(before), Some(after)) = (before, &draft.body)
            && !self.kind.accepts(after, &before)
        {
            draft.body = Some(before);
        }
    }

    /// What usually stands under a name in `meta`.
    fn meta(&self, name: &str) -> Value {
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        if has(&["more"]) {
            false.into()
        } else if has(&["next", "previous", "prev", "cursor"]) {
            Value::Null
        } else if has(&["total", "count", "remaining", "limit", "pages", "size"]) {
            self.world.records.into()
        } else {
            name.into()
        }
    }

    /// The values of the path, as members that a record may have too.
    fn path_members(&self) -> impl Iterator<Item = (String, Value)> {
        self.given.path.iter().map(|(name, value)| (name.clone(), value.as_str().into()))
    }

    /// The values of the path as one text: lists under different paths are different lists.
    fn place(&self) -> String {
        self.given.path.iter().map(|(name, value)| format!("{name}={}&", crate::kind::canonical(value))).collect()
    }

    /// The id that the path ends with.
    fn id(&self) -> Option<&str> {
        self.given.path.last().map(|(_, id)| id.as_str())
    }

    fn example_answer(&self) -> Option<&Value> {
        self.example.and_then(|example| example.answer.as_ref())
    }

    fn example_record(&self) -> Option<Value> {
        let Answer::One(path) = &self.operation.answer else { return None };
        find(self.example_answer()?, path.steps()).cloned()
    }

    fn is_example_of(&self, id: &str) -> bool {
        let params = self.example.and_then(|example| example.params.as_ref()?.as_object());
        let name = self.given.path.last().map(|(name, _)| name.as_str()).unwrap_or_default();
        params.and_then(|params| params.get(name)).is_some_and(|known| text_of(known) == id)
    }

    fn idempotency_key(&self) -> Option<String> {
        let idempotency = self.operation.idempotency.as_ref().or(self.world.connector.head().idempotency.as_ref())?;
        let key = self.request.header(&idempotency.header)?;
        Some(format!("{} {key}", self.operation.name()))
    }

    /// The content type that the operation asks for, where it is one.
    fn content_type(&self) -> &str {
        let accept = self.request.header("accept").unwrap_or_default();
        let is_one = accept.contains('/') && !accept.contains([',', '*', ';']) && accept != "application/json";
        if is_one { accept } else { "application/octet-stream" }
    }

    fn rules(&self) -> &ErrorRules {
        self.operation.errors.as_ref().unwrap_or(&self.world.connector.head().errors)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.world.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry of a list.
enum Entry {
    /// Made up when it is looked at.
    Id(String),
    /// There already.
    Whole(Value),
}

/// The example with an answer whose parameters are most like those of the request.
fn best_example<'a>(operation: &'a Operation, given: &Given) -> Option<&'a Example> {
    let likeness = |example: &&Example| {
        let params = example.params.as_ref().and_then(Value::as_object);
        let alike = |(name, value): &(&String, &Value)| given.values.get(*name) == Some(*value);
        let equal = params.map_or(0, |params| params.iter().filter(alike).count());
        2 * equal as i64 - params.map_or(0, Map::len) as i64
    };
    // The first of those that are equally alike.
    operation.examples.iter().rev().filter(|example| example.answer.is_some()).max_by_key(likeness)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
