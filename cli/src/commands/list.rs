//! `tieline list`: the connectors that are built in.

use std::io::{self, Write as _};

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
    if let Some(hint) = hint(all) {
        // Who does not read stderr does not miss it.
        let _ = writeln!(io::stderr(), "{hint}");
    }
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

/// What to do where nothing is built in.
fn hint(connectors: &[tieline_specs::BuiltIn]) -> Option<&'static str> {
    connectors
        .is_empty()
        .then_some("no connectors are built in; give the path of a manifest or OpenAPI document instead of a name")
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn a_build_without_connectors_says_so() {
        assert!(hint(&[]).is_some_and(|hint| hint.contains("no connectors are built in")));
        assert_eq!(hint(tieline_specs::all()).is_some(), tieline_specs::all().is_empty());
    }
}
