//! Names, ids and versions have the form that every face can show and every command line can take.

use uuid::Uuid;

use crate::language::with_article;
use crate::source::{Code, Diagnostic, Span, Spanned};

use super::is_written;
use super::view::View;

/// What a name is made of, by what it names.
#[derive(Clone, Copy)]
enum Form {
    /// Lower-case words.
    Lower,
    /// Letters of both cases.
    Mixed,
}

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    check_name("connector", &manifest.name, manifest.name.span, Form::Lower, findings);
    check_id(manifest.id.as_ref(), findings);
    check_version(&manifest.version, findings);
    let mut keys = |noun: &str, form, names: &mut dyn Iterator<Item = (&String, Span)>| {
        names.for_each(|(name, span)| check_name(noun, name, span, form, findings));
    };
    keys("way to sign in", Form::Mixed, &mut spans(&manifest.auth));
    keys("pagination", Form::Lower, &mut spans(&manifest.pagination));
    keys("configuration value", Form::Mixed, &mut spans(&manifest.config));
    manifest.auth.values().for_each(|scheme| keys("credential field", Form::Mixed, &mut spans(&scheme.fields)));
    keys("schema", Form::Mixed, &mut spans(&manifest.schemas));
    keys("parameter", Form::Mixed, &mut view.written_params().map(|(name, param)| (name, param.span)));
    keys("entity", Form::Lower, &mut spans(&manifest.entities));
    manifest.entities.values().for_each(|entity| keys("action", Form::Lower, &mut spans(&entity.actions)));
    check_extensions(view, findings);
    check_reserved(view, findings);
    check_empty(view, findings);
}

fn spans<T>(map: &indexmap::IndexMap<String, Spanned<T>>) -> impl Iterator<Item = (&String, Span)> {
    map.iter().map(|(name, value)| (name, value.span))
}

fn check_name(noun: &str, name: &str, span: Span, form: Form, findings: &mut Vec<Diagnostic>) {
    let (starts, letters, words) = match form {
        Form::Lower => {
            (name.starts_with(|c: char| c.is_ascii_lowercase()), name.to_lowercase() == name, "lower-case letters")
        }
        Form::Mixed => (name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), true, "letters"),
    };
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_written(span) && !(starts && letters && is_plain) {
        let found =
            Diagnostic::new(Code::InvalidValue, span, format!("`{name}` cannot be the name of {}", with_article(noun)));
        let help = format!("a name is made of {words}, digits, `_` and `-`, and starts with a letter");
        let wire = if noun == "parameter" { "; `name` says what it is called on the wire" } else { "" };
        findings.push(found.help(format!("{help}{wire}")));
    }
}

fn check_id(id: Option<&Spanned<String>>, findings: &mut Vec<Diagnostic>) {
    if let Some(id) = id.filter(|id| is_written(id.span) && (id.len() != 36 || Uuid::try_parse(id).is_err())) {
        let message = format!("`{}` is not a UUID", id.value);
        findings.push(
            Diagnostic::new(Code::InvalidValue, id.span, message)
                .help("such as `3a6d2a9e-52c5-4d0c-b4c1-7d6cc0f2a5a1`"),
        );
    }
}

fn check_version(version: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    if is_written(version.span) && !is_semantic(version) {
        let message = format!("`{}` is not a semantic version", version.value);
        findings
            .push(Diagnostic::new(Code::InvalidValue, version.span, message).help("three numbers, such as `0.1.0`"));
    }
}

/// Whether a text is a version as Semantic Versioning 2.0.0 has it.
fn is_semantic(text: &str) -> bool {
    let words = |list: &str| {
        list.split('.').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    };
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
    let is_number = |part: &str| part.parse::<u64>().is_ok_and(|number| number.to_string() == part);
    core.split('.').count() == 3 && core.split('.').all(is_number) && pre.is_none_or(words) && build.is_none_or(words)
}

/// Facts of other tools are called so that no key of the language will ever have their names.
fn check_extensions(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    let entities = || manifest.entities.values();
    let all = std::iter::once(&manifest.extensions)
        .chain(manifest.auth.values().map(|scheme| &scheme.extensions))
        .chain(manifest.config.values().map(|value| &value.extensions))
        .chain(entities().map(|entity| &entity.extensions))
        .chain(entities().flat_map(|entity| entity.actions.values()).map(|action| &action.extensions));
    for (name, span) in all.flat_map(spans).filter(|(name, _)| !name.starts_with("x-")) {
        let message = format!("`{name}` cannot be the name of an extension");
        findings.push(
            Diagnostic::new(Code::InvalidValue, span, message)
                .help("names of extensions start with `x-`, such as `x-team`"),
        );
    }
}

/// `none` says that there is none, so nothing can be called so.
fn check_reserved(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    let places = [manifest.auth.get("none").map(|it| it.span), manifest.pagination.get("none").map(|it| it.span)];
    for span in places.into_iter().flatten() {
        findings.push(Diagnostic::new(
            Code::InvalidValue,
            span,
            "`none` is not a name: actions write it to say that there is none",
        ));
    }
}

fn check_empty(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    if manifest.entities.is_empty() && is_written(manifest.name.span) {
        let found = Diagnostic::new(Code::MissingKey, manifest.name.span, "the connector has no entities");
        findings.push(found.help("add `entities: { users: { actions: { list: { get: /users, … } } } }`"));
    }
    for (name, entity) in manifest.entities.iter().filter(|(_, entity)| entity.actions.is_empty()) {
        let found = Diagnostic::new(Code::MissingKey, entity.span, format!("`{name}` has no actions"));
        findings.push(found.help("add `actions: { list: { get: /users, … } }`"));
    }
}
