//! Bearer tokens: short-lived, signed, and complete, so that no database is asked whose they are.
//!
//! A token is a JWT (RFC 7519) with HMAC-SHA-256. It is made and read here alone, so there is one algorithm and nothing to negotiate.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::{SIGNING, Store, StoreError, now};

/// How long an application's token lasts, in seconds.
pub(crate) const APPLICATION_LIFE: i64 = 15 * 60;
/// How long a workspace's token lasts, in seconds.
pub(crate) const SCOPED_LIFE: i64 = 20 * 60;

/// How long the keys are not read again for a key that nobody knows.
const READ_AGAIN: Duration = Duration::from_secs(1);
const ISSUER: &str = "tieline";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    /// The application that it was given to.
    pub sub: Uuid,
    /// The organizations that it reaches.
    pub orgs: Vec<Uuid>,
    /// The workspace that it is confined to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Uuid>,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Claims {
    /// Claims of an application, or of one of its workspaces, from now on.
    pub(crate) fn new(application: Uuid, orgs: Vec<Uuid>, workspace: Option<Uuid>) -> Self {
        let iat = now() / 1000;
        let life = if workspace.is_some() { SCOPED_LIFE } else { APPLICATION_LIFE };
        Self { iss: ISSUER.to_owned(), sub: application, orgs, workspace, iat, exp: iat + life, jti: Uuid::new_v4() }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Signs tokens, and says whether it has signed one.
pub(crate) struct Signer {
    store: Store,
    keys: RwLock<Keys>,
    /// Held while keys are read again: who needs the same waits for it.
    reading: tokio::sync::Mutex<()>,
}

struct Keys {
    /// The one that signs first.
    all: Vec<Arc<SigningKey>>,
    read_at: Instant,
}

struct SigningKey {
    id: String,
    key: hmac::Key,
}

impl Signer {
    /// The keys of the store; the first one is made when there is none.
    pub(crate) async fn open(store: Store) -> Result<Self, StoreError> {
        if store.secret(SIGNING, "current").await?.is_none() {
            store.add_signing_key().await?;
        }
        let all = read(&store).await?;
        let keys = RwLock::new(Keys { all, read_at: Instant::now() });
        Ok(Self { store, keys, reading: tokio::sync::Mutex::default() })
    }

    /// A token that says this.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, StoreError> {
        let key = self.current()?;
        let header = Header { alg: "HS256".to_owned(), typ: "JWT".to_owned(), kid: key.id.clone() };
        let text = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = hmac::sign(&key.key, text.as_bytes());
        Ok(format!("{text}.{}", BASE64URL.encode(signature)))
    }

    /// A text that callers give back as it is, for this purpose and no other.
    pub(crate) fn bound(&self, purpose: &str, text: &str) -> Result<String, StoreError> {
        let mac = hmac::sign(&self.current()?.key, bound_text(purpose, text).as_bytes());
        Ok(format!("{text}.{}", BASE64URL.encode(mac)))
    }

    /// The text that was given out for this purpose; `None` when it was not.
    pub(crate) async fn unbound<'a>(&self, purpose: &str, bound: &'a str) -> Option<&'a str> {
        let (text, mac) = bound.rsplit_once('.')?;
        let mac = BASE64URL.decode(mac).ok()?;
        let whole = bound_text(purpose, text);
        self.find(|key| hmac::verify(&key.key, whole.as_bytes(), &mac).is_ok()).await.map(|_| text)
    }

    /// Reads the keys again: another process may have rotated them.
    pub(crate) async fn refresh(&self) -> Result<(), StoreError> {
        let all = read(&self.store).await?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys { all, read_at: Instant::now() };
        Ok(())
    }

    /// What a token says, if it was signed here and has not ended.
    pub(crate) async fn verify(&self, token: &str) -> Option<Claims> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, claims) = text.split_once('.')?;
        let header: Header = decoded(header)?;
        let key = self.find(|key| key.id == header.kid).await.filter(|_| header.alg == "HS256")?;
        hmac::verify(&key.key, text.as_bytes(), &BASE64URL.decode(signature).ok()?).ok()?;
        let claims: Claims = decoded(claims)?;
        (claims.iss == ISSUER && claims.exp > now() / 1000).then_some(claims)
    }

    /// The key that signs.
    fn current(&self) -> Result<Arc<SigningKey>, StoreError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.all.first().cloned().ok_or_else(|| StoreError::Unreadable("there is no signing key".to_owned()))
    }

    /// The key that is meant. Another process may have made it since the keys were read.
    async fn find(&self, is_meant: impl Fn(&SigningKey) -> bool) -> Option<Arc<SigningKey>> {
        let find = || {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            let found = keys.all.iter().find(|key| is_meant(key)).cloned();
            (found, keys.read_at.elapsed() >= READ_AGAIN)
        };
        if let (Some(found), _) = find() {
            return Some(found);
        }
        let _reading = self.reading.lock().await;
        if let (None, true) = find()
            && let Err(error) = self.refresh().await
        {
            tracing::error!(%error, "the signing keys cannot be read again");
            // Who waits for the same does not try it too.
            self.keys.write().unwrap_or_else(PoisonError::into_inner).read_at = Instant::now();
        }
        find().0
    }
}

/// A token has two dots in it and no line: neither is ever taken for the other.
fn bound_text(purpose: &str, text: &str) -> String {
    format!("{purpose}\n{text}")
}

async fn read(store: &Store) -> Result<Vec<Arc<SigningKey>>, StoreError> {
    let mut keys = Vec::new();
    for kind in ["current", "previous"] {
        let Some(opened) = store.secret(SIGNING, kind).await? else { continue };
        let id = digest(&SHA256, &[b"tieline signing key ".as_slice(), &opened.plain].concat());
        let id = BASE64URL.encode(id.as_ref().split_at(9).0);
        keys.push(Arc::new(SigningKey { id, key: hmac::Key::new(hmac::HMAC_SHA256, &opened.plain) }));
    }
    Ok(keys)
}

fn encoded(part: &impl Serialize) -> String {
    BASE64URL.encode(serde_json::to_vec(part).unwrap_or_default())
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64URL.decode(part).ok()?).ok()
}
