//! Where the records stand in an answer.
//!
//! An answer is a list when it is an array, or when a GET (or a search) that does not ask for one thing by its path answers with an
//! object that has a list of objects under the name of the thing, under a usual name, or as its only list beside mere remarks.
//! One record stands under `data` (or a like name) when nothing but remarks stands beside it.

use tieline::yaml::Node;

use crate::document::Document;
use crate::names::{plain, same_noun, words};
use crate::operation::Operation;
use crate::schemas::Shape;

/// Where the records stand.
pub(crate) enum Found<'d> {
    /// A list.
    List { path: String, record: Option<&'d Node>, why: Option<String> },
    /// One record.
    One { path: String, record: &'d Node, why: Option<String> },
}

/// What lists are usually called.
const LISTS: [&str; 18] = [
    "data",
    "items",
    "results",
    "result",
    "records",
    "values",
    "value",
    "entries",
    "elements",
    "list",
    "rows",
    "nodes",
    "objects",
    "resources",
    "hits",
    "content",
    "documents",
    "edges",
];
/// What wrappers of a whole answer are usually called.
const WRAPPERS: [&str; 6] = ["data", "result", "response", "payload", "meta", "_embedded"];
/// What stands beside records and says something about them or about the request.
const REMARKS: [&str; 31] = [
    "meta",
    "metadata",
    "links",
    "_links",
    "link",
    "paging",
    "pagination",
    "page",
    "pageinfo",
    "cursor",
    "next",
    "previous",
    "prev",
    "first",
    "last",
    "self",
    "included",
    "jsonapi",
    "status",
    "success",
    "message",
    "messages",
    "errors",
    "warnings",
    "requestid",
    "object",
    "kind",
    "start",
    "end",
    "uri",
    "url",
];
/// Parts of names that speak of pages.
const OF_PAGES: [&str; 12] =
    ["page", "cursor", "next", "more", "total", "offset", "limit", "count", "token", "size", "continuation", "index"];

/// Finds them in an answer.
pub(crate) fn find<'d>(document: &Document<'d>, operation: &Operation<'d>, schema: &'d Node) -> Found<'d> {
    if document.shape(schema) == Shape::List {
        return Found::List { path: "$".to_owned(), record: document.elements(schema), why: None };
    }
    let asks_for_one = operation.ends_with_param() || !matches!(operation.method, "get" | "post");
    let is_query = operation.method == "get" || operation.only_asks();
    if !asks_for_one && is_query {
        if let Some((name, list, why)) = list_in(document, operation, schema) {
            let why = Some(format!("the list of the answer is `{name}`: {why}"));
            return Found::List { path: member("$", name), record: document.elements(list), why };
        }
        for (name, inner) in document.properties(schema) {
            if WRAPPERS.contains(&name)
                && document.shape(inner) == Shape::Object
                && let Some((list_name, list, why)) = list_in(document, operation, inner)
            {
                let why = Some(format!("the list of the answer is `{name}.{list_name}`: {why}"));
                return Found::List {
                    path: member(&member("$", name), list_name),
                    record: document.elements(list),
                    why,
                };
            }
        }
    }
    let wrapped = document.properties(schema).into_iter().find(|(name, inner)| {
        matches!(*name, "data" | "result") && matches!(document.shape(inner), Shape::Object | Shape::List)
    });
    match wrapped.filter(|(name, _)| others_are_remarks(document, schema, name)) {
        Some((name, inner)) => {
            let why = Some(format!("the record is `{name}`, because only remarks stand beside it"));
            Found::One { path: member("$", name), record: inner, why }
        }
        None => Found::One { path: "$".to_owned(), record: schema, why: None },
    }
}

fn list_in<'d>(
    document: &Document<'d>,
    operation: &Operation<'d>,
    schema: &'d Node,
) -> Option<(&'d str, &'d Node, &'static str)> {
    let properties = document.properties(schema);
    let lists: Vec<(&str, &Node)> =
        properties.iter().copied().filter(|(_, member)| document.shape(member) == Shape::List).collect();
    let last = operation.path_words().last().map(words).unwrap_or_default().join("");
    let named_like_it = lists.iter().find(|(name, _)| same_noun(&plain(name), &last));
    if let Some((name, list)) = named_like_it {
        return Some((name, list, "it is called like the path"));
    }
    if let Some((name, list)) = LISTS.iter().find_map(|usual| lists.iter().find(|(name, _)| name == usual)) {
        return Some((name, list, "the name is a usual one"));
    }
    match lists.as_slice() {
        [(name, list)] if properties.iter().all(|(other, _)| other == name || is_remark(other)) => {
            Some((name, list, "only remarks stand beside it"))
        }
        _ => None,
    }
}

fn others_are_remarks<'d>(document: &Document<'d>, schema: &'d Node, name: &str) -> bool {
    document.properties(schema).iter().all(|(other, _)| *other == name || is_remark(other))
}

fn is_remark(name: &str) -> bool {
    let name = plain(name);
    REMARKS.iter().any(|remark| plain(remark) == name) || OF_PAGES.iter().any(|part| name.contains(part))
}

/// A path that goes on to a member.
pub(crate) fn member(path: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match is_plain {
        true => format!("{path}.{name}"),
        false if name.contains('\'') => format!("{path}[\"{name}\"]"),
        false => format!("{path}['{name}']"),
    }
}
