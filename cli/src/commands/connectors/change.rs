//! `tieline connectors update`, `check`: new values for a connector, and whether it works.

use clap::{ArgAction, Args};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline::{Error, ErrorKind};

use super::create::{Values, put_given, yes};
use crate::hosted::api::Api;
use crate::hosted::find::Which;
use crate::hosted::given::{Given, Object};
use crate::hosted::setup::{SetupArgs, begin};
use crate::stop::Stop;
use crate::{output, runtime};

/// What to change.
#[derive(Args)]
#[command(
    after_help = r#"New credentials take the place of all that were there, and so does new configuration, if the vendor
accepts them. Without anything to change, the server's set-up page opens in a browser, where
somebody signs in anew, and the command waits until they are done.

Examples:
  tieline connectors update --name notion --called "Team wiki"
  tieline connectors update --name notion --credentials @notion.json
  tieline connectors update --json '{"name": "notion", "entities": ["users:read", "pages"]}'
  tieline connectors update --name notion"#
)]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    given: Given<UpdateFields>,
    #[command(flatten)]
    page: SetupArgs,
}

/// The fields of a change.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct UpdateFields {
    #[command(flatten)]
    #[serde(flatten)]
    which: Which,
    #[command(flatten)]
    #[serde(flatten)]
    values: Values,
    /// Change it without trying the new values at the vendor's API
    #[arg(long = "no-check", action = ArgAction::SetFalse)]
    #[serde(default = "yes")]
    check: bool,
}

/// What to try.
#[derive(Args)]
#[command(after_help = "A check that fails is printed too, and ends with the exit code of what the vendor said.

Examples:
  tieline connectors check --name notion
  tieline connectors check --name notion --credentials @new.json")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    given: Given<CheckFields>,
}

/// The fields of a check.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct CheckFields {
    #[command(flatten)]
    #[serde(flatten)]
    which: Which,
    /// Try these values to sign in with instead, and keep nothing of them
    #[arg(long, value_name = "JSON|@FILE|-")]
    credentials: Option<Object>,
    /// Try these configuration values instead, and keep nothing of them
    #[arg(long, value_name = "JSON|@FILE|-")]
    config: Option<Object>,
}

/// Changes it.
pub(super) fn update(args: &UpdateArgs) -> Result<(), Stop> {
    let fields = args.given.read()?;
    fields.which.check()?;
    let on_page = fields.values.are_none();
    let is_tried = fields.check && fields.values.are_about_signing_in();
    let mut params = fields.values.params()?;
    let api = Api::open()?;
    let connector = runtime::run(async {
        let id = fields.which.id(&api).await?;
        if on_page {
            let connector = super::read(&api, &id).await?;
            let session = json!({ "workspace_id": connector["workspace_id"], "connector_id": id });
            begin(&api, session).await?.wait(&api, &args.page).await?;
            return super::read(&api, &id).await;
        }
        params.insert("id".to_owned(), id.into());
        params.insert("check".to_owned(), is_tried.into());
        Ok(api.ask("connectors", "update", params.into()).await?)
    })?;
    output::print_json(&connector)
}

/// Tries it.
pub(super) fn check(args: &CheckArgs) -> Result<(), Stop> {
    let fields = args.given.read()?;
    fields.which.check()?;
    let mut params = Map::new();
    put_given(&mut params, fields.credentials.as_ref(), fields.config.as_ref())?;
    let api = Api::open()?;
    let outcome = runtime::run(async {
        params.insert("id".to_owned(), fields.which.id(&api).await?.into());
        Ok(api.ask("connectors", "check", params.into()).await?)
    })?;
    output::print_json(&outcome)?;
    failed(&outcome).map_or(Ok(()), |error| Err(error.into()))
}

/// Why a check failed, as an error that has the vendor's kind.
fn failed(outcome: &Value) -> Option<Error> {
    let word = outcome["failure_reason"]["internal_message"].as_str()?;
    let kind = ErrorKind::ALL.iter().find(|kind| kind.as_str() == word).copied();
    let error = Error::new(
        kind.unwrap_or(ErrorKind::Rejected),
        outcome["error_message"].as_str().unwrap_or("the check failed").to_owned(),
    );
    let status =
        outcome["entity_check_results"][0]["status_code"].as_u64().and_then(|status| u16::try_from(status).ok());
    Some(match status {
        Some(status) => error.with_status(status),
        None => error,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_failed_check_is_what_the_vendor_said() {
        let outcome = json!({
            "status": "failed", "error_message": "API token is invalid.",
            "failure_reason": { "internal_message": "unauthorized" },
            "entity_check_results": [{ "entity": "users", "status_code": 401 }],
        });
        let error = failed(&outcome).unwrap();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthorized, Some(401)));
        assert!(failed(&json!({ "status": "succeeded", "failure_reason": null })).is_none());
    }
}
