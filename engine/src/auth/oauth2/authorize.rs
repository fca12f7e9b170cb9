//! The user's agreement: where to send them, and what comes back (RFC 6749 section 4.1, RFC 7636).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::StatusCode;
use indexmap::IndexMap;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::Url;

use crate::auth::credentials::unfit;
use crate::auth::values::Values;
use crate::auth::{AccessToken, Credentials, Scheme};
use crate::error::{Error, ErrorKind};
use crate::wire::SignedRequest;

use super::OAuth2;
use super::request::{Presented, client_id, endpoint, token_request};
use super::response::{TokenAnswer, read_token};

/// A sign-in that waits for a user to agree in a browser.
///
/// ```
/// use tieline::auth::{Authorization, Scheme};
/// use tieline::{Credentials, Error};
///
/// fn send_user(scheme: &Scheme, client: &Credentials) -> Result<Authorization, Error> {
///     let random = || uuid_like_randomness();
///     let waiting = Authorization::start(scheme, client, &Default::default(), "https://app.example/callback", random)?;
///     // Keep `waiting` with the user's session, and redirect the browser:
///     println!("Location: {}", waiting.url());
///     Ok(waiting)
/// }
///
/// fn user_came_back(waiting: &Authorization, scheme: &Scheme, client: &Credentials, url: &url::Url) -> Result<(), Error> {
///     let code = waiting.code(url)?; // checks the state
///     let request = waiting.exchange(scheme, client, &Default::default(), code)?;
///     // Send it with a `Transport`, then read the answer: `waiting.read(scheme, client, status, &body, now)`.
///     # drop(request);
///     Ok(())
/// }
/// # fn uuid_like_randomness() -> u64 { 4 }
/// ```
pub struct Authorization {
    url: Url,
    redirect_uri: String,
    state: String,
    verifier: Option<SecretString>,
}

impl Authorization {
    /// Starts a sign-in: the URL where the user agrees, with a state and a PKCE challenge made from `random`, whose numbers
    /// nobody must be able to guess (a [`crate::connect::Clock`] has some).
    ///
    /// # Errors
    /// `credentials` when the way to sign in asks no user, or the client's id is not given.
    pub fn start(
        scheme: &Scheme,
        credentials: &Credentials,
        config: &Map<String, Value>,
        redirect_uri: &str,
        mut random: impl FnMut() -> u64,
    ) -> Result<Self, Error> {
        let values = Values { config: Some(config), ..Values::of(scheme, credentials) };
        let oauth2 = oauth2(scheme)?;
        let authorize = oauth2.authorize.as_ref().ok_or_else(asks_no_user)?;
        let client_id = client_id(oauth2, &values)?
            .ok_or_else(|| unfit("client_id", "client_id is required to sign in".to_owned()))?;
        let state = unguessable(&mut random);
        let verifier = authorize.pkce.unwrap_or(true).then(|| unguessable(&mut random));

        let mut params = IndexMap::from([
            ("response_type", "code".to_owned()),
            ("client_id", client_id),
            ("redirect_uri", redirect_uri.to_owned()),
        ]);
        if !oauth2.scopes.is_empty() {
            params.insert("scope", oauth2.scopes.join(authorize.scope_separator.as_deref().unwrap_or(" ")));
        }
        params.insert("state", state.clone());
        if let Some(verifier) = &verifier {
            params.insert("code_challenge", challenge(verifier));
            params.insert("code_challenge_method", "S256".to_owned());
        }
        for (name, template) in &authorize.params {
            params.extend(values.text(template)?.map(|text| (name.as_str(), text)));
        }
        let mut url = endpoint(&values, &authorize.url, "authorization")?;
        url.query_pairs_mut().extend_pairs(params);
        Ok(Self { url, redirect_uri: redirect_uri.to_owned(), state, verifier: verifier.map(SecretString::from) })
    }

