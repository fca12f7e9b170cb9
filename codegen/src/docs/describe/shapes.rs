//! What schemas take, for people: types in words, and the members of objects as flat rows. Named objects are linked, not repeated.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema;

use super::alternatives::{self, values};
use super::rules::{choice, rules};
use crate::docs::anchors::Anchors;
use crate::docs::markdown::Inline;
use crate::docs::model::{Object, Row};

/// References to names that are not linked are followed so far.
pub(super) const DEPTH: usize = 8;

/// With more values than this, a named choice has a place of its own.
const MOST_VALUES: usize = 8;

/// The most letters of the words for a name that is not linked.
const MOST_LETTERS: usize = 400;

/// The schemas of a connector, with the places of those that have one on the page.
pub(super) struct Shapes<'a> {
    pub connector: &'a Connector,
    places: BTreeMap<String, String>,
    known: RefCell<HashMap<String, Vec<String>>>,
}

impl<'a> Shapes<'a> {
    /// Gives every named object that these schemas use its place on the page, after the headings that stand before.
    pub(super) fn new(
        connector: &'a Connector,
        used: impl IntoIterator<Item = &'a Value>,
        anchors: &mut Anchors,
    ) -> Self {
        let used = schema::used(connector, used);
        let mut names: Vec<_> =
            used.iter().filter(|(_, schema)| has_place(schema)).map(|(name, _)| name.clone()).collect();
        names.sort_by_key(|name| (name.to_lowercase(), name.clone()));
        let places = names.into_iter().map(|name| {
            let anchor = anchors.next(&name);
            (name, anchor)
        });
        Self { connector, places: places.collect(), known: RefCell::default() }
    }

    /// The named objects, by name.
    pub(super) fn objects(&self) -> Vec<Object> {
        let mut objects: Vec<_> = self.places.iter().filter_map(|(name, anchor)| self.object(name, anchor)).collect();
        objects.sort_by_key(|object| (object.name.to_lowercase(), object.name.clone()));
        objects
    }

    fn object(&self, name: &str, anchor: &str) -> Option<Object> {
        let schema = self.connector.schema(name).ok().flatten()?;
        let mut rules = rules(self, schema);
        let mut rows = Rows { shapes: self, rows: Vec::new(), notes: Vec::new() };
        rows.visit(schema, "", None);
        rules.extend(rows.notes);
        let members = rows.rows;
        Some(Object {
            name: name.to_owned(),
            anchor: anchor.to_owned(),
            description: schema["description"].as_str().and_then(Inline::markdown).map(Inline::sentence),
            value_type: self.words(schema),
            rules,
            members,
            example: schema["examples"].get(0).filter(|example| !example.is_string()).cloned(),
        })
    }

    /// Whether this reference leads to a place on the page.
    pub(super) fn is_linked(&self, schema: &Value) -> bool {
        schema::reference(schema).is_some_and(|name| self.places.contains_key(name))
    }

    /// The type of a value, in words, with links to named objects.
    pub(super) fn words(&self, schema: &Value) -> Inline {
        Inline::of(joined(self.alternatives(schema, DEPTH)))
    }

    fn alternatives(&self, schema: &Value, depth: usize) -> Vec<String> {
        if let Some(name) = schema::reference(schema) {
            return self.referred(name, schema, depth);
        }
        let types = own_types(schema);
        let is_plain_object = types.iter().all(|name| *name == "object") && schema.get("properties").is_none();
        let branches: Vec<&Value> = ["anyOf", "oneOf"].into_iter().flat_map(|key| parts(schema, key)).collect();
        let mut words = Vec::new();
        if !branches.is_empty() && is_plain_object {
            branches.into_iter().for_each(|branch| words.extend(self.alternatives(branch, depth)));
        } else if types.is_empty() && schema.get("allOf").is_some() {
            words.push(self.all_of(schema, depth));
        } else if types.is_empty() {
            words.push(self.typed(schema, if schema.get("properties").is_some() { "object" } else { "any" }, depth));
        } else {
            words.extend(types.iter().map(|name| self.typed(schema, name, depth)));
        }
        let mut seen = BTreeSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words
    }

