//! A connector for people: aligned, with what to type next at the end.

use std::fmt::Write as _;

use serde_json::Value;
use tieline::Connector;
use tieline::auth::{Field, Scheme};
use tieline::catalog::{Subject, schema};
use tieline::manifest::Effect;
use tieline::plan::{Answer, Entity, Operation, Param};

use crate::credentials::variable;
use crate::text::{columns, plain, prose_width, wrap};

/// The connector, narrowed to the subject. `name` is how the user named it.
pub(super) fn describe(connector: &Connector, subject: &Subject<'_>, name: &str) -> String {
    match subject {
        Subject::Connector(entities) => whole(connector, entities, name),
        Subject::Entity(entity) => one_entity(connector, entity, name),
        Subject::Operation(_, operation) => one_operation(connector, operation, name),
    }
}

fn whole(connector: &Connector, entities: &[&Entity], name: &str) -> String {
    let head = connector.head();
    let mut text = format!("{} ({} {})\n", plain(&head.title), head.name, head.version);
    prose(&mut text, 0, &head.summary);

    text.push_str("\nSIGN IN\n");
    if head.auth.is_empty() {
        text.push_str("  not needed\n");
    }
    for (scheme_name, scheme) in &head.auth {
        text.push_str(&sign_in(&head.name, scheme_name, scheme));
    }
    if !head.config.is_empty() {
        text.push_str("\nCONFIGURATION (--config)\n");
        let rows: Vec<[String; 3]> = head
            .config
            .iter()
            .map(|(name, value)| {
                let mut facts = Vec::new();
                match &value.default {
                    Some(default) => facts.push(format!("default {}", short(default))),
                    None if value.required == Some(true) => facts.push("required".to_owned()),
                    None => facts.push("optional".to_owned()),
                }
                if !value.choices.is_empty() {
                    facts.push(value.choices.join(" | "));
                }
                let description = value.description.as_deref().or(value.title.as_deref()).unwrap_or_default();
                [name.clone(), facts.join(", "), description.to_owned()]
            })
            .collect();
        text.push_str(&columns(2, &rows));
    }
    text.push_str("\nENTITIES\n");
    let rows: Vec<[String; 2]> = entities
        .iter()
        .map(|entity| {
            let actions = entity.operations.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            [entity.name.clone(), actions]
        })
        .collect();
    text.push_str(&columns(2, &rows));

    let first = entities.first().map_or("", |entity| entity.name.as_str());
    let mut try_next = vec![format!("tieline describe {name} {first}")];
    let easy = entities.iter().flat_map(|entity| entity.operations.values()).find(|op| is_easy(op));
    try_next.extend(easy.map(|op| format!("tieline execute {name} {} {} --mock", op.entity, op.action)));
    text.push_str(&next(&try_next));
    text
}

/// Whether it can be called as it is.
fn is_easy(operation: &Operation) -> bool {
    operation.effect == Effect::Read && !operation.internal && operation.params.iter().all(|param| !param.required)
}

fn sign_in(connector: &str, name: &str, scheme: &Scheme) -> String {
    let title = scheme.title.as_deref().unwrap_or_default();
    let limited = if scheme.limited == Some(true) { " (only for actions that name it)" } else { "" };
    let mut text = match title.is_empty() {
        true => format!("  {name}{limited}\n"),
        false => format!("  {name}: {}{limited}\n", plain(title)),
    };
    if let Some(description) = &scheme.description {
        prose(&mut text, 4, description);
    }
    if scheme.limited == Some(true) {
        return text;
    }
    let rows: Vec<[String; 3]> = scheme
        .fields
        .iter()
        .map(|(field_name, field)| [field_name.clone(), variable(connector, field_name), field_facts(field)])
        .collect();
    text.push_str(&columns(4, &rows));
    text
}

fn field_facts(field: &Field) -> String {
    let either = |texts: &[String]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ");
    let mut facts = Vec::new();
    if let Some(description) = field.description.as_deref().or(field.title.as_deref()) {
        facts.push(description.trim_end_matches('.').to_owned());
    }
    if !field.prefix.is_empty() {
        facts.push(format!("starts with {}", either(&field.prefix)));
    }
    if !field.choices.is_empty() {
        facts.push(format!("is {}", either(&field.choices)));
    }
    match &field.default {
        Some(default) => facts.push(format!("default {default}")),
        None if !field.is_required() => facts.push("optional".to_owned()),
        None => {}
    }
    facts.join("; ")
}

fn one_entity(connector: &Connector, entity: &Entity, name: &str) -> String {
    let mut text = format!("{}: {}\n", plain(&connector.head().title), plain(&entity.title));
    prose(&mut text, 0, entity.summary.as_deref().unwrap_or_default());
    prose(&mut text, 0, entity.description.as_deref().unwrap_or_default());
    text.push_str("\nACTIONS\n");
    let rows: Vec<[String; 3]> = entity
        .operations
        .values()
        .map(|operation| {
            let request = format!("{} {}", operation.method.as_str(), operation.path_template());
            let mut summary = operation.summary.clone().unwrap_or_default();
            let marks = marks(operation);
            if !marks.is_empty() {
                let _ = write!(summary, " [{}]", marks.join(", "));
            }
            [operation.action.clone(), request, summary]
        })
        .collect();
    text.push_str(&columns(2, &rows));
    let first = entity.operations.keys().next().map_or("", String::as_str);
    text.push_str(&next(&[format!("tieline describe {name} {} {first}", entity.name)]));
    text
}

