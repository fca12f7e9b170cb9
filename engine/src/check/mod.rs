//! What two places of a manifest together show to be wrong: one file a rule.

mod bodies;
mod config;
mod conflicts;
mod cost;
mod expressions;
mod headers;
mod hosts;
mod limits;
mod local;
mod names;
mod operations;
mod pagination;
mod parts;
mod paths;
mod reach;
mod references;
mod schemas;
mod secrets;
mod sign_in;
mod sites;
mod subschemas;
mod templates;
#[cfg(test)]
mod tests;
mod unused;
mod view;

use crate::language::nearest;
use crate::manifest::Manifest;
use crate::source::{Code, Diagnostic, Severity, Span};

use view::View;

/// A rule looks at the whole and reports what it finds. It must bear whatever other rules report.
type Rule = fn(&View<'_>, &mut Vec<Diagnostic>);

/// Rules that report errors, some of them warnings too.
const RULES: [Rule; 18] = [
    names::check,
    limits::check,
    references::check,
    schemas::check,
    reach::check,
    paths::check,
    templates::check,
    expressions::check,
    secrets::check,
    hosts::check,
    config::check,
    parts::check,
    sign_in::check,
    conflicts::check,
    headers::check,
    bodies::check,
    local::check,
    operations::check,
];

/// After so many findings the rest is not worth looking for.
const MOST_FINDINGS: usize = 500;

/// Runs every rule.
pub(crate) fn check(manifest: &Manifest, findings: &mut Vec<Diagnostic>) {
    if let Some(excess) = cost::excess(manifest) {
        return findings.push(excess);
    }
    let view = View::of(manifest);
    // What is missing or not used may be misspelt, and then that has been said already.
    let first: Option<Rule> = is_sound(findings).then_some(pagination::check);
    let mut rules = first.into_iter().chain(RULES);
    if rules.any(|rule| is_exhausted_by(rule, &view, findings)) {
        return;
    }
    if is_sound(findings) {
        is_exhausted_by(unused::check, &view, findings);
    }
}

/// Lets a rule look, and says so when there are so many findings then that nobody reads more. A rule may report something at every
/// node; what is shown of each costs more than finding it.
fn is_exhausted_by(rule: Rule, view: &View<'_>, findings: &mut Vec<Diagnostic>) -> bool {
    rule(view, findings);
    let is_exhausted = is_enough(findings);
    if is_exhausted {
        findings.truncate(MOST_FINDINGS);
        let message = "there are too many problems; the rest is not looked for";
        findings.push(Diagnostic::new(Code::Limit, view.manifest.tieline.span, message));
    }
    is_exhausted
}

/// Whether there are so many findings that nobody reads more.
pub(crate) fn is_enough(findings: &[Diagnostic]) -> bool {
    findings.len() >= MOST_FINDINGS
}

fn is_sound(findings: &[Diagnostic]) -> bool {
    findings.iter().all(|finding| finding.severity() != Severity::Error)
}

/// The finding for a name that is not defined, with the nearest that is.
fn undefined<'a>(
    code: Code,
    span: Span,
    noun: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let found = Diagnostic::new(code, span, format!("there is no {noun} `{name}`"));
    match nearest(name, known.clone()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => match known.take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>() {
            names if names.is_empty() => found,
            names => found.help(format!("known: {}", names.join(", "))),
        },
    }
}

/// The place of a part of a text, where the text is written as it is or in quotes.
fn part_of(span: Span, text: &str, part: &str) -> Span {
    let written = span.end.saturating_sub(span.start) as usize;
    match (text.find(part), written.checked_sub(text.len())) {
        (Some(at), Some(0)) => span.part(at, part.len()),
        (Some(at), Some(2)) => span.part(at + 1, part.len()),
        (Some(_) | None, _) => span,
    }
}

/// Whether a value was written at all, or stands in for one that is missing.
fn is_written(span: Span) -> bool {
    span != Span::default()
}
