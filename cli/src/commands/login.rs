//! `tieline login`, `tieline logout`: who calls which server.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline::{Error, ErrorKind};
use url::Url;

use crate::commands::serve::CLIENT;
use crate::connect::is_this_machine;
use crate::hosted::api::Api;
use crate::hosted::browser_login::{self, Grant};
use crate::hosted::secret;
use crate::hosted::settings::{Settings, USUAL_SERVER, masked, server_url, shown, variable};
use crate::stop::{Stop, invalid};
use crate::{folders, output, runtime};

/// How to log in.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "The secret is read from the variable TIELINE_CLIENT_SECRET, or from stdin. It is tried, and kept in
$XDG_CONFIG_HOME/tieline/settings.json, which its owner alone can read. On the machine where
`tieline serve` made its first client, `tieline login` alone uses that one. Elsewhere it opens a page
of the server, in a browser on this machine, on which you enter a code that its operator gives you.

Programs need not log in: they set TIELINE_CLIENT_ID and TIELINE_CLIENT_SECRET. TIELINE_SERVER,
TIELINE_ORGANIZATION_ID and TIELINE_WORKSPACE say the rest. The environment comes before what is
kept, and a kept secret goes to no other server and with no other client than its own.

Examples:
  tieline login
  tieline login --server https://tieline.example.com --client-id 0a1b… < secret.txt
  tieline login --server https://tieline.example.com
  tieline login show
  tieline logout"
)]
pub(crate) struct LoginArgs {
    #[command(subcommand)]
    pub what: Option<LoginCommand>,
    /// The server; http://127.0.0.1:8400 when left out
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// The client's id; left out, the first client of a server on this machine
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// A code of the server's operator (`tieline keys login-code`), or `-` to read it from stdin. Left out, with no client
    /// either: it is asked for in the browser
    #[arg(long, value_name = "CODE|-", conflicts_with = "client_id")]
    pub code: Option<String>,
    /// Open no browser: print the address of the page, and wait until it has been opened on this machine
    #[arg(long, conflicts_with_all = ["client_id", "code"])]
    pub no_browser: bool,
    /// Allow plain http to another machine than this one
    #[arg(long)]
    pub allow_http: bool,
}

/// What `tieline login` does beside logging in.
#[derive(Subcommand)]
pub(crate) enum LoginCommand {
    /// Show who is logged in where, and no more of the secret than its end
    Show,
}

/// Logs in, or shows who is.
pub(crate) fn run(args: &LoginArgs) -> Result<(), Stop> {
    match args.what {
        Some(LoginCommand::Show) => show(),
        None => log_in(args),
    }
}

/// Forgets what is kept.
pub(crate) fn log_out() -> Result<(), Stop> {
    let message = match Settings::forget()? {
        true => "the settings are forgotten; the client itself is still good",
        false => "nobody was logged in",
    };
    output::print_json(&json!({ "status": "forgotten", "message": message }))
}

fn log_in(args: &LoginArgs) -> Result<(), Stop> {
    let server = args.server.clone().or_else(|| variable("TIELINE_SERVER"));
    let server = server.map(|text| server_url(&text)).transpose()?;
    let client_id = args.client_id.clone().or_else(|| variable("TIELINE_CLIENT_ID"));
    let mut settings = match client_id.filter(|_| args.code.is_none() && !args.no_browser) {
        Some(client_id) => Settings {
            server: Some(server.as_ref().map_or(USUAL_SERVER, shown).to_owned()),
            client_secret: Some(secret_of(&client_id)?),
            client_id: Some(client_id),
            ..Settings::default()
        },
        None if args.code.is_some() || args.no_browser => with_code(args, server)?,
        None => match first_client(server.as_ref()) {
            Ok(settings) => settings,
            // Nobody enters a code into a program that nobody sees.
            Err(error) if !io::stderr().is_terminal() => return Err(error.into()),
            Err(_) => with_code(args, server)?,
        },
    };
    settings.allow_http = args.allow_http;
    // What is kept but cannot be read any more is replaced.
    let kept = Settings::kept().unwrap_or_default();
    if (&kept.server, &kept.client_id) == (&settings.server, &settings.client_id) {
        settings.organization_id = kept.organization_id;
        settings.workspace = kept.workspace;
    }
    let organizations = runtime::run(async {
        let api = Api::with(Settings { organization_id: None, ..settings.clone() }.login()?)?;
        Ok(api.list("organizations", json!({})).await?)
    })?;
    let is_one = |id: &String| organizations.iter().any(|one| one["id"] == id.as_str());
    settings.organization_id = settings.organization_id.filter(is_one);
    if let [only] = organizations.as_slice() {
        settings.organization_id = only["id"].as_str().map(str::to_owned);
    }
    let path = settings.keep()?;
    output::print_json(&json!({
        "status": "saved",
        "message": message(&settings, &organizations),
        "server": settings.server,
        "client_id": settings.client_id,
        "organization_id": settings.organization_id,
        "settings": path.display().to_string(),
    }))
}

