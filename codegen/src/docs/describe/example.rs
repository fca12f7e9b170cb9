//! Values to show where a manifest shows none: right by its own rules as far as they can be guessed.

use serde_json::{Map, Value, json};
use tieline::Connector;
use tieline::auth::{Field, FieldType, Scheme};
use tieline::catalog::origins::{is_config_an_origin, is_field_an_origin};
use tieline::catalog::schema;
use tieline::catalog::sign_in::{renewed_fields, with_parts};
use tieline::manifest::ConfigValue;
use tieline::plan::{Head, Operation};

use super::shapes::{DEPTH, parts};

/// Values that are tried, in this order, where a pattern is asked for and no example is shown.
const CANDIDATES: [&str; 6] =
    ["example", "0123456789abcdef0123456789abcdef", "12345678", "someone@example.com", ORIGIN, "AA00"];

/// What stands for a host that may be any.
const ORIGIN: &str = "https://example.com";

/// The text of a service account's key file.
const KEY_FILE: &str = r#"{"client_email": "robot@example.com", "private_key": "(the private key, as PEM)"}"#;

/// A value for each required field of a way to sign in.
pub(crate) fn credentials(head: &Head, scheme: &Scheme) -> Map<String, Value> {
    let required = scheme.fields.iter().filter(|(_, field)| field.is_required());
    required.map(|(name, field)| (name.clone(), self::field(head, scheme, name, field).into())).collect()
}

/// Those, and what is renewed: what a file of credentials should hold.
pub(in crate::docs) fn credentials_to_keep(head: &Head, scheme: &Scheme) -> Map<String, Value> {
    let renewed = renewed_fields(scheme).map(|(access, refresh)| access.into_iter().chain([refresh]));
    let renewed: Vec<String> = renewed.into_iter().flatten().collect();
    let kept = scheme.fields.iter().filter(|(name, field)| field.is_required() || renewed.contains(name));
    kept.map(|(name, field)| (name.clone(), self::field(head, scheme, name, field).into())).collect()
}

/// A value for a credential field.
pub(crate) fn field(head: &Head, scheme: &Scheme, name: &str, field: &Field) -> String {
    let key_file = scheme.oauth2.as_ref().and_then(|oauth2| oauth2.service_account.as_ref());
    if key_file.is_some_and(|key_file| key_file.names().any(|named| named == name)) {
        return KEY_FILE.to_owned();
    }
    let typed = match field.field_type.unwrap_or(FieldType::Text) {
        FieldType::Text => None,
        FieldType::Integer => Some("1".to_owned()),
        FieldType::Boolean => Some("true".to_owned()),
        FieldType::List => Some("[\"example\"]".to_owned()),
    };
    let prefix = field.prefix.first().map_or("", String::as_str);
    let named = format!("{prefix}your-{}", name.replace('_', "-").to_lowercase());
    let candidates = CANDIDATES.into_iter().map(|candidate| format!("{prefix}{candidate}"));
    let origin = is_field_an_origin(head, scheme, name).then(|| ORIGIN.to_owned());
    let shown = field.example.iter().chain(&field.choices).cloned().chain(origin).chain(typed);
    let tried = shown.chain([named.clone()]).chain(candidates);
    let part =
        |name: &str, declared: &ConfigValue| config_value(head, name, declared).as_str().unwrap_or_default().to_owned();
    let mut tried = tried.map(|text| with_parts(head, name, text, part));
    tried.find(|text| field.check(name, text).is_ok()).unwrap_or(named)
}

/// A value for a configuration value.
pub(crate) fn config_value(head: &Head, name: &str, declared: &ConfigValue) -> Value {
    let shown = declared.example.iter().chain(&declared.choices).cloned();
    let default =
        declared.default.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let origin = is_config_an_origin(head, name).then(|| ORIGIN.to_owned());
    let mut tried = shown.chain(default).chain(origin).chain(CANDIDATES.map(str::to_owned));
    let text = tried.find(|text| declared.may_be(text)).unwrap_or_else(|| CANDIDATES[0].to_owned());
    match declared.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => text.into(),
        FieldType::Integer => text.parse::<i64>().unwrap_or(1).into(),
        FieldType::Boolean => (text == "true").into(),
        FieldType::List => vec![text].into(),
    }
}

/// A value for each required parameter.
pub(crate) fn required_params(connector: &Connector, operation: &Operation) -> Map<String, Value> {
    let mut sketch = Sketch { connector, room: MOST_VALUES };
    let required = operation.params.iter().filter(|param| param.required && !param.hidden);
    required.map(|param| (param.name.clone(), sketch.value(&param.schema, DEPTH))).collect()
}

/// A sketch of a value has no more values inside it: an object may hold itself many times.
const MOST_VALUES: usize = 60;

/// Values that are made up from schemas.
struct Sketch<'a> {
    connector: &'a Connector,
    room: usize,
}

impl Sketch<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let shown = schema["examples"].get(0).or_else(|| schema.get("const")).or_else(|| schema["enum"].get(0));
        if let Some(value) = shown.or_else(|| schema.get("default")) {
            return value.clone();
        }
        let (Some(depth), Some(room)) = (depth.checked_sub(1), self.room.checked_sub(1)) else { return Value::Null };
        self.room = room;
        let branch =
            ["anyOf", "oneOf"].into_iter().flat_map(|key| parts(schema, key)).find(|part| part["type"] != "null");
        let branch = branch.filter(|_| schema.get("properties").is_none());
        if let Some(inner) = schema::referred(self.connector, schema).or(branch) {
            return self.value(inner, depth);
        }
        let types = schema::types(self.connector, schema);
        match types.first().map(String::as_str) {
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
            Some("boolean") => true.into(),
            Some("array") if schema["minItems"].as_u64().unwrap_or(0) > 0 => {
                vec![self.value(&schema["items"], depth)].into()
            }
            Some("array") => json!([]),
            Some("object") => {
                let members = schema::members(self.connector, schema).into_iter().filter(|member| member.required);
                members.map(|member| (member.name.to_owned(), self.value(member.schema, depth))).collect()
            }
            Some("null") => Value::Null,
            Some(_) | None => text(schema).into(),
        }
    }
}

fn text(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date-time") => "2026-01-31T09:30:00Z",
        Some("date") => "2026-01-31",
        Some("uuid") => "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
        Some("uri") => "https://example.com",
        Some("email") => "someone@example.com",
        Some(_) | None => "example",
    }
}
