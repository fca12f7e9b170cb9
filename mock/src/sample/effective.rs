//! One flat schema out of references, `allOf`, and one branch of each `anyOf` and `oneOf`.

use serde_json::{Map, Value, json};

use crate::schemas::Schemas;

/// A schema without references and branches, and the names that were followed to come there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effective {
    /// Its keywords.
    pub(crate) keywords: Map<String, Value>,
    /// The names that were followed.
    pub(crate) entered: Vec<String>,
}

/// Flattens a schema. `above` are the names that are being sampled already; `branch` says which branch comes first.
/// `None`: there is no way that does not lead back to one of them.
pub(crate) fn effective(schemas: &Schemas, schema: &Value, above: &[String], branch: usize) -> Option<Effective> {
    let mut flat = Effective::default();
    let mut work = Flatten { schemas, above, branch, steps: 0 };
    work.add(schema, &mut flat).then_some(flat)
}

/// How many schemas one flattening may look at: a guard against manifests that only branch.
const MAX_STEPS: usize = 500;

struct Flatten<'a> {
    schemas: &'a Schemas,
    above: &'a [String],
    branch: usize,
    steps: usize,
}

impl Flatten<'_> {
    /// Adds a schema to a flat one; `false` when it cannot be.
    fn add(&mut self, schema: &Value, flat: &mut Effective) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return false;
        }
        let Value::Object(keywords) = schema else { return schema != &Value::Bool(false) };
        for (keyword, value) in keywords {
            if !matches!(keyword.as_str(), "$ref" | "allOf" | "anyOf" | "oneOf") {
                merge(&mut flat.keywords, keyword, value);
            }
        }
        self.follow(keywords, flat)
            && listed(keywords, "allOf").iter().all(|part| self.add(part, flat))
            && self.choose(listed(keywords, "oneOf"), flat)
            && self.choose(listed(keywords, "anyOf"), flat)
    }

    fn follow(&mut self, keywords: &Map<String, Value>, flat: &mut Effective) -> bool {
        let Some(reference) = keywords.get("$ref").and_then(Value::as_str) else { return true };
        let schemas = self.schemas;
        let Some((name, target)) = schemas.target(reference) else { return true };
        if self.above.iter().chain(&flat.entered).any(|entered| entered == name) {
            return false;
        }
        flat.entered.push(name.to_owned());
        self.add(target, flat)
    }

    /// Adds the first branch that can be added, those that allow only null last.
    fn choose(&mut self, branches: &[Value], flat: &mut Effective) -> bool {
        let (nulls, mut others): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| is_null(branch));
        if !others.is_empty() {
            let first = self.branch % others.len();
            others.rotate_left(first);
        }
        branches.is_empty()
            || others.into_iter().chain(nulls).any(|branch| {
                let mut attempt = flat.clone();
                let fits = self.add(branch, &mut attempt) && possible(&attempt.keywords);
                if fits {
                    *flat = attempt;
                }
                fits
            })
    }
}

fn listed<'a>(keywords: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    keywords.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null") || schema.get("const") == Some(&Value::Null)
}

/// Whether some value may still fit: neither no type nor no choice is left.
fn possible(keywords: &Map<String, Value>) -> bool {
    let empty = |keyword: &str| keywords.get(keyword).and_then(Value::as_array).is_some_and(Vec::is_empty);
    !empty("type") && !empty("enum")
}

/// Adds one keyword to those of a flat schema, so that both hold.
fn merge(keywords: &mut Map<String, Value>, keyword: &str, value: &Value) {
    let Some(before) = keywords.get_mut(keyword) else {
        keywords.insert(keyword.to_owned(), value.clone());
        return;
    };
    match (keyword, before, value) {
        ("properties" | "patternProperties", Value::Object(before), Value::Object(added)) => {
            for (name, schema) in added {
                match before.get_mut(name) {
                    Some(known) if known != schema => *known = json!({ "allOf": [known.clone(), schema] }),
                    Some(_) => {}
                    None => drop(before.insert(name.clone(), schema.clone())),
                }
            }
        }
        ("required", Value::Array(before), Value::Array(added)) => {
            let new: Vec<_> = added.iter().filter(|name| !before.contains(name)).cloned().collect();
            before.extend(new);
        }
        ("enum", Value::Array(before), Value::Array(added)) => before.retain(|choice| added.contains(choice)),
        ("type", before, added) => *before = common_types(before, added),
        ("items", before, added) if before != added => *before = json!({ "allOf": [before.clone(), added] }),
        ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", before, added)
            if added.as_f64() > before.as_f64() =>
        {
            *before = added.clone();
        }
        ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", before, added)
            if added.as_f64() < before.as_f64() =>
        {
            *before = added.clone();
        }
        _ => {}
    }
}

/// The types that both allow: a text when it is one, else a list.
fn common_types(before: &Value, added: &Value) -> Value {
    let (before, added) = (types(before), types(added));
    let allows = |types: &[&str], name: &str| types.contains(&name) || (name == "integer" && types.contains(&"number"));
    let mut common: Vec<&str> = before.iter().copied().filter(|name| allows(&added, name)).collect();
    common.extend(added.iter().copied().filter(|name| allows(&before, name) && !before.contains(name)));
    match common.as_slice() {
        [one] => Value::from(*one),
        several => Value::from(several.to_vec()),
    }
}

/// The names under `type`.
pub(crate) fn types(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}
