//! A connector for people: aligned, with what to type next at the end.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::auth::{Field, FieldType, Scheme};
use tieline::catalog::Subject;
use tieline::catalog::sign_in::{config_variable, variable};
use tieline::manifest::{ConfigValue, Effect};
use tieline::notation::Pattern;
use tieline::plan::{Answer, Entity, Operation, Param};

use super::{about, parameters};
use crate::connector::quoted;
use crate::made_up;
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
    also(&mut text, 0, head.extensions.keys());

    text.push_str("\nSIGN IN\n");
    if head.auth.is_empty() {
        text.push_str("  not needed\n");
    }
    let (limited, free): (Vec<_>, Vec<_>) = head.auth.iter().partition(|(_, scheme)| scheme.limited == Some(true));
    for (scheme_name, scheme) in free {
        text.push_str(&sign_in(&head.name, scheme_name, scheme));
    }
    if !limited.is_empty() {
        let named = |(name, scheme): (&String, &Scheme)| match &scheme.title {
            Some(title) => format!("{name} ({title})"),
            None => name.clone(),
        };
        let names = limited.into_iter().map(named).collect::<Vec<_>>().join(", ");
        prose(&mut text, 2, &format!("only for actions that name it: {names}"));
    }
    if !head.config.is_empty() {
        text.push_str("\nCONFIGURATION (--config, or these variables)\n");
        let rows: Vec<[String; 3]> = head
            .config
            .iter()
            .map(|(name, value)| [name.clone(), config_variable(head, name).unwrap_or_default(), config_facts(value)])
            .collect();
        text.push_str(&columns(2, &rows));
    }
    text.push_str("\nENTITIES\n");
    let rows: Vec<[String; 2]> = entities
        .iter()
        .map(|entity| {
            let actions = entity.operations.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            [named(entity), actions]
        })
        .collect();
    text.push_str(&columns(2, &rows));
    text.push_str(&about::questions(head.questions.as_ref()));
    text.push_str(&about::hints(head.hints.as_ref()));

    let first = entities.first().map_or("", |entity| entity.name.as_str());
    let mut try_next = vec![format!("tieline describe {name} {first}")];
    let easy = entities.iter().flat_map(|entity| entity.operations()).find(|op| is_easy(op));
    try_next.extend(easy.map(|op| format!("tieline execute {name} {} {} --mock", op.entity, op.action)));
    text.push_str(&next(&try_next));
    text
}

/// The name of an entity, with what the API calls it where the name is not in that.
fn named(entity: &Entity) -> String {
    let letters = |text: &str| -> String { text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    match letters(&entity.title).contains(&letters(&entity.name)) {
        true => entity.name.clone(),
        false => format!("{} ({})", entity.name, plain(&entity.title)),
    }
}

/// Whether it can be called as it is.
fn is_easy(operation: &Operation) -> bool {
    operation.effect == Effect::Read && !operation.internal && operation.params.iter().all(|param| !param.required)
}

fn sign_in(connector: &str, name: &str, scheme: &Scheme) -> String {
    let mut text = match &scheme.title {
        Some(title) => format!("  {name}: {}\n", plain(title)),
        None => format!("  {name}\n"),
    };
    prose(&mut text, 4, scheme.description.as_deref().unwrap_or_default());
    let rows: Vec<[String; 3]> = scheme
        .fields
        .iter()
        .map(|(field_name, field)| [field_name.clone(), variable(connector, field_name), field_facts(field)])
        .collect();
    text.push_str(&columns(4, &rows));
    also(&mut text, 4, scheme.extensions.keys());
    text
}

fn field_facts(field: &Field) -> String {
    let mut facts = meaning(field.description.as_ref().or(field.title.as_ref()));
    if !field.prefix.is_empty() {
        facts.push(format!("starts with {}", either(&field.prefix)));
    }
    facts.extend(allowed(&field.choices, field.pattern.as_deref()));
    facts.extend(any_host(field.any_host));
    match &field.default {
        Some(default) => facts.push(format!("default {default}")),
        None if !field.is_required() => facts.push("optional".to_owned()),
        None => {}
    }
    facts.join("; ")
}

fn config_facts(value: &ConfigValue) -> String {
    let mut facts = meaning(value.description.as_ref().or(value.title.as_ref()));
    match value.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => {}
        FieldType::Integer => facts.push("a whole number".to_owned()),
        FieldType::Boolean => facts.push("`true` or `false`".to_owned()),
        FieldType::List => facts.push("a list of texts".to_owned()),
    }
    facts.extend(allowed(&value.choices, value.pattern.as_deref()));
    facts.extend(any_host(value.any_host));
    facts.extend(value.example.as_ref().map(|example| format!("such as `{example}`")));
    facts.extend(value.part_of.iter().map(|part_of| {
        let (field, after) = (plain(&part_of.field), plain(&part_of.after));
        format!("when left out, what follows the last `{after}` in `{field}`")
    }));
    facts.extend(value.fill.iter().map(|fill| format!("when left out, `{}`", plain(&fill.to_string()))));
    facts.push(match &value.default {
        Some(default) => format!("default {}", short(default)),
        None if value.must_be_given() => "required".to_owned(),
        None => "optional".to_owned(),
    });
    facts.extend(about::extensions(value.extensions.keys()));
    facts.join("; ")
}

fn meaning(description: Option<&String>) -> Vec<String> {
    description.map(|text| text.trim_end_matches('.').to_owned()).into_iter().collect()
}

