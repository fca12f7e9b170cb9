//! An expression reads nothing but what exists where it stands.

use crate::language::nearest;
use crate::notation::{Expression, Fill};
use crate::source::{Code, Diagnostic, Span};

use super::view::{Operation, View};
use super::{is_enough, part_of};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        let action = operation.written;
        for expression in action.filter.iter().chain(action.transform.values()) {
            check_one(view, None, &expression.value, expression.span, findings);
        }
        for param in operation.params.values() {
            if let Some(fill) = &param.merged.keys.fill
                && let Fill::Expression(expression) = &fill.value
            {
                check_one(view, Some(operation), expression, fill.span, findings);
            }
        }
    }
}

/// Checks one expression. Those that fill a parameter see the operation's other parameters, the others a record.
fn check_one(
    view: &View<'_>,
    filling: Option<&Operation<'_>>,
    expression: &Expression,
    span: Span,
    findings: &mut Vec<Diagnostic>,
) {
    let config = &view.manifest.config;
    for name in expression.names() {
        let (root, rest) = name.split_once('.').unwrap_or((&name, ""));
        let member = rest.split('.').next().filter(|member| !member.is_empty());
        let (unknown, known): (&str, Vec<&str>) = match (root, member, filling) {
            ("config", Some(member), _) if !config.contains_key(member) => {
                (member, config.keys().map(String::as_str).collect())
            }
            ("params", Some(member), Some(operation)) if !operation.has_param(member) => {
                (member, operation.params.keys().copied().collect())
            }
            ("config", ..) | ("params", _, Some(_)) | ("record", _, None) => continue,
            (_, _, Some(_)) => (root, vec!["config", "params"]),
            (_, _, None) => (root, vec!["record", "config"]),
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
