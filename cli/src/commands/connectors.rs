//! `tieline connectors`: what people have connected on a server, and what can be done with it.

mod change;
mod create;
mod delete;
mod execute;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::hosted::api::Api;
use crate::hosted::find::{self, Which, Within};
use crate::hosted::given::Given;
use crate::stop::Stop;
use crate::{output, runtime};

/// What to do.
#[derive(Args)]
#[command(
    after_help = r#"Every command takes one JSON object (--json) or an option for each of its keys, and prints JSON.
The server is the one of `tieline login`; the vendor's credentials stay there.

Examples:
  tieline connectors create --json '{"workspace": "default", "name": "notion"}'
  tieline connectors list
  tieline connectors describe --json '{"workspace": "default", "name": "notion"}'
  tieline connectors execute --json '{"name": "notion", "entity": "users", "action": "list"}'

Exit codes: 0 it worked; 1 the API, the server, the network or the machine failed; 2 the credentials
do not do, the vendor's or yours; 3 there is no such thing; 4 the input is wrong."#
)]
pub(crate) struct ConnectorsArgs {
    #[command(subcommand)]
    pub command: ConnectorsCommand,
}

/// What `tieline connectors` does.
#[derive(Subcommand)]
pub(crate) enum ConnectorsCommand {
    /// Connect something: with credentials, or on a page that opens in a browser
    Create(create::CreateArgs),
    /// List the connectors of a workspace
    #[command(after_help = "Examples:
  tieline connectors list
  tieline connectors list --workspace team-a")]
    List(Given<Within>),
    /// Show a connector, and under `schema` all that can be executed with it
    #[command(after_help = r#"Examples:
  tieline connectors describe --name notion
  tieline connectors describe --json '{"workspace": "default", "name": "notion"}'"#)]
    Describe(Given<Which>),
    /// Execute an operation of a connector, and print the API's envelope
    Execute(execute::ExecuteArgs),
    /// Change a connector, or sign it in anew on a page that opens in a browser
    Update(change::UpdateArgs),
    /// Try a connector's credentials at the vendor's API
    Check(change::CheckArgs),
    /// Delete a connector, with what it signs in with
    Delete(delete::DeleteArgs),
}

/// Does it.
pub(crate) fn run(args: &ConnectorsArgs) -> Result<(), Stop> {
    match &args.command {
        ConnectorsCommand::Create(args) => create::run(args),
        ConnectorsCommand::List(given) => list(given),
        ConnectorsCommand::Describe(given) => describe(given),
        ConnectorsCommand::Execute(args) => execute::run(args),
        ConnectorsCommand::Update(args) => change::update(args),
        ConnectorsCommand::Check(args) => change::check(args),
        ConnectorsCommand::Delete(args) => delete::run(args),
    }
}

fn list(given: &Given<Within>) -> Result<(), Stop> {
    let workspace = given.read()?.name()?;
    let api = Api::open()?;
    let connectors = runtime::run(async { Ok(find::connectors(&api, &workspace).await?) })?;
    output::print_json(&json!({ "data": connectors }))
}

fn describe(given: &Given<Which>) -> Result<(), Stop> {
    let which = given.read()?;
    which.check()?;
    let api = Api::open()?;
    let connector = runtime::run(async {
        let id = which.id(&api).await?;
        let mut connector = api.ask("connectors", "get", json!({ "id": id })).await?;
        connector["schema"] = api.ask("connectors", "describe", json!({ "id": id })).await?;
        Ok(connector)
    })?;
    output::print_json(&connector)
}

/// Reads a connector, after something was done to it.
async fn read(api: &Api, id: &str) -> Result<Value, Stop> {
    Ok(api.ask("connectors", "get", json!({ "id": id })).await?)
}
