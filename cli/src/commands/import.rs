//! `tieline import`: a manifest made from an OpenAPI document, or brought up to date with one.

mod document;
mod files;
mod report;
mod update;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use tieline::{Connector, Diagnostics, Error, ErrorKind};
use tieline_openapi::bundle::Permission;
use tieline_openapi::{to_yaml, to_yaml_below};

use crate::args::TextFormat;
use crate::document_files::Allowed;
use crate::manifest_schema::ManifestSchema;
use crate::output::print_text;
use crate::stop::{Stop, colored, invalid};
use crate::token_file::folder_of;

use document::Document;
use files::Base;

/// What to import.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline import openapi.yaml > connector.yaml
  tieline import openapi.yaml --out acme/connector.yaml
  tieline import openapi.json --overlay corrections.yaml --out acme/connector.yaml
  tieline import openapi.yaml --update acme/connector.yaml --dry-run

What the document does not say and was inferred is a comment in the manifest.

--out also writes what it made to acme/connector.import.yaml. With that file, --update can tell what you edited from what the \
document changed: your edits stay, everything else follows the document. Where both changed the same value differently, yours \
stays and the conflict is shown. Conflicts and breaking changes are no failure: the exit code is 0.")]
pub(crate) struct ImportArgs {
    /// The OpenAPI document, YAML or JSON
    pub document: PathBuf,
    /// Write the manifest to this file, not to stdout
    #[arg(long, value_name = "FILE", conflicts_with = "update")]
    pub out: Option<PathBuf>,
    /// Replace the file that --out names if it is there
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Bring this manifest up to date with the document, and show what changed for its callers
    #[arg(long, value_name = "FILE")]
    pub update: Option<PathBuf>,
    /// Show what --update would change, and write nothing
    #[arg(long, requires = "update")]
    pub dry_run: bool,
    /// An OpenAPI Overlay (1.0 or 1.1) to apply to the document first. May be repeated
    #[arg(long, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,
    /// Follow references out of the folder of the document
    #[arg(long)]
    pub allow_outside: bool,
    /// Follow references to web addresses: they are fetched, without any credentials
    #[arg(long)]
    pub allow_remote: bool,
    /// How to print what --update changed
    #[arg(long, value_enum, requires = "update")]
    pub format: Option<TextFormat>,
}

impl ImportArgs {
    fn allowed(&self) -> Allowed {
        let permission = |given, how| if given { Permission::Given } else { Permission::Refused { unless: Some(how) } };
        Allowed {
            outside: permission(self.allow_outside, "follow it with --allow-outside"),
            remote: permission(self.allow_remote, "fetch it with --allow-remote"),
        }
    }
}

/// Imports it.
pub(crate) fn run(args: &ImportArgs) -> Result<(), Stop> {
    if let Some(path) = &args.out {
        refuse(path, Existing::of(args))?;
    }
    let document = Document::translated(&args.document, &args.overlay, args.allowed())?;
    match (&args.update, &args.out) {
        (Some(manifest), _) => update::run(manifest, &document, args),
        (None, Some(path)) => write(path, &document),
        (None, None) => {
            let (connector, warnings) = document.connector()?;
            print_text(&to_yaml(&document.translation.manifest, &document.translation.notes))?;
            summary(&document, &connector, &warnings)
        }
    }
}

/// What becomes of a file that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Stays,
    IsReplaced,
}

impl Existing {
    fn of(args: &ImportArgs) -> Self {
        if args.force { Self::IsReplaced } else { Self::Stays }
    }
}

fn refuse(path: &Path, existing: Existing) -> Result<(), Error> {
    if existing == Existing::IsReplaced || !path.exists() {
        return Ok(());
    }
    let shown = path.display();
    let help = format!("bring it up to date with --update {shown}, or replace it with --force");
    Err(invalid(format!("{shown} is there already")).with_help(help))
}

/// Writes the manifest, and beside it what `--update` and editors need.
fn write(path: &Path, document: &Document) -> Result<(), Stop> {
    let (connector, warnings) = document.connector()?;
    let schema = ManifestSchema::of(path);
    let text = to_yaml_below(&schema.line(), &document.translation.manifest, &document.translation.notes);
    fs::create_dir_all(folder_of(path)).map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("{} cannot be made: {error}", folder_of(path).display()))
    })?;
    files::write(path, &text)?;
    Base::of(path).write(&document.translation.manifest)?;
    schema.put()?;
    print_text(&format!("{}\n", crate::connector::quoted(&path.display().to_string())))?;
    summary(document, &connector, &warnings)
}

/// Says on stderr what was made.
fn summary(document: &Document, connector: &Connector, findings: &Diagnostics) -> Result<(), Stop> {
    let entities = connector.entities()?;
    let operations = entities.iter().map(|entity| entity.operations.len()).sum();
    let mut text = format!(
        "{}: {}, {}, {}\n",
        connector.name(),
        counted(entities.len(), "entity", "entities"),
        counted(operations, "operation", "operations"),
        counted(connector.head().auth.len(), "way to sign in", "ways to sign in"),
    );
    match document.translation.notes.len() {
        0 => {}
        1 => text.push_str("1 thing was inferred; it is a comment in the manifest\n"),
        notes => text.push_str(&format!("{notes} things were inferred; each is a comment in the manifest\n")),
    }
    // Who does not read stderr does not miss it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
    tell(findings);
    Ok(())
}

/// Shows findings on stderr, as `check` shows them.
fn tell(findings: &Diagnostics) {
    if !findings.is_empty() {
        let _ = write!(io::stderr().lock(), "\n{}", findings.render(colored()));
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
