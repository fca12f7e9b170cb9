//! Calls of a server's API. The engine makes them, with a manifest of that API.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tieline::connect::Options;
use tieline::execute::{Data, Download};
use tieline::transport::{HttpTransport, TransportError};
use tieline::{Connection, Connector, Credentials, Error, ErrorKind, Raw, Source};

use url::Url;

use super::answers::Answers;
use super::failure::told;
use super::settings::{Login, Settings, shown};
use crate::network;

const MANIFEST: &str = include_str!("connector.yaml");
/// The longest that a call may take: the server has its own limits, and is asked again only where it says so.
const DEADLINE: Duration = Duration::from_secs(600);

/// A server, and who calls it.
pub(crate) struct Api {
    connection: Connection,
    answers: Arc<Answers>,
    login: Login,
}

/// What an execution gave.
pub(crate) enum Executed {
    /// The API's envelope, in its own bytes.
    Envelope(Download),
    /// A file.
    File(Download),
}

impl Api {
    /// The server that the user is logged in to. Sends nothing.
    ///
    /// # Errors
    /// `unauthorized` when nobody is logged in, `invalid_input` when the settings cannot be used.
    pub(crate) fn open() -> Result<Self, Error> {
        Self::with(Settings::in_effect()?.login()?)
    }

    /// A server. Sends nothing.
    ///
    /// # Errors
    /// `invalid_input` when it cannot be used like this.
    pub(crate) fn with(login: Login) -> Result<Self, Error> {
        let mut values = Map::new();
        values.insert("client_id".to_owned(), login.client_id.as_str().into());
        values.insert("client_secret".to_owned(), login.client_secret.as_str().into());
        Self::signing_in(login, values)
    }

    /// A server to which nobody is logged in yet. Sends nothing.
    ///
    /// # Errors
    /// `invalid_input` when it cannot be used like this.
    pub(crate) fn nobody(server: Url, allow_http: bool) -> Result<Self, Error> {
        let (client_id, client_secret) = (String::new(), String::new());
        Self::signing_in(Login { server, client_id, client_secret, organization_id: None, allow_http }, Map::new())
    }

    fn signing_in(login: Login, values: Map<String, Value>) -> Result<Self, Error> {
        let unusable = |error: TransportError| Error::new(ErrorKind::InvalidInput, error.message);
        let http = HttpTransport::new(&network::options()?).map_err(unusable)?;
        let answers = Arc::new(Answers::new(http));
        let organization = login.organization_id.as_deref().map(|id| ("organization".to_owned(), id.into()));
        let connection = Connection::builder(Arc::new(connector()?))
            .credentials(Credentials::from_json(&Value::Object(values))?)
            .config(organization.into_iter().collect())
            .base_url(login.server.clone())
            .options(Options { deadline: DEADLINE, allow_http: login.allow_http, ..Options::default() })
            .transport(answers.clone())
            .connect()?;
        Ok(Self { connection, answers, login })
    }

    /// The server's URL.
    pub(crate) fn server(&self) -> &str {
        shown(&self.login.server)
    }

    /// Calls an operation, and gives its one record; null where it has none.
    ///
    /// # Errors
    /// What the server said, or why it said nothing.
    pub(crate) async fn ask(&self, entity: &str, action: &str, params: Value) -> Result<Value, Error> {
        self.answers.forget();
        let answer = self.connection.call(entity, action).params(params).execute().await;
        match answer.map_err(|error| self.told(error))?.data {
            Data::Record(record) => Ok(record.to_value()),
            Data::Records(records) => Ok(records.iter().map(Raw::to_value).collect()),
            Data::Nothing | Data::File(_) => Ok(Value::Null),
        }
    }

    /// Calls an operation, and gives all records of its list.
    ///
    /// # Errors
    /// What the server said, or why it said nothing.
    pub(crate) async fn list(&self, entity: &str, params: Value) -> Result<Vec<Value>, Error> {
        self.answers.forget();
        let answer = self.connection.call(entity, "list").params(params).all().execute().await;
        match answer.map_err(|error| self.told(error))?.data {
            Data::Records(records) => Ok(records.iter().map(Raw::to_value).collect()),
            Data::Nothing | Data::Record(_) | Data::File(_) => Ok(Vec::new()),
        }
    }

    /// Executes an operation of a connector. What comes is passed on as it comes.
    ///
    /// # Errors
    /// What the server said, or why it said nothing.
    pub(crate) async fn execute(&self, params: Value) -> Result<Executed, Error> {
        self.answers.forget();
        let download = self.connection.call("connectors", "execute").params(params).download().await;
        let download = download.map_err(|error| match self.told(error) {
            error if error.kind() == ErrorKind::Unauthorized && error.help().is_none() => error.with_help(
                "the API refuses what the connector signs in with; `tieline connectors update` gives it something new",
            ),
            error => error,
        })?;
        Ok(if self.answers.is_file() { Executed::File(download) } else { Executed::Envelope(download) })
    }

    fn told(&self, error: Error) -> Error {
        told(error, self.answers.failure().as_deref(), self.server(), &self.login.client_secret)
    }
}

/// The connector of a server's API.
fn connector() -> Result<Connector, Error> {
    let loaded = Connector::load(&Source::new("hosted/connector.yaml", MANIFEST));
    // A test loads it.
    loaded
        .map(|(connector, _)| connector)
        .map_err(|_| Error::new(ErrorKind::InvalidManifest, "the manifest is damaged"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use tieline::manifest::Place;
    use tieline::plan::Entity;

    use super::*;

    #[test]
    fn the_manifest_says_what_the_servers_own_document_says() {
        let (connector, findings) = Connector::load(&Source::new("connector.yaml", MANIFEST)).unwrap();
        assert_eq!(findings.iter().count(), 0, "{}", findings.render(false));
        let document: Value = serde_json::from_str(&tieline_server::openapi()).unwrap();
        for operation in connector.entities().unwrap().into_iter().flat_map(Entity::operations) {
            let path = operation.path_template();
            let method = operation.method.as_str().to_lowercase();
            let described = &document["paths"][&path][&method];
            assert!(described.is_object(), "{}: there is no {method} {path}", operation.name());
            let body = described["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
            let schema = body.and_then(|reference| document.pointer(reference.trim_start_matches('#')));
            let in_body = schema.and_then(|schema| schema["properties"].as_object()).into_iter().flat_map(Map::keys);
            let declared = described["parameters"].as_array().into_iter().flatten();
            let known: BTreeSet<&str> =
                in_body.map(String::as_str).chain(declared.filter_map(|param| param["name"].as_str())).collect();
            for param in operation.params.iter().filter(|param| param.place != Place::Local) {
                assert!(known.contains(param.wire.as_str()), "{}: `{}` is not known", operation.name(), param.wire);
            }
        }
    }
}
