//! What somebody gives to make a connector: which one, where, and what it signs in with.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use tieline::auth::AccessToken;
use tieline::{Connection, ErrorKind, Problem};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::connections::values;
use crate::definitions::Definition;
use crate::error::{ApiError, FieldError};
use crate::service::Service;
use crate::store::{ConnectorRow, Exposed, NewTokens, Secrets};

/// What an answer shows in place of a value to sign in with.
pub(super) const MASK: &str = "**********";

/// An entity that callers may use.
#[derive(Clone, Debug, Deserialize, serde::Serialize, ToSchema)]
pub(super) struct ExposedEntity {
    /// The entity.
    pub entity: String,
    /// `read`, `write`; both when left out.
    #[serde(default)]
    #[schema(nullable = true)]
    pub modes: Option<Vec<String>>,
}

/// Which connector is meant: exactly one way to say it is enough.
pub(super) struct Meant<'a> {
    pub connector_type: Option<&'a str>,
    pub definition: Option<Uuid>,
    pub template: Option<Uuid>,
}

impl Meant<'_> {
    /// Whether nothing says which.
    pub(super) fn is_nothing(&self) -> bool {
        self.connector_type.is_none() && self.definition.is_none() && self.template.is_none()
    }

    /// The definition; where it is said in several ways, they agree.
    pub(super) fn find(&self, service: &Service) -> Result<Arc<Definition>, ApiError> {
        let definitions = &service.definitions;
        let mut found: Option<&Arc<Definition>> = None;
        let ways = [
            self.connector_type.map(|text| ("connector type", definitions.meant(text))),
            self.definition.map(|id| ("definition", definitions.of_id(id))),
            self.template.map(|id| ("source template", definitions.of_template(id))),
        ];
        for (what, definition) in ways.into_iter().flatten() {
            let Some(definition) = definition else {
                let error = ApiError::not_found(what);
                return Err(error.help(definitions.nearest(self.connector_type.unwrap_or_default())));
            };
            if found.is_some_and(|before| before.id != definition.id) {
                return Err(ApiError::unfit("body", "connector_type, definition_id and source_template_id disagree"));
            }
            found = Some(definition);
        }
        found.cloned().ok_or_else(|| {
            ApiError::unfit("body", "one of connector_type, definition_id and source_template_id is required")
        })
    }
}

/// Values to sign in with and configuration, sorted out.
#[derive(Clone, Default)]
pub(crate) struct Given {
    /// The way to sign in, where it is named.
    pub scheme: Option<String>,
    /// The values to sign in with, by field.
    pub credentials: Map<String, Value>,
    /// Configuration values.
    pub config: Map<String, Value>,
    /// The token that the user's consent gave.
    pub token: Option<AccessToken>,
    /// The tokens that were renewed while the values were tried.
    pub renewed: NewTokens,
    /// The connector that has these values already, and keeps its tokens itself.
    pub row: Option<ConnectorRow>,
}

impl Given {
    /// Sorts out what the peer's clients put into three objects. A configuration value among the credentials is taken as what it is.
    pub(super) fn new(
        definition: &Definition,
        credentials: Option<Map<String, Value>>,
        replication_config: Option<Map<String, Value>>,
        environment: Option<Map<String, Value>>,
    ) -> Result<Self, ApiError> {
        let head = definition.connector.head();
        let mut config = replication_config.unwrap_or_default();
        let nested = match config.remove("credentials") {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => Some(object),
            Some(_) => return Err(ApiError::unfit("replication_config.credentials", "must be an object")),
        };
        config.extend(environment.unwrap_or_default());
        let mut credentials = credentials.or(nested).unwrap_or_default();
        let title = credentials.remove("option_title").or_else(|| credentials.remove("auth_type"));
        let scheme = match title.as_ref().and_then(Value::as_str) {
            None => None,
            Some(title) => {
                let plain = |text: &str| text.to_lowercase();
                let is_meant = |name: &str, scheme: &tieline::auth::Scheme| {
                    plain(name) == plain(title)
                        || scheme.title.as_deref().is_some_and(|known| plain(known) == plain(title))
                };
                let found = head.auth.iter().find(|(name, scheme)| is_meant(name, scheme));
                let (name, _) = found.ok_or_else(|| {
                    let names: Vec<_> = head.auth.keys().map(|name| format!("`{name}`")).collect();
                    ApiError::unfit(
                        "credentials.option_title",
                        format!("there is no such way to sign in; there are {}", names.join(", ")),
                    )
                })?;
                Some(name.clone())
            }
        };
        let misplaced: Vec<_> = credentials
            .keys()
            .filter(|name| !definition.has_field(name) && head.config.contains_key(*name))
            .cloned()
            .collect();
        for name in misplaced {
            if let Some(value) = credentials.remove(&name) {
                config.entry(name).or_insert(value);
            }
        }
        Ok(Self { scheme, credentials, config, ..Self::default() })
    }

