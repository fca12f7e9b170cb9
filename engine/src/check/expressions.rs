//! An expression reads nothing but what exists where it stands.

use crate::language::nearest;
use crate::notation::{Expression, Fill};
use crate::source::{Code, Diagnostic, Span};

use super::part_of;
use super::view::{Operation, View};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for operation in &view.operations {
        let action = operation.written;
        for expression in action.filter.iter().chain(action.transform.values()) {
            check_one(view, None, &expression.value, expression.span, findings);
        }
        for param in &operation.params {
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
    let roots = if filling.is_some() { ["config", "params"] } else { ["record", "config"] };
    for name in expression.names() {
        let (root, rest) = name.split_once('.').unwrap_or((&name, ""));
        let member = rest.split('.').next().filter(|member| !member.is_empty());
        let place = part_of(span, &expression.to_string(), &name);
        let report = |what: &str, known: Vec<&str>| {
            let found = Diagnostic::new(Code::UnknownName, place, format!("`{what}` names nothing here"));
            match nearest(what.rsplit('.').next().unwrap_or(what), known.iter().copied()) {
                Some(near) => {
                    let group = what.rsplit_once('.').map(|(group, _)| format!("{group}.")).unwrap_or_default();
                    found.help(format!("did you mean `{group}{near}`?"))
                }
                None => {
                    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                    found.help(format!("known here: {}", known.join(", ")))
                }
            }
        };
        match (root, member, filling) {
            ("config", Some(member), _) if !view.manifest.config.contains_key(member) => {
                let known = view.manifest.config.keys().map(String::as_str).collect();
                findings.push(report(&format!("config.{member}"), known));
            }
            ("params", Some(member), Some(operation)) if operation.param(member).is_none() => {
                findings.push(report(
                    &format!("params.{member}"),
                    operation.params.iter().map(|param| param.name).collect(),
                ));
            }
            _ if !roots.contains(&root) => findings.push(report(root, roots.to_vec())),
            _ => {}
        }
    }
}
