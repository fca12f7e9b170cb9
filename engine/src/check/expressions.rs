//! An expression reads nothing but what exists where it stands.

use crate::language::nearest;
use crate::notation::{Expression, Fill};
use crate::source::{Code, Diagnostic, Span, Spanned, values};

use super::view::{Operation, View};
use super::{is_enough, part_of};

/// What an expression sees.
#[derive(Clone, Copy)]
enum Sees<'v, 'm> {
    /// A record, and the configuration.
    Record,
    /// The configuration, and the operation's other parameters.
    Params(&'v Operation<'m>),
    /// The configuration alone.
    Config,
}

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        let action = operation.written;
        for expression in action.filter.iter().chain(values(&action.transform)) {
            check_one(view, Sees::Record, &expression.value, expression.span, findings);
        }
        for fill in operation.params.values().filter_map(|param| param.merged.keys.fill.as_ref()) {
            check_fill(view, Sees::Params(operation), fill, findings);
        }
    }
    for fill in view.manifest.config.values().filter_map(|value| value.fill.as_ref()) {
        check_one(view, Sees::Config, &fill.value, fill.span, findings);
    }
    for (_, fill) in view.check_params() {
        check_fill(view, Sees::Config, fill, findings);
    }
}

fn check_fill(view: &View<'_>, sees: Sees<'_, '_>, fill: &Spanned<Fill>, findings: &mut Vec<Diagnostic>) {
    match &fill.value {
        Fill::Expression(expression) => check_one(view, sees, expression, fill.span, findings),
        Fill::Value(_) | Fill::Template(_) => {}
    }
}

fn check_one(view: &View<'_>, sees: Sees<'_, '_>, expression: &Expression, span: Span, findings: &mut Vec<Diagnostic>) {
    let config = &view.manifest.config;
    for name in expression.names() {
        let (root, rest) = name.split_once('.').unwrap_or((&name, ""));
        let member = rest.split('.').next().filter(|member| !member.is_empty());
        let (unknown, known): (&str, Vec<&str>) = match (root, member, sees) {
            ("config", Some(member), _) if !config.contains_key(member) => {
                (member, config.keys().map(String::as_str).collect())
            }
            ("params", Some(member), Sees::Params(operation)) if !operation.has_param(member) => {
                (member, operation.params.keys().copied().collect())
            }
            ("config", ..) | ("params", _, Sees::Params(_)) | ("record", _, Sees::Record) => continue,
            (_, _, Sees::Params(_)) => (root, vec!["config", "params"]),
            (_, _, Sees::Record) => (root, vec!["record", "config"]),
            (_, _, Sees::Config) => (root, vec!["config"]),
        };
        if !is_enough(findings) {
            let group = if unknown == root { String::new() } else { format!("{root}.") };
            let place = part_of(span, &expression.to_string(), &name);
            findings.push(unknown_name(place, &group, unknown, &known));
        }
    }
}

fn unknown_name(place: Span, group: &str, name: &str, known: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::UnknownName, place, format!("`{group}{name}` names nothing here"));
    match nearest(name, known.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{}`?", member(group, near))),
        None if known.is_empty() => found,
        None => {
            let known: Vec<_> = known.iter().take(12).map(|name| format!("`{}`", member(group, name))).collect();
            found.help(format!("known here: {}", known.join(", ")))
        }
    }
}

/// How an expression reads a member: `config.region`, `config['space-id']`.
fn member(group: &str, name: &str) -> String {
    match group.strip_suffix('.') {
        Some(group) if name.contains('-') => format!("{group}['{name}']"),
        Some(_) | None => format!("{group}{name}"),
    }
}
