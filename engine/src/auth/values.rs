//! What the templates of a way to sign in are filled with.

use std::borrow::Cow;

use http::HeaderValue;
use http::header::HeaderName;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem};
use crate::notation::{Template, UrlFault};

use super::credentials::unfit;
use super::{AccessToken, Credentials, Scheme};

/// The values that `${name}` has in a way to sign in: fields, `config.name` where configuration is at hand, and `access_token`.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    /// The way to sign in.
    pub scheme: &'a Scheme,
    /// What the user gave.
    pub credentials: &'a Credentials,
    /// Configuration values: `${config.name}`.
    pub config: Option<&'a Map<String, Value>>,
    /// The current access token: `${access_token}`.
    pub token: Option<&'a AccessToken>,
}

impl<'a> Values<'a> {
    /// Fields alone.
    pub(crate) fn of(scheme: &'a Scheme, credentials: &'a Credentials) -> Self {
        Self { scheme, credentials, config: None, token: None }
    }

    /// The text of a template; `None` when an optional value in it is absent.
    ///
    /// # Errors
    /// When a value that is needed is absent.
    pub(crate) fn text(&self, template: &Template) -> Result<Option<String>, Error> {
        match template.render(|name| self.value(name)) {
            Ok(text) => Ok(Some(text)),
            Err(name) => self.absent(name),
        }
    }

    /// The value of a template of the OAuth 2.0 declaration, or else of the field that stands for it; `None` when absent or empty.
    ///
    /// # Errors
    /// When a value that is needed is absent.
    pub(crate) fn part(&self, template: Option<&Template>, field: &str) -> Result<Option<String>, Error> {
        let text = match (template, self.value(field)) {
            (Some(template), _) => self.text(template)?,
            (None, Some(value)) => Some(value.into_owned()),
            (None, None) if self.scheme.fields.contains_key(field) => self.absent(field)?,
            (None, None) => None,
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The text of a URL, in which every value stays where the template has it.
    ///
    /// # Errors
    /// When a value is absent, or cannot stand where it does.
    pub(crate) fn url(&self, template: &Template) -> Result<String, Error> {
        let value = |name: &str| self.value(name).map(Cow::into_owned);
        let is_listed = |name: &str| self.scheme.fields.get(name).is_some_and(|field| !field.choices.is_empty());
        template.render_url(value, is_listed).map_err(|fault| match fault {
            UrlFault::Missing(name) => missing(name),
            UrlFault::Misplaced(name, message) => match name.strip_prefix("config.") {
                Some(config) => Error::new(ErrorKind::InvalidInput, format!("the value of `{name}` {message}"))
                    .with_problems(vec![Problem { at: config.to_owned(), message: message.to_owned() }]),
                None => unfit(name, format!("{name} {message}")),
            },
        })
    }

    /// The value of a header: `before`, then the text of the template.
    ///
    /// # Errors
    /// When a value that is needed is absent, or cannot stand in a header.
    pub(crate) fn header(&self, before: &str, template: &Template) -> Result<Option<HeaderValue>, Error> {
        let Some(text) = self.text(template)? else { return Ok(None) };
        header_value(before, &text).map(Some).ok_or_else(|| self.blame(template, "a header", fits_header))
    }

    /// The error for the first value of a template that does not fit where it goes.
    pub(crate) fn blame(&self, template: &Template, place: &str, fits: fn(&str) -> bool) -> Error {
        let misfit = |name: &&str| self.value(name).is_some_and(|value| !fits(&value));
        match template.names().find(misfit) {
            Some(name) => unfit(name, format!("{name} has a character that {place} cannot carry")),
            None => Error::new(ErrorKind::Credentials, format!("the credentials do not fit into {place}")),
        }
    }

    /// The value of a name; `None` when it is absent.
    pub(crate) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        if let Some(token) = self.token.filter(|_| name == "access_token") {
            return Some(token.access_token.expose_secret().into());
        }
        if let Some(name) = name.strip_prefix("config.") {
            return self.config?.get(name).map(|value| match value {
                Value::String(text) => text.as_str().into(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    value.to_string().into()
                }
            });
        }
        let default = || self.scheme.fields.get(name)?.default.as_deref();
        self.credentials.expose(name).or_else(default).map(Cow::from)
    }

    /// What it means that a value is not there.
    fn absent(&self, name: &str) -> Result<Option<String>, Error> {
        if self.scheme.fields.get(name).is_some_and(|field| !field.is_required()) {
            return Ok(None);
        }
        Err(missing(name))
    }
}

/// The error for a value that is needed and absent.
fn missing(name: &str) -> Error {
    match name.strip_prefix("config.") {
        Some(name) => Error::new(
            ErrorKind::InvalidInput,
            format!("the configuration value `{name}` is needed to sign in, and is not given"),
        ),
        None => unfit(name, format!("{name} is required")),
    }
}

/// Whether a header can carry a text unchanged (RFC 9110 section 5.5).
fn fits_header(text: &str) -> bool {
    text.trim() == text && text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

/// The value of a header: `before`, then `text`; `None` when a header cannot carry it.
pub(crate) fn header_value(before: &str, text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from([before, text].concat()).ok().filter(|_| fits_header(text))
}

/// A header name from a manifest.
///
/// # Errors
/// `invalid_manifest` when it is none.
pub(crate) fn header_name(name: &str) -> Result<HeaderName, Error> {
    HeaderName::try_from(name)
        .map_err(|_| Error::new(ErrorKind::InvalidManifest, format!("`{name}` is not the name of a header")))
}
