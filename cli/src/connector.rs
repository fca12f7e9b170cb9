//! From a name on the command line to a connector: built in, or loaded from the manifest or OpenAPI document at a path.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tieline::language::nearest;
use tieline::{Connector, Diagnostics, Error, ErrorKind, Source};

use crate::document_files::{Allowed, DocumentFiles};
use crate::stop::{Stop, invalid, unreadable};

/// The largest manifest or document that is read, in bytes.
const LARGEST: u64 = 32 << 20;
/// The name of a manifest in a folder of its own.
const MANIFEST: &str = "connector.yaml";

/// The connector that is built in under this name, or made from the manifest or OpenAPI document at this path.
///
/// # Errors
/// `unknown_connector` with the nearest name; the findings when the manifest has errors.
pub(crate) fn find(name: &str) -> Result<Connector, Stop> {
    if let Some(built_in) = tieline_specs::open(name) {
        return Ok(built_in?);
    }
    let path = Path::new(name);
    if !is_path(name) && !path.exists() {
        return Err(unknown(name).into());
    }
    load(path)
}

/// The connector of the manifest or OpenAPI document at a path; or all that is found wrong with it.
///
/// # Errors
/// `invalid_input` when it cannot be read; the findings when it has errors.
pub(crate) fn load(path: &Path) -> Result<Connector, Stop> {
    let files = DocumentFiles::around(path, Allowed::INSIDE);
    let loaded = tieline_openapi::load(&read(path)?, &files.with(&[]));
    loaded.map(|(connector, _)| connector).map_err(|findings| Stop::Manifest(Box::new(findings)))
}

/// All that is found in the manifest or OpenAPI document at a path.
///
/// # Errors
/// `invalid_input` when it cannot be read.
pub(crate) fn check(path: &Path) -> Result<Diagnostics, Error> {
    let files = DocumentFiles::around(path, Allowed::INSIDE);
    let checked = tieline_openapi::check(&read(path)?, &files.with(&[]));
    Ok(checked.map_or_else(|findings| findings, |(_, warnings)| warnings))
}

/// The manifests at a path: itself, or every `connector.yaml` in the folder and below it, by name. Hidden folders and `target`
/// are left out.
///
/// # Errors
/// `invalid_input` when a folder cannot be read or holds none.
pub(crate) fn manifests(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error| unreadable(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            // A link to a folder is no folder here, so that nothing goes in circles.
            if entry.file_type().map_err(unreadable)?.is_dir() {
                if !name.as_encoded_bytes().starts_with(b".") && name != "target" {
                    folders.push(entry.path());
                }
            } else if name == MANIFEST {
                found.push(entry.path());
            }
        }
    }
    if found.is_empty() {
        let message = format!("{} holds no {MANIFEST}, and no folder below it does", path.display());
        return Err(invalid(message).with_help(
            "name a file (an OpenAPI document is checked when it is named), or write a manifest with `tieline new`",
        ));
    }
    found.sort();
    Ok(found)
}

/// The file that holds the manifest at a path; in a folder, `connector.yaml`.
pub(crate) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(MANIFEST) } else { path.to_owned() }
}

/// The manifest at a path; in a folder, the file `connector.yaml`.
///
/// # Errors
/// `invalid_input` when it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Source, Error> {
    let file = file_of(path);
    let bytes = beginning(&file).map_err(|error| unreadable(&file, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(invalid(format!("{} is larger than the {LARGEST} bytes that are read", file.display())));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::InvalidManifest, format!("{} is not UTF-8 text (at byte {at})", file.display()))
    })?;
    Ok(Source::new(file.display().to_string(), text))
}

/// What a file holds, up to one byte more than is read: it may have no end.
fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A text as one word of a command to copy.
pub(crate) fn quoted(name: &str) -> String {
    match name.chars().any(|c| c.is_whitespace() || "'\"$&|;<>()*?`{}\\".contains(c)) {
        true => format!("'{}'", name.replace('\'', r"'\''")),
        false => name.to_owned(),
    }
}

fn is_path(name: &str) -> bool {
    name.contains(|c: char| c == '.' || std::path::is_separator(c))
}

fn unknown(name: &str) -> Error {
    let known: Vec<&str> = tieline_specs::names().collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "give the path of a manifest or OpenAPI document".to_owned(),
        None => format!("built in: {}; or give the path of a manifest or OpenAPI document", known.join(", ")),
    };
    Error::new(ErrorKind::UnknownConnector, format!("there is no connector `{name}`")).with_help(help)
}

/// The path of a manifest that `new` writes for a name.
pub(crate) fn manifest_path(name: &str) -> PathBuf {
    Path::new(name).join(MANIFEST)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_without_a_connector_is_unknown_and_a_path_without_a_file_unreadable() {
        let Stop::Failed(error) = find("no_such_connector").unwrap_err() else { panic!("no error") };
        assert_eq!(error.kind(), ErrorKind::UnknownConnector);
        for path in ["./nothing", "nothing.yaml", "some/nothing"] {
            let Stop::Failed(error) = find(path).unwrap_err() else { panic!("no error") };
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}");
            assert!(error.message().contains("cannot be read"), "{error}");
        }
    }

    #[test]
    fn a_name_is_quoted_where_a_shell_would_split_it() {
        assert_eq!(quoted("notion"), "notion");
        assert_eq!(quoted("my api/connector.yaml"), "'my api/connector.yaml'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
