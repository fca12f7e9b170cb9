//! Signing in through a browser: the user is sent away, comes back with a code, and the code becomes tokens.

use serde_json::{Map, Value};
use url::Url;

use crate::auth::{AccessToken, Authorization, Credentials, Scheme, TokenAnswer, Values, choose_asking};
use crate::build;
use crate::error::Error;

use super::builder::transport;
use super::{ConnectionBuilder, config, seconds, token_endpoint};

/// What a sign-in asks with.
struct Asking<'a> {
    scheme: &'a Scheme,
    credentials: Credentials,
    config: Map<String, Value>,
}

impl Asking<'_> {
    fn values(&self) -> Values<'_> {
        Values { config: Some(&self.config), ..Values::of(self.scheme, &self.credentials) }
    }
}

impl ConnectionBuilder {
    /// Starts a sign-in in the browser, with the way to sign in that is named, or the only one that asks there. Sends nothing:
    /// redirect the user to [`Authorization::url`], and keep the rest until they come back to `redirect_uri`. Of the fields, those
    /// that the sign-in yields need not be given ([`asked_before_browser`](crate::catalog::sign_in::asked_before_browser)).
    ///
    /// # Errors
    /// `credentials` when no way to sign in asks in a browser, or the fields do not fit it; `invalid_input` for a configuration value
    /// that does not fit; `refused` when the browser would be sent to plain http.
    pub fn authorize(&self, redirect_uri: &str) -> Result<Authorization, Error> {
        let Asking { scheme, credentials, config } = self.asking()?;
        let random = || self.clock.random();
        let waiting = Authorization::start(scheme, &credentials, &config, redirect_uri, random)?;
        let waiting = waiting.moved(|url| self.rebound(url));
        self.options.allows(waiting.url())?;
        Ok(waiting)
    }

    /// Ends a sign-in: the tokens for the code in the URL that the user came back with. The code works once, so that the request is
    /// not repeated; keep the tokens at once, and connect with [`signed_in`](Self::signed_in).
    ///
    /// # Errors
    /// `refused` when the URL is not the answer to this sign-in, `unauthorized` when the user or the token endpoint said no;
    /// otherwise those of [`authorize`](Self::authorize), and of a request that is not answered as it should be. None of them holds
    /// a secret.
    pub async fn exchange(&self, waiting: &Authorization, came_back: &Url) -> Result<AccessToken, Error> {
        let code = waiting.code(came_back)?;
        let asking = self.asking()?;
        let request = waiting.request(&asking.values(), &code, &|url| self.rebound(url))?;
        let transport = transport(self.transport.clone())?;
        let send = token_endpoint::sender(transport, self.clock.clone(), self.options.clone());
        let (status, body) = send(request).await?;
        let answer = TokenAnswer { status, body: &body, now: seconds(&*self.clock) };
        waiting.read(&asking.values(), &code, &answer)
    }

    fn asking(&self) -> Result<Asking<'_>, Error> {
        let (head, given) = (self.connector.head(), self.credentials.clone());
        let (_, scheme, credentials) = choose_asking(&head.title, &head.auth, given, self.scheme.as_deref())?;
        let config = config::resolve(head, self.config.clone(), Some(scheme), &credentials, self.clock.now())?;
        Ok(Asking { scheme, credentials, config })
    }

    fn rebound(&self, url: Url) -> Url {
        build::rebound(url, self.rebind.as_ref())
    }
}

#[cfg(test)]
mod tests;
