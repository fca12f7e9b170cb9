//! The access token of a connection, renewed at most once for any number of calls that wait for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::Url;

use crate::auth::{
    AccessToken, Credentials, OAuth2, Presented, Scheme, TokenAnswer, Values, assumed, encoded_secrets, given_token,
    read_token, renewable, token_request, token_url,
};
use crate::error::{Error, ErrorKind};
use crate::observe;
use crate::wire::SignedRequest;

use super::{Clock, StoredTokens, TokenStore, seconds};

/// How many seconds before its end an access token is renewed.
const MARGIN: i64 = 60;
/// For how long a refused renewal is not tried again.
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// Sends a token request and gives back the whole answer, within a time limit of its own.
pub(crate) type SendToken =
    Arc<dyn Fn(SignedRequest) -> BoxFuture<'static, Result<(StatusCode, Bytes), Error>> + Send + Sync>;

/// What a session is made of.
pub(crate) struct SessionParts {
    /// The connector's name.
    pub connector: String,
    /// The name of the way to sign in.
    pub scheme_name: String,
    /// The way to sign in.
    pub scheme: Scheme,
    /// What the user gave for it.
    pub credentials: Credentials,
    /// The token that the user's sign-in yielded, with all that came with it.
    pub signed_in: Option<AccessToken>,
    /// Configuration values.
    pub config: Map<String, Value>,
    /// Moves the token endpoint's URL where the connection wants it.
    pub rebind: Arc<dyn Fn(Url) -> Url + Send + Sync>,
    /// Who keeps renewed tokens.
    pub store: Arc<dyn TokenStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who sends token requests.
    pub send: SendToken,
}

/// Hands out the current access token of one way to sign in, and renews it. Clones share everything.
#[derive(Clone)]
pub(crate) struct Session {
    shared: Arc<SharedSession>,
}

struct SharedSession {
    parts: SessionParts,
    key: String,
    /// Values of the token response, as long as none has said them.
    assumed: Map<String, Value>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The token in use.
    current: Option<Current>,
    /// The renewal that is under way.
    renewing: Option<Shared<BoxFuture<'static, Renewed>>>,
    /// A token that came and could not be kept yet.
    unkept: Option<Unkept>,
    /// The renewal that was refused last.
    refused: Option<Refused>,
}

#[derive(Clone)]
struct Current {
    token: AccessToken,
    /// When it should be renewed, in seconds since 1970.
    renew_at: Option<i64>,
}

impl Current {
    /// A token that is renewed `margin` seconds before its end.
    fn new(token: AccessToken, margin: i64) -> Self {
        let renew_at = token.expires_at.map(|end| end.saturating_sub(margin));
        Self { token, renew_at }
    }
}

struct Unkept {
    token: AccessToken,
    /// What the store held before.
    replaces: Option<AccessToken>,
}

struct Refused {
    version: u64,
    at: Instant,
    error: Error,
}

/// The token after a renewal; `None` when nothing can be presented to renew it.
type Renewed = Result<Option<AccessToken>, Error>;

impl Session {
    /// A session; sends nothing.
    ///
    /// # Errors
    /// When the token endpoint's URL needs a configuration value that is not given, or a default does not fit.
    pub(crate) fn new(parts: SessionParts) -> Result<Self, Error> {
        let key = store_key(&parts)?;
        let assumed = parts.scheme.oauth2.as_ref().map(|oauth2| assumed(oauth2, &parts.values())).transpose()?;
        let assumed = assumed.unwrap_or_default();
        Ok(Self { shared: Arc::new(SharedSession { parts, key, assumed, state: Mutex::default() }) })
    }

    /// Values of the token response that templates use, as this token or a default says them.
    pub(crate) fn token_values(&self, token: Option<&AccessToken>) -> Map<String, Value> {
        let said = token.into_iter().flat_map(AccessToken::extracted);
        let mut values = self.shared.assumed.clone();
        values.extend(said.map(|(name, value)| (name.clone(), value.clone())));
        values
    }