    /// The words for a reference: a link, or what stands at the other end. Each name is followed once; what takes many words to say
    /// is not said.
    fn referred(&self, name: &str, schema: &Value, depth: usize) -> Vec<String> {
        if let Some(anchor) = self.places.get(name) {
            return vec![Inline::link(name, &format!("#{anchor}")).as_str().to_owned()];
        }
        if let Some(words) = self.known.borrow().get(name) {
            return words.clone();
        }
        // What goes in circles comes back to this.
        self.known.borrow_mut().insert(name.to_owned(), vec!["any".to_owned()]);
        let target = schema::referred(self.connector, schema).filter(|_| depth > 0);
        let words = target.map(|target| self.alternatives(target, depth - 1));
        let is_short = |words: &Vec<String>| words.iter().map(String::len).sum::<usize>() <= MOST_LETTERS;
        let words = words.filter(is_short).unwrap_or_else(|| vec!["any".to_owned()]);
        self.known.borrow_mut().insert(name.to_owned(), words.clone());
        words
    }

    fn all_of(&self, schema: &Value, depth: usize) -> String {
        let linked: Vec<_> = parts(schema, "allOf")
            .filter(|part| schema::reference(part).is_some())
            .map(|part| joined(self.alternatives(part, depth)))
            .collect();
        if linked.is_empty() { "object".to_owned() } else { linked.join(" and ") }
    }

    fn typed(&self, schema: &Value, name: &str, depth: usize) -> String {
        match name {
            "array" => match schema.get("items").map(|items| self.alternatives(items, depth)) {
                Some(items) => format!("array of {}", grouped(items)),
                None => "array".to_owned(),
            },
            "object" => match schema.get("additionalProperties").filter(|other| other.is_object()) {
                Some(other) if schema.get("properties").is_none() => {
                    format!("object of {}", grouped(self.alternatives(other, depth)))
                }
                Some(_) | None => "object".to_owned(),
            },
            "string" => match schema["format"].as_str() {
                Some("binary") => "file".to_owned(),
                Some(format) => format!("string ({})", Inline::text(format).as_str()),
                None => "string".to_owned(),
            },
            other => Inline::text(other).as_str().to_owned(),
        }
    }

    /// The members of the objects that a schema takes, flat; what they say about the whole comes with them.
    pub(super) fn members(&self, schema: &Value, path: &str) -> (Vec<Row>, Vec<Inline>) {
        let mut rows = Rows { shapes: self, rows: Vec::new(), notes: Vec::new() };
        rows.visit(schema, path, None);
        (rows.rows, rows.notes)
    }

    /// One row for a value.
    pub(super) fn row(&self, path: &str, schema: &Value, required: bool) -> Row {
        let description = schema::description(self.connector, schema).and_then(Inline::markdown);
        let deprecated = [Some(schema), schema::referred(self.connector, schema)];
        Row {
            path: path.to_owned(),
            value_type: self.words(schema),
            required,
            deprecated: deprecated.into_iter().flatten().any(|schema| schema["deprecated"] == true),
            condition: None,
            description: description.map(Inline::sentence),
            rules: rules(self, schema),
            place: None,
        }
    }
}

/// Several words as one.
fn grouped(words: Vec<String>) -> String {
    if words.len() > 1 { format!("({})", joined(words)) } else { joined(words) }
}

fn joined(mut words: Vec<String>) -> String {
    let last = words.pop().unwrap_or_else(|| "any".to_owned());
    if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) }
}

/// The types that a schema names itself, or that its values have.
fn own_types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => return vec![name],
        Value::Array(names) => return names.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
    let values = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    let mut types: Vec<&str> = Vec::new();
    for name in values.map(type_name) {
        if !types.contains(&name) {
            types.push(name);
        }
    }
    types
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn parts<'v>(schema: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    schema[key].as_array().into_iter().flatten()
}

/// Whether a named schema has a place of its own: it has members, or many values.
fn has_place(schema: &Value) -> bool {
    if schema["properties"].as_object().is_some_and(|members| !members.is_empty())
        || schema["enum"].as_array().is_some_and(|values| values.len() > MOST_VALUES)
    {
        return true;
    }
    let inner = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    inner.chain(["anyOf", "oneOf", "allOf"].into_iter().flat_map(|key| parts(schema, key))).any(has_place)
}