    /// Where the user agrees.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The state that comes back with the user: what a server finds this sign-in by.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The code in the URL that the user came back with.
    ///
    /// # Errors
    /// `refused` when the state is not this sign-in's, `unauthorized` when the user or the API said no.
    pub fn code(&self, came_back: &Url) -> Result<SecretString, Error> {
        let param =
            |name: &str| came_back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if param("state").as_deref() != Some(self.state.as_str()) {
            let message = "the state that came back is not the one that was sent";
            return Err(Error::new(ErrorKind::Refused, message)
                .with_help("start the sign-in again; if nobody started one, somebody may have forged this request"));
        }
        if let Some(code) = param("code").filter(|code| !code.is_empty()) {
            return Ok(SecretString::from(code));
        }
        let code = param("error");
        let said =
            param("error_description").or_else(|| code.clone()).unwrap_or_else(|| "no code came back".to_owned());
        Err(Error::new(ErrorKind::Unauthorized, format!("the sign-in was not agreed to: {said}")).with_code(code))
    }

    /// The request that exchanges the code for tokens. Send it with a [`crate::transport::Transport`] and give the answer to
    /// [`Authorization::read`].
    ///
    /// # Errors
    /// `credentials` when the client's id or secret is needed and not given.
    pub fn exchange(
        &self,
        scheme: &Scheme,
        credentials: &Credentials,
        config: &Map<String, Value>,
        code: SecretString,
    ) -> Result<SignedRequest, Error> {
        let values = Values { config: Some(config), ..Values::of(scheme, credentials) };
        let presented =
            Presented::Code { code, redirect_uri: self.redirect_uri.clone(), verifier: self.verifier.clone() };
        token_request(oauth2(scheme)?, &values, &presented, &|url| url, 0)
    }

    /// The tokens in the answer to [`Authorization::exchange`]; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// `unauthorized` when the API refuses, `unexpected_response` when the answer holds no access token.
    pub fn read(
        &self,
        scheme: &Scheme,
        credentials: &Credentials,
        status: StatusCode,
        body: &[u8],
        now: i64,
    ) -> Result<AccessToken, Error> {
        let verifier: Vec<_> = self.verifier.iter().map(|verifier| verifier.expose_secret()).collect();
        let redact = |text: &str| credentials.redact(text, &verifier);
        read_token(oauth2(scheme)?, &TokenAnswer { status, body, now }, None, &redact)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization({})", self.url.origin().ascii_serialization())
    }
}

fn oauth2(scheme: &Scheme) -> Result<&OAuth2, Error> {
    scheme.oauth2.as_deref().ok_or_else(asks_no_user)
}

fn asks_no_user() -> Error {
    Error::new(ErrorKind::Credentials, "this way to sign in does not ask a user in a browser")
        .with_help("choose one that has `oauth2` with `authorize`")
}

/// 43 characters that nobody can guess.
fn unguessable(random: &mut impl FnMut() -> u64) -> String {
    // Hashed, because a random number may have fixed bits; six of them hold more than the 256 bits that come out.
    let bytes: Vec<u8> = (0..6).flat_map(|_| random().to_be_bytes()).collect();
    BASE64URL.encode(digest(&SHA256, &bytes))
}

