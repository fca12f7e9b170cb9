//! The operations of a document: each method of each path, with what the path item says for all of them.

use std::collections::BTreeMap;

use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::context::Context;
use crate::names::words;
use crate::tree::{items, members, text_of};

/// An operation as the document has it.
pub(crate) struct Operation<'d> {
    /// The method as the manifest writes it: `get`, `post`, `put`, `patch` or `delete`.
    pub method: &'static str,
    /// Scheme and host, where the path is a whole URL.
    pub origin: Option<String>,
    /// The path that is called, without a query.
    pub path: String,
    /// What always stands in the query, because the document's path holds it.
    pub query: Vec<(String, String)>,
    /// Where the path stands.
    pub path_span: Span,
    /// What the document says about it.
    pub node: &'d Node,
    /// Its parameters, those of the path item among them.
    pub params: Vec<&'d Node>,
    /// Its own servers, or the path item's.
    pub servers: Option<&'d Node>,
    /// What the path item says for people.
    pub item: &'d Node,
}

/// The methods that a manifest can name.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// The methods of OpenAPI that it cannot.
const OTHERS: [&str; 4] = ["head", "options", "trace", "query"];

/// Words that begin the ids of operations that do more than ask.
const MAKING: [&str; 14] = [
    "create", "add", "insert", "new", "post", "put", "update", "upsert", "save", "set", "delete", "remove", "send",
    "start",
];

impl<'d> Context<'d> {
    /// Every operation of the document.
    pub(crate) fn operations(&mut self) -> Vec<Operation<'d>> {
        let mut operations = Vec::new();
        let Some(Value::Map(paths)) = self.document.section(&["paths"]).map(|paths| &paths.value) else {
            return operations;
        };
        for (path, entry) in paths {
            if path.starts_with("x-") {
                continue;
            }
            let Some(item) = self.resolve(&entry.value) else { continue };
            for (method, node) in members(item) {
                match METHODS.into_iter().find(|known| *known == method) {
                    Some(method) => operations.extend(self.operation(method, (path, entry.span), item, node)),
                    None if OTHERS.contains(&method) => self.leave_out(method, path, node),
                    None if method == "additionalOperations" => {
                        members(node).for_each(|(method, node)| self.leave_out(method, path, node));
                    }
                    None => {}
                }
            }
        }
        operations
    }

    fn leave_out(&mut self, method: &str, path: &str, node: &'d Node) {
        let message = format!("{} {path} is left out", method.to_uppercase());
        self.warn(node.span, message, "a connector calls GET, POST, PUT, PATCH and DELETE");
    }

    fn operation(
        &mut self,
        method: &'static str,
        (path, path_span): (&'d str, Span),
        item: &'d Node,
        node: &'d Node,
    ) -> Option<Operation<'d>> {
        if !matches!(node.value, Value::Map(_)) {
            return None;
        }
        let said = node.get("x-airbyte-path-override").and_then(|said| said.get("path"));
        let (path, path_span) = match said {
            Some(said) => (said.as_text().unwrap_or(path), said.span),
            None => (path, path_span),
        };
        let path = path.split('#').next().unwrap_or_default();
        let (origin, path) = whole(path).map_or((None, path), |(origin, path)| (Some(origin.to_owned()), path));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        let query = query
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Operation {
            method,
            origin,
            path: if path.starts_with('/') { path.to_owned() } else { format!("/{path}") },
            query: query.collect(),
            path_span,
            node,
            params: self.params_of(item, node),
            servers: node.get("servers").or_else(|| item.get("servers")),
            item,
        })
    }

    /// The parameters of an operation: its own take the place of the path item's.
    fn params_of(&mut self, item: &'d Node, node: &'d Node) -> Vec<&'d Node> {
        let written = [item, node].into_iter().filter_map(|holder| holder.get("parameters"));
        let written: Vec<&'d Node> = written.flat_map(items).collect();
        let mut params: Vec<&'d Node> = Vec::new();
        let mut places = BTreeMap::new();
        for param in written {
            let Some(param) = self.resolve(param) else { continue };
            let key = (text_of(param, "name").unwrap_or_default(), text_of(param, "in").unwrap_or_default());
            match places.get(&key) {
                Some(&at) => params[at] = param,
                None => {
                    places.insert(key, params.len());
                    params.push(param);
                }
            }
        }
        params
    }
}

/// The origin and the path of a whole URL.
fn whole(path: &str) -> Option<(&str, &str)> {
    let host = ["https://", "http://"].into_iter().find_map(|scheme| path.strip_prefix(scheme))?;
    let end = path.len() - host.len() + host.find(['/', '?']).unwrap_or(host.len());
    Some(path.split_at(end))
}

impl<'d> Operation<'d> {
    /// A text that the document says about it.
    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        text_of(self.node, key).filter(|text| !text.trim().is_empty())
    }

    /// The names in braces in its path.
    pub(crate) fn path_names(&self) -> impl Iterator<Item = &str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }

    /// The parts of the path, without an ending that only says how the answer is written.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        let bare =
            |part| [".json", ".xml"].into_iter().find_map(|ending| str::strip_suffix(part, ending)).unwrap_or(part);
        self.path.split('/').map(bare).filter(|part| !part.is_empty())
    }

    /// The parts of the path that are no parameters.
    pub(crate) fn path_words(&self) -> impl Iterator<Item = &str> {
        self.parts().filter(|part| !part.contains('{'))
    }

    /// Whether its path ends with a parameter.
    pub(crate) fn ends_with_param(&self) -> bool {
        self.path.trim_end_matches('/').ends_with('}')
    }

    /// Whether a POST only asks: its id begins with a word that does, or says nothing and its path ends with one.
    pub(crate) fn only_asks(&self) -> bool {
        let asks = |word: &str| matches!(word, "search" | "query" | "list" | "find" | "lookup" | "count");
        let named = self.text("operationId").map(words).unwrap_or_default();
        // The method itself says nothing.
        let does = |word: &str| word != "post" && MAKING.contains(&word);
        let first = named.first().map(String::as_str).unwrap_or_default();
        let last = self.path_words().last().map(words).unwrap_or_default();
        self.method == "post" && (asks(first) || !does(first) && last.last().is_some_and(|last| asks(last)))
    }

    /// Whether the document, in the peer's dialect, says what it is called.
    pub(crate) fn is_named(&self) -> bool {
        self.text("x-airbyte-entity").is_some() && self.text("x-airbyte-action").is_some()
    }

    /// The action, where the document says it in the peer's dialect.
    pub(crate) fn said_action(&self) -> Option<&'d str> {
        let action = self.text("x-airbyte-action")?;
        Some(if action == "api_search" { "search" } else { action })
    }
}