fn one_operation(connector: &Connector, operation: &Operation, name: &str) -> String {
    let title = format!("{}: {} {}", plain(&connector.head().title), operation.entity, operation.action);
    let mut text = format!("{title}\n{} {}\n", operation.method.as_str(), operation.path_template());
    prose(&mut text, 0, operation.summary.as_deref().unwrap_or_default());
    prose(&mut text, 0, operation.description.as_deref().unwrap_or_default());
    text.push('\n');
    let answer = match operation.answer {
        Answer::List(_) if operation.pagination.is_some() => "a list in pages (--all gives all of it)",
        Answer::List(_) => "a list",
        Answer::One(_) => "one record",
        Answer::File(_) => "a file (--output FILE)",
    };
    let mut facts = vec![["answers".to_owned(), answer.to_owned()]];
    let marks = marks(operation);
    if !marks.is_empty() {
        facts.push(["note".to_owned(), marks.join(", ")]);
    }
    text.push_str(&columns(0, &facts));

    let mut params: Vec<&Param> = operation.params.iter().filter(|param| !param.hidden).collect();
    params.sort_by_key(|param| (!param.required, param.is_deprecated()));
    text.push_str("\nPARAMETERS\n");
    if params.is_empty() {
        text.push_str("  none\n");
    }
    let rows: Vec<[String; 3]> = params.iter().map(|param| param_row(connector, param)).collect();
    text.push_str(&columns(2, &rows));

    let mut call = format!("tieline execute {name} {} {}", operation.entity, operation.action);
    for param in params.iter().filter(|param| param.required) {
        let _ = write!(call, " --param {}={}", param.name, example(connector, param));
    }
    text.push_str(&next(&[call.clone(), format!("{call} --mock")]));
    text
}

fn param_row(connector: &Connector, param: &Param) -> [String; 3] {
    let required = if param.required { "required" } else { "" };
    let mut meaning = param.description().map(|text| text.trim_end_matches('.').to_owned()).unwrap_or_default();
    let limits = limits(connector, param);
    if !limits.is_empty() {
        let _ = write!(meaning, "{}({})", if meaning.is_empty() { "" } else { " " }, limits.join(", "));
    }
    let mut kind = match param.file {
        true => "file".to_owned(),
        false => schema::types(connector, &param.schema).join("|"),
    };
    if kind.is_empty() {
        kind = "any".to_owned();
    }
    if !required.is_empty() {
        kind = format!("{kind}, {required}");
    }
    [param.name.clone(), kind, meaning]
}

/// What the schema allows, in few words.
fn limits(connector: &Connector, param: &Param) -> Vec<String> {
    let referred = schema::referred(connector, &param.schema);
    let get = |key: &str| param.schema.get(key).or_else(|| referred.and_then(|schema| schema.get(key)));
    let mut limits = Vec::new();
    if param.is_deprecated() {
        limits.push("deprecated".to_owned());
    }
    if let Some(values) = get("enum").and_then(Value::as_array) {
        limits.push(values.iter().map(short).collect::<Vec<_>>().join(" | "));
    }
    let ranges =
        [("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items")];
    for (least, most, of) in ranges {
        match (get(least), get(most)) {
            (Some(least), Some(most)) => limits.push(format!("{least} to {most}{of}")),
            (Some(least), None) => limits.push(format!("at least {least}{of}")),
            (None, Some(most)) => limits.push(format!("at most {most}{of}")),
            (None, None) => {}
        }
    }
    if let Some(default) = get("default") {
        limits.push(format!("default {}", short(default)));
    }
    limits
}

/// A value to show in the place of a required parameter.
fn example(connector: &Connector, param: &Param) -> String {
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

fn marks(operation: &Operation) -> Vec<&'static str> {
    let marks = [
        (operation.destructive, "destructive"),
        (operation.internal, "not for agents"),
        (operation.deprecated, "deprecated"),
        (operation.beta, "beta"),
    ];
    marks.into_iter().filter(|(applies, _)| *applies).map(|(_, mark)| mark).collect()
}

fn short(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

/// Paragraphs, wrapped.
fn prose(text: &mut String, indent: usize, paragraphs: &str) {
    for paragraph in paragraphs.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        for line in wrap(paragraph, prose_width().saturating_sub(indent)) {
            let _ = writeln!(text, "{:indent$}{line}", "");
        }
    }
}

fn next(commands: &[String]) -> String {
    commands.iter().fold("\nNEXT\n".to_owned(), |text, command| format!("{text}  {command}\n"))
}
