//! `tieline workspaces`: those of the organization, and which one is meant.

use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::{Map, json};

use crate::hosted::api::Api;
use crate::hosted::find;
use crate::hosted::given::{Given, put};
use crate::hosted::settings::{Settings, keep, marked};
use crate::stop::Stop;
use crate::{output, runtime};

/// What to do.
#[derive(Args)]
#[command(after_help = r#"Examples:
  tieline workspaces list
  tieline workspaces list --json '{"name_contains": "team"}'
  tieline workspaces create team-a
  tieline workspaces use team-a"#)]
pub(crate) struct WorkspacesArgs {
    #[command(subcommand)]
    pub command: WorkspacesCommand,
}

/// What `tieline workspaces` does.
#[derive(Subcommand)]
pub(crate) enum WorkspacesCommand {
    /// List the workspaces of the organization
    List(Given<ListFields>),
    /// Make a workspace, if there is none of this name
    Create {
        /// Its name
        #[arg(value_name = "NAME")]
        workspace: String,
    },
    /// Keep which workspace is meant where a command names none; TIELINE_WORKSPACE comes first
    Use {
        /// Its name
        #[arg(value_name = "NAME")]
        workspace: String,
    },
}

/// Which workspaces to list.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct ListFields {
    /// What the name must contain
    #[arg(long, value_name = "TEXT")]
    name_contains: Option<String>,
    /// Only those that are used, or are not
    #[arg(long, value_enum)]
    status: Option<Status>,
}

/// Whether a workspace is used.
#[derive(Clone, Copy, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Used
    Active,
    /// Kept, and not used
    Inactive,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

/// Does it.
pub(crate) fn run(args: &WorkspacesArgs) -> Result<(), Stop> {
    match &args.command {
        WorkspacesCommand::List(given) => {
            let fields = given.read()?;
            let mut params = Map::new();
            put(&mut params, "name_contains", fields.name_contains);
            put(&mut params, "status", fields.status.map(Status::as_str));
            let used = Settings::workspace(None)?;
            let api = Api::open()?;
            let workspaces = runtime::run(async { Ok(api.list("workspaces", params.into()).await?) })?;
            output::print_json(&json!({ "data": marked(workspaces, |one| one["name"] == used.as_str()) }))
        }
        WorkspacesCommand::Create { workspace } => {
            let api = Api::open()?;
            let made = runtime::run(async {
                api.ask("workspaces", "create", json!({ "workspace_name": workspace })).await?;
                Ok(find::workspace_named(&api, workspace.trim()).await?)
            })?;
            output::print_json(&made)
        }
        WorkspacesCommand::Use { workspace } => {
            let api = Api::open()?;
            runtime::run(async { Ok(find::workspace_named(&api, workspace).await?) })?;
            let what = format!("the workspace is `{workspace}`");
            keep(|settings| settings.workspace = Some(workspace.clone()), what, "TIELINE_WORKSPACE")
        }
    }
}