/// The S256 challenge of a PKCE verifier (RFC 7636 section 4.2).
fn challenge(verifier: &str) -> String {
    BASE64URL.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use http::StatusCode;
    use secrecy::ExposeSecret as _;
    use serde_json::Value;
    use url::Url;

    use super::{Authorization, challenge};
    use crate::auth::testing::{OAUTH_AND_TOKEN, given, schemes};
    use crate::auth::{Credentials, Scheme};
    use crate::error::ErrorKind;

    fn client() -> Credentials {
        given(&[("client_id", "id 1"), ("client_secret", "secret-1")])
    }

    fn start(scheme: &Scheme, seed: u64) -> Authorization {
        let mut number = seed;
        let random = move || {
            number += 1;
            number
        };
        Authorization::start(scheme, &client(), &Default::default(), "https://app.example/back?a=b", random).unwrap()
    }

    fn params(url: &Url) -> HashMap<String, String> {
        url.query_pairs().into_owned().collect()
    }

    #[test]
    fn challenges_as_rfc_7636_appendix_b_does() {
        let challenge = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn sends_the_user_and_exchanges_the_code() {
        let scheme = &schemes(OAUTH_AND_TOKEN)["oauth"];
        let waiting = start(scheme, 0);
        let url = waiting.url();
        assert!(
            url.as_str().starts_with("https://api.notes.example/oauth/authorize?response_type=code&client_id=id+1&")
        );
        let sent = params(url);
        assert_eq!(sent["redirect_uri"], "https://app.example/back?a=b");
        assert_eq!((&*sent["owner"], &*sent["code_challenge_method"]), ("user", "S256"));
        assert_eq!((&*sent["state"], sent["state"].len()), (waiting.state(), 43));
        assert!(!sent.contains_key("scope") && !url.as_str().contains("secret-1"));
        assert_ne!(sent["state"], start(scheme, 100).state());

        let back = format!("https://app.example/back?a=b&code=c-1&state={}", waiting.state()).parse().unwrap();
        let code = waiting.code(&back).unwrap();
        let request = waiting.exchange(scheme, &client(), &Default::default(), code).unwrap().open().0;
        assert_eq!(request.url.as_str(), "https://api.notes.example/oauth/token");
        let body: Value = serde_json::from_slice(request.body.as_bytes().unwrap()).unwrap();
        assert_eq!((&body["grant_type"], &body["code"]), (&"authorization_code".into(), &"c-1".into()));
        assert_eq!(body["redirect_uri"], "https://app.example/back?a=b");
        assert_eq!(challenge(body["code_verifier"].as_str().unwrap()), sent["code_challenge"]);
        assert!(!format!("{waiting:?}").contains(body["code_verifier"].as_str().unwrap()));

        let answer = br#"{ "access_token": "a-1", "refresh_token": "r-1", "expires_in": 60 }"#;
        let token = waiting.read(scheme, &client(), StatusCode::OK, answer, 1_000).unwrap();
        assert_eq!((token.access_token.expose_secret(), token.expires_at()), ("a-1", Some(1_060)));
    }

    #[test]
    fn asks_for_scopes_with_the_separator_of_the_api_and_without_pkce() {
        let auth = OAUTH_AND_TOKEN
            .replace("params: { owner: user }", r#"pkce: false, scope_separator: ",""#)
            .replace("  oauth2:\n", "  oauth2:\n    scopes: [read, write]\n");
        let url = start(&schemes(&auth)["oauth"], 0).url().clone();
        assert_eq!(params(&url)["scope"], "read,write");
        assert!(!url.as_str().contains("challenge"));
    }

    #[test]
    fn takes_a_code_only_with_its_own_state() {
        let schemes = schemes(OAUTH_AND_TOKEN);
        let waiting = start(&schemes["oauth"], 0);
        let came_back = |query: &str| waiting.code(&format!("https://app.example/?{query}").parse().unwrap());
        let state = waiting.state();
        assert_eq!(came_back("code=c-1&state=other").unwrap_err().kind(), ErrorKind::Refused);
        assert_eq!(came_back("code=c-1").unwrap_err().kind(), ErrorKind::Refused);
        let denied = came_back(&format!("error=access_denied&error_description=Not+now&state={state}")).unwrap_err();
        assert_eq!((denied.kind(), denied.code()), (ErrorKind::Unauthorized, Some("access_denied")));
        assert_eq!(denied.message(), "the sign-in was not agreed to: Not now");
        let started =
            Authorization::start(&schemes["token"], &client(), &Default::default(), "https://a.example", || 4);
        assert_eq!(started.unwrap_err().message(), "this way to sign in does not ask a user in a browser");
        let started =
            Authorization::start(&schemes["oauth"], &given(&[]), &Default::default(), "https://a.example", || 4);
        assert_eq!(started.unwrap_err().message(), "client_id is required");
    }
}
