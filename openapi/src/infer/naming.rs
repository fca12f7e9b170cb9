//! What entities and actions are called.
//!
//! In the peer's dialect the document says so. Elsewhere an entity is an operation's first tag, or the last thing that its path names;
//! an action is the operation's id without the words of the entity and with the standard words (`list`, `get`, `create`, `update`,
//! `delete`) for their usual synonyms, or, without an id, what the method does. Where two come out alike, the one whose path needs the fewest
//! parameters keeps the name, and the others get what tells their paths apart.

use std::collections::{BTreeSet, HashMap};

use crate::answer::{Answer, Kind};
use crate::context::Context;
use crate::names::{Taken, lower, same_noun, singular, words};
use crate::operation::Operation;
use crate::tree::{items, members};

/// The longest name that is made.
const LONGEST: usize = 60;

/// What an operation is called.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The entity.
    pub entity: String,
    /// The action.
    pub action: String,
    /// What the document calls the entity, where that is something else.
    pub entity_title: Option<String>,
    /// How the name was found, where the document does not say it.
    pub why: Option<String>,
}

impl<'d> Context<'d> {
    /// A name for each operation, in their order.
    pub(crate) fn name_all(&mut self, operations: &[(Operation<'d>, Answer<'d>)]) -> Vec<Name> {
        let tags = Tags::of(operations);
        let mut names: Vec<Name> = operations
            .iter()
            .map(|(operation, answer)| match operation.is_named() {
                true => said(operation),
                false => inferred(operation, answer, &tags),
            })
            .collect();
        self.tell_names_apart(operations, &mut names);
        names
    }

    /// No two operations are called alike. Where the document itself calls two alike, the last one keeps the name; elsewhere the one
    /// whose path needs the fewest parameters.
    fn tell_names_apart(&mut self, operations: &[(Operation<'d>, Answer<'d>)], names: &mut [Name]) {
        let mut keeps: HashMap<(String, String), usize> = HashMap::new();
        let rank = |at: usize| {
            let operation = &operations[at].0;
            if operation.is_named() { (0, usize::MAX - at) } else { (1 + operation.path_names().count(), at) }
        };
        for (at, name) in names.iter().enumerate() {
            let keeper = keeps.entry((name.entity.clone(), name.action.clone())).or_insert(at);
            *keeper = if rank(at) < rank(*keeper) { at } else { *keeper };
        }
        let mut taken: HashMap<String, Taken> = HashMap::new();
        for (entity, action) in keeps.keys() {
            taken.entry(entity.clone()).or_default().free(action.clone());
        }
        for at in 0..names.len() {
            let (operation, _) = &operations[at];
            let key = (names[at].entity.clone(), names[at].action.clone());
            if keeps.get(&key) == Some(&at) {
                continue;
            }
            let free = taken.entry(key.0.clone()).or_default().free(short(apart(operation, &names[at])));
            if operation.is_named() {
                let message = format!("`{}.{}` stands in the document twice", key.0, key.1);
                let help = format!("this one is called `{free}`; the last one keeps the name");
                self.warn(operation.path_span, message, help);
            }
            names[at].action = free;
        }
    }
}

/// What tells an operation apart from another of the same name: the things in its path, or its parameters.
fn apart(operation: &Operation<'_>, name: &Name) -> String {
    let entity = words(&name.entity);
    let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    let is_telling = |word: &String| {
        !is_prefix(word) && !entity.iter().any(|noun| same_noun(noun, word)) && !name.action.contains(word.as_str())
    };
    let (mut telling, mut are_parents) = (Vec::new(), true);
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.contains('{')) {
        let words: Vec<String> = words(part).into_iter().filter(is_telling).collect();
        are_parents &= words.is_empty() || parts.get(at + 1).is_some_and(|next| next.contains('{'));
        telling.extend(words);
    }
    if !telling.is_empty() && !operation.is_named() {
        let of = if are_parents { "of_" } else { "" };
        return format!("{}_{of}{}", name.action, telling.join("_"));
    }
    let params: Vec<String> = operation.path_names().flat_map(words).collect();
    match params.as_slice() {
        [] => format!("{}_all", name.action),
        params => format!("{}_by_{}", name.action, params.join("_")),
    }
}

