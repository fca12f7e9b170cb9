//! Texts, numbers and free JSON as Rust.

use serde_json::{Number, Value};

use super::layout::Code;

/// `json!` reads a value word by word, and Rust lets a macro call itself so often; a value with more parts is given as text.
const MOST_PARTS: usize = 40;

/// A text as a literal on one line.
pub(super) fn text(text: &str) -> String {
    format!("{text:?}")
}

/// A number as a literal.
pub(super) fn number(number: &Number) -> String {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) if i32::try_from(whole).is_ok() => whole.to_string(),
        (Some(whole), _) => format!("{whole}_i64"),
        (None, Some(whole)) => format!("{whole}_u64"),
        (None, None) => number.to_string(),
    }
}

/// Any JSON as a `serde_json::Value`.
pub(super) fn any(value: &Value) -> Code {
    if parts(value) > MOST_PARTS {
        return Code::call("serde_json::from_str", vec![Code::word(text(&value.to_string()))]).before("?");
    }
    Code::call("json!", vec![json(value)])
}

/// Whether [`any`] writes it with `json!`.
pub(super) fn is_macro(value: &Value) -> bool {
    parts(value) <= MOST_PARTS
}

fn json(value: &Value) -> Code {
    match value {
        Value::Null => Code::word("null"),
        Value::Bool(yes) => Code::word(yes.to_string()),
        Value::Number(given) => Code::word(number(given)),
        Value::String(given) => Code::word(text(given)),
        Value::Array(items) => Code::array(items.iter().map(json).collect()),
        Value::Object(members) => {
            Code::object(members.iter().map(|(key, value)| json(value).after(format!("{}: ", text(key)))).collect())
        }
    }
}

fn parts(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
        Value::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(|value| 1 + parts(value)).sum::<usize>(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{any, text};

    #[test]
    fn no_text_ends_its_literal() {
        for hostile in ["\"", "\\", "\\\"; panic!(); //", "a\nb\rc\0", "\u{202e}\u{2066}\u{200f}", "{x}", "#\"#", "🚀é"]
        {
            let literal = text(hostile);
            assert_eq!(
                syn::parse_str::<syn::LitStr>(&literal).map(|literal| literal.value()).ok().as_deref(),
                Some(hostile)
            );
            assert!(!literal.contains(|c: char| c.is_control() || ('\u{200e}'..='\u{2069}').contains(&c)), "{literal}");
        }
    }

    #[test]
    fn json_is_a_macro_while_it_is_small() {
        let small = json!({ "a\"": [1, -2, 3.5, null, true], "b": {}, "c": 3_000_000_000_i64, "d": u64::MAX });
        let expected = r#"json!({
    "a\"": [1, -2, 3.5, null, true],
    "b": {},
    "c": 3000000000_i64,
    "d": 18446744073709551615_u64
})"#;
        assert_eq!(any(&small).text(), expected);
        let large = json!(vec![1; 100]);
        assert!(any(&large).flat().starts_with("serde_json::from_str(\"[1,1,"));
    }
}
