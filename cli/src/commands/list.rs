//! `tieline list`: the connectors that are built in.

use clap::Args;
use serde_json::{Value, json};

use crate::args::TextFormat;
use crate::output::{print_json, print_text};
use crate::stop::Stop;
use crate::text::columns;

/// What to list.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: TextFormat,
}

/// Lists the connectors.
pub(crate) fn run(args: &ListArgs) -> Result<(), Stop> {
    let all = tieline_specs::all();
    match args.format {
        TextFormat::Json => {
            let json = |connector: &tieline_specs::BuiltIn| {
                connector.head(|head| {
                    json!({ "name": head.name, "title": head.title, "version": head.version, "summary": head.summary })
                })
            };
            print_json(&all.iter().map(json).collect::<Result<Value, _>>()?)
        }
        TextFormat::Text => {
            let row = |connector: &tieline_specs::BuiltIn| {
                connector.head(|head| [head.name.clone(), head.version.clone(), head.summary.clone()])
            };
            let rows = all.iter().map(row).collect::<Result<Vec<_>, _>>()?;
            print_text(&columns(0, &rows))
        }
    }
}
