//! The parameters of an operation do not get in each other's way.

use std::collections::BTreeMap;

use crate::body::Body;
use crate::manifest::{Place, Style};
use crate::paginate::Pagination;
use crate::source::{Code, Diagnostic};
use crate::yaml::Node;

use super::bodies::variables;
use super::view::{Operation, Param, View};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        check_wire_names(operation, findings);
        check_members(view, operation, findings);
        check_pagination(operation, findings);
        check_hidden(operation, findings);
        check_answer(operation, findings);
    }
}

/// No two parameters have the same name in the same place.
fn check_wire_names(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let key = |param: &Param<'_>| match param.place {
        Place::Header => (param.place, param.wire().to_lowercase()),
        Place::Path | Place::Query | Place::Cookie | Place::Body | Place::Local => {
            (param.place, param.wire().to_owned())
        }
    };
    let mut seen = BTreeMap::new();
    for param in operation.params.values() {
        let (place, wire) = key(param);
        if let Some(first) = seen.insert((place.as_str(), wire), param) {
            let message = format!(
                "`{}` and `{}` are both called `{}` in the {}",
                first.name,
                param.name,
                param.wire(),
                param.place.as_str()
            );
            findings.push(Diagnostic::new(Code::Conflict, param.span, message));
        }
    }
}

/// No parameter is called as a member of another is written: `status[is]` beside an object `status` that has `is`.
fn check_members(view: &View<'_>, operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let is_written_in_brackets = |param: &Param<'_>| match param.place {
        Place::Query => matches!(param.merged.keys.style, None | Some(Style::DeepObject | Style::Brackets)),
        Place::Body => {
            let is_form = matches!(operation.body.map(|body| &body.value), Some(Body::Form(_) | Body::Multipart(_)));
            is_form && param.merged.keys.style.is_none()
        }
        Place::Path | Place::Header | Place::Cookie | Place::Local => false,
    };
    for param in operation.params.values() {
        let Some((whole, member)) = param.wire().split_once('[') else { continue };
        let member = member.split_once(']').map_or(member, |(member, _)| member);
        let is_same = |other: &&Param<'_>| other.place == param.place && other.wire() == whole;
        let objects = operation.params.values().filter(is_same).filter(|other| is_written_in_brackets(other));
        for other in objects.filter(|other| has_member(view, &other.merged.schema.node, member)) {
            let message =
                format!("`{}` and `{}` of `{}` are both written `{}`", param.name, member, other.name, param.wire());
            let found = Diagnostic::new(Code::Suspicious, param.span, message);
            findings.push(found.help("leave one of them out: what is sent when both are given is not clear"));
        }
    }
}

/// Whether a schema, or the one that it refers to, has a property of this name.
fn has_member(view: &View<'_>, schema: &Node, name: &str) -> bool {
    let target = schema.get("$ref").and_then(|target| target.as_text()?.strip_prefix("#/schemas/"));
    let referred = target.and_then(|target| view.manifest.schemas.get(target)).map(|schema| &schema.node);
    [Some(schema), referred]
        .into_iter()
        .flatten()
        .any(|part| part.get("properties").and_then(|all| all.get(name)).is_some())
}

/// The parameters of pagination are sent, and those that it adds are called as no declared one is.
fn check_pagination(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let place = operation.place_of_added();
    let named = operation.pagination.map(Pagination::params).unwrap_or_default();
    for param in named.iter().filter_map(|named| operation.param(&named.name)) {
        if param.place == Place::Local && !variables(operation).any(|name| name == param.name) {
            let message = format!("`{}` says how the list goes on, but it is never sent", param.name);
            findings.push(Diagnostic::new(Code::Conflict, param.span, message).help("give it another place with `in`"));
        }
    }
    for added in operation.added() {
        let same = |param: &&Param<'_>| param.wire() == added.name && param.place == place;
        if let Some(param) = operation.params.values().find(same) {
            let message = format!(
                "`{}` and a parameter that its pagination adds are both called `{}` in the {}",
                param.name,
                added.name,
                place.as_str()
            );
            let help = format!("name `{}` in the pagination, and nothing is added", param.name);
            findings.push(Diagnostic::new(Code::Conflict, param.span, message).help(help));
        }
    }
}

/// What callers cannot give is filled.
fn check_hidden(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    for param in operation.params.values().filter(|param| param.is_hidden()) {
        if param.merged.keys.fill.is_none() {
            let message = format!("`{}` is hidden and nothing fills it, so it is never sent", param.name);
            findings.push(Diagnostic::new(Code::Conflict, param.span, message).help("give it a `fill`"));
        }
    }
}

/// An answer is a list, one record or a file.
fn check_answer(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let action = operation.written;
    if let Some(record_at) = action.record_at.as_ref().filter(|path| path.is_plural()) {
        let message =
            format!("`{}` answers with one record, but `{}` may find many", operation.name(), record_at.value);
        let help = "name one place, such as `$.users[0]`; a list has `records`";
        findings.push(Diagnostic::new(Code::Conflict, record_at.span, message).help(help));
    }
    if let Some(download) = &action.download
        && (action.records.is_some() || action.record_at.is_some())
    {
        let message = format!("`{}` answers with a file, so it has no records", operation.name());
        findings.push(
            Diagnostic::new(Code::Conflict, download.span, message)
                .help("leave `records` and `record_at` out, or `download`"),
        );
    }
}
