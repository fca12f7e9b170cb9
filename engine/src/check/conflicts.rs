//! The parameters of an operation do not get in each other's way.

use std::collections::BTreeMap;

use crate::manifest::Place;
use crate::source::{Code, Diagnostic};

use super::view::{Operation, Param, View};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        check_wire_names(operation, findings);
        check_pagination(operation, findings);
        check_hidden(operation, findings);
        check_answer(operation, findings);
    }
}

/// No two parameters have the same name in the same place.
fn check_wire_names(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let key = |param: &Param<'_>| match param.place {
        Place::Header => (param.place, param.wire().to_lowercase()),
        Place::Path | Place::Query | Place::Cookie | Place::Body => (param.place, param.wire().to_owned()),
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

/// The parameters that pagination adds are not declared again.
fn check_pagination(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(pagination) = operation.pagination else { return };
    let place = operation.pagination_place(pagination);
    for added in pagination.params() {
        let again =
            |param: &&Param<'_>| param.name == added.name || (param.wire() == added.name && param.place == place);
        if let Some(param) = operation.params.values().find(again) {
            let message =
                format!("`{}` is a parameter of `{}` already, through its pagination", added.name, operation.name());
            findings.push(
                Diagnostic::new(Code::Conflict, param.span, message)
                    .help("leave it out; callers can give it all the same"),
            );
        }
    }
}

/// What callers cannot give is filled.
fn check_hidden(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    for param in operation.params.values().filter(|param| param.merged.keys.hidden == Some(true)) {
        if param.merged.keys.fill.is_none() {
            let message = format!("`{}` is hidden and nothing fills it, so it is never sent", param.name);
            findings.push(Diagnostic::new(Code::Conflict, param.span, message).help("give it a `fill`"));
        }
    }
}

/// An answer is a list, one record or a file.
fn check_answer(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let action = operation.written;
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
