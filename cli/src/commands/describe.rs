//! `tieline describe`: what a connector can do and how to sign in; `--for-agent`: what an agent reads before it calls.

mod about;
mod agent;
mod parameters;
mod text;

use clap::Args;
use tieline::catalog::Subject;

use crate::args::TextFormat;
use crate::connector;
use crate::output::{print_json, print_text};
use crate::stop::Stop;

/// What to describe.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline describe notion
  tieline describe notion users
  tieline describe notion users list
  tieline describe notion pages create --for-agent
  tieline describe notion --format json")]
pub(crate) struct DescribeArgs {
    /// A built-in connector, or the path of a manifest or OpenAPI document
    pub connector: String,
    /// Only this entity
    pub entity: Option<String>,
    /// Only this action of it
    pub action: Option<String>,
    /// What an agent reads, short: an index of the connector, then one entity, then one action with the schema of its parameters
    #[arg(long)]
    pub for_agent: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: TextFormat,
}

/// Describes it.
pub(crate) fn run(args: &DescribeArgs) -> Result<(), Stop> {
    let connector = connector::find(&args.connector)?;
    let subject = Subject::find(&connector, args.entity.as_deref(), args.action.as_deref())?;
    if args.for_agent {
        let guide = subject.for_agent(&connector)?;
        return match args.format {
            TextFormat::Json => print_json(&guide.to_json()),
            TextFormat::Text => print_text(&agent::text(&guide, &connector::quoted(&args.connector))),
        };
    }
    match args.format {
        TextFormat::Json => print_json(&subject.to_json(&connector)),
        TextFormat::Text => print_text(&text::describe(&connector, &subject, &connector::quoted(&args.connector))),
    }
}
