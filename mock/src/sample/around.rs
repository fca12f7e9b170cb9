//! Values that fit a schema, around what is given.

use serde_json::{Map, Value};

use super::{Seed, effective, sample};
use crate::schemas::Schemas;

/// How many branches of a schema are looked at for the one that is meant.
const MAX_BRANCHES: usize = 64;

/// A value that fits a schema, around what is given: what is required beside it is made up. What is given, where none does.
pub(crate) fn around(schemas: &Schemas, schema: &Value, given: &Value, seed: Seed) -> Value {
    let whole = match given {
        Value::Object(members) => object(schemas, schema, members, seed),
        Value::Array(items) => {
            match effective(schemas, schema, &[], 0).and_then(|mut flat| flat.keywords.remove("items")) {
                Some(item) => {
                    items.iter().enumerate().map(|(n, given)| around(schemas, &item, given, seed.nth(n))).collect()
                }
                None => return given.clone(),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return given.clone(),
    };
    if schemas.fits(schema, &whole) { whole } else { given.clone() }
}

fn object(schemas: &Schemas, schema: &Value, given: &Map<String, Value>, seed: Seed) -> Value {
    let Some(keywords) = meant(schemas, schema, given) else { return Value::Object(given.clone()) };
    let required = keywords.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let mut whole = Map::new();
    for (name, schema) in properties(&keywords) {
        match given.get(name) {
            Some(value) => drop(whole.insert(name.clone(), around(schemas, schema, value, seed.and(name)))),
            None if is_required(name) => drop(whole.insert(name.clone(), sample(schemas, schema, seed.and(name)))),
            None => {}
        }
    }
    let free = keywords.get("additionalProperties");
    for (name, value) in given {
        if !whole.contains_key(name) {
            let value = free.map_or_else(|| value.clone(), |schema| around(schemas, schema, value, seed.and(name)));
            whole.insert(name.clone(), value);
        }
    }
    Value::Object(whole)
}

/// The branch of a schema that declares most of what is given, flat.
fn meant(schemas: &Schemas, schema: &Value, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    let unknown = |keywords: &Map<String, Value>| {
        let known: Vec<_> = properties(keywords).map(|(name, _)| name).collect();
        given.keys().filter(|name| !known.contains(name)).count()
    };
    let branches = (0..MAX_BRANCHES).filter_map(|branch| effective(schemas, schema, &[], branch));
    let mut best: Option<(usize, Map<String, Value>)> = None;
    for flat in branches {
        let missing = unknown(&flat.keywords);
        if best.as_ref().is_none_or(|(least, _)| missing < *least) {
            best = Some((missing, flat.keywords));
        }
        if missing == 0 {
            break;
        }
    }
    best.map(|(_, keywords)| keywords)
}

fn properties(keywords: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    keywords.get("properties").and_then(Value::as_object).into_iter().flatten()
}
