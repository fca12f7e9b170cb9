//! Values that are chosen per connection: what servers, sign-in and fills of a document depend on.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use tieline::source::Span;
use tieline::yaml::Node;

use crate::names::mixed;
use crate::tree::{Mapping, boolean, items, list, members, scalar_text, text, text_of};

/// Names of hosts, and parts of them.
const PART_OF_HOST: &str = "[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*";

/// The configuration values that something in the manifest names, with what the document says about them.
#[derive(Default)]
pub(crate) struct Config {
    values: IndexMap<String, Mapping>,
    /// Those of which all is said.
    declared: BTreeSet<String>,
}

impl Config {
    /// Makes sure that a value is declared. `said` is what a replication configuration of the peer's dialect says of all values.
    pub(crate) fn need(&mut self, name: &str, said: Option<&Node>, span: Span) {
        if self.values.contains_key(name) {
            return;
        }
        let properties = said.and_then(|said| said.get("properties")).into_iter().flat_map(members);
        let property =
            properties.into_iter().find(|(known, _)| mixed(known, "value") == name).map(|(_, property)| property);
        let mut value = Mapping::at(property.map_or(span, |property| property.span));
        if let Some(property) = property {
            for key in ["title", "description"] {
                value.put_some(key, property.get(key).filter(|said| said.as_text().is_some()).cloned());
            }
            if let Some(kind) = kind(property) {
                value.text("type", kind, property.span);
            }
            value.put_filled("enum", list(choices(property), property.span));
        }
        self.values.insert(name.to_owned(), value);
    }

    /// Limits a value that stands in a URL, where nothing does yet; it must be given.
    pub(crate) fn limit(&mut self, name: &str, decides: Decides, span: Span) {
        if let Some(value) = self.values.get_mut(name) {
            limit(value, decides, span);
            value.put("required", boolean(true, span));
        }
    }

    /// Whether a value is a list of texts.
    pub(crate) fn holds_list(&self, name: &str) -> bool {
        self.values.get(name).and_then(|value| value.get("type")).and_then(Node::as_text) == Some("list")
    }

    /// What is declared about a value.
    pub(crate) fn get(&self, name: &str) -> Option<&Mapping> {
        self.values.get(name)
    }

    /// Says that a value need not be given, because something else may say what it is.
    pub(crate) fn may_be_missing(&mut self, name: &str) {
        if let Some(value) = self.values.get_mut(name) {
            value.take("required");
        }
    }

    /// Says that a value is a part of a credential field, where the user gives none.
    pub(crate) fn part_of(&mut self, name: &str, part: Node) {
        if let Some(value) = self.values.get_mut(name) {
            value.take("required");
            value.put("part_of", part);
        }
    }

    /// Whether all is said about a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    /// Declares a value that the document leaves open and that may name any host; a reference to it. What is declared stays.
    pub(crate) fn open(&mut self, name: &str, description: &str, span: Span) -> String {
        if !self.has(name) {
            let mut value = Mapping::at(span);
            value.text("description", description, span);
            value.put("required", boolean(true, span));
            value.put("any_host", boolean(true, span));
            self.declare(name, value);
        }
        format!("${{config.{name}}}")
    }

    /// Whether a name has another meaning than the one with this description.
    pub(crate) fn is_taken(&self, name: &str, description: &str) -> bool {
        self.get(name).is_some_and(|value| value.get("description").and_then(Node::as_text) != Some(description))
    }

    /// Declares a value as a whole.
    pub(crate) fn declare(&mut self, name: &str, value: Mapping) {
        self.declared.insert(name.to_owned());
        self.values.insert(name.to_owned(), value);
    }

    /// The manifest's `config`.
    pub(crate) fn node(self, span: Span) -> Node {
        let mut all = Mapping::at(span);
        for (name, value) in self.values {
            all.put(name, value.node());
        }
        all.node()
    }
}

/// The type of a value, where it is no text, in the document's words about it.
fn kind(property: &Node) -> Option<&'static str> {
    match text_of(property, "type")? {
        "array" => Some("list"),
        "integer" => Some("integer"),
        "boolean" => Some("boolean"),
        _ => None,
    }
}

/// The values that something may have, as texts.
pub(crate) fn choices(said: &Node) -> Vec<Node> {
    let listed = said.get("enum").map(items).unwrap_or_default();
    listed.iter().filter_map(|choice| Some(text(scalar_text(choice)?, choice.span))).collect()
}

/// What a server variable says, as a configuration value, and what is remarkable about it. What it decides limits it.
pub(crate) fn variable(name: &str, said: &Node, decides: Decides) -> (Mapping, Option<String>) {
    let mut value = Mapping::at(said.span);
    let mut note = None;
    value.put_some("description", said.get("description").filter(|said| said.as_text().is_some()).cloned());
    let default = said.get("default").and_then(|default| Some(text(scalar_text(default)?, default.span)));
    let mut choices = choices(said);
    match default {
        Some(default) if !is_placeholder(default.as_text().unwrap_or_default()) => {
            if !choices.is_empty() && !choices.iter().any(|choice| choice.as_text() == default.as_text()) {
                choices.push(default.clone());
                note = Some(format!("the default of `{name}` is none of its own choices; it is taken as one more"));
            }
            value.put("default", default);
        }
        Some(default) => {
            note = Some(format!("the document's default `{}` is a placeholder", default.as_text().unwrap_or_default()));
            value.put("required", boolean(true, default.span));
        }
        None => value.put("required", boolean(true, said.span)),
    }
    value.put_filled("enum", list(choices, said.span));
    limit(&mut value, decides, said.span);
    (value, note)
}

/// Limits a value by what it decides, where nothing else does.
pub(crate) fn limit(value: &mut Mapping, decides: Decides, span: Span) {
    if value.has("enum") {
        return;
    }
    match decides {
        Decides::PartOfHost => value.text("pattern", PART_OF_HOST, span),
        Decides::Host => value.put("any_host", boolean(true, span)),
        Decides::Port => value.text("pattern", "[0-9]{1,5}", span),
        Decides::Path => {}
    }
}

/// What a variable in a URL decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decides {
    /// A part of the host's name.
    PartOfHost,
    /// The whole host, or the whole origin.
    Host,
    /// The port.
    Port,
    /// Nothing but the path.
    Path,
}

/// What the variable that stands between these texts of a URL decides.
pub(crate) fn decides(before: &str, after: &str) -> Decides {
    let Some((_, authority)) = before.split_once("://") else { return Decides::Host };
    if authority.contains('/') {
        return Decides::Path;
    }
    if authority.ends_with(':') {
        return Decides::Port;
    }
    let rest = after.split(['/', ':']).next().unwrap_or_default();
    if authority.is_empty() && rest.is_empty() { Decides::Host } else { Decides::PartOfHost }
}

/// Whether a default is not meant to be used: `your-subdomain`, `{subdomain}`, `<tenant>`.
fn is_placeholder(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    default.is_empty()
        || default.contains(['{', '}', '<', '>'])
        || ["your", "my-", "example"].iter().any(|start| lower.starts_with(start))
        || lower.contains("//your")
        || lower.contains("example.")
}

/// The schema of the configuration, where a document in the peer's dialect has one.
pub(crate) fn described(info: &Node) -> Option<&Node> {
    info.get("x-airbyte-replication-config")
}

/// The text under `url`.
pub(crate) fn url(server: &Node) -> Option<&str> {
    text_of(server, "url").map(str::trim)
}
