//! Schemas: from what OpenAPI documents hold to what a manifest holds, each that is referred to once.

mod cycles;
mod keywords;
mod look;

use std::collections::{HashMap, VecDeque};

use tieline::source::{Code, Diagnostic, Span};
use tieline::yaml::{Map, Node, Value};

use crate::context::Context;
use crate::cost::Cost;
use crate::document::leads_nowhere;
use crate::names::{Taken, mixed};
use crate::pointer;
use crate::tree::{Mapping, text, text_of};

pub(crate) use keywords::let_null;
pub(crate) use look::{Seen, Shape, within};

/// The schemas that the manifest refers to, by the references that lead to them.
#[derive(Default)]
pub(crate) struct Schemas<'d> {
    names: HashMap<Vec<String>, String>,
    taken: Taken,
    waiting: VecDeque<(String, &'d Node)>,
    done: Vec<(String, Node)>,
    /// The different regular expressions so far.
    patterns: std::collections::HashSet<String>,
    /// Whether there were too many of them.
    lacks_patterns: bool,
    /// How many schemas and values there are so far.
    parts: usize,
}

/// How many schemas and values in them a manifest may have: what a document says once is written out wherever it is used without a name.
const MOST_PARTS: usize = 1_000_000;

impl<'d> Context<'d> {
    /// A schema of the document as a schema of the manifest.
    pub(crate) fn schema(&mut self, node: &'d Node) -> Node {
        match &node.value {
            Value::Map(map) if self.has_room(map, node.span) => self.mapping(map, node.span),
            Value::Map(_) => Mapping::at(node.span).node(),
            Value::Bool(_) => node.clone(),
            Value::Null | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                let message = format!("a schema is a mapping; {} stands here", node.describe());
                self.warn(node.span, message, "any value is taken in its place");
                Mapping::at(node.span).node()
            }
        }
    }

    /// Whether there is room for one more schema, with the values that are copied with it; a finding, the first time that there is none.
    fn has_room(&mut self, map: &Map, span: Span) -> bool {
        let is_copied =
            |key: &str| matches!(key, "enum" | "default" | "const" | "example" | "examples") || key.starts_with("x-");
        let copied = map.iter().filter(|(key, _)| is_copied(key)).map(|(_, entry)| Cost::of(&entry.value).nodes);
        let had_room = self.schemas.parts <= MOST_PARTS;
        self.schemas.parts = self.schemas.parts.saturating_add(1 + copied.sum::<usize>());
        let has_room = self.schemas.parts <= MOST_PARTS;
        if had_room && !has_room {
            let message = format!("the schemas, written out where they are used, have more than {MOST_PARTS} parts");
            let found = Diagnostic::new(Code::Limit, span, message);
            self.findings.push(found.help("put what is used often under `components.schemas` and refer to it"));
        }
        has_room
    }

    /// The name in the manifest of the schema that a reference leads to; `None` and a finding, where it leads nowhere.
    pub(crate) fn schema_name(&mut self, reference: &str, span: Span) -> Option<String> {
        let key = pointer::steps(reference);
        if let Some(name) = self.schemas.names.get(&key) {
            return Some(name.clone());
        }
        let Some(target) = self.document.find(reference) else {
            self.findings.push(leads_nowhere(reference, span));
            return None;
        };
        let name = self.schemas.taken.free(name_of(&key, target));
        self.schemas.names.insert(key, name.clone());
        self.schemas.waiting.push_back((name.clone(), target));
        Some(name)
    }

    /// Puts a schema that has no name of its own under one.
    pub(crate) fn named_schema(&mut self, name: &str, schema: Node) -> Node {
        let span = schema.span;
        let name = self.schemas.taken.free(mixed(name, "Schema"));
        let mut reference = Mapping::at(span);
        reference.text("$ref", format!("#/schemas/{name}"), span);
        self.schemas.done.push((name, schema));
        reference.node()
    }

    /// Every schema that something refers to, each once.
    pub(crate) fn all_schemas(&mut self) -> Node {
        while let Some((name, node)) = self.schemas.waiting.pop_front() {
            let schema = self.schema(node);
            self.schemas.done.push((name, schema));
        }
        let mut all = std::mem::take(&mut self.schemas.done);
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        let cut = cycles::cut(&mut all);
        for (name, target, span) in cut {
            let message =
                format!("`{name}` and `{target}` are defined as each other, so that no value could be checked");
            self.warn(span, message, "any value is taken at this place");
        }
        let span = self.document.root.get("components").map_or(self.document.root.span, |components| components.span);
        let mut schemas = Mapping::at(span);
        for (name, schema) in all {
            schemas.put(name, schema);
        }
        schemas.node()
    }

    fn mapping(&mut self, map: &'d Map, span: Span) -> Node {
        let mut schema = Mapping::at(span);
        for (key, entry) in map {
            self.keyword(key, &entry.value, entry.span, map, &mut schema);
        }
        keywords::settle(&mut schema, map);
        schema.node()
    }

    fn reference(&mut self, node: &'d Node) -> Option<Node> {
        let name = self.schema_name(node.as_text()?, node.span)?;
        Some(text(format!("#/schemas/{name}"), node.span))
    }
}

/// Steps of a reference that say nothing about what is there.
const STRUCTURE: [&str; 23] = [
    "x-tieline-files",
    "components",
    "schemas",
    "properties",
    "items",
    "paths",
    "responses",
    "content",
    "schema",
    "allOf",
    "anyOf",
    "oneOf",
    "parameters",
    "requestBody",
    "requestBodies",
    "headers",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "$defs",
    "definitions",
];

/// A name for what a reference leads to: the last steps that say something.
fn name_of(steps: &[String], target: &Node) -> String {
    if let [components, schemas, name] = steps
        && components == "components"
        && schemas == "schemas"
    {
        return mixed(name, "Schema");
    }
    let says =
        |step: &&String| !STRUCTURE.contains(&step.as_str()) && !step.contains("/json") && step.parse::<u32>().is_err();
    let telling: Vec<&String> = steps.iter().filter(says).collect();
    if telling.is_empty() {
        return mixed(text_of(target, "title").unwrap_or_default(), "Schema");
    }
    let last = telling.iter().skip(telling.len().saturating_sub(2)).map(|step| step.as_str()).collect::<Vec<_>>();
    mixed(&last.join("_"), "Schema")
}
