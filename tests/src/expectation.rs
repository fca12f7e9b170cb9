//! Files that say what is expected: compared, or rewritten when `UPDATE_CASES=1` is set.

use std::fs;

use serde_json::Value;

use crate::case::Case;

/// Compares a value with a JSON file of a case.
///
/// # Errors
/// How they differ.
pub fn json(case: &Case, file: &str, found: &Value) -> Result<(), String> {
    let text = case.file(file);
    let expected: Option<Value> = match text.as_deref().map(serde_json::from_str).transpose() {
        Ok(expected) => expected,
        Err(error) => return Err(format!("{file}: {error}")),
    };
    if expected.as_ref() == Some(found) {
        return Ok(());
    }
    let found = format!("{found:#}\n");
    differ(case, file, expected.map(|expected| format!("{expected:#}\n")), found)
}

/// Compares a text with a file of a case.
///
/// # Errors
/// How they differ.
pub fn text(case: &Case, file: &str, found: &str) -> Result<(), String> {
    let expected = case.file(file);
    if expected.as_deref() == Some(found) {
        return Ok(());
    }
    differ(case, file, expected, found.to_owned())
}

/// Says that a file should not be there; removes it when expectations are rewritten.
///
/// # Errors
/// When it is there.
pub fn absent(case: &Case, file: &str) -> Result<(), String> {
    if case.file(file).is_none() {
        return Ok(());
    }
    if updating() {
        fs::remove_file(case.folder().join(file)).map_err(|error| format!("{file}: {error}"))?;
        return Ok(());
    }
    Err(format!("{file} is there, though there is nothing for it to say"))
}

fn differ(case: &Case, file: &str, expected: Option<String>, found: String) -> Result<(), String> {
    if updating() {
        fs::write(case.folder().join(file), found).map_err(|error| format!("{file}: {error}"))?;
        let _ = case.file(file);
        return Ok(());
    }
    match expected {
        Some(expected) => Err(format!("{file} differs\nexpected: {expected}found:    {found}")),
        None => Err(format!("{file} is missing; found:\n{found}")),
    }
}

fn updating() -> bool {
    std::env::var_os("UPDATE_CASES").is_some_and(|value| value == "1")
}
