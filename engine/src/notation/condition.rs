//! A yes-or-no question about a response: `{ at: $.ok, equals: false }`.

use serde_json::Value;

use crate::language::object;
use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::Map;

use super::Lookup;

object! {
    /// A question about a response: is this value there, is it equal to that one. Exactly one of `equals` and `present`.
    pub struct Condition as "condition" check one_question {
        /// What to look at: a path into the body, `@header.Name` or `@link.rel`.
        /// ```yaml
        /// at: $.ok
        /// ```
        pub at: Spanned<Lookup>,
        /// True when the value found equals this one.
        /// ```yaml
        /// equals: false
        /// ```
        pub equals: Option<Value>,
        /// `true`: something is there that is neither null, false, nor an empty text, list or object. `false`: nothing such is there.
        /// ```yaml
        /// present: true
        /// ```
        pub present: Option<bool>,
    }
}

fn one_question(condition: &Condition, _: &Map, span: Span, findings: &mut Vec<Diagnostic>) {
    if condition.equals.is_some() == condition.present.is_some() {
        findings.push(Diagnostic::new(Code::Conflict, span, "a condition has exactly one of `equals` and `present`"));
    }
}

impl Condition {
    /// Whether it holds for the value found, `None` when nothing was found.
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let present = found.is_some_and(|value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(true) | Value::Number(_) => true,
        });
        match (&self.equals, self.present) {
            (Some(wanted), _) => found == Some(wanted),
            (None, wanted) => Some(present) == wanted,
        }
    }
}
