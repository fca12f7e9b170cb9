//! Credentials and configuration for a mock: made up, and right by the manifest's own rules.

use serde_json::{Map, Value};
use tieline::auth::{Field, FieldType, Scheme};
use tieline::plan::Head;

/// Values that are tried, in this order, where a field asks for a pattern and shows no example.
const CANDIDATES: [&str; 6] =
    ["mock", "0123456789abcdef0123456789abcdef", "12345678", "mock@example.com", "https://example.com", "AA00"];

/// Credentials for a way to sign in, or for the first one that connects by choice: values by field.
pub(crate) fn credentials(head: &Head, auth: Option<&str>) -> Map<String, Value> {
    let is_meant = |name: &str, scheme: &Scheme| match auth {
        Some(auth) => auth == name,
        None => scheme.limited != Some(true),
    };
    let meant = head.auth.iter().find(|(name, scheme)| is_meant(name, scheme)).or(head.auth.first());
    let fields = meant.into_iter().flat_map(|(_, scheme)| &scheme.fields);
    let required = fields.filter(|(_, field)| field.is_required());
    required.map(|(name, field)| (name.clone(), value(name, field).into())).collect()
}

/// The configuration values that must be given and were not.
pub(crate) fn config(head: &Head, given: &mut Map<String, Value>) {
    for (name, declared) in &head.config {
        if given.contains_key(name) || declared.default.is_some() || declared.required != Some(true) {
            continue;
        }
        let fits = |text: &str| declared.pattern.as_ref().is_none_or(|pattern| pattern.is_full_match(text));
        let shown = declared.example.as_deref().or(declared.choices.first().map(String::as_str));
        let text = shown.or_else(|| CANDIDATES.into_iter().find(|text| fits(text))).unwrap_or(CANDIDATES[0]);
        let value = match declared.value_type.unwrap_or(FieldType::Text) {
            FieldType::Text => Value::from(text),
            FieldType::Integer => Value::from(text.parse::<u64>().unwrap_or(1)),
            FieldType::Boolean => Value::from(text == "true"),
            FieldType::List => Value::from(vec![text]),
        };
        given.insert(name.clone(), value);
    }
}

fn value(name: &str, field: &Field) -> String {
    let example = field.example.iter().cloned();
    let choices = field.choices.iter().cloned();
    let typed = match field.field_type.unwrap_or(FieldType::Text) {
        FieldType::Text => None,
        FieldType::Integer => Some("1".to_owned()),
        FieldType::Boolean => Some("true".to_owned()),
        FieldType::List => Some("[\"mock\"]".to_owned()),
    };
    let prefix = field.prefix.first().map_or("", String::as_str);
    let prefixed = CANDIDATES.into_iter().map(|candidate| format!("{prefix}{candidate}"));
    let mut tried = example.chain(choices).chain(typed).chain(prefixed);
    // Where no guess fits, the engine says which field it is and what it must look like.
    tried.find(|text| field.check(name, text).is_ok()).unwrap_or_else(|| format!("{prefix}mock"))
}
