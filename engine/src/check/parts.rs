//! A configuration value that is a part of a credential: the credential is there, and something limits what of it may be shown.

use std::collections::BTreeSet;

use crate::auth::FieldType;
use crate::source::{Code, Diagnostic};

use super::view::View;
use super::{is_enough, is_written, undefined};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let fields = view.manifest.auth.values().flat_map(|scheme| scheme.fields.keys());
    let fields: BTreeSet<&str> = fields.map(String::as_str).collect();
    for (name, value) in &view.manifest.config {
        let Some(part_of) = &value.part_of else { continue };
        let field = &part_of.field;
        if is_enough(findings) {
            return;
        }
        if is_written(field.span) && !fields.contains(field.as_str()) {
            let known = fields.iter().copied();
            findings.push(undefined(Code::UnknownReference, field.span, "credential field", field, known));
        }
        if is_written(part_of.after.span) && part_of.after.is_empty() {
            let message = "the whole credential is no part of it";
            let found = Diagnostic::new(Code::InvalidValue, part_of.after.span, message);
            findings.push(found.help("say what stands before the part, such as `after: \"-\"`"));
        }
        if value.pattern.is_none() && value.choices.is_empty() {
            let message = format!("`{name}` is a part of a credential, and nothing limits what of it may be shown");
            let help = "give it a `pattern` or an `enum` that only this part matches, and no more of the credential";
            findings.push(Diagnostic::new(Code::MissingKey, part_of.span, message).help(help));
        }
        if value.value_type.is_some_and(|value_type| value_type != FieldType::Text) {
            let message = format!("`{name}` is a part of a credential, which is text");
            findings.push(Diagnostic::new(Code::Conflict, part_of.span, message).help("leave `type` out"));
        }
    }
}