fn said(operation: &Operation<'_>) -> Name {
    let entity = operation.text("x-airbyte-entity").unwrap_or_default();
    let action = operation.said_action().unwrap_or_default();
    let name = lower(entity, "entity");
    Name {
        entity_title: (name != entity).then(|| entity.to_owned()),
        entity: name,
        action: lower(action, "action"),
        why: None,
    }
}

/// What the tags of a document are good for.
struct Tags {
    /// Whether they tell things apart: several are used, or there is little to tell apart.
    tell: bool,
    /// The words that every one of them begins with, which say nothing.
    common: Vec<String>,
}

impl Tags {
    fn of(operations: &[(Operation<'_>, Answer<'_>)]) -> Self {
        let tags: BTreeSet<&str> = operations.iter().filter_map(|(operation, _)| tag(operation)).collect();
        let things: BTreeSet<String> = operations.iter().map(|(operation, _)| thing(operation)).collect();
        let mut all = tags.iter().map(|tag| words(tag));
        let mut common = if tags.len() > 2 { all.next().unwrap_or_default() } else { Vec::new() };
        for one in all {
            // Every tag keeps a word of its own.
            let most = one.len().saturating_sub(1);
            let alike = common.iter().zip(&one).take_while(|(common, word)| common == word).count();
            common.truncate(alike.min(most));
        }
        Self { tell: tags.len() > 1 || things.len() <= 1, common }
    }

    /// The name of the entity that a tag stands for.
    fn entity(&self, tag: &str) -> String {
        match words(tag).get(self.common.len()..) {
            Some(own) if !self.common.is_empty() && !own.is_empty() => lower(&own.join("_"), "entity"),
            Some(_) | None => lower(tag, "entity"),
        }
    }
}

fn tag<'d>(operation: &Operation<'d>) -> Option<&'d str> {
    operation.node.get("tags").map(items)?.first()?.as_text().filter(|tag| !tag.trim().is_empty())
}

fn inferred(operation: &Operation<'_>, answer: &Answer<'_>, tags: &Tags) -> Name {
    let said_entity = operation.text("x-airbyte-entity");
    let telling = |tag: &&str| tags.tell && !words(tag).is_empty();
    let (entity, title) = match said_entity.or_else(|| tag(operation).filter(telling)) {
        Some(tag) => {
            let name = tags.entity(tag);
            (short(name.clone()), (name != tag).then(|| tag.to_owned()))
        }
        None => (short(thing(operation)), None),
    };
    let (action, why) = match operation.text("operationId").and_then(|id| by_id(id, &entity, operation, answer)) {
        Some(action) => (action, None),
        None => (by_path(operation, answer, &entity), Some("named by its method and path".to_owned())),
    };
    let action = if action == entity || action.is_empty() { by_method(operation, answer).to_owned() } else { action };
    Name { entity, action: short(lower(&action, "call")), entity_title: title, why }
}

/// What the last part of a path that names a thing calls it.
fn thing(operation: &Operation<'_>) -> String {
    let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    let is_word = |part: &str| !part.contains('{') && !is_prefix(&part.to_ascii_lowercase());
    // What stands after a parameter, at the end of something that is done to a thing, is what is done.
    let does = operation.method == "post" && parts.len() > 2 && parts[parts.len() - 2].contains('{');
    let end = if does { parts.len() - 1 } else { parts.len() };
    let named = parts[..end].iter().rev().find(|part| is_word(part)).or_else(|| parts.iter().find(|part| is_word(part)));
    lower(named.map_or("root", |part| part.split(':').next().unwrap_or(part)), "entity")
}

/// Parts of paths that say nothing about things.
fn is_prefix(part: &str) -> bool {
    let is_version = part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    is_version || matches!(part, "api" | "rest" | "public" | "services")
}

