//! A server: commands of `tieline connectors`, and requests with `curl`. Both can be copied into a POSIX shell.

use serde_json::{Map, Value, json};
use tieline::Connector;
use tieline::auth::Scheme;
use tieline::catalog::sign_in::asked_before_browser;
use tieline::plan::{Answer, Operation};

use super::command_line::{OUTPUT, laid_out_word, word};
use super::describe::{must_be_named, required_config};
use super::example::{config_value, credentials_to_keep};
use super::faces::{Shown, Snippets};

/// Where `tieline serve` listens when nothing says otherwise.
const SERVER: &str = "http://127.0.0.1:8400";
/// The workspace that every organization has.
const WORKSPACE: &str = "default";
/// Where a user's browser goes in the end, to show.
const REDIRECT: &str = "https://app.example.com/connected";
/// What is in a file, to show.
const CONTENT: &str = "Something to send.\n";

/// Makes what the face shows, by the name under which the model holds it.
#[derive(Clone, Copy)]
pub(super) enum Hosted {
    /// Commands: those that make a connector, and that execute.
    Command,
    /// The same as requests.
    Request,
    /// The request that gives the server an OAuth client of the reader's own.
    Client,
    /// The request that begins a user's consent.
    Consent,
}

impl Hosted {
    /// All of them, with their names.
    pub(super) const ALL: [(&str, &dyn Snippets); 4] = [
        ("hosted", &Self::Command),
        ("hosted_request", &Self::Request),
        ("hosted_client", &Self::Client),
        ("hosted_consent", &Self::Consent),
    ];
}

impl Snippets for Hosted {
    fn start(&self, connector: &Connector, _: &Shown<'_>) -> Option<String> {
        match self {
            // The set-up page asks for all there is to give.
            Self::Command if connector.head().auth.values().any(|scheme| scheme.limited != Some(true)) => {
                let which = json!({ "workspace": WORKSPACE, "name": connector.name() });
                Some(with_json("tieline connectors create --json", &which))
            }
            Self::Command => Some(create(connector, "'{}'")),
            Self::Request => Some(post("integrations/connectors", &new(connector, Map::new()))),
            Self::Client | Self::Consent => None,
        }
    }

    fn sign_in(
        &self,
        connector: &Connector,
        name: &str,
        scheme: &Scheme,
        values: &Map<String, Value>,
        _: Option<&Shown<'_>>,
    ) -> Option<String> {
        // It serves no connection of its own.
        if scheme.limited == Some(true) {
            return None;
        }
        match self {
            Self::Command => Some(create(connector, &format!("@{}.json", connector.name()))),
            Self::Request => {
                let is_named = must_be_named(connector, name, values);
                let named = is_named.then(|| ("option_title".to_owned(), name.into()));
                let credentials = named.into_iter().chain(credentials_to_keep(connector.head(), scheme)).collect();
                Some(post("integrations/connectors", &new(connector, credentials)))
            }
            Self::Client => asked(connector, name).map(|asked| {
                let client: Map<String, Value> =
                    values.iter().filter(|(field, _)| asked.contains(&field.as_str())).map(owned).collect();
                let body = json!({ "connector_type": connector.name(), "configuration": client });
                request("-X PUT ", "oauth/credentials", &body)
            }),
            Self::Consent => asked(connector, name).map(|_| {
                let mut body = made_of(connector, needed_in_browser(connector, scheme));
                body.insert("redirect_url".to_owned(), REDIRECT.into());
                post("integrations/connectors/oauth/initiate", &body.into())
            }),
        }
    }

