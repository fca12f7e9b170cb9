//! Logging in at an OpenID Connect provider that the operator named: who somebody is, and whether they may.

mod allowed;
mod id_token;
mod provider;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tieline::transport::HttpOptions;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;
use uuid::Uuid;

use crate::service::below;
use crate::settings::OidcSettings;
use crate::store::{Store, StoreError, random_text};

use allowed::Allowed;
use id_token::{Expected, Unverified};
use provider::Provider;

/// Where the provider sends browsers back to.
pub(crate) const CALLBACK: &str = "/login/callback";
/// How many who come back are answered at a time: anybody can come back often.
const PLACES: usize = 8;

/// Why somebody is not logged in. Says no token and no secret.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider is not there, or not what it should be.
    #[error("{0}")]
    Provider(String),
    /// What the provider answered does not count.
    #[error("the ID token does not count: {0}")]
    Token(&'static str),
    /// Somebody is known, and may not.
    #[error("{0}")]
    NotAllowed(&'static str),
}

/// What one sign-in is known by: the browser keeps it until it comes back.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignIn {
    pub state: String,
    nonce: String,
    verifier: String,
}

impl SignIn {
    pub(crate) fn new() -> Result<Self, StoreError> {
        Ok(Self { state: random_text()?, nonce: random_text()?, verifier: random_text()? })
    }
}

/// Whether this is the code of an OAuth error, and nothing that must not be logged.
pub(crate) fn is_error_code(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A provider, and who of its users may log in.
pub(crate) struct Oidc {
    provider: Provider,
    client_id: String,
    redirect_uri: String,
    allowed: Allowed,
    organization: String,
    /// Places for those who come back: the rest waits.
    places: Semaphore,
}

impl Oidc {
    /// Asks nobody yet.
    ///
    /// # Errors
    /// A sentence, when a setting cannot be used.
    pub(crate) fn open(settings: OidcSettings, http: &HttpOptions, public_url: &Url) -> Result<Self, String> {
        let OidcSettings { issuer, client_id, client_secret, organization, allow } = settings;
        Ok(Self {
            provider: Provider::new(issuer, client_id.clone(), client_secret, http)?,
            client_id,
            redirect_uri: below(public_url, CALLBACK),
            allowed: Allowed::read(&allow)?,
            organization,
            places: Semaphore::new(PLACES),
        })
    }

    /// Waits until there is a place for one who comes back.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.places.acquire().await.ok()
    }

    /// What people know the provider by.
    pub(crate) fn host(&self) -> &str {
        self.provider.host()
    }

    /// The provider's page for a sign-in.
    pub(crate) async fn page(&self, sign_in: &SignIn) -> Result<Url, OidcError> {
        let mut url = self.provider.found().await?.authorization_endpoint.clone();
        let challenge = BASE64URL.encode(digest(&SHA256, sign_in.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", "openid email")
            .append_pair("state", &sign_in.state)
            .append_pair("nonce", &sign_in.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Whether an answer that says whose it is (RFC 9207) is this provider's.
    pub(crate) fn is_issuer(&self, issuer: &str) -> bool {
        self.provider.issuer() == issuer
    }

    /// Turns what a browser brought back into the e-mail address of somebody who may log in.
    pub(crate) async fn email(&self, code: &str, sign_in: &SignIn) -> Result<String, OidcError> {
        let token = self.provider.exchange(code, &self.redirect_uri, &sign_in.verifier).await?;
        let token = Unverified::read(&token)?;
        if !self.provider.has_signed(&token).await? {
            return Err(OidcError::Token("no key of the issuer has signed it"));
        }
        let expected = Expected { issuer: self.provider.issuer(), client_id: &self.client_id, nonce: &sign_in.nonce };
        let claims = token.claims(&expected)?;
        self.allowed.email(claims)
    }

    /// The organization that everybody who logs in works in; made when it is not there.
    pub(crate) async fn organization(&self, store: &Store) -> Result<Uuid, StoreError> {
        store.organization_called(&self.organization).await
    }
}
