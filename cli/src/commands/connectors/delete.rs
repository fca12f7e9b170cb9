//! `tieline connectors delete`: after a question, or when told not to ask.

use std::io::{self, IsTerminal as _, Write as _};

use clap::Args;
use serde_json::json;
use tieline::{Error, ErrorKind};

use crate::hosted::api::Api;
use crate::hosted::find::Which;
use crate::hosted::given::Given;
use crate::stop::{Stop, invalid};
use crate::text::plain;
use crate::{output, runtime};

/// What to delete.
#[derive(Args)]
#[command(after_help = r#"Examples:
  tieline connectors delete --name notion
  tieline connectors delete --json '{"workspace": "default", "name": "notion"}' --yes"#)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    given: Given<Which>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Deletes it.
pub(super) fn run(args: &DeleteArgs) -> Result<(), Stop> {
    let which = args.given.read()?;
    which.check()?;
    if !args.yes && !io::stdin().is_terminal() {
        let error = invalid("a connector is deleted for good, and there is nobody to ask");
        return Err(error.with_help("give --yes").into());
    }
    let api = Api::open()?;
    let (id, name) = runtime::run(async {
        let id = which.id(&api).await?;
        let connector = super::read(&api, &id).await?;
        Ok((id, connector["name"].as_str().unwrap_or_default().to_owned()))
    })?;
    if !args.yes && !is_agreed(&name, &id)? {
        return Err(Error::new(ErrorKind::Cancelled, "nothing was deleted").into());
    }
    let deleted = runtime::run(async { Ok(api.ask("connectors", "delete", json!({ "id": id })).await?) })?;
    output::print_json(&json!({ "id": id, "name": name, "status": "deleted", "job_id": deleted["job_id"] }))
}

/// Asks on the terminal.
fn is_agreed(name: &str, id: &str) -> Result<bool, Error> {
    let unreadable = |error: io::Error| invalid(format!("stdin cannot be read: {error}"));
    let question = format!("Delete `{}` ({}), with what it signs in with? Type yes: ", plain(name), plain(id));
    io::stderr().write_all(question.as_bytes()).and_then(|()| io::stderr().flush()).map_err(unreadable)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(unreadable)?;
    Ok(answer.trim() == "yes")
}
