//! The token endpoints of the manifest's OAuth 2.0 schemes (RFC 6749), so that tokens can be obtained and renewed.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};
use tieline::auth::{ClientAuth, Grant, OAuth2, Scheme, TokenBody};
use tieline::catalog::origins::is_extract_an_origin;
use tieline::plan::Head;

use crate::draft::put;
use crate::given::form;
use crate::received::Received;
use crate::route::{is_path, path_of};
use crate::sample::{Seed, matching};
use crate::sign_in::basic;

/// How long a token lives, in seconds, where the manifest says how the answer tells it.
const EXPIRES_IN: u64 = 3_600;
/// Where the API is when its token endpoint says so and nothing limits it.
const ORIGIN: &str = "https://mock.example";

/// The tokens that were handed out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: usize,
    /// Refresh tokens that have been used: they are good for one renewal.
    used: HashSet<String>,
}

/// Why no token is handed out (RFC 6749 section 5.2).
#[derive(Debug, PartialEq)]
pub(crate) struct Denied {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) message: String,
}

/// The schemes whose token endpoint a request is for.
pub(crate) fn endpoints<'a>(head: &'a Head, request: &Received) -> Vec<&'a Scheme> {
    if request.method != http::Method::POST {
        return Vec::new();
    }
    let asked = request.segments();
    let is_asked = |oauth: &OAuth2| {
        let urls = std::iter::once(&oauth.token.url).chain(&oauth.token.refresh_url);
        urls.into_iter().any(|url| is_path(&path_of(url), &asked))
    };
    head.auth.values().filter(|scheme| scheme.oauth2.as_deref().is_some_and(is_asked)).collect()
}

impl Tokens {
    /// Hands out tokens for the first scheme that the request fits, into an answer that may hold more.
    ///
    /// # Errors
    /// What is wrong with the request for the first scheme.
    pub(crate) fn grant(
        &mut self,
        head: &Head,
        schemes: &[&Scheme],
        request: &Received,
        seed: Seed,
        body: Value,
    ) -> Result<Value, Denied> {
        let mut first = None;
        for (scheme, oauth) in schemes.iter().filter_map(|scheme| Some((scheme, scheme.oauth2.as_deref()?))) {
            match self.check(scheme, oauth, request) {
                Ok(()) => return Ok(self.issue(head, oauth, seed, body)),
                Err(denied) => drop(first.get_or_insert(denied)),
            }
        }
        Err(first.unwrap_or_else(|| denied("invalid_request", "there is no such token endpoint")))
    }

    /// Checks the client and its grant; a refresh token counts as used afterwards.
    fn check(&mut self, scheme: &Scheme, oauth: &OAuth2, request: &Received) -> Result<(), Denied> {
        let fields = fields(oauth, request)?;
        let field = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let needed = |name: &str| field(name).ok_or_else(|| denied("invalid_request", format!("`{name}` is missing")));
        let grant = oauth.grant.unwrap_or(Grant::AuthorizationCode);
        if grant != Grant::JwtBearer {
            check_client(scheme, oauth, request, &field)?;
        }
        if oauth.token.params.contains_key("grant_type") {
            return Ok(());
        }
        match (grant, needed("grant_type")?) {
            (Grant::AuthorizationCode, "authorization_code") => needed("code").map(drop),
            (Grant::AuthorizationCode, "refresh_token") => {
                if self.used.insert(needed("refresh_token")?.to_owned()) {
                    Ok(())
                } else {
                    Err(denied("invalid_grant", "this refresh token was used before; each is good for one renewal"))
                }
            }
            (Grant::ClientCredentials, "client_credentials") => Ok(()),
            (Grant::JwtBearer, "urn:ietf:params:oauth:grant-type:jwt-bearer") => {
                let is_jwt = needed("assertion")?.split('.').filter(|part| !part.is_empty()).count() == 3;
                is_jwt.then_some(()).ok_or_else(|| denied("invalid_grant", "`assertion` is not a signed JWT"))
            }
            (Grant::AuthorizationCode | Grant::ClientCredentials | Grant::JwtBearer, other) => {
                Err(denied("unsupported_grant_type", format!("`{other}` is not a grant of this endpoint")))
            }
        }
    }

    fn issue(&mut self, head: &Head, oauth: &OAuth2, seed: Seed, mut body: Value) -> Value {
        self.issued += 1;
        let seed = seed.and("token").nth(self.issued);
        if !body.is_object() {
            body = Value::Object(Map::new());
        }
        body["token_type"] = "bearer".into();
        if oauth.grant.unwrap_or(Grant::AuthorizationCode) == Grant::AuthorizationCode {
            body["refresh_token"] = format!("mock-refresh-{}", seed.nth(1).uuid().simple()).into();
        }
        let access_token = format!("mock-access-{}", seed.uuid().simple());
        match &oauth.token.access_token {
            Some(path) => put(&mut body, path.steps(), access_token.into()),
            None => body["access_token"] = access_token.into(),
        }
        if let Some(path) = &oauth.token.expires_in {
            put(&mut body, path.steps(), EXPIRES_IN.into());
        }
        for (name, extract) in &oauth.extract {
            let pattern = extract.pattern.as_ref().map(|pattern| pattern.to_string());
            let text = pattern.and_then(|pattern| matching(&pattern, 0, seed.and(name)));
            let is_origin = is_extract_an_origin(head, name);
            let made_up = || if is_origin { ORIGIN.to_owned() } else { format!("mock-{name}") };
            put(&mut body, extract.from.steps(), text.unwrap_or_else(made_up).into());
        }
        body
    }
}

/// The parameters of a token request, in the encoding that the manifest names.
fn fields(oauth: &OAuth2, request: &Received) -> Result<Map<String, Value>, Denied> {
    let content_type = request.content_type().unwrap_or_default();
    let (wanted, read) = match oauth.token.body.unwrap_or(TokenBody::Form) {
        TokenBody::Form => ("application/x-www-form-urlencoded", Some(form(&request.body))),
        TokenBody::Json => ("application/json", serde_json::from_slice(&request.body).ok()),
    };
    let read = read.filter(|_| content_type == wanted);
    read.ok_or_else(|| denied("invalid_request", format!("the body must be `{wanted}`")))
}

/// Checks that the client says who it is, in the way that the manifest names.
fn check_client<'a>(
    scheme: &Scheme,
    oauth: &OAuth2,
    request: &Received,
    field: &impl Fn(&str) -> Option<&'a str>,
) -> Result<(), Denied> {
    let has_secret =
        oauth.client_secret.is_some() || scheme.fields.get("client_secret").is_some_and(|f| f.is_required());
    let known = match oauth.token.client.unwrap_or(ClientAuth::Body) {
        ClientAuth::Basic => basic(request).is_some_and(|(id, secret)| !id.is_empty() && !secret.is_empty()),
        ClientAuth::Body => field("client_id").is_some() && (!has_secret || field("client_secret").is_some()),
        ClientAuth::None => true,
    };
    let place = match oauth.token.client.unwrap_or(ClientAuth::Body) {
        ClientAuth::Basic => "the header `Authorization: Basic …`",
        ClientAuth::Body => "`client_id` and `client_secret` in the body",
        ClientAuth::None => "nothing",
    };
    let message = format!("the client does not say who it is; {place} is expected");
    let denied = Denied { status: StatusCode::UNAUTHORIZED, error: "invalid_client", message };
    known.then_some(()).ok_or(denied)
}

fn denied(error: &'static str, message: impl Into<String>) -> Denied {
    Denied { status: StatusCode::BAD_REQUEST, error, message: message.into() }
}
