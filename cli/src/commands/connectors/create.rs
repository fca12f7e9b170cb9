//! `tieline connectors create`: with credentials, or on the server's page.

use std::convert::Infallible;
use std::str::FromStr;

use clap::{ArgAction, Args};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline::{Error, ErrorKind};

use crate::hosted::api::Api;
use crate::hosted::find::{self, Within};
use crate::hosted::given::{Given, Object, put, required};
use crate::hosted::setup::{SetupArgs, begin};
use crate::stop::{Stop, invalid};
use crate::{output, runtime};

/// What to connect.
#[derive(Args)]
#[command(
    after_help = r#"With credentials the connector is made at once, if the vendor accepts them; `tieline describe NAME`
names what to give. Without, the server's set-up page opens in a browser, and the command waits
until somebody is done there. Where there is no browser, it prints the address.

Examples:
  tieline connectors create --json '{"workspace": "default", "name": "notion"}'
  tieline connectors create --name notion --called "Team wiki" --credentials @notion.json
  tieline connectors create --name notion --no-browser --wait 600"#
)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    given: Given<CreateFields>,
    #[command(flatten)]
    page: SetupArgs,
}

/// The fields of a new connector.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct CreateFields {
    #[command(flatten)]
    #[serde(flatten)]
    within: Within,
    /// What to connect: `notion`
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    values: Values,
    /// Make it without trying the credentials at the vendor's API
    #[arg(long = "no-check", action = ArgAction::SetFalse)]
    #[serde(default = "yes")]
    check: bool,
}

/// What can be said about a connector when it is made and later.
#[derive(Clone, Args, Deserialize)]
pub(super) struct Values {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    called: Option<String>,
    /// The values to sign in with at the vendor's, as a JSON object or a file of it
    #[arg(long, value_name = "JSON|@FILE|-")]
    credentials: Option<Object>,
    /// Configuration values, as a JSON object or a file of it
    #[arg(long, value_name = "JSON|@FILE|-")]
    config: Option<Object>,
    /// The entities that callers may use, each for `read`, `write` or both; none: all
    #[arg(long, value_name = "A,B:read", value_delimiter = ',')]
    entities: Option<Vec<Exposed>>,
}

/// An entity that callers may use.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected a text such as \"users:read\", or an object with \"entity\" and \"modes\"")]
pub(crate) enum Exposed {
    /// `users`, `users:read`.
    Text(String),
    /// As the API has it.
    Object(Map<String, Value>),
}

impl FromStr for Exposed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::Text(text.to_owned()))
    }
}

impl Exposed {
    fn into_value(self) -> Option<Value> {
        match self {
            Self::Text(text) if text.is_empty() => None,
            Self::Text(text) => Some(match text.split_once(':') {
                Some((entity, mode)) => json!({ "entity": entity, "modes": [mode] }),
                None => json!({ "entity": text }),
            }),
            Self::Object(object) => Some(object.into()),
        }
    }
}

pub(super) fn yes() -> bool {
    true
}

impl Values {
    /// Whether nothing is said.
    pub(super) fn are_none(&self) -> bool {
        self.called.is_none() && self.credentials.is_none() && self.config.is_none() && self.entities.is_none()
    }

    /// Whether the vendor may answer otherwise than before.
    pub(super) fn are_about_signing_in(&self) -> bool {
        self.credentials.is_some() || self.config.is_some()
    }

    /// As the API has them.
    ///
    /// # Errors
    /// When a text holds no JSON object.
    pub(super) fn params(self) -> Result<Map<String, Value>, Error> {
        let mut params = Map::new();
        if self.called.as_ref().is_some_and(|called| called.trim().is_empty()) {
            return Err(invalid("`called` must not be empty"));
        }
        put(&mut params, "name", self.called);
        put_given(&mut params, self.credentials.as_ref(), self.config.as_ref())?;
        let entities = self.entities.map(|all| all.into_iter().filter_map(Exposed::into_value).collect::<Vec<_>>());
        put(&mut params, "entities", entities);
        Ok(params)
    }
}

/// Puts in the values to sign in with and those of the configuration, as the API has them.
///
/// # Errors
/// When one of them is no JSON object; `credentials` for the values to sign in with.
pub(super) fn put_given(
    params: &mut Map<String, Value>,
    credentials: Option<&Object>,
    config: Option<&Object>,
) -> Result<(), Error> {
    let credentials = credentials.map(|given| given.read("--credentials", ErrorKind::Credentials)).transpose();
    let credentials = credentials.map_err(|error| {
        error.with_help("give a JSON object or a file of it, --credentials @file; `tieline describe` names the keys")
    })?;
    let config = config.map(|given| given.read("--config", ErrorKind::InvalidInput)).transpose()?;
    put(params, "credentials", credentials);
    put(params, "replication_config", config);
    Ok(())
}

/// Makes it.
pub(super) fn run(args: &CreateArgs) -> Result<(), Stop> {
    let fields = args.given.read()?;
    let name = required("name", fields.name.as_ref())?;
    let workspace = fields.within.name()?;
    let on_page = fields.values.credentials.is_none();
    if on_page && (fields.values.config.is_some() || fields.values.entities.is_some()) {
        let help =
            "without credentials the set-up page asks for the rest; `tieline connectors update` changes it later";
        return Err(invalid("`config` and `entities` need `credentials`").with_help(help).into());
    }
    let called = fields.values.called.clone();
    let mut params = fields.values.params()?;
    let api = Api::open()?;
    let connector = runtime::run(async {
        if !on_page {
            params.insert("workspace_name".to_owned(), workspace.as_str().into());
            params.insert("connector_type".to_owned(), name.as_str().into());
            params.insert("check".to_owned(), fields.check.into());
            let made = api.ask("connectors", "create", params.into()).await;
            return match made {
                // Not the vendor, which may not know what the credentials or the configuration name.
                Err(error) if error.kind() == ErrorKind::NotFound && error.status().is_none() => {
                    // Which of the two is not there?
                    find::workspace_named(&api, &workspace).await?;
                    Err(unknown(&name, &error).into())
                }
                made => Ok(made?),
            };
        }
        let workspace = find::workspace_named(&api, &workspace).await?;
        let mut session = Map::new();
        put(&mut session, "workspace_id", Some(workspace["id"].clone()));
        put(&mut session, "connector_type", Some(name.as_str()));
        put(&mut session, "source_name", called);
        let begun = begin(&api, session.into()).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => unknown(&name, &error),
            _ => error,
        })?;
        let id = begun.wait(&api, &args.page).await?;
        super::read(&api, &id).await
    })?;
    output::print_json(&connector)
}

fn unknown(name: &str, error: &Error) -> Error {
    let unknown = Error::new(ErrorKind::UnknownConnector, format!("the server has no connector `{name}` to connect"))
        .with_request_id(error.request_id().map(str::to_owned));
    match error.help() {
        Some(help) => unknown.with_help(help),
        None => unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_may_be_one_word() {
        let value = |text: &str| Exposed::Text(text.to_owned()).into_value();
        assert_eq!(value("users"), Some(json!({ "entity": "users" })));
        assert_eq!(value("users:read"), Some(json!({ "entity": "users", "modes": ["read"] })));
        assert_eq!(value(""), None);
    }
}
