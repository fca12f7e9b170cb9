//! An operation's parameters as one JSON Schema without references, small enough for an agent to read.
//!
//! It is true: whatever the real schemas accept, it accepts. So keywords may be left out, but only where that widens: those that look
//! at what other keywords saw (`additionalProperties`) go together with them, and negations are left out altogether.

mod cut;
mod merge;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::plan::{Connector, Operation, Param};

use super::super::schema;
use super::words::line;
use merge::{all_of, any_of, merge};

/// How large the schema may be, in bytes of JSON. Above it, what lies deep is cut; about four bytes are a token.
const BUDGET: usize = 8_000;
/// How many levels of objects are shown at most.
const DEEPEST: usize = 6;
/// How many schemas a schema may lie in, references included; beyond, only its type is told.
const MOST_NESTED: usize = 64;
/// A named schema that is not larger is shown wherever it is used; a larger one is shown once.
const SMALL: usize = 120;
/// A schema of a plain value is shown at any depth if it is not larger, in bytes.
const SHORT: usize = 320;
/// Keywords that lead to other schemas.
const PARTS: [&str; 8] =
    ["$ref", "properties", "additionalProperties", "items", "prefixItems", "anyOf", "oneOf", "allOf"];
/// The longest pattern, constant and default that is shown, in bytes.
const LONGEST_VALUE: usize = 60;
/// How large a list of choices may be, in bytes.
const LONGEST_CHOICE: usize = 800;

/// The parameters of an operation that callers may give, as one schema without references: an object with a property for each.
/// It accepts whatever the operation accepts. Deprecated parameters are left out, and what is repeated or lies deep may be cut to its
/// type and its words.
pub fn flat_params(connector: &Connector, operation: &Operation) -> Value {
    let mut flat = flat_within(connector, &shown(connector, operation).collect::<Vec<_>>(), BUDGET);
    if operation.takes_others() {
        flat["additionalProperties"] = true.into();
    }
    flat
}

/// The schema of these parameters, as deep as fits into so many bytes.
fn flat_within(connector: &Connector, params: &[&Param], budget: usize) -> Value {
    let fits = |flat: &Value| flat.to_string().len() <= budget;
    let mut depths = vec![DEEPEST; params.len()];
    let (mut best, mut is_cut) = flat_to(connector, params, &depths);
    let size = |param: &&Param| best["properties"][&param.name].to_string().len();
    let sizes: Vec<_> = params.iter().map(size).collect();
    while depths.iter().any(|depth| *depth > 0) && !fits(&best) {
        depths.iter_mut().for_each(|depth| *depth -= 1);
        (best, is_cut) = flat_to(connector, params, &depths);
    }
    if !fits(&best) {
        return best;
    }
    // Where there is room left, one parameter after the other is shown deeper: small ones first, since a large one would cost many
    // others theirs.
    let mut open: Vec<usize> = (0..params.len()).filter(|index| is_cut[*index]).collect();
    open.sort_by_cached_key(|index| sizes[*index]);
    while !open.is_empty() {
        open.retain(|index| {
            let mut deeper = depths.clone();
            deeper[*index] += 1;
            let (flat, is_cut) = flat_to(connector, params, &deeper);
            let is_kept = fits(&flat) && deeper[*index] <= DEEPEST;
            if is_kept {
                (depths, best) = (deeper, flat);
            }
            is_kept && is_cut[*index]
        });
    }
    best
}

/// The parameters that are shown to agents.
pub(super) fn shown<'a>(connector: &'a Connector, operation: &'a Operation) -> impl Iterator<Item = &'a Param> {
    let is_shown = |param: &&Param| !param.hidden && (is_required(param) || !is_deprecated(connector, &param.schema));
    operation.params.iter().filter(is_shown)
}

/// Whether a call without it fails.
pub(super) fn is_required(param: &Param) -> bool {
    param.required && param.fill.is_none()
}

/// The schema of these parameters, each shown down to its depth; and of which something is cut.
fn flat_to(connector: &Connector, params: &[&Param], depths: &[usize]) -> (Value, Vec<bool>) {
    let mut flattener = Flattener::new(connector);
    let mut properties = Map::new();
    let mut is_cut = Vec::new();
    for (param, depth) in params.iter().zip(depths) {
        flattener.depth = *depth;
        let cuts = flattener.cuts;
        let place = Place { path: line(&param.name), level: 0 };
        let schema = if param.file { file(param) } else { flattener.flatten(&param.schema, &place) };
        properties.insert(param.name.clone(), schema);
        is_cut.push(flattener.cuts > cuts);
    }
    let required: Vec<_> = params.iter().filter(|param| is_required(param)).map(|param| param.name.as_str()).collect();
    let mut flat = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        flat["required"] = required.into();
    }
    (flat, is_cut)
}

