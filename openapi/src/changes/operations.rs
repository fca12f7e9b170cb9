//! What changed in entities, their actions, and the parameters and answers of these.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tieline::manifest::SchemeChoice;
use tieline::plan::{Answer, Entity, Operation, Param};

use super::found::{Found, Side};
use super::head::server;
use super::schemas::Comparison;
use super::words::{all_of, gone, quoted};

/// Compares entities, and asks for their schemas to be compared.
pub(super) fn compare<'a>(
    before: &[&'a Entity],
    after: &[&'a Entity],
    schemas: &mut Comparison<'a>,
    found: &mut Found,
) {
    let requests = Requests::new_in(before, after);
    let known: HashSet<&str> = before.iter().map(|entity| entity.name.as_str()).collect();
    let named: HashMap<&str, &'a Entity> = after.iter().map(|entity| (entity.name.as_str(), *entity)).collect();
    let added: Vec<&Entity> = after.iter().copied().filter(|entity| !known.contains(entity.name.as_str())).collect();
    for old in before {
        match named.get(old.name.as_str()) {
            Some(new) => entity(old, new, &requests, schemas, found),
            None => {
                let renamed = requests.entity(old);
                let text = renamed.map(|name| format!("is gone; {} has its requests now", quoted(name)));
                let text = text.unwrap_or_else(|| gone(&old.name, added.iter().map(|entity| entity.name.as_str())));
                found.breaking(&old.name, text);
            }
        }
    }
    for new in added {
        let actions: Vec<String> = new.operations.keys().map(|action| quoted(action)).collect();
        found.harmless(&new.name, format!("is new, with {}", all_of(&actions)));
    }
}

/// The operations that are new, by what they send: what went away may be there under another name.
struct Requests<'a>(HashMap<Request, &'a Operation>);

/// A method and a path.
type Request = (&'static str, String);

impl<'a> Requests<'a> {
    fn new_in(before: &[&'a Entity], after: &[&'a Entity]) -> Self {
        let operations =
            |entities: &[&'a Entity]| entities.iter().flat_map(|entity| entity.operations()).collect::<Vec<_>>();
        let known: HashSet<String> = operations(before).iter().map(|operation| operation.name()).collect();
        let new = operations(after).into_iter().filter(|operation| !known.contains(&operation.name()));
        Self(new.map(|operation| (request(operation), operation)).collect())
    }

    /// The new operation that sends what one did that is gone.
    fn operation(&self, gone: &Operation) -> Option<&'a Operation> {
        self.0.get(&request(gone)).copied()
    }

    /// The entity that sends what one did that is gone.
    fn entity(&self, gone: &Entity) -> Option<&'a str> {
        let heirs: Option<Vec<_>> =
            gone.operations().map(|operation| Some(self.operation(operation)?.entity.as_str())).collect();
        let heirs = heirs?;
        heirs.first().copied().filter(|first| heirs.iter().all(|heir| heir == first))
    }
}

fn request(operation: &Operation) -> Request {
    (operation.method.as_str(), operation.path_template())
}

fn entity<'a>(
    before: &'a Entity,
    after: &'a Entity,
    requests: &Requests<'a>,
    schemas: &mut Comparison<'a>,
    found: &mut Found,
) {
    record(&before.name, before.record.as_ref(), after.record.as_ref(), schemas, found);
    let added = || after.operations().filter(|operation| !before.operations.contains_key(&operation.action));
    for old in before.operations.values() {
        match after.operations.get(&old.action) {
            Some(new) => operation((before, old), (after, new), schemas, found),
            None => {
                let heir = requests
                    .operation(old)
                    .map(|new| format!("is gone; {} sends its request now", quoted(&new.name())));
                let text = heir.unwrap_or_else(|| gone(&old.action, added().map(|new| new.action.as_str())));
                found.breaking(old.name(), text);
            }
        }
    }
    for new in added() {
        found.harmless(new.name(), "is new");
    }
}

fn operation<'a>(
    (old_entity, before): (&'a Entity, &'a Operation),
    (new_entity, after): (&'a Entity, &'a Operation),
    schemas: &mut Comparison<'a>,
    found: &mut Found,
) {
    let place = before.name();
    flags(&place, before, after, found);
    answer(&place, before, after, found);
    wire(&place, before, after, found);
    if before.record != old_entity.record || after.record != new_entity.record {
        record(&place, before.record.as_ref(), after.record.as_ref(), schemas, found);
    }
    params(&place, before, after, schemas, found);
}

fn record<'a>(
    of: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    schemas: &mut Comparison<'a>,
    found: &mut Found,
) {
    let place = format!("{of} record");
    match (before, after) {
        (Some(old), Some(new)) => schemas.add(place, Side::Answered, old, new),
        (Some(_), None) => found.breaking(place, "is no longer described"),
        (None, Some(_)) => found.harmless(place, "is described now"),
        (None, None) => {}
    }
}

