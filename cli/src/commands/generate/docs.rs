//! `tieline generate docs`: Markdown pages, or what they show as JSON.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tieline::Connector;
use tieline_codegen::docs;

use crate::connector;
use crate::output::print_json;
use crate::stop::{Stop, invalid};

use super::{Mode, failed, put};

/// Of what, and where to.
#[derive(Args)]
pub(crate) struct DocsArgs {
    /// Built-in connectors, or paths of manifests or OpenAPI documents; all that are built in if left out
    #[arg(value_name = "CONNECTOR")]
    pub connectors: Vec<String>,
    /// The folder to write the pages to
    #[arg(long, value_name = "FOLDER", required_unless_present = "format")]
    pub out: Option<PathBuf>,
    /// Pages, or JSON on stdout with everything that the pages show
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write nothing; fail when a page is not what would be written
    #[arg(long)]
    pub check: bool,
}

/// How documentation comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Pages in a folder
    Markdown,
    /// JSON on stdout
    Json,
}

/// Generates it.
pub(crate) fn run(args: &DocsArgs) -> Result<(), Stop> {
    let connectors = connectors(&args.connectors)?;
    let model = tieline_codegen::catalogue(&connectors.iter().collect::<Vec<_>>()).map_err(failed)?;
    match (args.format, &args.out) {
        (Some(Format::Json), _) => {
            print_json(&serde_json::to_value(&model).map_err(|error| invalid(error.to_string()))?)
        }
        (Some(Format::Markdown) | None, Some(out)) => {
            let pages = docs::pages(&model).map_err(|error| failed(error.into()))?;
            put(&pages, out, Mode::of(args.check))
        }
        (Some(Format::Markdown) | None, None) => Err(invalid("pages need a folder: --out").into()),
    }
}

fn connectors(names: &[String]) -> Result<Vec<Connector>, Stop> {
    if names.is_empty() {
        return Ok(tieline_specs::all().iter().map(|built_in| built_in.open()).collect::<Result<_, _>>()?);
    }
    names.iter().map(|name| connector::find(name)).collect()
}
