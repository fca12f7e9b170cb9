//! A provider over the network: what it says of itself, its keys, and the exchange of a code for an ID token.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tieline::transport::{HttpOptions, HttpTransport, Reach, Transport as _, TransportError};
use tieline::wire::{Body, Request, SignedRequest};
use tokio::sync::Mutex;
use url::form_urlencoded::{Serializer, byte_serialize};
use url::{Host, Url};

use super::OidcError;
use super::id_token::{Key, Unverified};

/// How long an exchange may take.
const LONGEST: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: usize = 1 << 20;
/// How long what a provider says of itself is believed.
const BELIEVED: Duration = Duration::from_secs(3600);
/// How long nobody asks again what could not be read.
const FAILED: Duration = Duration::from_secs(1);
/// How often its keys are read again because a token names another.
const KEYS_READ: Duration = Duration::from_secs(60);

/// What a provider says of itself.
pub(super) struct Found {
    pub authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    /// Whether the secret goes in the body: a header is what all others take.
    posts_secret: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct KeySet {
    /// Read one by one: a key of a kind that is not known here is passed over.
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What it said of itself, or why it did not, and when.
type Said = (Instant, Result<Arc<Found>, OidcError>);

/// A provider.
pub(super) struct Provider {
    issuer: String,
    url: Url,
    client_id: String,
    client_secret: Option<SecretString>,
    transport: HttpTransport,
    found: Mutex<Option<Said>>,
    keys: Mutex<Option<(Instant, Vec<Key>)>>,
}

impl Provider {
    /// Asks nobody yet.
    pub(super) fn new(
        issuer: String,
        client_id: String,
        client_secret: Option<SecretString>,
        http: &HttpOptions,
    ) -> Result<Self, String> {
        let url = Url::parse(&issuer).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
        let url = url.filter(|url| is_sound(url, url)).ok_or_else(|| {
            format!("the issuer must look like https://idp.example.com (http on this machine alone), not `{issuer}`")
        })?;
        if client_id.is_empty() {
            return Err("the client id with which this server is known to the issuer is missing".to_owned());
        }
        // The operator says where it is: perhaps beside this server.
        let http = HttpOptions { reach: Reach::Anywhere, ..http.clone() };
        let transport = HttpTransport::new(&http).map_err(|error| error.message)?;
        Ok(Self { issuer, url, client_id, client_secret, transport, found: Mutex::default(), keys: Default::default() })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What it says of itself.
    pub(super) async fn found(&self) -> Result<Arc<Found>, OidcError> {
        // Held while it is read: others wait for the same.
        let mut known = self.found.lock().await;
        if let Some((at, found)) = &*known
            && at.elapsed() < if found.is_ok() { BELIEVED } else { FAILED }
        {
            return found.clone();
        }
        let found = self.find().await.map(Arc::new);
        *known = Some((Instant::now(), found.clone()));
        found
    }

    async fn find(&self) -> Result<Found, OidcError> {
        let at = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document: Document = self.read(request(Method::GET, self.endpoint(&at)?), "its configuration").await?;
        if document.issuer != self.issuer {
            let message =
                format!("the provider says that it is `{}`, not `{}`", document.issuer.escape_debug(), self.issuer);
            return Err(OidcError::Provider(message));
        }
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.as_ref().is_none_or(|all| all.iter().any(|one| one == method));
        Ok(Found {
            authorization_endpoint: self.endpoint(&document.authorization_endpoint)?,
            token_endpoint: self.endpoint(&document.token_endpoint)?,
            jwks_uri: self.endpoint(&document.jwks_uri)?,
            posts_secret: !takes("client_secret_basic") && takes("client_secret_post"),
        })
    }

    fn endpoint(&self, text: &str) -> Result<Url, OidcError> {
        let url = Url::parse(text).ok().filter(|url| is_sound(url, &self.url));
        url.ok_or_else(|| OidcError::Provider("the provider names an address that is not https".to_owned()))
    }

    /// Exchanges a code for an ID token.
    pub(super) async fn exchange(&self, code: &str, redirect_uri: &str, verifier: &str) -> Result<String, OidcError> {
        let found = self.found().await?;
        let mut request = request(Method::POST, found.token_endpoint.clone());
        let mut pairs = vec![("grant_type", "authorization_code"), ("code", code)];
        pairs.extend([("redirect_uri", redirect_uri), ("code_verifier", verifier)]);
        match &self.client_secret {
            Some(secret) if !found.posts_secret => {
                request.headers.insert(AUTHORIZATION, self.basic(secret)?);
            }
            Some(secret) => {
                pairs.extend([("client_id", self.client_id.as_str()), ("client_secret", secret.expose_secret())]);
            }
            None => pairs.push(("client_id", &self.client_id)),
        }
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Body::bytes(form);
        Ok(self.read::<Tokens>(request, "an ID token").await?.id_token)
    }

    /// The header of RFC 6749, section 2.3.1: each half is encoded first.
    fn basic(&self, secret: &SecretString) -> Result<HeaderValue, OidcError> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(&self.client_id), encoded(secret.expose_secret()));
        let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
            .map_err(|_| OidcError::Provider("the client secret cannot stand in a header".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Whether a key of the provider has signed a token. Keys that are not known yet are read, but not for every token.
    pub(super) async fn has_signed(&self, token: &Unverified) -> Result<bool, OidcError> {
        // Held while they are read: others wait for the same.
        let mut kept = self.keys.lock().await;
        if let Some((at, keys)) = &*kept {
            let key = token.key(keys);
            if key.is_some() || at.elapsed() < KEYS_READ {
                return Ok(key.is_some_and(|key| token.is_signed_by(key)));
            }
        }
        let keys = match self.key_set().await {
            Ok(keys) => keys,
            Err(error) => {
                // Asked again a second later; those that are known count on.
                let known = kept.take().map(|(_, keys)| keys).unwrap_or_default();
                *kept = Instant::now().checked_sub(KEYS_READ - FAILED).map(|at| (at, known));
                return Err(error);
            }
        };
        let is_signed = token.key(&keys).is_some_and(|key| token.is_signed_by(key));
        *kept = Some((Instant::now(), keys));
        Ok(is_signed)
    }

    async fn key_set(&self) -> Result<Vec<Key>, OidcError> {
        let found = self.found().await?;
        let read = self.read::<KeySet>(request(Method::GET, found.jwks_uri.clone()), "its keys").await?;
        Ok(read.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    /// Sends a request, and reads an answer that must be this.
    async fn read<T: DeserializeOwned>(&self, request: Request, what: &str) -> Result<T, OidcError> {
        let failed = |why: &str| OidcError::Provider(format!("the provider does not give {what}: {why}"));
        let exchange = async {
            let answer = self.transport.send(SignedRequest::signed(request)).await?;
            Ok::<_, TransportError>((answer.status, answer.body.collect(LARGEST).await?))
        };
        let exchanged = tokio::time::timeout(LONGEST, exchange).await.map_err(|_| failed("it took too long"))?;
        let (status, body) = exchanged.map_err(|error| failed(&error.message))?;
        let body = body.ok_or_else(|| failed("its answer is too large"))?;
        if status != StatusCode::OK {
            let code = code_of(&body).map(|code| format!(" `{code}`")).unwrap_or_default();
            return Err(failed(&format!("it answers {status}{code}")));
        }
        // What the answer says is not said: it may hold a token.
        serde_json::from_slice(&body).map_err(|_| failed("its answer is something else"))
    }
}

/// A request for JSON.
fn request(method: Method, url: Url) -> Request {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    Request { method, url, headers, body: Body::default() }
}

/// Whether an address of a provider may be called: by https, or on this machine when the issuer is there too.
fn is_sound(url: &Url, issuer: &Url) -> bool {
    let has_user = !url.username().is_empty() || url.password().is_some();
    url.has_host()
        && !has_user
        && match url.scheme() {
            "https" => true,
            "http" => is_local(url) && is_local(issuer),
            _ => false,
        }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The code of an OAuth error: `invalid_client`, say.
fn code_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body.get("error")?.as_str()?;
    super::is_error_code(code).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use axum::{Json, Router};
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_key_that_is_not_known_is_looked_for_once_a_minute() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..]));
        // Each time that they are read, the provider has another key.
        let read = Arc::new(AtomicUsize::new(0));
        let seen = read.clone();
        let keys = move || {
            let kid = seen.fetch_add(1, Ordering::SeqCst).to_string();
            let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y }] });
            async { Json(keys) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (a, t, k) = (format!("{url}/authorize"), format!("{url}/token"), format!("{url}/keys"));
        let document = json!({ "issuer": url, "authorization_endpoint": a, "token_endpoint": t, "jwks_uri": k });
        let found = move || async { Json(document) };
        let router = Router::new().route("/.well-known/openid-configuration", get(found)).route("/keys", get(keys));
        tokio::spawn(async move { axum::serve(listener, router).await });

        let token = |kid: &str| {
            let text = format!("{}.e30", BASE64URL.encode(json!({ "alg": "ES256", "kid": kid }).to_string()));
            let signature = pair.sign(&random, text.as_bytes()).unwrap();
            Unverified::read(&format!("{text}.{}", BASE64URL.encode(signature))).unwrap()
        };
        let provider = Provider::new(url, "c".to_owned(), None, &HttpOptions::default()).unwrap();
        assert!(provider.has_signed(&token("0")).await.unwrap());
        for _ in 0..3 {
            assert!(!provider.has_signed(&token("1")).await.unwrap());
        }
        assert_eq!(read.load(Ordering::SeqCst), 1);
        provider.keys.lock().await.as_mut().unwrap().0 = Instant::now().checked_sub(KEYS_READ).unwrap();
        assert!(provider.has_signed(&token("1")).await.unwrap());
        assert_eq!(read.load(Ordering::SeqCst), 2);
    }
}
