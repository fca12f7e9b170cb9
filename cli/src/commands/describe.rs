//! `tieline describe`: what a connector can do and how to sign in.

mod json;
mod text;

use clap::Args;
use tieline::plan::{Entity, Operation};
use tieline::{Connector, Error};

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
  tieline describe notion --format json")]
pub(crate) struct DescribeArgs {
    /// A built-in connector, or the path of a manifest
    pub connector: String,
    /// Only this entity
    pub entity: Option<String>,
    /// Only this action of it
    pub action: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: TextFormat,
}

/// What is described.
enum Subject<'a> {
    /// All of a connector.
    Connector(Vec<&'a Entity>),
    /// One entity.
    Entity(&'a Entity),
    /// One operation.
    Operation(&'a Entity, &'a Operation),
}

/// Describes it.
pub(crate) fn run(args: &DescribeArgs) -> Result<(), Stop> {
    let connector = connector::find(&args.connector)?;
    let subject = subject(&connector, args)?;
    match args.format {
        TextFormat::Json => print_json(&json::describe(&connector, &subject)),
        TextFormat::Text => print_text(&text::describe(&connector, &subject, &connector::quoted(&args.connector))),
    }
}

fn subject<'a>(connector: &'a Connector, args: &DescribeArgs) -> Result<Subject<'a>, Error> {
    Ok(match (&args.entity, &args.action) {
        (None, _) => Subject::Connector(connector.entities()?),
        (Some(entity), None) => Subject::Entity(connector.entity(entity)?),
        (Some(entity), Some(action)) => {
            Subject::Operation(connector.entity(entity)?, connector.operation(entity, action)?)
        }
    })
}

impl<'a> Subject<'a> {
    /// Its operations, each with its entity.
    fn operations(&self) -> Vec<&'a Operation> {
        match self {
            Self::Connector(entities) => entities.iter().flat_map(|entity| entity.operations.values()).collect(),
            Self::Entity(entity) => entity.operations.values().collect(),
            Self::Operation(_, operation) => vec![operation],
        }
    }

    /// The entities that they belong to.
    fn entities(&self) -> Vec<&'a Entity> {
        match self {
            Self::Connector(entities) => entities.clone(),
            Self::Entity(entity) | Self::Operation(entity, _) => vec![entity],
        }
    }
}
