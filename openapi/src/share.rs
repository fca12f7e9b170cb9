//! What several actions say alike is said once: parameters, pagination, the kind of body.

use std::collections::{HashMap, HashSet};

use tieline::yaml::{Node, Value};

use crate::names::{Taken, lower};
use crate::note::Note;
use crate::same::is_same;
use crate::tree::{Mapping, members, text};

/// The entities, and what they share.
pub(crate) struct Shared {
    pub entities: Node,
    pub params: Node,
    pub pagination: Node,
    pub body: Option<Node>,
    pub query_encoding: Option<Node>,
}

/// How often a parameter must be said before it is said once for all.
const OFTEN: usize = 3;
/// A parameter with less in it is as short as the reference to it.
const LARGE: usize = 40;

/// Takes out of the entities what several actions say alike.
pub(crate) fn share(mut entities: Node) -> Shared {
    let span = entities.span;
    // Parameters are looked into here, so they are shared after it.
    let body = one_for_all(&mut entities, "body", |body| {
        body.get("kind").and_then(Node::as_text) == Some("form") && members(body).count() == 1
    });
    let query_encoding = one_for_all(&mut entities, "query_encoding", |_| true);
    let params = shared_params(&mut entities, span);
    let pagination = shared_pagination(&mut entities, span);
    Shared { entities, params, pagination, body, query_encoding }
}

/// Every action of every entity.
fn for_actions(entities: &mut Node, mut each: impl FnMut(&mut Node)) {
    let Value::Map(entities) = &mut entities.value else { return };
    for entity in entities.values_mut() {
        let Value::Map(entity) = &mut entity.value.value else { continue };
        let Some(Value::Map(actions)) = entity.get_mut("actions").map(|actions| &mut actions.value.value) else {
            continue;
        };
        actions.values_mut().for_each(|action| each(&mut action.value));
    }
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(map) => map.get_mut(key).map(|entry| &mut entry.value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}

/// Parameters that several actions have alike stand under the manifest's `params`.
fn shared_params(entities: &mut Node, span: tieline::source::Span) -> Node {
    let mut counted: HashMap<String, usize> = HashMap::new();
    let mut order: Vec<(String, String, Node)> = Vec::new();
    let mut fingerprints = Vec::new();
    for_actions(entities, |action| {
        for (name, param) in child(action, "params").iter().flat_map(|params| members(params)) {
            let key = fingerprint(name, param);
            let count = counted.entry(key.clone()).or_insert(0);
            *count += 1;
            if *count == 1 {
                order.push((key.clone(), name.to_owned(), param.clone()));
            }
            fingerprints.push(key);
        }
    });
    // Of several that are called alike, the one that is said most often: another name would say less than the parameter itself.
    let mut names: HashMap<String, (String, Node)> = HashMap::new();
    let mut shared = Mapping::at(span);
    let count = |key: &str| counted.get(key).copied().unwrap_or_default();
    let mut most: HashMap<&str, usize> = HashMap::new();
    for (key, name, _) in order.iter().filter(|(key, ..)| key.len() >= LARGE) {
        let known = most.entry(name).or_default();
        *known = count(key).max(*known);
    }
    let most: HashMap<String, usize> = most.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    for (key, name, param) in order {
        let is_most = most.get(&name) == Some(&count(&key)) && !shared.has(&name);
        if count(&key) >= OFTEN && key.len() >= LARGE && is_most {
            shared.put(name.clone(), param.clone());
            names.insert(key, (name, param));
        }
    }
    let mut fingerprints = fingerprints.iter();
    for_actions(entities, |action| {
        let Some(Value::Map(params)) = child(action, "params").map(|params| &mut params.value) else { return };
        for (entry, key) in params.values_mut().zip(&mut fingerprints) {
            if let Some((shared, _)) = names.get(key).filter(|(_, param)| is_same(param, &entry.value)) {
                let span = entry.value.span;
                let mut reference = Mapping::at(span);
                reference.text("$ref", format!("#/params/{shared}"), span);
                entry.value = reference.node();
            }
        }
    });
    shared.node()
}

/// What tells a parameter apart from another; one with a reference of its own cannot start from another.
fn fingerprint(name: &str, param: &Node) -> String {
    match param.get("$ref") {
        Some(_) => String::new(),
        None => format!("{name} {}", param.to_json()),
    }
}

/// Pagination that several actions have alike stands under the manifest's `pagination`.
fn shared_pagination(entities: &mut Node, span: tieline::source::Span) -> Node {
    let mut kinds: Vec<(Node, usize)> = Vec::new();
    for_actions(entities, |action| {
        let Some(paginate) = child(action, "paginate").filter(|paginate| paginate.as_text().is_none()) else { return };
        match kinds.iter_mut().find(|(known, _)| is_same(known, paginate)) {
            Some((_, count)) => *count += 1,
            None => kinds.push((paginate.clone(), 1)),
        }
    });
    let mut taken = Taken::default();
    let mut shared = Mapping::at(span);
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<(Node, String)> = kinds
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(paginate, _)| {
            let name = taken.free(pagination_name(&paginate, &taken));
            shared.put(name.clone(), paginate.clone());
            (paginate, name)
        })
        .collect();
    for_actions(entities, |action| {
        let Some(paginate) = child(action, "paginate") else { return };
        if let Some((_, name)) = named.iter().find(|(known, _)| is_same(known, paginate)) {
            *paginate = text(name, paginate.span);
        }
    });
    shared.node()
}

