//! Lists say how they go on, and only lists do.

use crate::manifest::PaginationChoice;
use crate::source::{Code, Diagnostic};

use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        let action = operation.written;
        match (&action.records, &action.paginate) {
            (Some(records), None) => {
                let message = format!("`{}` does not say how its list goes on", operation.name());
                let help = match view.manifest.pagination.keys().next() {
                    Some(name) => format!("`paginate: {name}`, or `paginate: none` when the answer is the whole list"),
                    None => "`paginate: { kind: … }`, or `paginate: none` when the answer is the whole list".to_owned(),
                };
                findings.push(Diagnostic::new(Code::NoPagination, records.span, message).help(help));
            }
            (None, Some(paginate)) if paginate.value != PaginationChoice::None => {
                let message = format!("`{}` is paginated, but it does not answer with a list", operation.name());
                findings.push(
                    Diagnostic::new(Code::Suspicious, paginate.span, message)
                        .help("say where the records stand: `records: $.items`"),
                );
            }
            (Some(_), Some(_)) | (None, Some(_) | None) => {}
        }
    }
}
