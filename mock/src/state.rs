//! What the mock remembers between requests.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use crate::faults::Faults;
use crate::given::ReceivedUpload;
use crate::kind::canonical;
use crate::token::Tokens;

/// The most records, and the most of anything else, that are remembered; the oldest go first.
const MAX_KEPT: usize = 10_000;

/// What the mock remembers between requests. Records are named by their kind and their id.
#[derive(Debug, Default)]
pub(crate) struct State {
    kept: IndexMap<(String, String), Kept>,
    gone: HashSet<(String, String)>,
    ids: HashMap<String, Arc<Vec<String>>>,
    listed: IndexMap<(String, String), Vec<(String, Value)>>,
    answered: IndexMap<String, Value>,
    requests: usize,
    created: usize,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    pub(crate) uploads: Vec<ReceivedUpload>,
}

/// A record that was created or changed.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) record: Value,
    /// What stood in the path when it was created; `None`: it was there before.
    pub(crate) created_under: Option<Vec<(String, String)>>,
}

impl State {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The number of this request.
    pub(crate) fn next_request(&mut self) -> usize {
        self.requests += 1;
        self.requests
    }

    /// The number of the next thing to be created.
    pub(crate) fn next_created(&mut self) -> usize {
        self.created += 1;
        self.created
    }

    pub(crate) fn record(&self, kind: &str, id: &str) -> Option<&Value> {
        self.kept.get(&name(kind, id)).map(|kept| &kept.record)
    }

    pub(crate) fn is_gone(&self, kind: &str, id: &str) -> bool {
        self.gone.contains(&name(kind, id))
    }

    /// Keeps a record that was created, also where one of that id was deleted before.
    pub(crate) fn create(&mut self, kind: &str, id: &str, record: Value, under: Vec<(String, String)>) {
        self.restore(kind, id);
        self.keep(kind, id, Kept { record, created_under: Some(under) });
    }

    /// Keeps a record that was changed.
    pub(crate) fn change(&mut self, kind: &str, id: &str, record: Value) {
        let before = self.kept.get(&name(kind, id));
        let created_under = before.and_then(|before| before.created_under.clone());
        self.keep(kind, id, Kept { record, created_under });
    }

    fn keep(&mut self, kind: &str, id: &str, kept: Kept) {
        if self.kept.len() >= MAX_KEPT {
            self.kept.shift_remove_index(0);
        }
        self.kept.insert(name(kind, id), kept);
    }

    /// Removes a record for good.
    pub(crate) fn remove(&mut self, kind: &str, id: &str) {
        let name = name(kind, id);
        self.kept.shift_remove(&name);
        if self.gone.len() < MAX_KEPT {
            self.gone.insert(name);
        }
    }

    /// Forgets that a record was deleted.
    pub(crate) fn restore(&mut self, kind: &str, id: &str) {
        self.gone.remove(&name(kind, id));
    }

    /// Remembers which values of a path a made-up record was listed with.
    pub(crate) fn list_under(&mut self, kind: &str, id: &str, members: &[(String, Value)]) {
        if self.listed.len() >= MAX_KEPT {
            self.listed.shift_remove_index(0);
        }
        self.listed.insert(name(kind, id), members.to_vec());
    }

    /// The values of the path that a made-up record was listed with.
    pub(crate) fn listed_under(&self, kind: &str, id: &str) -> Vec<(String, Value)> {
        self.listed.get(&name(kind, id)).cloned().unwrap_or_default()
    }

    /// What was created of a kind under a path: wherever both paths name a parameter, they agree.
    pub(crate) fn created(&self, kind: &str, path: &[(String, String)]) -> Vec<Value> {
        let agrees = |under: &Vec<(String, String)>| {
            under.iter().all(|(name, value)| path.iter().all(|(other, wanted)| other != name || wanted == value))
        };
        self.kept
            .iter()
            .filter(|((known, _), kept)| known == kind && kept.created_under.as_ref().is_some_and(agrees))
            .map(|(_, kept)| kept.record.clone())
            .collect()
    }

    /// The ids of a list, made at its first use.
    pub(crate) fn ids(&mut self, list: String, make: impl FnOnce() -> Vec<String>) -> Arc<Vec<String>> {
        if self.ids.len() >= MAX_KEPT {
            self.ids.clear();
        }
        self.ids.entry(list).or_insert_with(|| Arc::new(make())).clone()
    }

    /// What was answered to a request that carried this key before.
    pub(crate) fn answered(&self, key: &str) -> Option<&Value> {
        self.answered.get(key)
    }

    /// Remembers an answer under the key of its request.
    pub(crate) fn remember_answer(&mut self, key: String, record: Value) {
        if self.answered.len() >= MAX_KEPT {
            self.answered.shift_remove_index(0);
        }
        self.answered.insert(key, record);
    }

    pub(crate) fn remember_uploads(&mut self, uploads: &[ReceivedUpload]) {
        let room = MAX_KEPT.saturating_sub(self.uploads.len());
        self.uploads.extend(uploads.iter().take(room).cloned());
    }
}

/// The name of a record; two spellings of a UUID are one id.
fn name(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), canonical(id))
}
