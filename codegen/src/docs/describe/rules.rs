//! What a value may be, as sentences.

use serde_json::Value;
use tieline::auth::{Field, FieldType};
use tieline::catalog::schema;
use tieline::manifest::ConfigValue;
use tieline::notation::Fill;

use super::shapes::{DEPTH, Shapes, parts};
use crate::docs::markdown::Inline;

/// A pattern longer than this is not for people where there is an example.
const LONGEST_PATTERN: usize = 40;

/// A value longer than this is not shown within a sentence, in characters.
const LONGEST_VALUE: usize = 120;

/// What the schema of a value allows. What it refers to and is linked says the rest itself.
pub(super) fn rules(shapes: &Shapes<'_>, schema: &Value) -> Vec<Inline> {
    rules_within(shapes, schema, DEPTH)
}

fn rules_within(shapes: &Shapes<'_>, schema: &Value, depth: usize) -> Vec<Inline> {
    let schemas = effective(shapes, schema);
    let get = |key: &str| schemas.iter().find_map(|schema| schema.get(key));
    let mut rules = Vec::new();
    if let Some(value) = get("const") {
        rules.push(Inline::of(format!("Always {}.", shown(value).as_str())));
    }
    if let Some(values) = get("enum").and_then(Value::as_array) {
        let others = schemas.iter().flat_map(|schema| parts(schema, "anyOf").chain(parts(schema, "oneOf")));
        let is_open = others.into_iter().any(|branch| branch == &serde_json::json!({ "type": "string" }));
        rules.push(choice(values.iter(), is_open));
    }
    for (least, most, of) in RANGES {
        let sentence = match (get(least), get(most)) {
            (Some(least), Some(most)) if least == most => format!("Exactly {least}{}.", counted(of, least)),
            (Some(least), Some(most)) => format!("{least} to {most}{}.", counted(of, most)),
            (Some(least), None) => format!("At least {least}{}.", counted(of, least)),
            (None, Some(most)) => format!("At most {most}{}.", counted(of, most)),
            (None, None) => continue,
        };
        rules.push(Inline::of(sentence));
    }
    for (key, words) in
        [("exclusiveMinimum", "More than"), ("exclusiveMaximum", "Less than"), ("multipleOf", "A multiple of")]
    {
        rules.extend(get(key).map(|value| Inline::of(format!("{words} {}.", shown(value).as_str()))));
    }
    let examples: Vec<&Value> =
        get("examples").and_then(Value::as_array).into_iter().flatten().filter(is_short).collect();
    if let Some(pattern) = get("pattern").and_then(Value::as_str)
        && (examples.is_empty() || pattern.chars().count() <= LONGEST_PATTERN)
    {
        rules.push(Inline::of(format!("Matches {}.", Inline::code(pattern).as_str())));
    }
    let items = schemas.iter().find_map(|schema| schema.get("items"));
    if let Some(items) = items.filter(|items| !shapes.is_linked(items) && items.get("properties").is_none())
        && let Some(depth) = depth.checked_sub(1)
    {
        let each = rules_within(shapes, items, depth);
        rules.extend(each.iter().map(|rule| Inline::of(format!("Each: {}", decapitalised(rule.as_str())))));
    }
    rules.extend(get("default").map(|value| Inline::of(format!("Default: {}.", shown(value).as_str()))));
    if !examples.is_empty() && get("enum").is_none() {
        let examples: Vec<_> = examples.iter().take(3).map(|value| shown(value).as_str().to_owned()).collect();
        rules.push(Inline::of(format!("Such as {}.", either(&examples))));
    }
    rules
}

const RANGES: [(&str, &str, &str); 4] = [
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", "character"),
    ("minItems", "maxItems", "item"),
    ("minProperties", "maxProperties", "member"),
];

fn counted(of: &str, number: &Value) -> String {
    match (of, number.as_u64()) {
        ("", _) => String::new(),
        (of, Some(1)) => format!(" {of}"),
        (of, _) => format!(" {of}s"),
    }
}

/// The schema, and those that it stands for: what it refers to without a link, the one alternative beside null, the values of an
/// open choice.
fn effective<'v>(shapes: &Shapes<'v>, schema: &'v Value) -> Vec<&'v Value> {
    let mut found = vec![schema];
    let mut at = schema;
    for _ in 0..DEPTH {
        if shapes.is_linked(at) {
            found.pop();
            break;
        }
        let branches: Vec<_> =
            parts(at, "anyOf").chain(parts(at, "oneOf")).filter(|branch| branch["type"] != "null").collect();
        let listed = branches.iter().find(|branch| branch.get("enum").is_some());
        let next = schema::referred(shapes.connector, at).or(match branches.as_slice() {
            [only] => Some(*only),
            _ => listed.copied(),
        });
        let Some(next) = next else { break };
        found.push(next);
        at = next;
    }
    found
}