    /// The access token to sign a request with, renewed first when there is none or when its end is near. `None`: this way to
    /// sign in has no access tokens.
    ///
    /// # Errors
    /// `credentials` when there is none and nothing to obtain one with; those of the token endpoint and of the token store.
    pub(crate) async fn token(&self) -> Result<Option<AccessToken>, Error> {
        let Some(oauth2) = &self.shared.parts.scheme.oauth2 else { return Ok(None) };
        let current = match self.shared.current() {
            Some(current) => Some(current),
            None => self.shared.first(oauth2).await?,
        };
        let stale = match current {
            Some(current) if !self.shared.is_stale(oauth2, &current) => return Ok(Some(current.token)),
            stale => stale.map(|current| current.token),
        };
        match (self.shared.renewed(oauth2, stale.clone()).await, stale) {
            (Ok(Some(token)), _) => Ok(Some(token)),
            // It cannot be renewed, or not now: it is used for as long as it lasts.
            (Ok(None), Some(stale)) => Ok(Some(stale)),
            (Err(_), Some(stale)) if self.shared.is_usable(oauth2, &stale) => Ok(Some(stale)),
            (Err(error), _) => Err(error),
            (Ok(None), None) => {
                let message = "there is no access token, and nothing to obtain one with";
                Err(Error::new(ErrorKind::Credentials, message)
                    .with_help("give an access token, or a refresh token with the client's id and secret"))
            }
        }
    }

    /// The access token to try once more with, after the API said 401 to `used`. `None`: it cannot be renewed.
    ///
    /// # Errors
    /// Those of the token endpoint and of the token store.
    pub(crate) async fn renew_after_401(&self, used: &AccessToken) -> Result<Option<AccessToken>, Error> {
        match &self.shared.parts.scheme.oauth2 {
            Some(oauth2) => self.shared.renewed(oauth2, Some(used.clone())).await,
            None => Ok(None),
        }
    }
}

/// Connector, way to sign in, a digest of where tokens come from and what is asked for, and one of what the user gave: a token
/// of one server or tenant must never be sent to another.
fn store_key(parts: &SessionParts) -> Result<String, Error> {
    let asked = match &parts.scheme.oauth2 {
        Some(oauth2) => {
            let url = (parts.rebind)(token_url(oauth2, &parts.values(), &Presented::ClientCredentials)?);
            let config = oauth2.config_names().map(|name| (name, parts.config.get(name)));
            serde_json::json!([url.as_str(), oauth2.asked_scopes(), config.collect::<BTreeMap<_, _>>()]).to_string()
        }
        None => String::new(),
    };
    let signed_in = parts.signed_in.as_ref().map_or("", |token| token.access_token.expose_secret());
    let (asked, given) = (Credentials::none().digest(&asked), parts.credentials.digest(signed_in));
    Ok(format!("{}:{}:{asked}:{given}", parts.connector, parts.scheme_name))
}

impl SessionParts {
    fn values(&self) -> Values<'_> {
        Values { config: Some(&self.config), ..Values::of(&self.scheme, &self.credentials) }
    }

    fn now(&self) -> i64 {
        seconds(&*self.clock)
    }
}

impl SharedSession {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Option<Current> {
        self.state().current.clone()
    }

    /// The token at the first use: the store's is newer than what the user gave.
    async fn first(&self, oauth2: &OAuth2) -> Result<Option<Current>, Error> {
        let stored = self.parts.store.load(&self.key).await?.token;
        let token = match stored {
            Some(token) => Some(token),
            None if self.parts.signed_in.is_some() => self.parts.signed_in.clone(),
            None => given_token(oauth2, &self.parts.values())?,
        };
        // Another call may have renewed it while this one was loading.
        let mut state = self.state();
        if state.current.is_none() {
            state.current = token.map(|token| Current::new(token, MARGIN));
        }
        Ok(state.current.clone())
    }

