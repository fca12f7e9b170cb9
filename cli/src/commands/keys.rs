//! `tieline keys`: what an operator does with a server's keys, whether it runs or not.

use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tieline::{Error, ErrorKind};
use tieline_server::{Client, Operator};

use crate::operate::{StorageArgs, not_started};
use crate::stop::Stop;
use crate::{output, runtime};

/// What to do.
#[derive(Args)]
#[command(after_help = "These commands work on the database itself, beside servers that run.

Examples:
  tieline keys rotate
  tieline keys login-code --name ada
  tieline keys clients
  tieline keys client --name ci --organization default")]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What `tieline keys` does.
#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Encrypt stored credentials under a new master key, and sign tokens with a new key
    Rotate {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Make a code with which somebody logs in once: `tieline login`
    LoginCode {
        /// Who it is for: their client is called so
        #[arg(long)]
        name: Option<String>,
        /// An organization that their client acts for, by name or id; made when there is none. May be repeated
        #[arg(long, default_value = "default")]
        organization: Vec<String>,
        /// How many minutes it counts
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_080))]
        minutes: u32,
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// List the clients
    Clients {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Take a client away; its tokens end within 20 minutes
    Revoke {
        /// The client's id
        client_id: String,
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Make a client id and secret
    Client {
        /// What it is for
        #[arg(long)]
        name: String,
        /// An organization that it acts for, by name or id; made when there is none. May be repeated
        #[arg(long, default_value = "default")]
        organization: Vec<String>,
        #[command(flatten)]
        storage: StorageArgs,
    },
}

/// Does it.
pub(crate) fn run(args: &KeysArgs) -> Result<(), Stop> {
    runtime::run(async {
        let done = match &args.command {
            KeysCommand::Rotate { storage } => {
                let done = operator(storage).await?.rotate_keys().await.map_err(not_started)?;
                json!({ "rewrapped": done.moved, "unreadable": done.unreadable })
            }
            KeysCommand::Clients { storage } => {
                let clients = operator(storage).await?.clients().await.map_err(not_started)?;
                let client = |client: Client| json!({ "client_id": client.client_id, "name": client.name, "organizations": client.organizations, "created_at": client.created_at });
                json!({ "data": clients.into_iter().map(client).collect::<Vec<_>>() })
            }
            KeysCommand::Revoke { client_id, storage } => {
                if !operator(storage).await?.revoke(client_id).await.map_err(not_started)? {
                    let error = Error::new(ErrorKind::NotFound, format!("there is no client `{client_id}`"));
                    return Err(error.with_help("`tieline keys clients` lists them").into());
                }
                json!({ "revoked": client_id })
            }
            KeysCommand::LoginCode { name, organization, minutes, storage } => {
                let code = operator(storage).await?.login_code(name.as_deref(), organization, *minutes).await;
                let code = code.map_err(not_started)?;
                json!({ "code": code, "minutes": minutes })
            }
            KeysCommand::Client { name, organization, storage } => {
                let client = operator(storage).await?.add_client(name, organization).await.map_err(not_started)?;
                json!({
                    "organization_id": client.organization_id,
                    "client_id": client.client_id,
                    "client_secret": client.client_secret.expose_secret(),
                })
            }
        };
        output::print_json(&done)?;
        Ok(())
    })
}

async fn operator(storage: &StorageArgs) -> Result<Operator, Stop> {
    let storage = storage.find_started()?;
    Ok(Operator::open(&storage.database, storage.keys).await.map_err(not_started)?)
}