/// The action that an operation's id speaks of; `None` where the id was made from the path by a machine.
fn by_id(id: &str, entity: &str, operation: &Operation<'_>, answer: &Answer<'_>) -> Option<String> {
    let mut said = words(id);
    let of_path: Vec<String> = operation.path.split('/').flat_map(words).collect();
    let is_made = said.last().is_some_and(|last| last == operation.method)
        && said.len() > of_path.len()
        && of_path.iter().all(|word| said.contains(word));
    if is_made {
        return None;
    }
    said.retain(|word| word != "controller");
    let nouns = words(entity);
    let begins_with_entity = said.len() > nouns.len() && said.iter().zip(&nouns).all(|(word, noun)| same_noun(word, noun));
    if begins_with_entity {
        said.drain(..nouns.len());
    }
    let kept: Vec<String> = match said.len() {
        0 => return None,
        _ => said.iter().enumerate().filter(|(at, word)| *at == 0 || !nouns.iter().any(|noun| same_noun(noun, word))).map(|(_, word)| word.clone()).collect(),
    };
    let first = kept.first()?;
    let names_many = said.iter().any(|word| singular(word) != *word && nouns.iter().any(|noun| same_noun(noun, word)));
    let says_nothing = answer.schema.is_none_or(|schema| members(schema).all(|(key, _)| matches!(key, "type" | "description" | "title")));
    let asks = matches!(first.as_str(), "get" | "retrieve" | "fetch" | "read" | "find");
    let lists_unseen = names_many && says_nothing && asks && operation.method == "get" && !operation.ends_with_param();
    let (verb, rest) = match standard(first, operation, answer) {
        Some(_) if lists_unseen => ("list".to_owned(), &kept[1..]),
        Some(verb) => (verb.to_owned(), &kept[1..]),
        None => (first.clone(), &kept[1..]),
    };
    let mut rest: Vec<&str> = rest.iter().map(String::as_str).filter(|word| !matches!(*word, "a" | "an" | "the" | "all" | "one")).collect();
    let asks_by_param = matches!(rest.as_slice(), ["by", _] | ["by", _, "id"]) && operation.path_names().count() == 1;
    if asks_by_param {
        rest.clear();
    }
    let action = [verb.as_str()].into_iter().chain(rest).collect::<Vec<_>>().join("_");
    Some(action)
}

/// The standard word for a verb.
fn standard(verb: &str, operation: &Operation<'_>, answer: &Answer<'_>) -> Option<&'static str> {
    let is_list = matches!(answer.kind, Kind::List(_));
    Some(match verb {
        "list" | "index" => "list",
        "create" | "add" | "insert" | "new" | "post" if operation.only_asks() => "search",
        "get" | "retrieve" | "fetch" | "read" | "show" | "find" | "describe" | "view" | "lookup" => {
            if is_list && operation.method == "get" && !operation.ends_with_param() { "list" } else { "get" }
        }
        "create" | "add" | "insert" | "new" | "post" => "create",
        "update" | "edit" | "modify" | "patch" | "change" | "put" | "replace" => "update",
        "delete" | "remove" | "destroy" => "delete",
        "search" => "search",
        "download" => "download",
        _ => return None,
    })
}

fn by_path(operation: &Operation<'_>, answer: &Answer<'_>, entity: &str) -> String {
    let nouns = words(entity);
    let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    if let [.., before, last] = parts.as_slice()
        && operation.method == "post"
        && before.contains('{')
        && !last.contains('{')
        && !words(last).iter().all(|word| nouns.iter().any(|noun| same_noun(noun, word)))
    {
        return lower(last, "call");
    }
    let of_path = operation.path_words().flat_map(words);
    let rest: Vec<String> = of_path.filter(|word| !is_prefix(word) && !nouns.iter().any(|noun| same_noun(noun, word))).collect();
    let verb = by_method(operation, answer);
    // The thing itself needs no more words; what hangs on it is named.
    match operation.path_words().last().map(words) {
        Some(last) if last.iter().all(|word| nouns.iter().any(|noun| same_noun(noun, word))) => verb.to_owned(),
        _ if rest.is_empty() => verb.to_owned(),
        _ => format!("{verb}_{}", rest.join("_")),
    }
}

fn by_method(operation: &Operation<'_>, answer: &Answer<'_>) -> &'static str {
    match (operation.method, &answer.kind) {
        ("get", Kind::List(_)) => "list",
        ("get", Kind::File(_)) => "download",
        ("get", Kind::One(_)) => "get",
        ("post", _) if operation.only_asks() => "search",
        ("post", _) => "create",
        ("delete", _) => "delete",
        (_, _) => "update",
    }
}

fn short(name: String) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => name[..end].trim_end_matches(['_', '-']).to_owned(),
        None => name,
    }
}