    fn call(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        let Operation { entity, action, internal, answer, .. } = call.operation;
        if *internal {
            return None;
        }
        let mut params = call.params.clone();
        params.extend(call.files.iter().map(|(name, file)| (name.clone(), content(call.operation, name, file))));
        let mut body = Map::from_iter([("entity".to_owned(), entity.as_str().into())]);
        body.insert("action".to_owned(), action.as_str().into());
        if !params.is_empty() {
            body.insert("params".to_owned(), params.into());
        }
        let is_file = matches!(answer, Answer::File(_));
        match self {
            Self::Command => {
                body.shift_insert(0, "name".to_owned(), connector.name().into());
                let command = with_json("tieline connectors execute --json", &body.into());
                Some(command + if is_file { OUTPUT } else { "" })
            }
            Self::Request => {
                let request = post("integrations/connectors/$CONNECTOR/execute", &body.into());
                Some(request + if is_file { " \\\n  -o answer" } else { "" })
            }
            Self::Client | Self::Consent => None,
        }
    }
}

/// The fields that are asked for before a user agrees in a browser, where a server offers that for this way to sign in: for the first
/// of those that could.
fn asked<'a>(connector: &'a Connector, name: &str) -> Option<Vec<&'a str>> {
    let mut ways = connector.head().auth.iter();
    let (first, asked) = ways.find_map(|(name, scheme)| Some((name, asked_before_browser(scheme)?)))?;
    (first == name).then_some(asked)
}

/// The configuration with which a user is sent to the vendor's page and back: what must be given, and what the addresses name.
fn needed_in_browser(connector: &Connector, scheme: &Scheme) -> Map<String, Value> {
    let mut names = Vec::new();
    if let Some(oauth2) = &scheme.oauth2 {
        names.extend(oauth2.token.url.names().chain(oauth2.token.params.values().flat_map(|value| value.names())));
        if let Some(authorize) = &oauth2.authorize {
            names.extend(authorize.url.names().chain(authorize.params.values().flat_map(|value| value.names())));
        }
    }
    let is_named = |name: &str| names.iter().any(|named| named.strip_prefix("config.") == Some(name));
    let head = connector.head();
    let needed = head.config.iter().filter(|(name, value)| value.must_be_given() || is_named(name));
    needed.map(|(name, value)| (name.clone(), config_value(head, name, value))).collect()
}

/// What a new connector is made of, beside what it signs in with.
fn made_of(connector: &Connector, config: Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::from_iter([("workspace_name".to_owned(), WORKSPACE.into())]);
    body.insert("connector_type".to_owned(), connector.name().into());
    if !config.is_empty() {
        body.insert("replication_config".to_owned(), config.into());
    }
    body
}

/// A new connector with these values to sign in with; they are tried where the manifest says how.
fn new(connector: &Connector, credentials: Map<String, Value>) -> Value {
    let mut body = made_of(connector, required_config(connector).collect());
    if !credentials.is_empty() {
        body.insert("credentials".to_owned(), credentials.into());
    }
    if connector.head().check.is_some() {
        body.insert("check".to_owned(), true.into());
    }
    body.into()
}

/// The command that makes a connector with credentials.
fn create(connector: &Connector, credentials: &str) -> String {
    let command = format!("tieline connectors create --name {} --credentials {credentials}", connector.name());
    let config: Map<String, Value> = required_config(connector).collect();
    if config.is_empty() { command } else { with_json(&format!("{command} --config"), &config.into()) }
}

/// A file as JSON has it.
fn content(operation: &Operation, name: &str, file: &str) -> Value {
    let mut content = json!({ "content": CONTENT, "filename": file });
    if operation.param(name).is_some_and(|param| param.base64) {
        content["encoding"] = "text".into();
    }
    content
}

fn with_json(command: &str, value: &Value) -> String {
    format!("{command} {}", word(command, value))
}

fn post(path: &str, body: &Value) -> String {
    request("", path, body)
}

fn request(method: &str, path: &str, body: &Value) -> String {
    let lines = [
        format!("curl {method}{SERVER}/api/v1/{path}"),
        r#"  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'"#.to_owned(),
        format!("  -d {}", laid_out_word(body)),
    ];
    lines.join(" \\\n")
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
