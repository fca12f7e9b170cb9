//! The notations inside texts: what is printed is read back, by `FromStr` and as JSON.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;
use tieline::notation::{Expression, JsonPath, Lookup, Millis, ParamLookup, Part, Pattern, Template};

use crate::input::Parts;

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let (text, value) = (parts.text(), parts.text());
    read::<Expression>(&text);
    read::<JsonPath>(&text);
    read::<Lookup>(&text);
    if let Some(lookup) = read::<ParamLookup>(&text) {
        check_filled(&lookup, &value);
    }
    if let Some(length) = read::<Millis>(&text) {
        assert!(length.duration() <= Duration::from_secs(24 * 3600));
    }
    // Reading one takes long, and it is printed as it was written.
    if let Ok(pattern) = text.parse::<Pattern>() {
        assert_eq!(pattern.to_string(), text);
        let _ = pattern.is_full_match(&value);
    }
    if let Some(template) = read::<Template>(&text) {
        check_rendered(&template, &value);
    }
    check_literal(&text);
}

/// Reads a text; what was read is printed as something that means the same.
fn read<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = String> + Display + PartialEq + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let read: T = match text.parse() {
        Ok(read) => read,
        Err(why) => {
            assert!(!why.is_empty() && why.len() <= 3 * text.len() + 1000, "{why}");
            return None;
        }
    };
    let printed = read.to_string();
    assert_eq!(printed.parse::<T>().as_ref(), Ok(&read), "{printed}");
    let json = serde_json::to_value(&read).expect("JSON");
    assert_eq!(json, Value::String(printed));
    assert_eq!(serde_json::from_value::<T>(json).ok().as_ref(), Some(&read));
    Some(read)
}

/// A value stands in the text as it is, and is not read again.
fn check_rendered(template: &Template, value: &str) {
    let expected: String = template
        .parts()
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Name(_) => value,
        })
        .collect();
    assert_eq!(template.render(|_| Some(value)).as_deref(), Ok(expected.as_str()));
    let missing = template.render(|_| None::<&str>).map_err(str::to_owned);
    assert_eq!(missing.err(), template.names().next().map(str::to_owned));
}

/// Any text can be written as a template without names.
fn check_literal(text: &str) {
    let literal = Template::literal(text);
    if let Ok(read) = literal.to_string().parse::<Template>() {
        assert_eq!(read.render(|_| None::<&str>).as_deref(), Ok(text));
    } else {
        assert!(literal.to_string().len() > 8 * 1024, "{text:?} cannot be written as a template");
    }
}

/// What fills a lookup is one step of a path.
fn check_filled(lookup: &ParamLookup, value: &str) {
    let Ok(filled) = lookup.filled(|_| Some(value.into())) else { return };
    read::<Lookup>(&filled.to_string());
    if let Lookup::Body(path) = &filled {
        let empty = lookup.filled(|_| Some("0".into()));
        if let Ok(Lookup::Body(other)) = empty {
            assert_eq!(path.steps().len(), other.steps().len(), "{value:?} is more than a step");
        }
    }
}
