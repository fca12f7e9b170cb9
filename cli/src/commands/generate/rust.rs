//! `tieline generate rust`: a typed client for a project of one's own.

use std::path::PathBuf;

use clap::Args;
use tieline_codegen::MARK;
use tieline_codegen::emit::{self, Origin};
use tieline_codegen::ir::Client;

use crate::connector;
use crate::stop::Stop;

use super::{Mode, failed, put};

/// Of what, and where to.
#[derive(Args)]
#[command(after_help = "The folder is a module of your project, which needs the crate `tieline` and nothing else:
  tieline generate rust acme/connector.yaml --out src/acme
  and in src/main.rs: mod acme;")]
pub(crate) struct RustArgs {
    /// The path of a manifest or OpenAPI document, or a built-in connector
    pub connector: String,
    /// The folder of the module
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Write nothing; fail when a file is not what would be written
    #[arg(long)]
    pub check: bool,
}

/// Generates it.
pub(crate) fn run(args: &RustArgs) -> Result<(), Stop> {
    let connector = connector::find(&args.connector)?;
    let client = Client::of(&connector)?;
    let origin = Origin { arguments: "rust".to_owned(), from: format!("the manifest of {}", connector.name()) };
    let mark = format!("{MARK} rust` from {};", origin.from);
    let tree = emit::folder(&client, &origin).map_err(|error| failed(error.into()))?.sweeping("", mark);
    put(&tree, &args.out, Mode::of(args.check))
}
