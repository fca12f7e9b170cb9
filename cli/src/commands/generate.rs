//! `tieline generate`: typed Rust and documentation, made from manifests.

mod docs;
mod rust;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use tieline::{Connector, Error, ErrorKind};
use tieline_codegen::{Change, Project, Tree};

use crate::connector;
use crate::stop::{Stop, invalid, unreadable};

/// What to generate.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  tieline generate
  tieline generate notion --check
  tieline generate rust acme/connector.yaml --out src/acme
  tieline generate docs notion --format json")]
pub(crate) struct GenerateArgs {
    #[command(subcommand)]
    pub what: Option<What>,
    /// Only the files of these connectors of the repository
    #[arg(value_name = "CONNECTOR")]
    pub connectors: Vec<String>,
    /// Write nothing; fail when a file is not what would be written
    #[arg(long)]
    pub check: bool,
    /// The root of the repository: the folder that holds `specs/`
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub root: PathBuf,
}

impl GenerateArgs {
    /// Whether a program reads what comes out.
    pub(crate) fn is_for_a_program(&self) -> bool {
        matches!(&self.what, Some(What::Docs(args)) if args.format == Some(docs::Format::Json))
    }
}

/// One thing to generate.
#[derive(Subcommand)]
pub(crate) enum What {
    /// A typed Rust client, for a project of your own
    Rust(rust::RustArgs),
    /// Documentation: Markdown pages, or what they show as JSON
    Docs(docs::DocsArgs),
}

/// Generates it.
pub(crate) fn run(args: &GenerateArgs) -> Result<(), Stop> {
    match &args.what {
        Some(What::Rust(args)) => rust::run(args),
        Some(What::Docs(args)) => docs::run(args),
        None => repository(args),
    }
}

/// All that a repository of connectors holds that is made from their manifests.
fn repository(args: &GenerateArgs) -> Result<(), Stop> {
    let specs = args.root.join("specs");
    if !specs.is_dir() {
        let message = format!("{} is no folder, so there are no manifests to generate from", specs.display());
        let help = "run it at the root of the repository, or name that with --root; \
                    for a project of your own there is `tieline generate rust <manifest> --out <folder>`";
        return Err(invalid(message).with_help(help).into());
    }
    let loaded = connector::manifests(&specs)?
        .iter()
        .map(|manifest| connector::load(manifest))
        .collect::<Result<Vec<_>, _>>()?;
    for name in &args.connectors {
        if !loaded.iter().any(|connector| connector.name() == name) {
            let known = loaded.iter().map(Connector::name).collect::<Vec<_>>().join(", ");
            let message = format!("{} holds no connector `{name}`", specs.display());
            return Err(Error::new(ErrorKind::UnknownConnector, message)
                .with_help(format!("it holds: {known}"))
                .into());
        }
    }
    let project = Project::of(&loaded.iter().collect::<Vec<_>>()).map_err(failed)?;
    if args.connectors.is_empty() {
        put(project.tree(), &args.root, Mode::of(args.check))
    } else {
        put(&project.only(&args.connectors), &args.root, Mode::of(args.check))
    }
}

/// What happens to a tree.
#[derive(Clone, Copy)]
enum Mode {
    Write,
    Check,
}

impl Mode {
    fn of(check: bool) -> Self {
        if check { Self::Check } else { Self::Write }
    }
}

/// Makes the folder hold the tree, or says where it does not.
fn put(tree: &Tree, folder: &Path, mode: Mode) -> Result<(), Stop> {
    let changes = match mode {
        Mode::Write => tree.write(folder),
        Mode::Check => tree.changes(folder),
    };
    let changes = changes.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => invalid(error.to_string()),
        _ => unreadable(folder, &error),
    })?;
    for change in &changes {
        let (done, wrong) = match change {
            Change::Add(_) => ("added", "is missing"),
            Change::Replace(_) => ("changed", "is not what would be generated"),
            Change::Remove(_) => ("removed", "would not be generated any more"),
        };
        let path = folder.join(change.path());
        match mode {
            Mode::Write => writeln!(io::stderr(), "{done} {}", path.display())?,
            Mode::Check => writeln!(io::stderr(), "{} {wrong}", path.display())?,
        }
    }
    match mode {
        Mode::Check if !changes.is_empty() => Err(Stop::Found),
        Mode::Check | Mode::Write => {
            let files = tree.files().count();
            writeln!(io::stderr(), "{} of {files} files changed", changes.len())?;
            Ok(())
        }
    }
}

/// Why nothing was generated.
fn failed(error: tieline_codegen::Error) -> Stop {
    match error {
        tieline_codegen::Error::Manifest(findings) => Stop::Manifest(findings),
        tieline_codegen::Error::Connector(error) => error.into(),
        other => Error::new(ErrorKind::InvalidManifest, other.to_string()).into(),
    }
}
