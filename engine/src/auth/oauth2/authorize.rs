//! The user's agreement: where to send them, and what comes back (RFC 6749 section 4.1, RFC 7636).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use indexmap::IndexMap;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::Url;

use crate::auth::browser::asked_at;
use crate::auth::credentials::unfit;
use crate::auth::values::Values;
use crate::auth::{AccessToken, Credentials, Scheme, encoded_secrets};
use crate::error::{Error, ErrorKind};
use crate::wire::SignedRequest;

use super::request::{Presented, client_id, endpoint, token_request};
use super::response::{TokenAnswer, read_token};

/// A sign-in that waits for a user to agree in a browser. [`ConnectionBuilder::authorize`] starts one, and
/// [`ConnectionBuilder::exchange`] ends it, perhaps in another process.
///
/// ```
/// use tieline::auth::{AccessToken, Authorization};
/// use tieline::connect::ConnectionBuilder;
/// use tieline::Error;
///
/// fn send_user(builder: &ConnectionBuilder) -> Result<serde_json::Value, Error> {
///     let waiting = builder.authorize("https://app.example/callback")?;
///     // Redirect the browser, and keep the rest with the user's session:
///     println!("Location: {}", waiting.url());
///     Ok(waiting.to_secret_json())
/// }
///
/// async fn user_came_back(
///     builder: &ConnectionBuilder, kept: &serde_json::Value, came_back: &url::Url,
/// ) -> Result<AccessToken, Error> {
///     builder.exchange(&Authorization::from_secret_json(kept)?, came_back).await
/// }
/// ```
///
/// [`ConnectionBuilder::authorize`]: crate::connect::ConnectionBuilder::authorize
/// [`ConnectionBuilder::exchange`]: crate::connect::ConnectionBuilder::exchange
pub struct Authorization {
    url: Url,
    redirect_uri: String,
    state: String,
    verifier: Option<SecretString>,
}

impl Authorization {
    /// Where a user would be sent, for a page that shows it: the configuration is taken as it is, and nothing is moved to another
    /// server. The state and the PKCE challenge are made from `random`, whose numbers nobody may guess where a user is sent.
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
        let (oauth2, authorize) = asked_at(scheme)?;
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

    /// The same, asked for at another URL.
    pub(crate) fn moved(self, to: impl FnOnce(Url) -> Url) -> Self {
        Self { url: to(self.url), ..self }
    }

    /// Where the user agrees.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The state that comes back with the user: what a server finds this sign-in by.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Everything in it, **secrets in clear text**: `url`, `redirect_uri`, `state`, and `verifier` where PKCE is used.
    ///
    /// For the time until the user comes back: encrypt it, or keep it where only its owner reads, and never log it.
    pub fn to_secret_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("url".to_owned(), self.url.as_str().into());
        json.insert("redirect_uri".to_owned(), self.redirect_uri.as_str().into());
        json.insert("state".to_owned(), self.state.as_str().into());
        if let Some(verifier) = &self.verifier {
            json.insert("verifier".to_owned(), verifier.expose_secret().into());
        }
        Value::Object(json)
    }

    /// The sign-in that [`Authorization::to_secret_json`] wrote.
    ///
    /// # Errors
    /// `credentials` when it did not; the error repeats nothing of it.
    pub fn from_secret_json(json: &Value) -> Result<Self, Error> {
        let text = |key: &str| match json.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.as_str())),
            Some(_) => Err(unreadable(key)),
        };
        let needed = |key: &str| text(key)?.ok_or_else(|| unreadable(key));
        Ok(Self {
            url: Url::parse(needed("url")?).map_err(|_| unreadable("url"))?,
            redirect_uri: needed("redirect_uri")?.to_owned(),
            state: needed("state")?.to_owned(),
            verifier: text("verifier")?.map(SecretString::from),
        })
    }

    /// The code in the URL that the user came back with.
    ///
    /// # Errors
    /// `refused` when the state is not this sign-in's, `unauthorized` when the user or the API said no.
    pub(crate) fn code(&self, came_back: &Url) -> Result<SecretString, Error> {
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
        let code = param("error").map(|code| passed_on(&code, 64));
        let said = param("error_description").map(|said| passed_on(&said, 500)).or_else(|| code.clone());
        let said = said.unwrap_or_else(|| "no code came back".to_owned());
        Err(Error::new(ErrorKind::Unauthorized, format!("the sign-in was not agreed to: {said}")).with_code(code))
    }

    /// The request that exchanges the code for tokens; `rebind` moves its URL where the connection wants it.
    ///
    /// # Errors
    /// `credentials` when the client's id or secret is needed and not given.
    pub(crate) fn request(
        &self,
        values: &Values<'_>,
        code: &SecretString,
        rebind: &dyn Fn(Url) -> Url,
    ) -> Result<SignedRequest, Error> {
        let (oauth2, _) = asked_at(values.scheme)?;
        let (code, verifier) = (code.clone(), self.verifier.clone());
        let presented = Presented::Code { code, redirect_uri: self.redirect_uri.clone(), verifier };
        token_request(oauth2, values, &presented, rebind, 0)
    }

    /// The tokens in the answer to the request with this code.
    ///
    /// # Errors
    /// `unauthorized` when the API refuses, `unexpected_response` when the answer holds no access token. Neither repeats a secret.
    pub(crate) fn read(
        &self,
        values: &Values<'_>,
        code: &SecretString,
        answer: &TokenAnswer<'_>,
    ) -> Result<AccessToken, Error> {
        let (oauth2, _) = asked_at(values.scheme)?;
        let encoded = encoded_secrets(values);
        let sent = self.verifier.iter().chain([code]).map(|secret| secret.expose_secret());
        let sent: Vec<_> = sent.chain(encoded.iter().map(String::as_str)).collect();
        let token = read_token(oauth2, answer, None, &|text| values.credentials.redact(text, &sent));
        token.map_err(|error| match error.code() {
            Some("invalid_grant") => error
                .with_help("start the sign-in again: the code has ended, was used already, or is for another address"),
            _ => error,
        })
    }
}