fn flags(place: &str, before: &Operation, after: &Operation, found: &mut Found) {
    if before.effect != after.effect {
        let text = format!("its effect is `{}` instead of `{}`", after.effect.as_str(), before.effect.as_str());
        found.breaking(place, text);
    }
    if !before.internal && after.internal {
        found.breaking(place, "is internal now: agents and hosted callers may not call it");
    }
    if !before.destructive && after.destructive {
        found.breaking(place, "can destroy something now");
    }
    if !before.deprecated && after.deprecated {
        found.harmless(place, "is deprecated now");
    }
    match (&before.auth, &after.auth) {
        (old, new) if old == new => {}
        (_, Some(SchemeChoice::Named(name))) => {
            found.breaking(place, format!("needs the way to sign in {} now", quoted(name)))
        }
        (_, Some(SchemeChoice::None)) => found.harmless(place, "sends no credentials any more"),
        (_, None) => found.harmless(place, "takes any way to sign in now"),
    }
}

fn answer(place: &str, before: &Operation, after: &Operation, found: &mut Found) {
    let kind = |operation: &Operation| match &operation.answer {
        Answer::List(_) => "a list",
        Answer::One(_) => "one record",
        Answer::File(_) => "a file",
    };
    if kind(before) != kind(after) {
        found.breaking(place, format!("answers with {} instead of {}", kind(after), kind(before)));
    }
    match (&before.pagination, &after.pagination) {
        (Some(_), None) => found.breaking(place, "has no pages any more: the answer is the whole list"),
        (None, Some(_)) => found.harmless(place, "has pages now"),
        (Some(old), Some(new)) if old.kind() != new.kind() => {
            found.harmless(place, format!("is paged by `{}` instead of `{}`", new.kind(), old.kind()));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    for name in before.meta.keys().filter(|name| !after.meta.contains_key(*name)) {
        found.breaking(format!("{place} meta.{name}"), "is gone");
    }
    for name in after.meta.keys().filter(|name| !before.meta.contains_key(*name)) {
        found.harmless(format!("{place} meta.{name}"), "is new");
    }
}

/// What only the API sees.
fn wire(place: &str, before: &Operation, after: &Operation, found: &mut Found) {
    server(place, before.server.as_ref(), after.server.as_ref(), found);
    let (old, new) = (request(before), request(after));
    if old != new {
        found.harmless(place, format!("sends `{} {}` instead of `{} {}`", new.0, new.1, old.0, old.1));
    }
    let kind = |operation: &Operation| operation.body.as_ref().map_or("none", |body| body.kind());
    if kind(before) != kind(after) {
        found.harmless(place, format!("its body is `{}` instead of `{}`", kind(after), kind(before)));
    }
}

fn params<'a>(
    place: &str,
    before: &'a Operation,
    after: &'a Operation,
    schemas: &mut Comparison<'a>,
    found: &mut Found,
) {
    let shown = |operation: &'a Operation| operation.params.iter().filter(|param| !param.hidden);
    let added: Vec<&Param> = shown(after).filter(|new| !shown(before).any(|old| old.name == new.name)).collect();
    for old in shown(before) {
        let place = format!("{place} {}", old.name);
        match shown(after).find(|new| new.name == old.name) {
            Some(new) => param(&place, old, new, schemas, found),
            None => {
                let is_same = |new: &&&Param| new.wire == old.wire && new.place == old.place;
                let heir = added
                    .iter()
                    .find(is_same)
                    .map(|new| format!("is gone; {} is sent in its place now", quoted(&new.name)));
                let text = heir.unwrap_or_else(|| gone(&old.name, added.iter().map(|new| new.name.as_str())));
                found.breaking(place, text);
            }
        }
    }
    for new in added {
        let place = format!("{place} {}", new.name);
        if must_be_given(new) {
            found.breaking(place, "is new and must be given")
        } else {
            found.harmless(place, "is new")
        }
    }
}

fn must_be_given(param: &Param) -> bool {
    param.required && param.fill.is_none()
}

fn param<'a>(place: &str, before: &'a Param, after: &'a Param, schemas: &mut Comparison<'a>, found: &mut Found) {
    match (must_be_given(before), must_be_given(after)) {
        (false, true) => found.breaking(place, "must be given now"),
        (true, false) => found.harmless(place, "can be left out now"),
        (true, true) | (false, false) => {}
    }
    match (before.file, after.file) {
        (false, true) => found.breaking(place, "is a file now"),
        (true, false) => found.breaking(place, "is no longer a file"),
        (true, true) | (false, false) => schemas.add(place, Side::Given, &before.schema, &after.schema),
    }
    match (&before.fill, &after.fill) {
        (None, Some(_)) => found.harmless(place, "is filled when it is left out"),
        (Some(_), None) => found.harmless(place, "is no longer filled when it is left out"),
        (Some(old), Some(new)) if old != new => {
            found.harmless(place, "is filled with something else when it is left out");
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let sent = |param: &Param| format!("as {} in the {}", quoted(&param.wire), param.place.as_str());
    if sent(before) != sent(after) {
        found.harmless(place, format!("is sent {} instead of {}", sent(after), sent(before)));
    }
}