/// A file as it is given in JSON.
fn file(param: &Param) -> Value {
    let description = param.description().map(line).unwrap_or_default();
    let how = match param.base64 {
        true => "its bytes in base64, or an object; plain text has the encoding text.",
        false => "its text, or an object; bytes have the encoding base64.",
    };
    let description = format!("{description} A file: {how}");
    json!({
        "type": ["string", "object"],
        "description": description.trim(),
        "properties": {
            "content": { "type": "string" },
            "encoding": { "enum": ["text", "base64"] },
            "filename": { "type": "string" },
            "content_type": { "type": "string" },
        },
        "required": ["content"],
    })
}

/// Whether the API will drop it, as the schema says itself or through what it refers to.
fn is_deprecated(connector: &Connector, schema: &Value) -> bool {
    let says = |schema: &Value| schema["deprecated"] == true;
    says(schema) || schema::referred(connector, schema).is_some_and(says)
}

/// Where a schema stands in the whole.
struct Place {
    /// For people: `children[].paragraph`.
    path: String,
    /// In how many objects it lies.
    level: usize,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        Self { path: format!("{}.{}", self.path, line(name)), level: self.level + 1 }
    }

    fn within(&self, mark: &str) -> Self {
        Self { path: format!("{}{mark}", self.path), level: self.level }
    }
}

/// What became of a named schema.
enum Named {
    /// It is small: this.
    Small(Value),
    /// It is, or is just being, shown at this path.
    At(String),
}

struct Flattener<'a> {
    connector: &'a Connector,
    /// In how many objects a schema may lie before it is cut.
    depth: usize,
    named: BTreeMap<&'a str, Named>,
    /// Where a named schema was first cut.
    cut: BTreeMap<&'a str, String>,
    /// The types that named schemas take; `None`: any, or not known yet.
    types: BTreeMap<&'a str, Option<Vec<String>>>,
    /// How many schemas have been cut.
    cuts: usize,
    /// How many schemas this one lies in, whichever way.
    nesting: usize,
}

impl<'a> Flattener<'a> {
    fn new(connector: &'a Connector) -> Self {
        let (named, cut, types) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { connector, depth: 0, named, cut, types, cuts: 0, nesting: 0 }
    }

