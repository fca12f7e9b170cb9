//! A typed client, made while another project is built.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tieline::Source;
use tieline_openapi::{Surroundings, load};

use crate::emit::{self, Origin};
use crate::error::Error;
use crate::ir::Client;

/// Makes the typed client of a manifest (or of an OpenAPI document in one file), from a `build.rs`: `acme.yaml`, whose `name` is `acme`, becomes `acme.rs` in `OUT_DIR`. Cargo runs
/// the script again when the manifest has changed. The path is taken from the folder of the project's `Cargo.toml`.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), tieline_codegen::Error> {
///     tieline_codegen::build("acme.yaml")
/// }
/// ```
///
/// ```text
/// // src/main.rs
/// mod acme {
///     include!(concat!(env!("OUT_DIR"), "/acme.rs"));
/// }
/// ```
///
/// # Errors
/// The findings, when the manifest has errors; when a file cannot be read or written.
pub fn build(manifest: impl AsRef<Path>) -> Result<(), Error> {
    let manifest = manifest.as_ref();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(Error::NoBuild("OUT_DIR"))?);
    let (module, text) = client(manifest)?;
    let place = out.join(format!("{module}.rs"));
    fs::write(&place, text).map_err(|error| Error::File { path: place, error })?;
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", manifest.display())
        .map_err(|error| Error::File { path: PathBuf::from("stdout"), error })
}

/// The module and the text of the client of a manifest.
fn client(manifest: &Path) -> Result<(String, String), Error> {
    let text = fs::read_to_string(manifest).map_err(|error| Error::File { path: manifest.to_owned(), error })?;
    let name = manifest.display().to_string();
    let (connector, _) = load(&Source::new(name.as_str(), text), &Surroundings::default())
        .map_err(|findings| Error::Manifest(Box::new(findings)))?;
    let client = Client::of(&connector)?;
    // In another project's build there is no command to name, and its folders are its own affair.
    let from = manifest.file_name().map_or(name.clone(), |file| file.to_string_lossy().into_owned());
    let text = emit::text(&client, &Origin { arguments: String::new(), from })?;
    Ok((client.module, text))
}