/// A text of somebody else, safe to show: without control characters, and not longer than this.
fn passed_on(text: &str, limit: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(limit).collect()
}

fn unreadable(key: &str) -> Error {
    Error::new(ErrorKind::Credentials, format!("the kept sign-in cannot be read: `{key}` is not what was written"))
        .with_help("start the sign-in again")
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization({})", self.url.origin().ascii_serialization())
    }
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
    use serde_json::{Value, json};
    use url::Url;

    use super::{Authorization, TokenAnswer, Values, challenge};
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
        let credentials = client();
        let values = Values::of(scheme, &credentials);
        let request = waiting.request(&values, &code, &|url| url).unwrap().open().0;
        assert_eq!(request.url.as_str(), "https://api.notes.example/oauth/token");
        let body: Value = serde_json::from_slice(request.body.as_bytes().unwrap()).unwrap();
        assert_eq!((&body["grant_type"], &body["code"]), (&"authorization_code".into(), &"c-1".into()));
        assert_eq!(body["redirect_uri"], "https://app.example/back?a=b");
        assert_eq!(challenge(body["code_verifier"].as_str().unwrap()), sent["code_challenge"]);
        assert!(!format!("{waiting:?}").contains(body["code_verifier"].as_str().unwrap()));

        let body = br#"{ "access_token": "a-1", "refresh_token": "r-1", "expires_in": 60 }"#;
        let answer = TokenAnswer { status: StatusCode::OK, body, now: 1_000 };
        let token = waiting.read(&values, &code, &answer).unwrap();
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

    #[test]
    fn is_written_and_read_again_as_it_was() {
        let scheme = &schemes(OAUTH_AND_TOKEN)["oauth"];
        let plain = OAUTH_AND_TOKEN.replace("params: { owner: user }", "pkce: false");
        for waiting in [start(scheme, 0), start(&schemes(&plain)["oauth"], 0)] {
            let kept = waiting.to_secret_json();
            let read = Authorization::from_secret_json(&serde_json::from_str(&kept.to_string()).unwrap()).unwrap();
            assert_eq!((read.url(), read.state()), (waiting.url(), waiting.state()));
            assert_eq!(read.to_secret_json(), kept);
            let verifier = |waiting: &Authorization| waiting.verifier.as_ref().map(|v| v.expose_secret().to_owned());
            assert_eq!(verifier(&read), verifier(&waiting));
        }
        let kept = start(scheme, 0).to_secret_json();
        for (key, value) in [
            ("url", json!("no url hush")),
            ("url", json!(null)),
            ("redirect_uri", json!("")),
            ("state", json!({ "hush": 1 })),
            ("verifier", json!(["hush"])),
        ] {
            let mut broken = kept.clone();
            broken[key] = value;
            let error = Authorization::from_secret_json(&broken).unwrap_err();
            assert_eq!(error.message(), format!("the kept sign-in cannot be read: `{key}` is not what was written"));
            assert!(error.kind() == ErrorKind::Credentials && !format!("{error:?}").contains("hush"));
        }
        assert!(Authorization::from_secret_json(&json!("hush")).is_err());
    }
}