/// The client that the server makes for an operator's code.
fn with_code(args: &LoginArgs, server: Option<Url>) -> Result<Settings, Stop> {
    let server = server.map_or_else(|| server_url(USUAL_SERVER), Ok)?;
    // Before anybody enters a code into a page that others could read.
    if server.scheme() == "http" && !args.allow_http && !is_this_machine(&server) {
        let message = format!("{} is plain http on another machine: a code could be read on the way", shown(&server));
        let help = "use https, or allow it: `tieline login --allow-http`";
        return Err(Error::new(ErrorKind::Refused, message).with_help(help).into());
    }
    let code = match args.code.as_deref() {
        Some("-") => Some(secret::read("Code")?),
        code => code.map(str::to_owned),
    };
    let made = runtime::run(async {
        let params = match &code {
            Some(code) => json!({ "code": code }),
            None => {
                let Grant { grant, verifier } = browser_login::grant(&server, !args.no_browser).await?;
                json!({ "grant": grant, "code_verifier": verifier })
            }
        };
        let nobody = Api::nobody(server.clone(), args.allow_http)?;
        Ok(nobody.ask("logins", "create", params).await?)
    })?;
    let text = |name: &str| made[name].as_str().map(str::to_owned);
    let settings = Settings {
        server: Some(shown(&server).to_owned()),
        client_id: text("client_id"),
        client_secret: text("client_secret"),
        organization_id: text("organization_id"),
        allow_http: args.allow_http,
        ..Settings::default()
    };
    // The code is used up: what has become of it is kept, whatever comes now.
    settings.keep()?;
    Ok(settings)
}

fn message(settings: &Settings, organizations: &[Value]) -> String {
    let server = settings.server.as_deref().unwrap_or_default();
    let used = organizations.iter().find(|one| one["id"].as_str() == settings.organization_id.as_deref());
    match used.and_then(|one| one["organization_name"].as_str()) {
        Some(name) => format!("logged in to {server}, organization `{name}`"),
        None => format!(
            "logged in to {server}; this client belongs to {} organizations: choose one with `tieline organizations use NAME`",
            organizations.len()
        ),
    }
}

/// The secret of a client, from the environment or from stdin.
fn secret_of(client_id: &str) -> Result<String, Error> {
    let secret = match variable("TIELINE_CLIENT_SECRET") {
        Some(secret) => secret.trim().to_owned(),
        None => secret::read(&format!("Secret of the client {client_id}"))?,
    };
    if secret.is_empty() {
        return Err(invalid(format!("the secret of the client {client_id} is missing"))
            .with_help("set TIELINE_CLIENT_SECRET, or write the secret on stdin"));
    }
    Ok(secret)
}

/// What `tieline serve` keeps of the first client that it made.
#[derive(Deserialize)]
struct FirstClient {
    server: String,
    client_id: String,
    client_secret: String,
}

/// The first client of a server on this machine.
fn first_client(server: Option<&Url>) -> Result<Settings, Error> {
    let help = "give --client-id, or --code; `tieline keys client` and `tieline keys login-code` make them, where the server is";
    let missing = |why: String| invalid(format!("it is not said who logs in: {why}")).with_help(help);
    let folder = variable("TIELINE_DATA").map_or_else(folders::data, |folder| Ok(PathBuf::from(folder)))?;
    let path = folder.join(CLIENT);
    let text = std::fs::read(&path).map_err(|_| {
        missing(format!("there is no --client-id, and no client of a server here in {}", path.display()))
    })?;
    let client: FirstClient =
        serde_json::from_slice(&text).map_err(|_| missing(format!("{} holds no client", path.display())))?;
    let made_for = server_url(&client.server)?;
    let server = server.unwrap_or(&made_for);
    // The address on this machine may have changed since; a secret of this machine goes to no other.
    if *server != made_for && !is_this_machine(server) {
        return Err(missing(format!("the client in {} is one of {}", path.display(), shown(&made_for))));
    }
    Ok(Settings {
        server: Some(shown(server).to_owned()),
        client_id: Some(client.client_id),
        client_secret: Some(client.client_secret),
        ..Settings::default()
    })
}

fn show() -> Result<(), Stop> {
    let workspace = Settings::workspace(None)?;
    let login = Settings::in_effect()?.login()?;
    output::print_json(&json!({
        "server": shown(&login.server),
        "client_id": login.client_id,
        "client_secret": masked(&login.client_secret),
        "organization_id": login.organization_id,
        "workspace": workspace,
        "settings": Settings::path()?.display().to_string(),
    }))
}
