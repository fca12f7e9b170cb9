//! Operations can be told apart by the requests that they send.

use std::collections::BTreeMap;

use crate::manifest::Place;
use crate::source::{Code, Diagnostic};

use super::view::{Operation, View};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let mut by_request = BTreeMap::new();
    let mut by_target = BTreeMap::new();
    for operation in &view.operations {
        let target = target(operation);
        if let Some(first) = by_request.insert((target.clone(), params(operation)), operation) {
            let message = format!("`{}` sends the same requests as `{}`", operation.name(), first.name());
            let found = Diagnostic::new(Code::DuplicateOperation, operation.path.span, message);
            findings.push(found.help("leave one of them out, or give them different parameters"));
        } else if !fills(operation)
            && let Some(first) = by_target.insert((operation.entity, target), operation)
        {
            let message = format!("`{}` has the same method and path as `{}`", operation.name(), first.name());
            let found = Diagnostic::new(Code::Suspicious, operation.path.span, message);
            findings.push(found.help("one operation with all the parameters may be enough"));
        }
    }
}

/// All that decides a request but the parameters, the names of those in the path left out; and where a file is, which is fetched too.
fn target(operation: &Operation<'_>) -> String {
    let action = &operation.written.value;
    let mut parts = operation.path.split('{');
    let first = parts.next().unwrap_or_default();
    let path =
        parts.fold(first.to_owned(), |path, part| path + "{}" + part.split_once('}').map_or("", |(_, rest)| rest));
    let file = action.download.as_ref().and_then(|download| download.url.as_ref());
    let rest = (&action.server, &action.headers, &action.query, &action.body, &action.auth, action.effect, file);
    format!("{} {path} {rest:?}", operation.method)
}

/// The parameters that are sent outside the path, with what fills them.
fn params(operation: &Operation<'_>) -> String {
    let mut params: Vec<_> = operation
        .params
        .values()
        .filter(|param| !matches!(param.place, Place::Path | Place::Local))
        .map(|param| (param.place.as_str(), param.wire(), format!("{:?}", param.merged.keys.fill)))
        .collect();
    params.sort();
    format!("{params:?} {:?}", operation.pagination)
}

/// Whether what it sends is decided by what fills its parameters.
fn fills(operation: &Operation<'_>) -> bool {
    operation.params.values().any(|param| param.merged.keys.fill.is_some())
}
