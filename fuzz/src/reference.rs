//! What the engine finds in JSON, found in the plainest way: every level is read whole by `serde_json`.

use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tieline::notation::Step;

/// Whether a body is JSON at all, and the value that it is. Texts and numbers in it may be such that nobody can read them.
pub(crate) fn json(body: &[u8]) -> Option<&RawValue> {
    let text = std::str::from_utf8(body).ok()?;
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()
}

/// The values at a path, in the order of the text. Of a key that an object has twice, the last counts, at the place of the first.
pub(crate) fn find<'j>(json: &'j RawValue, steps: &[Step]) -> Vec<&'j RawValue> {
    let Some((step, rest)) = steps.split_first() else { return vec![json] };
    let text = json.get();
    let within: Vec<&RawValue> = if text.starts_with('{') {
        let members: IndexMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
        let goes_on = |name: &str| match step {
            Step::Key(key) => key == name,
            Step::All => true,
            Step::Index(_) => false,
        };
        members.into_iter().filter(|(name, _)| goes_on(name)).map(|(_, value)| value).collect()
    } else if text.starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        let goes_on = |index: usize| match step {
            Step::Index(wanted) => *wanted == index,
            Step::All => true,
            Step::Key(_) => false,
        };
        elements.into_iter().enumerate().filter(|(index, _)| goes_on(*index)).map(|(_, value)| value).collect()
    } else {
        Vec::new()
    };
    within.into_iter().flat_map(|value| find(value, rest)).collect()
}

/// The elements of a list.
pub(crate) fn elements(list: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(list.get()).unwrap_or_default()
}

/// A record with some of its fields.
pub(crate) fn select(record: &Value, fields: &[String]) -> Value {
    if fields.is_empty() || !(record.is_object() || record.is_array()) {
        return record.clone();
    }
    let paths: Vec<Vec<&str>> = fields.iter().map(|field| field.split('.').collect()).collect();
    kept(record, &paths).unwrap_or_else(|| Map::new().into())
}

fn kept(value: &Value, wanted: &[Vec<&str>]) -> Option<Value> {
    if wanted.iter().any(Vec::is_empty) {
        return Some(value.clone());
    }
    match value {
        Value::Object(members) => {
            let kept: Map<_, _> = members
                .iter()
                .filter_map(|(name, member)| {
                    let deeper = wanted.iter().filter(|path| path[0] == name).map(|path| path[1..].to_vec());
                    let deeper: Vec<_> = deeper.collect();
                    let member = if deeper.is_empty() { None } else { kept(member, &deeper) };
                    Some((name.clone(), member?))
                })
                .collect();
            (!kept.is_empty()).then_some(kept.into())
        }
        Value::Array(elements) => {
            let kept = elements
                .iter()
                .filter_map(|element| kept(element, wanted).or_else(|| element.is_object().then(|| Map::new().into())));
            Some(kept.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