    fn flatten(&mut self, schema: &'a Value, place: &Place) -> Value {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(false) { Value::Bool(false) } else { json!({}) };
        };
        let is_deep = place.level >= self.depth && !self.is_short(keywords, schema);
        if is_deep || self.nesting == MOST_NESTED {
            return self.cut(schema, place);
        }
        self.nesting += 1;
        let own = self.keywords(keywords, place);
        let flat = match schema::reference(schema) {
            Some(name) => self.with_referred(own, name, place),
            None => ordered(own),
        };
        self.nesting -= 1;
        flat
    }

    /// Whether cutting it would save next to nothing: it is a plain value, or no more than a name that is small or shown elsewhere.
    fn is_short(&self, keywords: &Map<String, Value>, schema: &Value) -> bool {
        let is_name = keywords.keys().all(|key| key == "$ref" || key == "description");
        let name = schema::reference(schema).filter(|_| is_name);
        if name.is_some_and(|name| self.named.contains_key(name)) {
            return true;
        }
        if name.is_some_and(|name| self.cut.contains_key(name)) {
            return false;
        }
        let target = name.and_then(|name| self.connector.schema(name).ok().flatten()).unwrap_or(schema);
        let is_plain = |keywords: &Map<String, Value>| PARTS.iter().all(|key| !keywords.contains_key(*key));
        target.as_object().is_some_and(is_plain) && target.to_string().len() <= SHORT
    }

    /// A schema with what it refers to: in full where that is first used, afterwards by that place.
    fn with_referred(&mut self, own: Map<String, Value>, name: &'a str, place: &Place) -> Value {
        let referred = match self.named.get(name) {
            Some(Named::Small(small)) => small.clone(),
            Some(Named::At(path)) => self.mention(name, &path.clone()).into(),
            None => self.first(name, place),
        };
        match referred {
            Value::Object(referred) => ordered(merge(own, referred)),
            refused => refused,
        }
    }

    /// A named schema that is used for the first time.
    fn first(&mut self, name: &'a str, place: &Place) -> Value {
        let Some(target) = self.connector.schema(name).ok().flatten() else { return json!({}) };
        self.named.insert(name, Named::At(place.path.clone()));
        let cuts = self.cuts;
        let flat = self.flatten(target, place);
        if self.cuts == cuts && flat.to_string().len() <= SMALL {
            self.named.insert(name, Named::Small(flat.clone()));
        }
        flat
    }

    /// The keywords of a schema that stand in the flat one, without `$ref`.
    fn keywords(&mut self, keywords: &'a Map<String, Value>, place: &Place) -> Map<String, Value> {
        let mut flat = Map::new();
        let mut alternatives = Vec::new();
        for (key, value) in keywords {
            let kept = match key.as_str() {
                "description" => value.as_str().map(|text| line(text).into()),
                "type" | "format" | "minLength" | "maxLength" | "minimum" | "maximum" | "exclusiveMinimum"
                | "exclusiveMaximum" | "multipleOf" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
                | "maxProperties" | "dependentRequired" | "required" => Some(value.clone()),
                "const" | "default" | "pattern" => (value.to_string().len() <= LONGEST_VALUE).then(|| value.clone()),
                "enum" => (value.to_string().len() <= LONGEST_CHOICE).then(|| value.clone()),
                "deprecated" => (*value == true).then(|| value.clone()),
                "examples" => examples(keywords, value),
                "properties" => Some(self.properties(keywords, value, place)),
                "additionalProperties" => self.additional(keywords, value, place),
                "items" => Some(self.flatten(value, &place.within("[]"))).filter(says_something),
                "prefixItems" => value.as_array().map(|items| self.each(items, &place.within("[]")).into()),
                "anyOf" | "oneOf" | "allOf" => {
                    if let Some(parts) = value.as_array() {
                        alternatives.push((key.as_str(), self.each(parts, place)));
                    }
                    None
                }
                _ => None,
            };
            if let Some(kept) = kept {
                flat.insert(key.clone(), kept);
            }
        }
        alternatives.into_iter().fold(flat, |flat, (key, parts)| match key {
            "allOf" => all_of(flat, parts),
            _ => any_of(flat, parts),
        })
    }

    fn each(&mut self, schemas: &'a [Value], place: &Place) -> Vec<Value> {
        schemas.iter().map(|schema| self.flatten(schema, place)).collect()
    }

    /// The known members. A deprecated one is left out, unless it must be given or would then be an unknown one.
    fn properties(&mut self, keywords: &'a Map<String, Value>, properties: &'a Value, place: &Place) -> Value {
        let is_open = keywords.get("additionalProperties").is_none_or(|additional| *additional == true);
        let mut members = Map::new();
        for (name, schema) in properties.as_object().into_iter().flatten() {
            let is_required = keywords.get("required").and_then(Value::as_array);
            let is_required = is_required.is_some_and(|names| names.iter().any(|required| required == name));
            if !is_open || is_required || !is_deprecated(self.connector, schema) {
                members.insert(name.clone(), self.flatten(schema, &place.member(name)));
            }
        }
        members.into()
    }

    /// What further members may be. Patterns of names are not shown, and then nothing is said about the others.
    fn additional(&mut self, keywords: &Map<String, Value>, schema: &'a Value, place: &Place) -> Option<Value> {
        if *schema == true || keywords.contains_key("patternProperties") {
            return None;
        }
        Some(self.flatten(schema, &place.within(".*"))).filter(says_something)
    }
}

/// Whether there is a value that it may refuse, or a word in it.
fn says_something(schema: &Value) -> bool {
    *schema != json!({})
}

/// Examples help where nothing else says what a value looks like, or where they name the usual choices.
fn examples(keywords: &Map<String, Value>, examples: &Value) -> Option<Value> {
    let is_clear = ["pattern", "format", "enum", "properties", "items"].iter().any(|key| keywords.contains_key(*key));
    let is_small = examples.to_string().len() <= LONGEST_CHOICE / 4;
    (!is_clear && is_small && examples.is_array()).then(|| examples.clone())
}

/// Type and words first.
fn ordered(mut keywords: Map<String, Value>) -> Value {
    let first = ["type", "description"].into_iter().filter_map(|key| keywords.shift_remove_entry(key));
    let mut ordered: Map<_, _> = first.collect();
    ordered.append(&mut keywords);
    ordered.into()
}
