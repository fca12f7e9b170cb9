//! A path is one, and it and the parameters agree on which parameters stand in it.

use std::collections::BTreeSet;

use crate::language::nearest;
use crate::manifest::Place;
use crate::source::{Code, Diagnostic, Span};

use super::cost::LONGEST_PATH;
use super::secrets::{secret_field, template_names};
use super::view::{Operation, View, path_names};
use super::{is_enough, is_written, part_of};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in view.operations.iter().filter(|operation| is_written(operation.path.span)) {
        if is_enough(findings) {
            break;
        }
        if let Err((span, message, help)) = well_formed(view, operation) {
            findings.extend(message.map(|message| Diagnostic::new(Code::InvalidValue, span, message).help(help)));
            continue;
        }
        let named: BTreeSet<_> = path_names(operation.path).collect();
        named.iter().for_each(|name| check_named(operation, name, &named, findings));
        check_unnamed(operation, &named, findings);
    }
}

type Malformed = (Span, Option<String>, &'static str);

/// What is wrong with the path itself; no message where another rule has one.
fn well_formed(view: &View<'_>, operation: &Operation<'_>) -> Result<(), Malformed> {
    let path = operation.path;
    let wrong = |part: &str, message: &str, help: &'static str| {
        Err((part_of(path.span, path, part), Some(format!("{message} in the path `{}`", path.value)), help))
    };
    if let Some(name) = template_names(path).next() {
        let written = format!("${{{name}}}");
        if secret_field(view, name) {
            return Err((path.span, None, ""));
        }
        let help = "write `{name}` and declare the parameter with a `fill`, such as `fill: ${config.name}`";
        return wrong(&written, &format!("`{written}` cannot stand"), help);
    }
    if path.len() > LONGEST_PATH {
        let message = format!("a path of {} bytes; {LONGEST_PATH} is the limit", path.len());
        return Err((path.span, Some(message), "put what is long into parameters"));
    }
    if !path.starts_with('/') {
        let message = format!("the path `{}` does not begin with `/`", path.value);
        return Err((path.span, Some(message), "the server's URL stands under `server`, the path begins with `/`"));
    }
    if let Some(part) = ["?", "#"].into_iter().find(|part| path.contains(part)) {
        return wrong(
            part,
            &format!("there is a `{part}`"),
            "put query parameters under `params`, or under `query` when they are always the same",
        );
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong(" ", "there is a space", "leave it out, or write `%20`");
    }
    let mut rest = path.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let closed = rest[at..].strip_prefix('{').and_then(|after| after.split_once('}'));
        match closed.filter(|(name, _)| !name.is_empty() && !name.contains('{')) {
            Some((_, after)) => rest = after,
            None => {
                return wrong(
                    &rest[at..=at],
                    "a brace is not closed or names nothing",
                    "a parameter is written `{name}`",
                );
            }
        }
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return wrong("/.", "there is a segment `.` or `..`", "write the path that is meant");
    }
    Ok(())
}

/// A name in the path is a parameter, and goes there.
fn check_named(operation: &Operation<'_>, name: &str, named: &BTreeSet<&str>, findings: &mut Vec<Diagnostic>) {
    let place = part_of(operation.path.span, operation.path, &format!("{{{name}}}"));
    let Some(param) = operation.param(name) else {
        let known = operation.params.keys().copied().filter(|known| !named.contains(known));
        let message = format!("there is no parameter `{name}`");
        let help = nearest(name, known).map_or_else(
            || format!("define it: `params: {{ {name}: {{ type: string }} }}`"),
            |near| format!("did you mean `{{{near}}}`?"),
        );
        return findings.push(Diagnostic::new(Code::UndefinedPathParameter, place, message).help(help));
    };
    if param.place != Place::Path {
        let message = format!("`{name}` stands in the path, but its place is `{}`", param.place.as_str());
        findings.push(Diagnostic::new(Code::Conflict, place, message).help("leave `in` out"));
    }
    if let Some(wire) = param.merged.keys.name.as_ref().filter(|wire| wire.as_str() != name) {
        let message = format!("`{name}` is a parameter of the path, so `name` has no meaning");
        let span = if param.merged.keys.name.is_some() && is_written(wire.span) { wire.span } else { param.span };
        findings.push(Diagnostic::new(Code::Conflict, span, message).help("leave `name` out"));
    }
}

/// A parameter that says it goes in the path stands there.
fn check_unnamed(operation: &Operation<'_>, named: &BTreeSet<&str>, findings: &mut Vec<Diagnostic>) {
    for param in operation.params.values().filter(|param| param.place == Place::Path && !named.contains(param.name)) {
        let message = format!("`{}` goes in the path, but `{}` does not name it", param.name, operation.path.value);
        let span = param.merged.keys.place.as_ref().map_or(param.span, |place| place.span);
        let help = format!("put `{{{}}}` where its value belongs", param.name);
        findings.push(Diagnostic::new(Code::Conflict, span, message).help(help));
    }
}
