//! What a scalar means: the YAML 1.2 core schema, with one exception.
//!
//! `no`, `y` and `on` are text, as in the core schema. The exception: a number with a leading zero (`0755`, `007`, `01.5`)
//! is text too. The core schema reads `0755` as 755, YAML 1.1 as 493, and who writes it means neither: it is an
//! identifier, a postal code or a file mode.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};
use serde_json::Number;

use crate::source::Code;
use crate::yaml::Value;

/// Why a scalar has no value.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Refused {
    fn value(message: String) -> Self {
        Self { code: Code::InvalidValue, message }
    }
}

/// The value of a scalar: its tag decides, or else its style and text.
pub(super) fn resolve(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Refused> {
    match tag {
        Some(tag) if is_unspecific(tag) => Ok(Value::Text(text.into_owned())),
        Some(tag) => tagged(text, tag),
        None if style == ScalarStyle::Plain => plain(text),
        None => Ok(Value::Text(text.into_owned())),
    }
}

/// Whether a tag is a lone `!`, which only says that the text is not to be interpreted.
pub(super) fn is_unspecific(tag: &Tag) -> bool {
    matches!(tag.original_parts(), ("!", "") | ("", "!"))
}

/// The finding for a tag that the core schema does not have.
pub(super) fn unknown_tag(tag: &Tag) -> Refused {
    Refused::value(format!("the tag `{}` is not known here", shortened(&tag.original())))
}

/// A text as a message shows it: at most 60 characters of it.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn tagged(text: Cow<'_, str>, tag: &Tag) -> Result<Value, Refused> {
    let Some(kind) = tag.core_suffix() else { return Err(unknown_tag(tag)) };
    match kind {
        "str" => return Ok(Value::Text(text.into_owned())),
        "map" | "seq" => {
            let message = format!("`{}` stands before a scalar", tag.original());
            return Err(Refused { code: Code::WrongType, message });
        }
        _ => {}
    }
    let shown = shortened(&text).into_owned();
    match (kind, plain(text)?) {
        ("null", value @ Value::Null) | ("bool", value @ Value::Bool(_)) => Ok(value),
        ("int", Value::Number(number)) if !number.is_f64() => Ok(Value::Number(number)),
        ("float", Value::Number(number)) => {
            Ok(number.as_f64().and_then(Number::from_f64).map_or(Value::Number(number), Value::Number))
        }
        _ => Err(Refused::value(format!("`{shown}` is not a value that `{}` can have", tag.original()))),
    }
}

/// The value of a scalar without quotes.
fn plain(text: Cow<'_, str>) -> Result<Value, Refused> {
    let value = match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        other => match number(other)? {
            Some(number) => Value::Number(number),
            None => Value::Text(text.into_owned()),
        },
    };
    Ok(value)
}

/// The number that a text is, if it is one.
fn number(text: &str) -> Result<Option<Number>, Refused> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Ok(None);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return in_base(16, digits, text);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return in_base(8, digits, text);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(Refused::value(format!("`{text}` is not a number that JSON has")));
    }
    if has_leading_zero(unsigned) || !is_decimal(unsigned) {
        return Ok(None);
    }
    match integer(text) {
        Some(integer) => Ok(Some(integer)),
        None => finite(text.parse().unwrap_or(f64::INFINITY), text),
    }
}

fn has_leading_zero(unsigned: &str) -> bool {
    matches!(unsigned.as_bytes(), [b'0', b'0'..=b'9', ..])
}

/// Whether a text is `12`, `1.5`, `1.`, `.5`, each perhaps with an exponent.
fn is_decimal(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// The integer that a decimal text is, if 64 bits hold it. `-0` is left to be a float, as in JSON.
fn integer(text: &str) -> Option<Number> {
    if text == "-0" {
        return None;
    }
    let signed = text.parse::<i64>().ok().map(Number::from);
    signed.or_else(|| text.parse::<u64>().ok().map(Number::from))
}

/// The number that hexadecimal or octal digits are; what 64 bits do not hold becomes a float, like a decimal.
fn in_base(base: u32, digits: &str, text: &str) -> Result<Option<Number>, Refused> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return Ok(None);
    }
    match u64::from_str_radix(digits, base) {
        Ok(number) => Ok(Some(Number::from(number))),
        Err(_) => {
            let digits = digits.chars().filter_map(|digit| digit.to_digit(base));
            finite(digits.fold(0.0, |sum, digit| sum * f64::from(base) + f64::from(digit)), text)
        }
    }
}

fn finite(number: f64, text: &str) -> Result<Option<Number>, Refused> {
    match Number::from_f64(number) {
        Some(number) => Ok(Some(number)),
        None => Err(Refused::value(format!("the number `{}` is too large", shortened(text)))),
    }
}
