//! What actions are called: an operation's id without the words of its entity and with the standard words (`list`, `get`, `create`,
//! `update`, `delete`) for their usual synonyms, or, without an id, what the method does and what the path names beside the entity.

use crate::answer::{Answer, Kind};
use crate::names::{lower, same_noun, singular, words};
use crate::operation::Operation;
use crate::tree::members;

use super::naming::is_prefix;

/// The name of an operation among those of its entity.
pub(super) fn name(operation: &Operation<'_>, answer: &Answer<'_>, entity: &str) -> String {
    let by_id = operation.text("operationId").and_then(|id| by_id(id, entity, operation, answer));
    let name = by_id.unwrap_or_else(|| by_path(operation, answer, entity));
    if name == entity || name.is_empty() { by_method(operation, answer).to_owned() } else { name }
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
    let is_noun = |word: &String| nouns.iter().any(|noun| same_noun(noun, word));
    let begins_with_entity =
        said.len() > nouns.len() && said.iter().zip(&nouns).all(|(word, noun)| same_noun(word, noun));
    let is_apart = id.contains(['/', '.', '_'])
        || said.get(nouns.len()).is_some_and(|verb| standard(verb, operation, answer).is_some());
    if begins_with_entity && is_apart {
        said.drain(..nouns.len());
    }
    let kept = without_entity(&said, is_noun);
    let first = kept.first()?;
    let moves = kept.iter().any(|word| matches!(word.as_str(), "to" | "from"));
    let names_many = said.iter().any(|word| singular(word) != *word && nouns.iter().any(|noun| same_noun(noun, word)));
    let says_nothing = answer
        .schema
        .is_none_or(|schema| members(schema).all(|(key, _)| matches!(key, "type" | "description" | "title")));
    let asks = matches!(first.as_str(), "get" | "retrieve" | "fetch" | "read" | "find");
    let is_file = matches!(answer.kind, Kind::File(_));
    let lists_unseen =
        names_many && says_nothing && !is_file && asks && operation.method == "get" && !operation.ends_with_param();
    let (verb, rest) = match standard(first, operation, answer) {
        Some(_) if lists_unseen => ("list".to_owned(), &kept[1..]),
        Some(verb) if !moves => (verb.to_owned(), &kept[1..]),
        Some(_) | None => (first.clone(), &kept[1..]),
    };
    let mut rest: Vec<&str> = rest
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "a" | "an" | "the" | "all" | "one" | "paginated"))
        .collect();
    if rest == ["data"] {
        rest.clear();
    }
    let asks_by_param = matches!(rest.as_slice(), ["by", _] | ["by", _, "id"]) && operation.path_names().count() == 1;
    if asks_by_param {
        rest.clear();
    }
    let action = [verb.as_str()].into_iter().chain(rest).collect::<Vec<_>>().join("_");
    Some(action)
}

/// The words without those of the entity, where they stand right behind the verb or at the end: in between they are part of a phrase.
fn without_entity(said: &[String], is_noun: impl Fn(&String) -> bool) -> Vec<String> {
    let Some((verb, rest)) = said.split_first() else { return Vec::new() };
    let start = rest.iter().take_while(|word| is_noun(word)).count();
    let end = rest.len() - rest[start..].iter().rev().take_while(|word| is_noun(word)).count();
    [verb].into_iter().chain(&rest[start..end]).cloned().collect()
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
    let parts: Vec<&str> = operation.parts().collect();
    if let [.., before, last] = parts.as_slice()
        && operation.method == "post"
        && before.contains('{')
        && !last.contains('{')
        && !words(last).iter().all(|word| nouns.iter().any(|noun| same_noun(noun, word)))
    {
        return lower(last, "call");
    }
    let of_path = operation.path_words().flat_map(words);
    let rest: Vec<String> =
        of_path.filter(|word| !is_prefix(word) && !nouns.iter().any(|noun| same_noun(noun, word))).collect();
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