fn allowed(choices: &[String], pattern: Option<&Pattern>) -> Vec<String> {
    let choices = (!choices.is_empty()).then(|| format!("is {}", either(choices)));
    choices.into_iter().chain(pattern.map(|pattern| format!("matches `{pattern}`"))).collect()
}

fn any_host(any_host: Option<bool>) -> Option<String> {
    any_host.filter(|any| *any).map(|_| "may name any host, and credentials are sent there".to_owned())
}

fn either(texts: &[String]) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ")
}

fn one_entity(connector: &Connector, entity: &Entity, name: &str) -> String {
    let mut text = format!("{}: {}\n", plain(&connector.head().title), plain(&entity.title));
    prose(&mut text, 0, entity.summary.as_deref().unwrap_or_default());
    prose(&mut text, 0, entity.description.as_deref().unwrap_or_default());
    also(&mut text, 0, entity.extensions.keys());
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
    text.push_str(&actions(rows));
    text.push_str(&about::relations(&entity.relations));
    text.push_str(&about::hints(entity.hints.as_ref()));
    let first = entity.operations.keys().next().map_or("", String::as_str);
    text.push_str(&next(&[format!("tieline describe {name} {} {first}", entity.name)]));
    text
}

/// What each action sends and does, side by side; where that would leave no room for words, what it does stands below.
fn actions(rows: Vec<[String; 3]>) -> String {
    let widest = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
    if widest(0) + widest(1) <= prose_width() * 2 / 3 {
        return columns(2, &rows);
    }
    let below = |[action, request, summary]: [String; 3]| {
        let summary = Some([String::new(), summary]).filter(|[_, summary]| !summary.is_empty());
        [[action, request]].into_iter().chain(summary)
    };
    columns(2, &rows.into_iter().flat_map(below).collect::<Vec<_>>())
}

fn one_operation(connector: &Connector, operation: &Operation, name: &str) -> String {
    let title = format!("{}: {} {}", plain(&connector.head().title), operation.entity, operation.action);
    let mut text = format!("{title}\n{} {}\n", operation.method.as_str(), operation.path_template());
    prose(&mut text, 0, operation.summary.as_deref().unwrap_or_default());
    prose(&mut text, 0, operation.description.as_deref().unwrap_or_default());
    also(&mut text, 0, operation.extensions.keys());
    text.push('\n');
    let answer = match operation.answer {
        Answer::List(_) if operation.pagination.is_some() => "a list in pages (--all gives all of it)",
        Answer::List(_) => "a list",
        Answer::One(_) if operation.has_pages() => "one record a page (--all gives a list of all)",
        Answer::One(_) => "one record",
        Answer::File(_) => "a file (--output FILE)",
    };
    let mut facts = vec![["answers".to_owned(), answer.to_owned()]];
    let marks = marks(operation);
    if !marks.is_empty() {
        facts.push(["note".to_owned(), marks.join(", ")]);
    }
    facts.extend(operation.operation_id.iter().map(|id| ["operation id".to_owned(), id.clone()]));
    text.push_str(&columns(0, &facts));

    let mut params: Vec<&Param> = operation.params.iter().filter(|param| !param.hidden).collect();
    params.sort_by_key(|param| (!param.required, param.is_deprecated()));
    text.push_str("\nPARAMETERS\n");
    if params.is_empty() {
        text.push_str("  none\n");
    }
    let rows: Vec<[String; 3]> = params.iter().flat_map(|param| parameters::rows(connector, param)).collect();
    text.push_str(&columns(2, &rows));
    if operation.takes_others() {
        text.push_str("  Other names may be given too; they go into the body as they are.\n");
    }
    text.push_str(&about::hints(operation.hints.as_ref()));

    let mut call = format!("tieline execute {name} {} {}", operation.entity, operation.action);
    for param in params.iter().filter(|param| param.required) {
        let _ = write!(call, " --param {}={}", param.name, parameters::example(connector, param));
    }
    let config = made_up::config(connector.head(), &Map::new());
    let configured = match config.is_empty() {
        true => call.clone(),
        false => format!("{call} --config {}", quoted(&Value::Object(config).to_string())),
    };
    text.push_str(&next(&[configured, format!("{call} --mock")]));
    text
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

/// A value in a sentence.
pub(super) fn short(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

/// A line that says which facts of other tools there are, in no more words.
fn also<'a>(text: &mut String, indent: usize, extensions: impl Iterator<Item = &'a String>) {
    if let Some(names) = about::extensions(extensions) {
        prose(text, indent, &format!("Has {names} (--format json shows them)."));
    }
}

/// Paragraphs and the items of lists, wrapped.
fn prose(text: &mut String, indent: usize, paragraphs: &str) {
    for piece in pieces(paragraphs) {
        for line in wrap(&piece, prose_width().saturating_sub(indent)) {
            let _ = writeln!(text, "{:indent$}{line}", "");
        }
    }
}

/// What begins on a line of its own: after an empty line, or with a mark of Markdown.
fn pieces(paragraphs: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in paragraphs.lines().map(str::trim) {
        let is_marked = ["- ", "* ", "> ", "#", "|", "---", "```"].iter().any(|mark| line.starts_with(mark));
        match pieces.last_mut().filter(|_| is_open && !is_marked) {
            Some(piece) => piece.extend([" ", line]),
            None if line.is_empty() => {}
            None => pieces.push(line.to_owned()),
        }
        is_open = !line.is_empty();
    }
    pieces
}

fn next(commands: &[String]) -> String {
    commands.iter().fold("\nNEXT\n".to_owned(), |text, command| format!("{text}  {command}\n"))
}