fn is_short(value: &&Value) -> bool {
    !value.is_object() && !value.is_array() && value.to_string().chars().count() <= LONGEST_VALUE
}

/// A choice among values.
pub(super) fn choice<'v>(values: impl Iterator<Item = &'v Value>, is_open: bool) -> Inline {
    let mut values: Vec<_> = values.map(|value| shown(value).as_str().to_owned()).collect();
    values.dedup();
    match (values.as_slice(), is_open) {
        ([only], false) => Inline::of(format!("Always {only}.")),
        (values, true) => Inline::of(format!("{}, or another.", values.join(", "))),
        (values, false) => Inline::of(format!("One of {}.", values.join(", "))),
    }
}

/// A value within a sentence.
pub(super) fn shown(value: &Value) -> Inline {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => Inline::code(&format!("{}…", &text[..end])),
        None => Inline::code(&text),
    }
}

/// Texts as alternatives in a sentence.
pub(super) fn either(texts: &[String]) -> String {
    match texts {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        texts => texts.concat(),
    }
}

fn decapitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// What is sent for a parameter that the caller leaves out.
pub(super) fn fill(fill: &Fill) -> Inline {
    let value = match fill {
        Fill::Value(value) => shown(value),
        Fill::Template(template) => Inline::code(&template.to_string()),
        Fill::Expression(_) => return Inline::of("Worked out from the configuration when left out."),
    };
    Inline::of(format!("{} is sent when left out.", value.as_str()))
}

/// What a credential field must look like, and what it is when it is not given.
pub(super) fn of_field(field: &Field) -> Vec<Inline> {
    let codes = |texts: &[String]| texts.iter().map(|text| Inline::code(text).as_str().to_owned()).collect::<Vec<_>>();
    let mut rules = Vec::new();
    if !field.prefix.is_empty() {
        rules.push(Inline::of(format!("Starts with {}.", either(&codes(&field.prefix)))));
    }
    rules.extend(allowed(&field.choices, field.pattern.as_ref().map(|pattern| pattern.value.to_string())));
    rules.extend(any_host(field.any_host));
    rules.extend(
        field.default.iter().map(|default| Inline::of(format!("Default: {}.", Inline::code(default).as_str()))),
    );
    rules.extend(field.is_secret().then(|| Inline::of("Secret.")));
    rules
}

/// What a configuration value must look like, and what it is when it is not given.
pub(super) fn of_config(value: &ConfigValue) -> Vec<Inline> {
    let mut rules = allowed(&value.choices, value.pattern.as_ref().map(|pattern| pattern.value.to_string()));
    rules.extend(any_host(value.any_host));
    rules.extend(value.part_of.iter().map(|part_of| {
        let (field, after) = (Inline::code(&part_of.field), Inline::code(&part_of.after));
        Inline::of(format!("When left out, what follows the last {} in {}.", after.as_str(), field.as_str()))
    }));
    rules.extend(value.default.iter().map(|default| Inline::of(format!("Default: {}.", shown(default).as_str()))));
    rules
        .extend(value.example.iter().map(|example| Inline::of(format!("Such as {}.", Inline::code(example).as_str()))));
    rules
}

fn any_host(any_host: Option<bool>) -> Option<Inline> {
    any_host.filter(|any| *any).map(|_| Inline::of("It may name any host: credentials are sent there."))
}

fn allowed(choices: &[String], pattern: Option<String>) -> Vec<Inline> {
    let choices: Vec<_> = choices.iter().map(|text| Inline::code(text).as_str().to_owned()).collect();
    let choices = (!choices.is_empty()).then(|| Inline::of(format!("Is {}.", either(&choices))));
    let pattern = pattern.map(|pattern| Inline::of(format!("Matches {}.", Inline::code(&pattern).as_str())));
    choices.into_iter().chain(pattern).collect()
}

/// The type of a credential field or configuration value, as manifests and JSON call it.
pub(super) fn type_name(field_type: Option<FieldType>) -> String {
    match field_type.unwrap_or(FieldType::Text) {
        FieldType::Text => "string",
        FieldType::Integer => "integer",
        FieldType::Boolean => "boolean",
        FieldType::List => "array of string",
    }
    .to_owned()
}
