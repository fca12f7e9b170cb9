//! What entities and actions are called.
//!
//! In the peer's dialect the document says so. Elsewhere an entity is an operation's first tag, or the last thing that its path names;
//! what an action is called is in `actions`. Where two come out alike, the one whose path needs the fewest
//! parameters keeps the name, and the others get what tells their paths apart.

use std::collections::{BTreeSet, HashMap};

use crate::answer::Answer;
use crate::context::Context;
use crate::names::{Taken, lower, same_noun, words};
use crate::operation::Operation;
use crate::tree::items;

use super::actions;

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
    Name { entity_title: (name != entity).then(|| entity.to_owned()), entity: name, action: lower(action, "action") }
}

/// What the tags of a document are good for.
struct Tags {
    /// Whether they tell things apart: several are used, or there is little to tell apart.
    tell: bool,
    /// The words that every one of them begins with, which say nothing.
    common: Vec<String>,
    things: Things,
}

impl Tags {
    fn of(operations: &[(Operation<'_>, Answer<'_>)]) -> Self {
        let tags: BTreeSet<&str> = operations.iter().filter_map(|(operation, _)| tag(operation)).collect();
        let things = Things::among(operations);
        let used: BTreeSet<String> = operations.iter().map(|(operation, _)| things.of(operation)).collect();
        let mut all = tags.iter().map(|tag| words(tag));
        let mut common = if tags.len() > 2 { all.next().unwrap_or_default() } else { Vec::new() };
        for one in all {
            // Every tag keeps a word of its own.
            let most = one.len().saturating_sub(1);
            let alike = common.iter().zip(&one).take_while(|(common, word)| common == word).count();
            common.truncate(alike.min(most));
        }
        Self { tell: tags.len() > 1 || used.len() <= 1, common, things }
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
        None => (short(tags.things.of(operation)), None),
    };
    let action = actions::name(operation, answer, &entity);
    Name { entity, action: short(lower(&action, "call")), entity_title: title }
}

/// The things that paths name: what stands first in one, and what stands before a parameter. What hangs on a thing and has no
/// parameter of its own (`/users/me`, `/blocks/{id}/children`) belongs to that thing.
struct Things(BTreeSet<String>);

impl Things {
    fn among(operations: &[(Operation<'_>, Answer<'_>)]) -> Self {
        let mut things = BTreeSet::new();
        for (operation, _) in operations {
            let parts: Vec<&str> = operation.parts().collect();
            things.extend(parts.iter().find(|part| is_word(part)).map(|part| lower(part, "entity")));
            let before_param = parts.windows(2).filter(|pair| is_word(pair[0]) && pair[1].contains('{'));
            things.extend(before_param.map(|pair| lower(pair[0], "entity")));
        }
        Self(things)
    }

    /// The last thing that an operation's path names.
    fn of(&self, operation: &Operation<'_>) -> String {
        let named: Vec<String> =
            operation.parts().filter(|part| is_word(part)).map(|part| lower(part, "entity")).collect();
        let thing = named.iter().rev().find(|name| self.0.contains(*name)).or_else(|| named.first());
        thing.cloned().unwrap_or_else(|| "root".to_owned())
    }
}

fn is_word(part: &str) -> bool {
    !part.contains('{') && !is_prefix(&part.to_ascii_lowercase())
}

/// Parts of paths that say nothing about things.
pub(super) fn is_prefix(part: &str) -> bool {
    let is_version = part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    is_version || matches!(part, "api" | "rest" | "public" | "services")
}

fn short(name: String) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => name[..end].trim_end_matches(['_', '-']).to_owned(),
        None => name,
    }
}
