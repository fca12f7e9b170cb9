//! A yes-or-no question about a response: `{ at: $.ok, equals: false }`.

use serde_json::Value;

use crate::language::object;
use crate::source::{Code, Diagnostic, Span, Spanned};
use crate::yaml::Map;

use super::Lookup;

object! {
    /// A question about a response: is this value there, is it equal to that one. Exactly one of `equals` and `present`.
    /// Where the path leads to several places (`$.data[*].errors`), one of them is enough.
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
        /// `true`: something is there that is neither null, false, nor an empty text, list or object. `false`: nothing such is there,
        /// in none of the places.
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
    /// Whether it holds for all that was found.
    pub fn holds<'v>(&self, found: impl IntoIterator<Item = &'v Value>) -> bool {
        let mut found = found.into_iter();
        match (&self.equals, self.present) {
            (Some(wanted), _) => found.any(|value| value == wanted),
            (None, wanted) => Some(found.any(is_present)) == wanted,
        }
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Condition;

    fn holds(condition: Value, found: &[Value]) -> bool {
        let Value::Object(mut condition) = condition else { panic!("an object") };
        condition.insert("at".to_owned(), "$.a".into());
        serde_json::from_value::<Condition>(condition.into()).unwrap().holds(found)
    }

    #[test]
    fn one_place_is_enough() {
        for (condition, found, expected) in [
            (json!({ "equals": false }), json!([false]), true),
            (json!({ "equals": false }), json!([true, false]), true),
            (json!({ "equals": false }), json!([true, null]), false),
            (json!({ "equals": false }), json!([]), false),
            (json!({ "present": true }), json!([null, [], "", {}, false]), false),
            (json!({ "present": true }), json!([[], [{ "message": "m" }]]), true),
            (json!({ "present": true }), json!([0]), true),
            (json!({ "present": false }), json!([]), true),
            (json!({ "present": false }), json!([null, []]), true),
            (json!({ "present": false }), json!([null, "x"]), false),
        ] {
            assert_eq!(holds(condition.clone(), found.as_array().unwrap()), expected, "{condition} {found}");
        }
    }
}
