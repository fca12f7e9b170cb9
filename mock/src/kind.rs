//! Records of one kind: made up with an id, and changed by what a caller gives.

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::notation::{JsonPath, Step};
use tieline::plan::Operation;

use crate::draft::{find, put};
use crate::sample::{Seed, effective, sample, words};
use crate::schemas::Schemas;

/// A kind of record. Operations that answer with the same schema share their records.
pub(crate) struct Kind<'a> {
    /// Its name.
    pub(crate) name: String,
    schema: Option<&'a Value>,
    key: JsonPath,
    schemas: &'a Schemas,
    seed: Seed,
}

impl<'a> Kind<'a> {
    /// The kind of an operation's records, and the name of the kind of its entity's.
    pub(crate) fn of(
        connector: &Connector,
        schemas: &'a Schemas,
        operation: &'a Operation,
        seed: Seed,
    ) -> (Self, String) {
        let (own, entitys) = names(connector, operation);
        let key = connector.entity(&operation.entity).map(|entity| entity.key.clone()).unwrap_or_default();
        let seed = seed.and(&own);
        (Self { name: own, schema: operation.record.as_ref(), key, schemas, seed }, entitys)
    }

    /// The record with an id: always the same.
    pub(crate) fn with_id(&self, id: &str) -> Value {
        self.identified(self.made(self.seed.and("id").and(&canonical(id))), id)
    }

    /// The record without an id of its own.
    pub(crate) fn single(&self) -> Value {
        self.made(self.seed)
    }

    /// The id of the n-th record of a group: numbers are counted, and records whose schema gives all of them the same text
    /// are told apart by UUIDs.
    pub(crate) fn nth_id(&self, group: &str, n: usize) -> String {
        let seed = self.seed.and(group);
        let made = |n| self.made(seed.nth(n));
        let record = made(n);
        match (find(&record, self.key.steps()), self.id_of(&record)) {
            (Some(Value::String(_)), Some(id)) if self.id_of(&made(n + 1)).as_ref() != Some(&id) => id,
            (Some(Value::Number(_)), _) => ((1 + seed.below(9_000)) * 10_000 + n as u64).to_string(),
            _ => seed.nth(n).uuid().to_string(),
        }
    }

