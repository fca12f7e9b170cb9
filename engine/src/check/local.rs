//! What a download's place names are parameters, and a parameter that is not sent is used for something else.

use crate::manifest::Place;
use crate::notation::Fill;
use crate::source::{Code, Diagnostic};

use super::view::{Operation, View};
use super::{bodies, is_enough, part_of, undefined};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        if is_enough(findings) {
            return;
        }
        check_download(operation, findings);
        for param in operation.params.values().filter(|param| param.place == Place::Local) {
            if !is_used(operation, param.name) {
                let message = format!("`{}` is not sent, and nothing uses it", param.name);
                let help = "name it in the download's `url`, or give it another place with `in`";
                findings.push(Diagnostic::new(Code::Unused, param.span, message).help(help));
            }
        }
    }
}

/// The names in the place of a file.
fn check_download(operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(url) = operation.written.download.as_ref().and_then(|download| download.url.as_ref()) else { return };
    for name in url.names().filter(|name| !operation.has_param(name)) {
        let known = operation.params.keys().copied();
        let span = part_of(url.span, &url.to_string(), &format!("{{{name}}}"));
        findings.push(undefined(Code::UnknownName, span, "parameter", name, known));
    }
}

/// Whether a download's place, a fill or a variable of the body names a parameter.
fn is_used(operation: &Operation<'_>, name: &str) -> bool {
    let download = operation.written.download.as_ref().and_then(|download| download.url.as_ref());
    let in_fill = |fill: &Fill| match fill {
        Fill::Expression(expression) => {
            let mut names = expression.names().into_iter();
            names.any(|read| read == "params" || read.strip_prefix("params.").is_some_and(|read| first(read) == name))
        }
        Fill::Value(_) | Fill::Template(_) => false,
    };
    let mut fills = operation.params.values().filter_map(|param| param.merged.keys.fill.as_ref());
    download.is_some_and(|url| url.names().any(|used| used == name))
        || fills.any(|fill| in_fill(fill))
        || bodies::variables(operation).any(|used| used == name)
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}
