//! A body and the parameters that go into it fit together.

use crate::body::{Body, GraphQl};
use crate::manifest::{Place, Style};
use crate::source::{Code, Diagnostic, Spanned};

use super::view::{Operation, Param, View};
use super::{is_written, part_of, undefined};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    check_usual(view, findings);
    for operation in &view.operations {
        check_styles(operation, findings);
        match operation.body.map(|body| &body.value) {
            Some(Body::Json(json)) => {
                if let Some(whole) = &json.param {
                    check_whole(operation, whole, findings);
                    if json.others == Some(true) {
                        let message = format!("`{}` is the whole body, so there is no place for others", whole.value);
                        findings.push(Diagnostic::new(Code::Conflict, whole.span, message).help("leave `others` out"));
                    }
                }
                no_files(operation, findings);
            }
            Some(Body::Raw(raw)) => {
                check_whole(operation, &raw.param, findings);
                check_file(operation, &raw.param, findings);
            }
            Some(Body::Related(related)) => {
                check_file(operation, &related.file, findings);
                let content_type = related.content_type.as_ref();
                if let Some(param) = content_type.and_then(|name| body_param(operation, name, findings))
                    && param.is_file()
                {
                    let message = format!("`{}` is a file, not the content type of one", param.name);
                    findings.push(Diagnostic::new(Code::Conflict, param.span, message));
                }
            }
            Some(Body::Multipart(_)) => check_multipart(operation, findings),
            Some(Body::Graphql(graphql)) => {
                check_graphql(operation, graphql, findings);
                no_files(operation, findings);
            }
            Some(Body::Form(_)) | None => no_files(operation, findings),
        }
    }
}

/// The body of all actions names no parameter of one.
fn check_usual(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(body) = &view.manifest.body else { return };
    let names_one = match &body.value {
        Body::Json(json) => json.param.is_some(),
        Body::Raw(_) | Body::Related(_) | Body::Graphql(_) => true,
        Body::Form(_) | Body::Multipart(_) => false,
    };
    if names_one {
        let message = "the body of all actions is JSON, a form or multipart, without the name of a parameter";
        findings.push(Diagnostic::new(Code::Conflict, body.span, message).help("say it under the action"));
    }
}

/// Styles are for queries, headers and paths; in a form, a part of the body may be JSON.
fn check_styles(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let is_form = matches!(operation.body.map(|body| &body.value), Some(Body::Form(_) | Body::Multipart(_)));
    for param in operation.params.values().filter(|param| param.place == Place::Body) {
        let keys = &param.merged.keys;
        let key = match (keys.style, keys.explode) {
            (Some(Style::Json), None) if is_form => continue,
            (Some(style), None) => format!("style: {}", style.as_str()),
            (_, Some(explode)) => format!("explode: {explode}"),
            (None, None) => continue,
        };
        let message = format!("`{}` goes in the body, where `{key}` has no meaning", param.name);
        let help = "leave it out; in a form or multipart body, `style: json` writes the value as JSON text";
        findings.push(Diagnostic::new(Code::Conflict, param.span, message).help(help));
    }
}

/// The parameter of the body that a key of the body names.
fn body_param<'o>(
    operation: &'o Operation<'_>,
    name: &Spanned<String>,
    findings: &mut Vec<Diagnostic>,
) -> Option<&'o Param<'o>> {
    if !is_written(name.span) {
        return None;
    }
    let Some(param) = operation.param(name) else {
        let known = operation.params.values().filter(|param| param.place == Place::Body).map(|param| param.name);
        findings.push(undefined(Code::UnknownReference, name.span, "parameter", name, known));
        return None;
    };
    if param.place != Place::Body {
        let message = format!("`{}` goes in the {}, not in the body", param.name, param.place.as_str());
        findings.push(Diagnostic::new(Code::Conflict, name.span, message).help("give it `in: body`"));
    }
    Some(param)
}

/// One parameter is the whole body, so that no other goes there.
fn check_whole(operation: &Operation<'_>, name: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    let Some(whole) = body_param(operation, name, findings) else { return };
    for param in operation.params.values().filter(|param| param.place == Place::Body && param.name != whole.name) {
        let message = format!("`{}` is never sent: `{}` is the whole body", param.name, whole.name);
        findings.push(Diagnostic::new(Code::Conflict, param.span, message).help("give it another place with `in`"));
    }
}

/// A parameter that is sent as a file is one.
fn check_file(operation: &Operation<'_>, name: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    let param = operation.param(name).filter(|_| is_written(name.span));
    if operation.body.is_some_and(|body| matches!(body.value, Body::Related(_))) {
        body_param(operation, name, findings);
    }
    if let Some(param) = param.filter(|param| !param.is_file()) {
        let message = format!("`{}` is sent as a file, but its schema does not say so", param.name);
        findings
            .push(Diagnostic::new(Code::Conflict, param.span, message).help("give it `type: string, format: binary`"));
    }
}

fn check_multipart(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let mut parts = operation.params.values().filter(|param| param.place == Place::Body);
    if let (Some(body), false) = (&operation.written.body, parts.any(Param::is_file)) {
        let message = format!("`{}` sends a multipart form without a file", operation.name());
        let help = "give the file's parameter `format: binary`, or use `kind: form`";
        findings.push(Diagnostic::new(Code::Suspicious, body.span, message).help(help));
    }
}

/// Bodies of text carry no files.
fn no_files(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    for param in operation.params.values().filter(|param| param.is_file()) {
        let message = format!("`{}` is a file, which this body cannot carry", param.name);
        let help = "choose a body that can: `body: { kind: multipart }`, `related` or `raw`";
        findings.push(Diagnostic::new(Code::Conflict, param.span, message).help(help));
    }
}

/// The parameters that the variables of a GraphQL body name.
pub(super) fn variables<'o>(operation: &'o Operation<'_>) -> impl Iterator<Item = &'o str> {
    let graphql = match operation.body.map(|body| &body.value) {
        Some(Body::Graphql(graphql)) => Some(graphql),
        Some(Body::Json(_) | Body::Form(_) | Body::Multipart(_) | Body::Related(_) | Body::Raw(_)) | None => None,
    };
    graphql.into_iter().flat_map(|graphql| graphql.variables.values()).flat_map(|template| template.names())
}

/// Variables take their values from parameters, and the query has a place for the selection.
fn check_graphql(operation: &Operation<'_>, graphql: &GraphQl, findings: &mut Vec<Diagnostic>) {
    for variable in graphql.variables.values() {
        for name in variable.names().filter(|name| !operation.has_param(name)).take(12) {
            let known = operation.params.values().map(|param| param.name);
            let span = part_of(variable.span, &variable.to_string(), &format!("${{{name}}}"));
            findings.push(undefined(Code::UnknownName, span, "parameter", name, known));
        }
    }
    let has_place = graphql.query.split("{{").skip(1).any(|rest| rest.trim_start().starts_with("fields"));
    if let Some(fields) = &graphql.fields {
        body_param(operation, fields, findings);
        if !has_place && is_written(graphql.query.span) {
            let message = format!("the query has no `{{{{ fields }}}}`, where `{}` would go", fields.value);
            findings.push(Diagnostic::new(Code::Conflict, fields.span, message));
        }
    } else if has_place && graphql.default_fields.is_empty() {
        let message = "the query has a place for `{{ fields }}`, and nothing says what goes there";
        findings.push(
            Diagnostic::new(Code::Conflict, graphql.query.span, message).help("add `default_fields` or `fields`"),
        );
    }
}
