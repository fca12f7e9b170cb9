//! JSON given on the command line: written there, in a file (`@path`), or on stdin (`-`).

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tieline::{Error, ErrorKind};

use crate::stop::unreadable;

/// Where an option's JSON stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the command line.
    Inline,
    /// In a file.
    File(PathBuf),
    /// On stdin.
    Stdin,
}

impl Place {
    /// The place that the text of an option names.
    pub(crate) fn of(text: &str) -> Self {
        match text.strip_prefix('@') {
            Some("-") => Self::Stdin,
            Some(path) => Self::File(PathBuf::from(path)),
            None if text == "-" => Self::Stdin,
            None => Self::Inline,
        }
    }
}

/// The JSON object that an option gives. Its text never becomes part of an error: it may be a secret.
///
/// # Errors
/// Of this kind, when there is no such file or it holds no JSON object.
pub(crate) fn object(option: &str, text: &str, kind: ErrorKind) -> Result<Map<String, Value>, Error> {
    let wrong = |what: String| Error::new(kind, what);
    let place = Place::of(text);
    let (name, json) = match &place {
        Place::Inline => (option.to_owned(), text.as_bytes().to_vec()),
        Place::Stdin => {
            let mut json = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut json);
            read.map_err(|error| wrong(format!("stdin cannot be read: {error}")))?;
            (format!("{option} (from stdin)"), json)
        }
        Place::File(path) => {
            let json = fs::read(path).map_err(|error| of_kind(kind, path, &error))?;
            (format!("{option} ({})", path.display()), json)
        }
    };
    let value: Value = serde_json::from_slice(strip_bom(&json)).map_err(|error| {
        // serde_json says what is wrong with the syntax and where, and never repeats the text.
        let wrong = wrong(format!("{name} is not JSON: {error}"));
        match place {
            Place::Inline => wrong.with_help(format!("write it as '{{\"name\": \"value\"}}', or {option} @file")),
            Place::File(_) | Place::Stdin => wrong,
        }
    })?;
    match value {
        Value::Object(object) => Ok(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(wrong(format!("{name} must be a JSON object of names and values")))
        }
    }
}

fn of_kind(kind: ErrorKind, path: &Path, error: &io::Error) -> Error {
    Error::new(kind, unreadable(path, error).message())
}

fn strip_bom(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_option_names_its_place() {
        assert_eq!(Place::of("{}"), Place::Inline);
        assert_eq!(Place::of("@a.json"), Place::File("a.json".into()));
        assert_eq!(Place::of("-"), Place::Stdin);
        assert_eq!(Place::of("@-"), Place::Stdin);
    }

    #[test]
    fn what_is_no_object_is_refused_without_repeating_it() {
        for text in ["hunter2", "\"hunter2\"", "{\"a\": hunter2}", "[\"hunter2\"]", "{\"hunter2\""] {
            let error = object("--credentials", text, ErrorKind::Credentials).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.message().contains("--credentials"), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_file_is_read_and_a_missing_one_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        fs::write(&path, "\u{feff}{\"a\": 1}").unwrap();
        let text = format!("@{}", path.display());
        assert_eq!(object("--config", &text, ErrorKind::InvalidInput).unwrap()["a"], 1);
        let error = object("--config", "@/nowhere.json", ErrorKind::InvalidInput).unwrap_err();
        assert!(error.message().starts_with("/nowhere.json cannot be read"), "{error}");
    }
}