/// Rows as they are found.
struct Rows<'s, 'a> {
    shapes: &'s Shapes<'a>,
    rows: Vec<Row>,
    notes: Vec<Inline>,
}

impl Rows<'_, '_> {
    fn visit(&mut self, schema: &Value, path: &str, condition: Option<&Inline>) {
        if schema::reference(schema).is_some() {
            return;
        }
        let is_required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|own| own == name));
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            self.member(&joined_path(path, name), member, is_required(name), condition);
        }
        for part in parts(schema, "allOf") {
            if self.shapes.is_linked(part) {
                self.notes.push(Inline::of(format!("Has the members of {} too.", self.shapes.words(part).as_str())));
            }
            self.visit(part, path, condition);
        }
        for key in ["anyOf", "oneOf"] {
            self.branches(schema, key, path, condition);
        }
        for (key, step) in [("items", "[]"), ("additionalProperties", ".*")] {
            if let Some(inner) = schema.get(key) {
                let step = if path.is_empty() { step.trim_start_matches('.') } else { step };
                self.visit(inner, &format!("{path}{step}"), condition);
            }
        }
    }

    fn member(&mut self, path: &str, schema: &Value, required: bool, condition: Option<&Inline>) {
        let mut row = self.shapes.row(path, schema, required);
        row.condition = condition.cloned();
        self.rows.push(row);
        let at = self.rows.len() - 1;
        let notes = std::mem::take(&mut self.notes);
        self.visit(schema, path, None);
        let own = std::mem::replace(&mut self.notes, notes);
        self.rows[at].rules.extend(own);
    }

    /// The members of alternatives. Where they differ in the value of one member, that value says when the others apply.
    fn branches(&mut self, schema: &Value, key: &str, path: &str, condition: Option<&Inline>) {
        let branches: Vec<&Value> = parts(schema, key).collect();
        let own: Vec<&Value> = branches
            .iter()
            .copied()
            .filter(|branch| has_place(branch) && schema::reference(branch).is_none())
            .collect();
        let told_by = alternatives::told_by(&own);
        if let Some(name) = told_by {
            let is_open = own.len() < branches.len() || own.iter().any(|branch| values(branch, name).is_empty());
            self.discriminating(name, &own, is_open, path, condition, schema);
        }
        for (number, branch) in own.iter().enumerate() {
            let when = match told_by {
                Some(name) => Some(alternatives::condition(branch, name)),
                None if own.len() > 1 => Some(Inline::of(format!("Alternative {} of {}", number + 1, own.len()))),
                None => None,
            };
            self.visit_without(branch, told_by, path, when.as_ref().or(condition));
        }
        let linked: Vec<String> = branches
            .iter()
            .filter(|branch| self.shapes.is_linked(branch))
            .map(|branch| self.shapes.words(branch).as_str().to_owned())
            .collect();
        // Where there is nothing but links, the type says it.
        if !linked.is_empty() && (!own.is_empty() || schema.get("properties").is_some()) {
            self.notes.push(Inline::of(format!("It may also be {}.", joined(linked))));
        }
    }

    fn visit_without(&mut self, branch: &Value, told_by: Option<&str>, path: &str, condition: Option<&Inline>) {
        let mut branch = branch.clone();
        if let (Some(name), Some(members)) = (told_by, branch["properties"].as_object_mut()) {
            members.shift_remove(name);
        }
        self.visit(&branch, path, condition);
    }

    fn discriminating(
        &mut self,
        name: &str,
        own: &[&Value],
        is_open: bool,
        path: &str,
        condition: Option<&Inline>,
        schema: &Value,
    ) {
        let rule = choice(own.iter().flat_map(|branch| values(branch, name)), is_open);
        let path = joined_path(path, name);
        if let Some(row) = self.rows.iter_mut().find(|row| row.path == path) {
            row.rules.push(rule);
            return;
        }
        let requires = |schema: &Value| parts(schema, "required").any(|required| required == name);
        let mut row = self.shapes.row(&path, &own[0]["properties"][name], false);
        row.required = requires(schema) || own.iter().all(|branch| requires(branch));
        row.rules = vec![rule];
        row.condition = condition.cloned();
        self.rows.push(row);
    }
}

fn joined_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
