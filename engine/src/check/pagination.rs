//! Lists say how they go on, and what goes on without a list says itself when it ends.

use crate::manifest::PaginationChoice;
use crate::paginate::Pagination;
use crate::source::{Code, Diagnostic, Spanned};

use super::view::{Operation, View};

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
            (None, Some(paginate)) if action.download.is_some() && paginate.value != PaginationChoice::None => {
                let message = format!("`{}` is paginated, but it answers with a file", operation.name());
                let help = "leave `paginate` out: a file has no pages";
                findings.push(Diagnostic::new(Code::Suspicious, paginate.span, message).help(help));
            }
            (None, Some(paginate)) => check_records_in_pages(operation, paginate, findings),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

/// Pages that are one record each hold nothing that could be counted: the answer says whether there is more.
fn check_records_in_pages(
    operation: &Operation<'_>,
    paginate: &Spanned<PaginationChoice>,
    findings: &mut Vec<Diagnostic>,
) {
    let missing = match operation.pagination {
        Some(Pagination::Cursor(kind)) if kind.last.is_some() && kind.more.is_none() => "`more`",
        Some(Pagination::Offset(kind)) if kind.total.is_none() && kind.more.is_none() => "`total` or `more`",
        Some(Pagination::Offset(kind)) if kind.size.is_some() && kind.default_size.is_none() => "`default_size`",
        Some(Pagination::Page(kind)) if kind.total_pages.is_none() && kind.more.is_none() => "`total_pages` or `more`",
        Some(
            Pagination::Cursor(_)
            | Pagination::Offset(_)
            | Pagination::Page(_)
            | Pagination::Link(_)
            | Pagination::NextUrl(_),
        )
        | None => return,
    };
    let message = format!("the pages of `{}` are one record each, so its pagination needs {missing}", operation.name());
    let help = "records are counted in lists alone; for a list say where it stands: `records: $.items`";
    findings.push(Diagnostic::new(Code::Conflict, paginate.span, message).help(help));
}
