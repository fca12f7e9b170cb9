//! A limit lets something through.

use crate::manifest::RateLimit;
use crate::source::{Code, Diagnostic, Span, Spanned};

use super::is_written;
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    let actions = || manifest.entities.values().flat_map(|entity| entity.actions.values());
    for limit in manifest.limits.iter().chain(actions().flat_map(|action| &action.limits)) {
        check_limit(limit, findings);
    }
    for retry in manifest.retry.iter().chain(actions().filter_map(|action| action.retry.as_ref())) {
        if retry.attempts == Some(0) {
            findings.push(nothing(retry.span, "0 attempts: nothing would ever be sent", "`attempts: 1` sends once"));
        }
    }
}

fn check_limit(limit: &Spanned<RateLimit>, findings: &mut Vec<Diagnostic>) {
    if is_written(limit.requests.span) && *limit.requests == 0 {
        findings.push(nothing(
            limit.requests.span,
            "0 requests: nothing could ever be sent",
            "leave the limit out to have none",
        ));
    }
    if is_written(limit.per.span) && limit.per.duration().is_zero() {
        findings.push(nothing(limit.per.span, "no time at all: the limit would never hold", "for example `per: 60s`"));
    }
}

fn nothing(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, span, message).help(help)
}
