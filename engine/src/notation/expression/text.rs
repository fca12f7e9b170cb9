//! Texts in expressions: Python's methods, and filters that know how long their result will be before they make it.

use minijinja::value::{Value, from_args};
use minijinja::{Error, ErrorKind};

use super::environment::unknown_method;

/// The longest text that a filter takes or makes, in bytes.
const MAX_LENGTH: usize = 1 << 20;

/// Refuses texts that are too long to be worked on.
pub(super) fn check_sizes(values: &[Value]) -> Result<(), Error> {
    values.iter().filter_map(Value::as_str).try_for_each(|text| check_size(text.len()))
}

/// The value, unless it is too long a text.
pub(super) fn checked(value: Value) -> Result<Value, Error> {
    check_sizes(std::slice::from_ref(&value)).map(|()| value)
}

fn check_size(length: usize) -> Result<(), Error> {
    if length <= MAX_LENGTH {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidOperation, format!("a text of {length} bytes; {MAX_LENGTH} is the limit")))
}

/// `text | replace(from, to)`
pub(super) fn replace(text: String, from: String, to: String) -> Result<String, Error> {
    check_size(text.len())?;
    let growth = to.len().saturating_sub(from.len());
    check_size(text.matches(&from).count().saturating_mul(growth).saturating_add(text.len()))?;
    Ok(text.replace(&from, &to))
}

/// `list | join(between)`
pub(super) fn join(list: Value, between: Option<String>) -> Result<String, Error> {
    let between = between.unwrap_or_default();
    let mut joined = String::new();
    for (position, part) in list.try_iter()?.enumerate() {
        if position > 0 {
            joined.push_str(&between);
        }
        match part.as_str() {
            Some(text) => joined.push_str(text),
            None if part.is_undefined() => return Err(Error::from(ErrorKind::UndefinedError)),
            None => joined.push_str(&part.to_string()),
        }
        check_size(joined.len())?;
    }
    Ok(joined)
}

/// The methods that Python's texts have.
pub(super) fn method(text: &str, method: &str, args: &[Value]) -> Result<Value, Error> {
    check_size(text.len())?;
    check_sizes(args)?;
    let none = || from_args::<()>(args);
    let stripped = |strip: fn(&str, &dyn Fn(char) -> bool) -> Value| {
        let (characters,): (Option<&str>,) = from_args(args)?;
        Ok(strip(text, &|c| characters.map_or(c.is_whitespace(), |characters| characters.contains(c))))
    };
    match method {
        "lower" => none().map(|()| text.to_lowercase().into()),
        "upper" => none().map(|()| text.to_uppercase().into()),
        "strip" => stripped(|text, drop| text.trim_matches(drop).into()),
        "lstrip" => stripped(|text, drop| text.trim_start_matches(drop).into()),
        "rstrip" => stripped(|text, drop| text.trim_end_matches(drop).into()),
        "startswith" => from_args::<(&str,)>(args).map(|(start,)| text.starts_with(start).into()),
        "endswith" => from_args::<(&str,)>(args).map(|(end,)| text.ends_with(end).into()),
        "replace" => {
            let (from, to): (String, String) = from_args(args)?;
            replace(text.to_owned(), from, to).map(Value::from)
        }
        "split" => {
            let (between, most): (Option<&str>, Option<usize>) = from_args(args)?;
            split(text, between, most)
        }
        _ => Err(unknown_method(&Value::from(""), method)),
    }
}

/// Without `between`, any run of white space separates, as in Python.
fn split(text: &str, between: Option<&str>, most: Option<usize>) -> Result<Value, Error> {
    let most = most.map_or(usize::MAX, |most| most.saturating_add(1));
    match between {
        Some("") => Err(Error::new(ErrorKind::InvalidOperation, "`split` needs a text that is not empty")),
        Some(between) => Ok(text.splitn(most, between).map(Value::from).collect()),
        None if most == usize::MAX => Ok(text.split_whitespace().map(Value::from).collect()),
        None => Err(Error::new(ErrorKind::InvalidOperation, "`split` with a limit needs a text to split at")),
    }
}
