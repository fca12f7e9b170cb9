//! Parameters for people: what they are, what they may be, and the members of those that are objects.

use std::fmt::Write as _;

use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema;
use tieline::plan::Param;

use super::text::short;
use crate::text::plain;

/// How many members of an object are shown.
const MOST_MEMBERS: usize = 24;

/// A parameter, and below it the known members of the objects that it takes.
pub(super) fn rows(connector: &Connector, param: &Param) -> Vec<[String; 3]> {
    let kind = match (param.file, param.base64) {
        (true, true) => "file, text in base64".to_owned(),
        (true, false) => "file".to_owned(),
        (false, _) => kind(connector, &param.schema),
    };
    let also = (param.wire != param.name).then(|| format!("`{}` in the API", plain(&param.wire)));
    let meaning_of_it = meaning(connector, &param.schema, also);
    let mut rows = vec![[param.name.clone(), marked(kind, param.required), meaning_of_it]];
    if !schema::types(connector, &param.schema).iter().any(|name| name == "object") {
        return rows;
    }
    let members = schema::members(connector, &param.schema);
    let more = members.len().saturating_sub(MOST_MEMBERS);
    rows.extend(members.into_iter().take(MOST_MEMBERS).map(|member| {
        let kind = marked(self::kind(connector, member.schema), member.required);
        [format!("  .{}", member.name), kind, meaning(connector, member.schema, None)]
    }));
    if more > 0 {
        rows.push([format!("  and {more} more"), String::new(), String::new()]);
    }
    rows
}

fn kind(connector: &Connector, schema: &Value) -> String {
    match schema::types(connector, schema).join("|") {
        kind if kind.is_empty() => "any".to_owned(),
        kind => kind,
    }
}

fn marked(kind: String, is_required: bool) -> String {
    if is_required { format!("{kind}, required") } else { kind }
}

/// What it means, its other name, and what it may be.
fn meaning(connector: &Connector, schema: &Value, also: Option<String>) -> String {
    let mut meaning = schema::description(connector, schema).unwrap_or_default().trim_end_matches('.').to_owned();
    let limits: Vec<_> = also.into_iter().chain(limits(connector, schema)).collect();
    if !limits.is_empty() {
        let _ = write!(meaning, "{}({})", if meaning.is_empty() { "" } else { " " }, limits.join(", "));
    }
    meaning
}

/// What the schema allows, in few words.
fn limits(connector: &Connector, schema: &Value) -> Vec<String> {
    let referred = schema::referred(connector, schema);
    let get = |key: &str| schema.get(key).or_else(|| referred.and_then(|schema| schema.get(key)));
    let mut limits = Vec::new();
    if get("deprecated") == Some(&Value::Bool(true)) {
        limits.push("deprecated".to_owned());
    }
    if let Some(values) = get("enum").and_then(Value::as_array) {
        limits.push(values.iter().map(short).collect::<Vec<_>>().join(" | "));
    }
    if let Some(values) = get("items").and_then(|items| items.get("enum")).and_then(Value::as_array) {
        limits.push(format!("each {}", values.iter().map(short).collect::<Vec<_>>().join(" | ")));
    }
    let ranges =
        [("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items")];
    for (least, most, of) in ranges {
        match (get(least), get(most)) {
            (Some(least), Some(most)) if least == most => limits.push(format!("exactly {}", counted(most, of))),
            (Some(least), Some(most)) => limits.push(format!("{least} to {}", counted(most, of))),
            (Some(least), None) => limits.push(format!("at least {}", counted(least, of))),
            (None, Some(most)) => limits.push(format!("at most {}", counted(most, of))),
            (None, None) => {}
        }
    }
    if let Some(default) = get("default") {
        limits.push(format!("default {}", short(default)));
    }
    limits
}

/// So many of something: `1 item`, `2 items`.
fn counted(number: &Value, of: &str) -> String {
    let of = if *number == 1 { of.trim_end_matches('s') } else { of };
    format!("{number}{of}")
}

/// A value to show in the place of a required parameter.
pub(super) fn example(connector: &Connector, param: &Param) -> String {
    if param.file {
        return "@file".to_owned();
    }
    let shown = param.schema["examples"].get(0).or_else(|| param.schema["enum"].get(0)).map(short);
    let shown = shown.filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:@".contains(c)));
    shown.unwrap_or_else(|| {
        let types = schema::types(connector, &param.schema);
        match types.first().map(String::as_str) {
            Some("object") => "'{…}'".to_owned(),
            Some("array") => "'[…]'".to_owned(),
            Some("integer" | "number") => "1".to_owned(),
            Some("boolean") => "true".to_owned(),
            _ => "…".to_owned(),
        }
    })
}
