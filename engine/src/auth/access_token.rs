//! An access token with what came with it.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};

/// An access token with what came with it. Never printed; a token store writes and reads it with
/// [`AccessToken::to_secret_json`] and [`AccessToken::from_secret_json`].
#[derive(Clone)]
pub struct AccessToken {
    /// The token.
    pub(crate) access_token: SecretString,
    /// The refresh token that renews it.
    pub(crate) refresh_token: Option<SecretString>,
    /// When it ends, in seconds since 1970, where that is known.
    pub(crate) expires_at: Option<i64>,
    /// Values of the token response: `${token.name}`.
    pub(crate) extracted: Map<String, Value>,
}

impl AccessToken {
    /// An access token about which nothing else is known.
    pub fn new(access_token: impl Into<String>) -> Self {
        Self {
            access_token: SecretString::from(access_token.into()),
            refresh_token: None,
            expires_at: None,
            extracted: Map::new(),
        }
    }

    /// Adds the refresh token that renews it.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: impl Into<String>) -> Self {
        self.refresh_token = Some(SecretString::from(refresh_token.into()));
        self
    }

    /// Adds when it ends, in seconds since 1970.
    #[must_use]
    pub fn with_expiry(mut self, expires_at: i64) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// Values of the token response: `${token.name}`.
    pub(crate) fn extracted(&self) -> &Map<String, Value> {
        &self.extracted
    }

    /// When it ends, in seconds since 1970, where that is known.
    pub fn expires_at(&self) -> Option<i64> {
        self.expires_at
    }

    /// Whether it can be renewed with a refresh token of its own.
    pub fn has_refresh_token(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// Everything in it, **secrets in clear text**: `access_token`, and `refresh_token`, `expires_at`, `extracted` where known.
    ///
    /// For a token store alone: encrypt it, or keep it where only its owner reads, and never log it.
    ///
    /// ```
    /// use tieline::auth::AccessToken;
    ///
    /// # fn main() -> Result<(), tieline::Error> {
    /// let token = AccessToken::new("a-1").with_refresh_token("r-1").with_expiry(1_900_000_000);
    /// let kept = token.to_secret_json();
    /// assert_eq!(kept["refresh_token"], "r-1");
    ///
    /// let token = AccessToken::from_secret_json(&kept)?;
    /// assert_eq!(token.expires_at(), Some(1_900_000_000));
    /// assert!(!format!("{token:?}").contains("a-1"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_secret_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("access_token".to_owned(), self.access_token.expose_secret().into());
        if let Some(refresh_token) = &self.refresh_token {
            json.insert("refresh_token".to_owned(), refresh_token.expose_secret().into());
        }
        if let Some(expires_at) = self.expires_at {
            json.insert("expires_at".to_owned(), expires_at.into());
        }
        if !self.extracted.is_empty() {
            json.insert("extracted".to_owned(), self.extracted.clone().into());
        }
        Value::Object(json)
    }

    /// The token that [`AccessToken::to_secret_json`] wrote.
    ///
    /// # Errors
    /// `credentials` when it did not; the error repeats nothing of it.
    pub fn from_secret_json(json: &Value) -> Result<Self, Error> {
        let text = |key: &str| match json.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(SecretString::from(text.as_str()))),
            Some(_) => Err(unreadable(key)),
        };
        Ok(Self {
            access_token: text("access_token")?.ok_or_else(|| unreadable("access_token"))?,
            refresh_token: text("refresh_token")?,
            expires_at: match json.get("expires_at") {
                None | Some(Value::Null) => None,
                Some(value) => Some(value.as_i64().ok_or_else(|| unreadable("expires_at"))?),
            },
            extracted: match json.get("extracted") {
                None | Some(Value::Null) => Map::new(),
                Some(value) => value.as_object().cloned().ok_or_else(|| unreadable("extracted"))?,
            },
        })
    }

    /// Whether both are the same access token.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.access_token.expose_secret() == other.access_token.expose_secret()
    }
}

fn unreadable(key: &str) -> Error {
    Error::new(ErrorKind::Credentials, format!("the kept access token cannot be read: `{key}` is not what was written"))
        .with_help("remove it from the token store, and sign in again if that does not help")
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = format_args!("[secret]");
        f.debug_struct("AccessToken")
            .field("access_token", &secret)
            .field("refresh_token", &self.refresh_token.as_ref().map(|_| secret))
            .field("expires_at", &self.expires_at)
            .field("extracted", &self.extracted.keys().collect::<Vec<_>>())
            .finish()
    }
}