/// Notes about what is shared now stand where it is said.
pub(crate) fn follow(entities: &Node, notes: &mut Vec<Note>) {
    let moved = |at: &[String]| {
        let [_, entity, _, action, params, name] = at else { return None };
        let param = entities.get(entity)?.get("actions")?.get(action)?.get(params)?.get(name)?;
        param
            .get("$ref")?
            .as_text()?
            .strip_prefix("#/params/")
            .map(|shared| vec!["params".to_owned(), shared.to_owned()])
    };
    for note in notes.iter_mut() {
        if let Some(at) = moved(&note.at) {
            note.at = at;
        }
    }
    let mut seen = HashSet::new();
    notes.retain(|note| seen.insert((note.at.clone(), note.text.clone())));
}

/// The kind, and where that is taken, what its own parameter or its largest page tells.
fn pagination_name(paginate: &Node, taken: &Taken) -> String {
    let said = |key| paginate.get(key).and_then(Node::as_text);
    let kind = said("kind").unwrap_or("pages");
    let by = ["cursor", "page", "offset", "size"]
        .into_iter()
        .find_map(said)
        .map(|param| format!("{kind}_by_{}", lower(param, "param")));
    let of = paginate.get("max_size").and_then(crate::tree::whole).map(|most| format!("{kind}_of_{most}"));
    let names = [Some(kind.to_owned()), by, of];
    names.into_iter().flatten().find(|name| !taken.has(name)).unwrap_or_else(|| kind.to_owned())
}

/// A key that every action that has it has alike, taken out of them: the manifest says it for all.
fn one_for_all(entities: &mut Node, key: &str, may_be: impl Fn(&Node) -> bool) -> Option<Node> {
    let mut first: Option<Node> = None;
    let (mut alike, mut actions) = (true, 0usize);
    let mut having = 0usize;
    for_actions(entities, |action| {
        actions += 1;
        if let Some(value) = child(action, key) {
            having += 1;
            match &first {
                Some(known) => alike &= is_same(known, value),
                None => first = Some(value.clone()),
            }
        } else if key == "body" {
            // An action that sends JSON says nothing about it.
            let goes_into_body = |param: &Node| param.get("in").and_then(Node::as_text) == Some("body");
            let sends = ["post", "put", "patch"].iter().any(|method| action.get(method).is_some())
                || action.get("params").is_some_and(|params| members(params).any(|(_, param)| goes_into_body(param)));
            alike &= !sends || action.get("params").is_none();
        } else {
            alike = false;
        }
    });
    let common = first.filter(|common| alike && having > 1 && may_be(common))?;
    for_actions(entities, |action| {
        if let Value::Map(map) = &mut action.value {
            map.shift_remove(key);
        }
    });
    Some(common)
}
