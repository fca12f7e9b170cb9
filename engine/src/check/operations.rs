//! Operations can be told apart by the requests that they send.

use crate::source::{Code, Diagnostic};

use super::view::{Operation, View};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (index, operation) in view.operations.iter().enumerate() {
        let before = view.operations[..index].iter().filter(|first| same_target(first, operation));
        for first in before {
            if same_params(first, operation) {
                let message = format!("`{}` sends the same requests as `{}`", operation.name(), first.name());
                let found = Diagnostic::new(Code::DuplicateOperation, operation.path.span, message);
                findings.push(found.help("leave one of them out, or give them different parameters"));
                break;
            }
            if first.entity == operation.entity && !fills(first) && !fills(operation) {
                let message = format!("`{}` has the same method and path as `{}`", operation.name(), first.name());
                let found = Diagnostic::new(Code::Suspicious, operation.path.span, message);
                findings.push(found.help("one operation with all the parameters may be enough"));
                break;
            }
        }
    }
}

/// Whether all but the parameters of the two is the same.
fn same_target(a: &Operation<'_>, b: &Operation<'_>) -> bool {
    let (x, y) = (&a.written.value, &b.written.value);
    a.method == b.method
        && shape(a.path) == shape(b.path)
        && (&x.server, &x.headers, &x.query, &x.body, &x.auth, x.effect)
            == (&y.server, &y.headers, &y.query, &y.body, &y.auth, y.effect)
}

/// A path with the names of its parameters left out.
fn shape(path: &str) -> Vec<&str> {
    path.split('{')
        .enumerate()
        .map(|(index, part)| if index == 0 { part } else { part.split_once('}').map_or("", |(_, rest)| rest) })
        .collect()
}

fn same_params(a: &Operation<'_>, b: &Operation<'_>) -> bool {
    let all = |operation: &Operation<'_>| {
        let mut params: Vec<_> = operation
            .params
            .iter()
            .map(|param| (param.place.as_str(), param.wire().to_owned(), format!("{:?}", param.merged.keys.fill)))
            .filter(|(place, ..)| *place != "path")
            .collect();
        params.sort();
        (params, operation.pagination.cloned())
    };
    all(a) == all(b)
}

/// Whether what it sends is decided by what fills its parameters.
fn fills(operation: &Operation<'_>) -> bool {
    operation.params.iter().any(|param| param.merged.keys.fill.is_some())
}