    /// The id that a record has.
    pub(crate) fn id_of(&self, record: &Value) -> Option<String> {
        match find(record, self.key.steps())? {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A record with this id, where its schema has room for one.
    pub(crate) fn identified(&self, record: Value, id: &str) -> Value {
        let number = id.parse::<i64>().ok().map(Value::from);
        let is_number = matches!(find(&record, self.key.steps()), Some(Value::Number(_)));
        let text = Some(Value::from(id));
        let candidates = if is_number { [number, text] } else { [text, number] };
        for candidate in candidates.into_iter().flatten() {
            let mut changed = record.clone();
            put(&mut changed, self.key.steps(), candidate);
            if self.declares_key(&record) && self.accepts(&changed, &record) {
                return changed;
            }
        }
        record
    }

    /// A record with what a caller gives under the same names, as far as the schema allows.
    pub(crate) fn changed(&self, record: Value, given: impl IntoIterator<Item = (String, Value)>) -> Value {
        given.into_iter().fold(record, |record, member| {
            let is_known = record.get(&member.0).is_some() || self.declares(&member.0);
            if is_known { self.with(record, [member]) } else { record }
        })
    }

    /// A record with these members, as far as the schema allows.
    pub(crate) fn with(&self, mut record: Value, members: impl IntoIterator<Item = (String, Value)>) -> Value {
        for (name, value) in members {
            if !record.is_object() {
                continue;
            }
            let with = |candidate: Value| {
                let mut changed = record.clone();
                put(&mut changed, &[Step::Key(name.clone())], candidate);
                Some(changed).filter(|changed| self.accepts(changed, &record))
            };
            let merged = over(record.get(&name).cloned().unwrap_or_default(), value.clone());
            let accepted: Vec<_> = [value.clone(), merged].into_iter().filter_map(with).collect();
            let best = accepted.iter().find(|changed| self.is_what_it_says(changed)).cloned();
            let best = best.or_else(|| {
                let made = self.branches(&record).find_map(|branch| branch.get("properties")?.get(&name))?;
                let completed = over(sample(self.schemas, made, self.seed.and(&name)), value);
                with(completed).filter(|changed| self.is_what_it_says(changed))
            });
            record = best.or_else(|| accepted.into_iter().next()).unwrap_or(record);
        }
        record
    }

    /// Whether a record fits the branch that one of its members names (`type: paragraph`), and not only one for all that is unknown.
    fn is_what_it_says(&self, record: &Value) -> bool {
        let mut named = self.branches(record).peekable();
        named.peek().is_none() || named.any(|branch| self.schemas.fits(branch, record))
    }

    /// The branches of the schema that a record names: they ask for a constant, and it has it.
    fn branches(&self, record: &Value) -> impl Iterator<Item = &Value> {
        let reference = self.schema.and_then(|schema| schema.get("$ref")?.as_str());
        let target = reference.and_then(|name| self.schemas.target(name)).map(|(_, target)| target);
        let schema = target.or(self.schema);
        let lists = ["anyOf", "oneOf"].into_iter().filter_map(move |key| schema?.get(key)?.as_array());
        lists.flatten().filter(|branch| {
            let properties = branch.get("properties").and_then(Value::as_object).into_iter().flatten();
            let mut constants = properties.filter_map(|(name, schema)| Some((name, schema.get("const")?)));
            constants.any(|(name, constant)| record.get(name) == Some(constant))
        })
    }

    /// A record without what nothing asks for: what is neither kept nor required is null where it may be, else left out.
    pub(crate) fn reduced(&self, record: Value, keep: impl Fn(&str, &Value) -> bool) -> Value {
        let Value::Object(members) = &record else { return record };
        let flat = self.flat();
        let required = flat.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
        let mut reduced = Map::new();
        for (name, value) in members {
            let schema = flat.get("properties").and_then(|properties| properties.get(name));
            let fits = |value: &Value| schema.is_some_and(|schema| self.schemas.fits(schema, value));
            if self.is_key(name) || is_required(name) || schema.is_some_and(is_fixed) || keep(name, value) {
                reduced.insert(name.clone(), value.clone());
            } else if fits(&Value::Null) {
                reduced.insert(name.clone(), Value::Null);
            }
        }
        let reduced = Value::Object(reduced);
        if self.accepts(&reduced, &record) { reduced } else { record }
    }

    /// Whether a changed record is as good as it was before.
    pub(crate) fn accepts(&self, changed: &Value, before: &Value) -> bool {
        self.schema.is_none_or(|schema| self.schemas.fits(schema, changed) || !self.schemas.fits(schema, before))
    }

    fn made(&self, seed: Seed) -> Value {
        match self.schema {
            Some(schema) => sample(self.schemas, schema, seed),
            None => Value::Object(Map::new()),
        }
    }

    pub(crate) fn has_schema(&self) -> bool {
        self.schema.is_some()
    }

    /// Whether the id stands under this name.
    pub(crate) fn is_key(&self, name: &str) -> bool {
        matches!(self.key.steps().first(), Some(Step::Key(first)) if first == name)
    }

    /// Whether records may have a member of this name.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.schema.is_none() || self.flat().get("properties").is_some_and(|properties| properties.get(name).is_some())
    }

    /// Whether records have a place for an id.
    fn declares_key(&self, record: &Value) -> bool {
        let Some(Step::Key(first)) = self.key.steps().first() else { return false };
        record.get(first).is_some() || self.declares(first)
    }

    /// The keywords of the schema, references followed.
    fn flat(&self) -> Map<String, Value> {
        let flat = self.schema.and_then(|schema| effective(self.schemas, schema, &[], 0));
        flat.map(|flat| flat.keywords).unwrap_or_default()
    }
}

/// The name of the kind of an operation's records, and that of its entity's.
pub(crate) fn names(connector: &Connector, operation: &Operation) -> (String, String) {
    let entity = connector.entity(&operation.entity).ok();
    let of_entity = entity.and_then(|entity| entity.record.as_ref());
    let own = name_of(operation.record.as_ref(), of_entity, &operation.entity, &operation.name());
    (own, name_of(of_entity, of_entity, &operation.entity, &operation.entity))
}

/// Whether a name says when a record was made or changed: `created_at`, `lastModifiedTime`, `updated`.
pub(crate) fn is_of_change(name: &str) -> bool {
    const CHANGE: &[&str] = &["created", "updated", "modified", "edited", "changed", "inserted"];
    const TIME: &[&str] = &["last", "at", "on", "time", "date", "datetime", "timestamp"];
    let words = words(name);
    let is_one = |all: &[&str], word: &String| all.contains(&word.as_str());
    words.iter().any(|word| is_one(CHANGE, word)) && words.iter().all(|word| is_one(CHANGE, word) || is_one(TIME, word))
}

/// Whether a schema allows one value alone.
fn is_fixed(schema: &Value) -> bool {
    let choices = schema.get("enum").and_then(Value::as_array);
    schema.get("const").is_some() || choices.is_some_and(|choices| choices.len() == 1)
}

/// `Page` for a reference to a schema, the entity for a schema that its records have, else a name of its own.
fn name_of(schema: Option<&Value>, of_entity: Option<&Value>, entity: &str, own: &str) -> String {
    let reference = schema.and_then(|schema| schema.get("$ref")).and_then(Value::as_str);
    match reference {
        Some(reference) => reference.to_owned(),
        None if schema == of_entity => entity.to_owned(),
        None => own.to_owned(),
    }
}

/// One spelling of an id: UUIDs are compared with hyphens, in lower case.
pub(crate) fn canonical(id: &str) -> String {
    uuid::Uuid::parse_str(id).map_or_else(|_| id.to_owned(), |uuid| uuid.to_string())
}

/// A value laid over another: members over members, each element over the first one that was there.
fn over(before: Value, given: Value) -> Value {
    match (before, given) {
        (Value::Object(mut before), Value::Object(given)) => {
            for (name, value) in given {
                let under = before.get(&name).cloned().unwrap_or_default();
                before.insert(name, over(under, value));
            }
            Value::Object(before)
        }
        (Value::Array(before), Value::Array(given)) => {
            let under = before.first().cloned().unwrap_or_default();
            given.into_iter().map(|value| over(under.clone(), value)).collect()
        }
        (_, given) => given,
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_change;

    #[test]
    fn times_of_change_are_known_by_name() {
        for name in ["created_at", "updatedAt", "last_edited_time", "date_created", "modified"] {
            assert!(is_of_change(name), "{name}");
        }
        for name in ["created_by", "cancelled_at", "start_time", "on", ""] {
            assert!(!is_of_change(name), "{name}");
        }
    }
}
