//! `tieline check`: every finding about manifests, each with its place.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use serde_json::Value;
use tieline::Diagnostics;
use tieline::source::{Code, to_sarif};

use crate::connector;
use crate::output::{print_json, print_text};
use crate::stop::Stop;

/// What to check.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline check acme/connector.yaml
  tieline check openapi.yaml
  tieline check --deny-warnings --format sarif specs > findings.sarif
  tieline check --explain unknown-key")]
pub(crate) struct CheckArgs {
    /// Manifests, OpenAPI documents, or folders: every connector.yaml in them and below is checked (documents only where they are named)
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    pub deny_warnings: bool,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Say what this kind of finding means, with a wrong and a right manifest, and check nothing
    #[arg(long, value_name = "CODE", value_parser = code(), hide_possible_values = true)]
    #[arg(conflicts_with_all = ["paths", "deny_warnings", "format"])]
    pub explain: Option<Code>,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the line and a caret under the place
    #[default]
    Text,
    /// A JSON list of findings
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
}

/// Checks the manifests.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Stop> {
    if let Some(code) = args.explain {
        return print_text(&format!("# {}\n\n{}", code.as_str(), code.explanation()));
    }
    let mut all = Vec::new();
    for path in &args.paths {
        for manifest in connector::manifests(path)? {
            all.push(connector::check(&manifest)?);
        }
    }
    match args.format {
        Format::Text => print_text(&text(&all))?,
        Format::Json => print_json(&all.iter().flat_map(|of_one| list(of_one.to_json())).collect::<Value>())?,
        Format::Sarif => print_json(&to_sarif(&all.iter().collect::<Vec<_>>()))?,
    }
    let failing = |of_one: &Diagnostics| of_one.errors() > 0 || (args.deny_warnings && of_one.warnings() > 0);
    if all.iter().any(failing) { Err(Stop::Found) } else { Ok(()) }
}

/// Reads the name of a code.
fn code() -> impl TypedValueParser<Value = Code> {
    let named = |name: String| Code::ALL.iter().copied().find(|code| code.as_str() == name);
    PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str()))
        .try_map(move |name| named(name).ok_or("there is no such code"))
}

fn list(findings: Value) -> Vec<Value> {
    match findings {
        Value::Array(findings) => findings,
        one => vec![one],
    }
}

fn text(all: &[Diagnostics]) -> String {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut text: Vec<String> =
        all.iter().filter(|of_one| !of_one.is_empty()).map(|of_one| of_one.render(color)).collect();
    let sound = all.iter().filter(|of_one| of_one.is_empty()).count();
    match (sound, all.len()) {
        (0, 1) => {}
        (1, 1) => text.push(format!("{}: no findings\n", all[0].source().name())),
        (sound, files) => {
            let (errors, warnings): (usize, usize) =
                (all.iter().map(Diagnostics::errors).sum(), all.iter().map(Diagnostics::warnings).sum());
            text.push(format!(
                "{files} files, {sound} without findings: {} and {} in all\n",
                counted(errors, "error"),
                counted(warnings, "warning")
            ));
        }
    }
    if let Some(finding) = all.iter().flat_map(Diagnostics::iter).next() {
        let code = finding.code.as_str();
        text.push(format!("More about a kind of finding: tieline check --explain {code}\n"));
    }
    text.join("\n")
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
