//! What an operation answers, and what it leaves behind.

mod download;
mod example;
mod list;
mod record;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use tieline::Connector;
use tieline::manifest::ErrorRules;
use tieline::notation::Lookup;
use tieline::plan::{Answer, Example, Operation};

use crate::draft::Draft;
use crate::failure::Failure;
use crate::given::Given;
use crate::kind::Kind;
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
        let example = example::best(operation, given);
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
            Answer::One(path) => {
                let mut draft = self.one(path);
                self.put_files_of_others(&mut draft);
                draft
            }
            Answer::File(None) => return self.file(),
            Answer::File(Some(url)) => self.file_elsewhere(url),
        };
        self.finish(&mut draft, request_id);
        Ok(draft.finish())
    }

    /// What was deleted is not there.
    fn check_is_there(&self) -> Result<(), Failure> {
        let Some(id) = self.id().filter(|_| self.chosen_id().is_none()) else { return Ok(()) };
        let state = self.state();
        if state.is_gone(&self.kind.name, id) || state.is_gone(&self.entity_kind, id) {
            let message = format!("there is nothing under `{id}` in `{}`; it was deleted", self.operation.entity);
            return Err(Failure::new(StatusCode::NOT_FOUND, message));
        }
        Ok(())
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
            if condition.holds(draft.found_each(&condition.at)) {
                let good = match (&condition.equals, condition.present) {
                    (Some(Value::Bool(wanted)), _) => Value::Bool(!wanted),
                    (None, Some(false)) => Value::Bool(true),
                    (Some(_), _) | (None, _) => Value::Null,
                };
                draft.replace(&condition.at, good);
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

    fn rules(&self) -> &ErrorRules {
        self.operation.errors.as_ref().unwrap_or(&self.world.connector.head().errors)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.world.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value as text: a text as it is, anything else as JSON.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