    /// What is stored of it.
    pub(crate) fn secrets(&self, definition: &Definition) -> Secrets {
        let (credentials, token) = (self.credentials.clone(), self.token.clone());
        let reach = definition.reach(&self.config);
        let renewed = self.renewed.all().into_iter().map(|(key, token)| (reach.kind(&key), token)).collect();
        Secrets { credentials, token, renewed }
    }

    /// Signs in with what a connector has. It goes where it was given for, and nowhere else.
    ///
    /// # Errors
    /// 422 when the configuration would lead it to another address.
    pub(super) async fn sign_in_as(
        &mut self,
        service: &Service,
        definition: &Definition,
        row: &ConnectorRow,
    ) -> Result<(), ApiError> {
        if definition.reach(&self.config) != definition.reach(&row.config) {
            let message = "leads to another address: give the values to sign in with for it, too";
            return Err(ApiError::unfit("replication_config", message));
        }
        let secrets = service.store.secrets(row).await?;
        self.scheme = row.scheme.clone();
        self.credentials = secrets.credentials;
        self.token = secrets.token;
        self.row = Some(row.clone());
        Ok(())
    }

    /// Takes values that are only masked, as an answer showed them, for no new ones.
    ///
    /// # Errors
    /// 422 when some are masked and some are not.
    pub(super) fn unmask(&mut self, row: &ConnectorRow) -> Result<(), ApiError> {
        let is_mask = |value: &Value| value.as_str() == Some(MASK);
        if !self.credentials.values().any(is_mask) {
            return Ok(());
        }
        let is_unchanged = self.credentials.iter().all(|(name, value)| is_mask(value) && row.fields.contains(name));
        if is_unchanged {
            self.credentials.clear();
            return Ok(());
        }
        let message = "is masked as an answer shows it: give all values, or none";
        Err(ApiError::unfit("credentials", message))
    }

    /// A connection with these values, which no call has used yet.
    ///
    /// # Errors
    /// 400 when they fit no way to sign in, 422 when a configuration value does not fit.
    pub(crate) fn connect(&self, service: &Service, definition: &Definition) -> Result<Connection, ApiError> {
        let mut builder = service.connections.builder(definition).config(self.config.clone());
        // A refresh token may count once: what a connector has is renewed where it keeps it.
        builder = builder.token_store(match &self.row {
            Some(row) => service.connections.tokens(row, definition, &self.config),
            None => Arc::new(self.renewed.clone()),
        });
        if let Some(scheme) = &self.scheme {
            builder = builder.scheme(scheme);
        }
        if let Some(token) = &self.token {
            builder = builder.signed_in(token.clone());
        }
        let connected = values(self.credentials.clone()).and_then(|values| builder.credentials(values).connect());
        connected.map_err(|error| match error.kind() {
            ErrorKind::Credentials => {
                let mut told = ApiError::new(StatusCode::BAD_REQUEST, "credentials", error.message());
                told.help = error.help().map(str::to_owned);
                let problem = |one: &Problem| match definition.has_field(&one.at) || !self.config.contains_key(&one.at)
                {
                    true => FieldError::new(format!("credentials.{}", one.at), &one.message),
                    // What is wrong with the configuration is told beside it.
                    false => FieldError::new(&one.at, &one.message),
                };
                told.errors = error.problems().iter().map(problem).collect();
                told
            }
            _ => error.into(),
        })
    }
}

/// The entities that callers may use, as they are kept.
pub(super) fn exposed(
    definition: &Definition,
    entities: Option<Vec<ExposedEntity>>,
) -> Result<Option<Exposed>, ApiError> {
    let Some(entities) = entities.filter(|entities| !entities.is_empty()) else { return Ok(None) };
    let mut kept = Exposed::new();
    for (number, ExposedEntity { entity, modes }) in entities.into_iter().enumerate() {
        let at = format!("entities.{number}");
        definition.connector.entity(&entity).map_err(|error| ApiError::unfit(&at, error.message()))?;
        if modes.iter().flatten().any(|mode| mode != "read" && mode != "write") {
            return Err(ApiError::unfit(&format!("{at}.modes"), "a mode is `read` or `write`"));
        }
        kept.insert(entity, modes);
    }
    Ok(Some(kept))
}