    fn is_stale(&self, oauth2: &OAuth2, current: &Current) -> bool {
        let near_its_end = current.renew_at.is_some_and(|renew_at| self.parts.now() > renew_at);
        near_its_end || self.lacks_values(oauth2, &current.token)
    }

    fn is_usable(&self, oauth2: &OAuth2, token: &AccessToken) -> bool {
        token.expires_at.is_none_or(|end| end > self.parts.now()) && !self.lacks_values(oauth2, token)
    }

    /// Whether later requests need values that did not come with this token, since the user gave it, and that have no default.
    fn lacks_values(&self, oauth2: &OAuth2, token: &AccessToken) -> bool {
        let is_there = |name: &String| token.extracted.contains_key(name) || self.assumed.contains_key(name);
        !oauth2.extract.keys().all(is_there)
    }

    /// A token that replaces `stale`, from the one renewal that everybody waits for.
    fn renewed(self: &Arc<Self>, oauth2: &OAuth2, stale: Option<AccessToken>) -> Shared<BoxFuture<'static, Renewed>> {
        let mut state = self.state();
        let is_other = |current: &Current| stale.as_ref().is_none_or(|stale| !stale.is(&current.token));
        if let Some(current) =
            state.current.as_ref().filter(|current| is_other(current) && !self.is_stale(oauth2, current))
        {
            return futures_util::future::ready(Ok(Some(current.token.clone()))).boxed().shared();
        }
        if let Some(renewing) = &state.renewing {
            return renewing.clone();
        }
        let stale = state.current.as_ref().map(|current| current.token.clone()).or(stale);
        // A task of its own: a token that was received is kept even if every caller has gone away.
        let session = self.clone();
        let task = tokio::spawn(async move {
            let renewed = session.renew(stale).await;
            let mut state = session.state();
            state.renewing = None;
            let current = renewed?;
            let token = current.as_ref().map(|current| current.token.clone());
            state.current = current.or(state.current.take());
            Ok(token)
        });
        let session = self.clone();
        let renewing = async move {
            task.await.unwrap_or_else(|_| {
                session.state().renewing = None;
                Err(Error::new(ErrorKind::Cancelled, "the renewal of the access token was broken off"))
            })
        };
        let renewing = renewing.boxed().shared();
        state.renewing = Some(renewing.clone());
        renewing
    }

    /// Renews under a lease, unless somebody else has: load, ask, keep, and only then use.
    async fn renew(&self, stale: Option<AccessToken>) -> Result<Option<Current>, Error> {
        let Some(oauth2) = &self.parts.scheme.oauth2 else { return Ok(None) };
        let store = &self.parts.store;
        let _lease = store.lease(&self.key).await?;
        let stored = store.load(&self.key).await?;
        if let Some(token) = &stored.token {
            let current = Current::new(token.clone(), MARGIN);
            let is_other = stale.as_ref().is_none_or(|stale| !stale.is(token));
            if is_other && !self.is_stale(oauth2, &current) {
                return Ok(Some(current));
            }
        }
        let token = match self.unkept(stored.token.as_ref()) {
            Some(token) => token,
            None => match self.obtain(oauth2, stored.token.as_ref().or(stale.as_ref()), stored.version).await? {
                Some(token) => token,
                None => return Ok(None),
            },
        };
        self.keep(token, stored).await.map(Some)
    }

    /// The token that came earlier and could not be kept, unless somebody else has kept another since.
    fn unkept(&self, stored: Option<&AccessToken>) -> Option<AccessToken> {
        let unkept = self.state().unkept.take()?;
        (!is_superseded(unkept.replaces.as_ref(), stored)).then_some(unkept.token)
    }

    /// Asks the token endpoint.
    async fn obtain(&self, oauth2: &OAuth2, before: Option<&AccessToken>, version: u64) -> Renewed {
        let parts = &self.parts;
        let values = parts.values();
        let Some(presented) = renewable(oauth2, &values, before) else { return Ok(None) };
        if let Some(error) = self.refused(version) {
            return Err(error);
        }
        let request = token_request(oauth2, &values, &presented, &*parts.rebind, parts.now())?;
        let answer = (parts.send)(request).await;
        let obtained = answer.and_then(|(status, body)| self.read(oauth2, before, &presented, (status, &body)));
        observe::renewed(&parts.connector, &parts.scheme_name, obtained.as_ref().err());
        if let Some(error) = obtained.as_ref().err().filter(|error| error.is_grant_refused()) {
            self.state().refused = Some(Refused { version, at: parts.clock.instant(), error: error.clone() });
            parts.store.refused(&self.key, version, error).await;
        }
        obtained.map(Some)
    }

    /// The token that the token endpoint answered with.
    fn read(
        &self,
        oauth2: &OAuth2,
        before: Option<&AccessToken>,
        presented: &Presented,
        (status, body): (StatusCode, &Bytes),
    ) -> Result<AccessToken, Error> {
        let parts = &self.parts;
        let values = parts.values();
        let refresh_token = match presented {
            Presented::RefreshToken(token) => Some(token.clone()),
            Presented::ClientCredentials | Presented::JwtBearer | Presented::Code { .. } => None,
        };
        let answer = TokenAnswer { status, body, now: parts.now() };
        let before = before.cloned().map(|before| AccessToken { refresh_token: refresh_token.clone(), ..before });
        let before = before.or_else(|| refresh_token.clone().map(only_refresh_token));
        let encoded = encoded_secrets(&values);
        let sent = refresh_token.iter().map(|token| token.expose_secret());
        let sent: Vec<_> = sent.chain(encoded.iter().map(String::as_str)).collect();
        read_token(oauth2, &answer, before.as_ref(), &|text| parts.credentials.redact(text, &sent))
    }

    /// The error of a renewal that was refused a moment ago, if nothing has changed since.
    fn refused(&self, version: u64) -> Option<Error> {
        let now = self.parts.clock.instant();
        let state = self.state();
        let refused = state.refused.as_ref()?;
        (refused.version == version && now.duration_since(refused.at) < REFUSED_FOR).then(|| refused.error.clone())
    }

    /// Commits a token. Where somebody was faster, theirs counts. One that cannot be kept is not thrown away: what it was
    /// obtained with may be worth nothing any more.
    async fn keep(&self, token: AccessToken, before: StoredTokens) -> Result<Current, Error> {
        let current = self.commit(&token, &before).await;
        if current.is_err() {
            self.state().unkept = Some(Unkept { token, replaces: before.token });
        }
        current
    }

    async fn commit(&self, token: &AccessToken, before: &StoredTokens) -> Result<Current, Error> {
        let store = &self.parts.store;
        if !store.commit(&self.key, before.version, token.clone()).await? {
            let now = store.load(&self.key).await?;
            match now.token {
                Some(theirs) if is_superseded(before.token.as_ref(), Some(&theirs)) => {
                    return Ok(Current::new(theirs, MARGIN));
                }
                // Something else has changed in the store: this token is still the newest.
                Some(_) | None => {}
            }
            if !store.commit(&self.key, now.version, token.clone()).await? {
                let message = "the token store refused the renewed access token and keeps no other";
                return Err(Error::new(ErrorKind::Unavailable, message));
            }
        }
        let life = token.expires_at.map_or(i64::MAX, |end| end.saturating_sub(self.parts.now()));
        // A token that lives shorter than twice the margin serves half its life.
        Ok(Current::new(token.clone(), MARGIN.min(life / 2)))
    }
}

/// Whether a store that held `before` holds another token now.
fn is_superseded(before: Option<&AccessToken>, now: Option<&AccessToken>) -> bool {
    now.is_some_and(|now| before.is_none_or(|before| !before.is(now)))
}

/// What is known before the first access token.
fn only_refresh_token(refresh_token: SecretString) -> AccessToken {
    AccessToken { refresh_token: Some(refresh_token), ..AccessToken::new("") }
}

#[cfg(test)]
mod tests;
