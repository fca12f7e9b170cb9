//! `tieline organizations`: those of the client, and which one is meant.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::hosted::api::Api;
use crate::hosted::find;
use crate::hosted::settings::{Settings, keep, marked};
use crate::stop::Stop;
use crate::{output, runtime};

/// What to do.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline organizations list
  tieline organizations use acme")]
pub(crate) struct OrganizationsArgs {
    #[command(subcommand)]
    pub command: OrganizationsCommand,
}

/// What `tieline organizations` does.
#[derive(Subcommand)]
pub(crate) enum OrganizationsCommand {
    /// List the organizations that the client belongs to
    List,
    /// Keep which organization is meant; TIELINE_ORGANIZATION_ID comes first
    Use {
        /// Its name or id
        #[arg(value_name = "ID|NAME")]
        organization: String,
    },
}

/// Does it.
pub(crate) fn run(args: &OrganizationsArgs) -> Result<(), Stop> {
    let settings = Settings::in_effect()?;
    let used = settings.organization_id.clone();
    // Whichever is meant so far, all can be seen.
    let api = Api::with(Settings { organization_id: None, ..settings }.login()?)?;
    match &args.command {
        OrganizationsCommand::List => {
            let organizations = runtime::run(async { Ok(api.list("organizations", json!({})).await?) })?;
            let is_only = organizations.len() == 1;
            let is_used = |id: Option<&str>| is_only || id.is_some() && id == used.as_deref();
            let organizations = marked(organizations, |one| is_used(one["id"].as_str()));
            output::print_json(&json!({ "organizations": organizations }))
        }
        OrganizationsCommand::Use { organization } => {
            let found = runtime::run(async { Ok(find::organization(&api, organization).await?) })?;
            let id = found["id"].as_str().map(str::to_owned);
            let what = format!("the organization is `{}`", found["organization_name"].as_str().unwrap_or_default());
            keep(|settings| settings.organization_id = id, what, "TIELINE_ORGANIZATION_ID")
        }
    }
}
