//! OAuth 2.0, for people: where the user agrees, how a code becomes tokens, and what is renewed.

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tieline::auth::{Authorization, ClientAuth, Grant, OAuth2, Scheme, TokenBody};
use tieline::catalog::sign_in::renewed_fields;
use tieline::notation::Template;
use tieline::plan::{Entity, Method, Operation};
use tieline::{Connector, Credentials};

use super::call::Calls;
use super::example;
use crate::docs::markdown::Inline;
use crate::docs::model::{Authorize, Call, OAuth};

/// Where the user comes back to, to show.
const REDIRECT: &str = "https://app.example.com/callback";

/// What is asked about.
pub(super) struct Asked<'a> {
    pub connector: &'a Connector,
    pub scheme: &'a Scheme,
    pub oauth2: &'a OAuth2,
    /// The credentials to show.
    pub values: &'a Map<String, Value>,
}

/// What a page shows of OAuth 2.0.
pub(super) fn describe(asked: &Asked<'_>, calls: &Calls<'_>, entities: &[&Entity]) -> OAuth {
    let Asked { connector, scheme, oauth2, .. } = asked;
    let token = &oauth2.token;
    let grant = oauth2.grant.unwrap_or(Grant::AuthorizationCode);
    let by_code = grant == Grant::AuthorizationCode;
    let renewed = renewed_fields(scheme);
    let mut operations = entities.iter().flat_map(|entity| entity.operations());
    let exchanging = operations.find(|operation| by_code && is_token_request(asked, operation));
    OAuth {
        grant: Inline::of(match grant {
            Grant::AuthorizationCode => "A person agrees in a browser (authorization code, RFC 6749 section 4.1).",
            Grant::ClientCredentials => {
                "The engine obtains the access token by itself, with the client's own id and secret (RFC 6749 section 4.4)."
            }
            Grant::JwtBearer => {
                "The engine obtains the access token by itself, with a JWT that it signs with the service account's key (RFC 7523)."
            }
        }),
        authorize: oauth2.authorize.as_ref().filter(|_| by_code).map(|authorize| Authorize {
            url: filled(asked, &authorize.url),
            params: authorize.params.iter().map(|(name, value)| (name.clone(), filled(asked, value))).collect(),
            pkce: authorize.pkce.unwrap_or(true),
            address: address(asked).unwrap_or_default(),
        }),
        scopes: oauth2.scopes.clone(),
        token_url: filled(asked, &token.url),
        refresh_url: token.refresh_url.as_ref().map(|url| filled(asked, url)),
        client: Inline::of(match token.client.unwrap_or(ClientAuth::Body) {
            ClientAuth::Basic | ClientAuth::Body | ClientAuth::None if grant == Grant::JwtBearer => "with that JWT",
            ClientAuth::Basic => "with HTTP Basic, id and secret of the client",
            ClientAuth::Body => "with `client_id` and `client_secret` in the body",
            ClientAuth::None => "with nothing but its id",
        }),
        exchange: by_code.then(|| exchange(asked)),
        exchange_call: exchanging.map(|operation| exchange_call(operation, calls)),
        exchange_operation: exchanging.map(|operation| calls.places().link(&operation.name())),
        exchange_auth: exchanging
            .and_then(|operation| operation.auth.as_ref())
            .map(|auth| super::operation::sign_in(auth, calls.places())),
        access_token: token.access_token.as_ref().map_or_else(|| "$.access_token".to_owned(), ToString::to_string),
        expires_in: token.expires_in.as_ref().map_or_else(|| "$.expires_in".to_owned(), ToString::to_string),
        renewed_fields: renewed
            .map(|(access, refresh)| access.into_iter().chain([refresh]).collect())
            .unwrap_or_default(),
        credentials_file: format!("{}.json", connector.name()),
    }
}

/// A template with the configuration's values to show; what has none stays as it is written.
fn filled(asked: &Asked<'_>, template: &Template) -> String {
    let value = |name: &str| {
        let (head, name) = (asked.connector.head(), name.strip_prefix("config.")?);
        let value = example::config_value(head, name, head.config.get(name)?);
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    template.render(value).unwrap_or_else(|_| template.to_string())
}

/// The address where the user agrees, as the engine makes it, with words for what must not be guessed.
fn address(asked: &Asked<'_>) -> Option<String> {
    let given = Credentials::from_json(&Value::Object(asked.values.clone())).ok()?;
    let head = asked.connector.head();
    let config = head.config.iter();
    let config = config.map(|(name, value)| (name.clone(), example::config_value(head, name, value))).collect();
    let waiting = Authorization::start(asked.scheme, &given, &config, REDIRECT, || 0).ok()?;
    let parts = waiting.url().as_str().split('&').map(|part| match part.split_once('=') {
        Some(("state", _)) => "state=STATE".to_owned(),
        Some(("code_challenge", _)) => "code_challenge=CODE_CHALLENGE".to_owned(),
        Some(_) | None => part.to_owned(),
    });
    Some(parts.collect::<Vec<_>>().join("&"))
}

/// The request that turns a code into tokens.
fn exchange(asked: &Asked<'_>) -> String {
    let token = &asked.oauth2.token;
    let url = filled(asked, &token.url);
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let client = |name: &str| asked.values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut params = IndexMap::from([
        ("grant_type".to_owned(), "authorization_code".to_owned()),
        ("code".to_owned(), "CODE".to_owned()),
        ("redirect_uri".to_owned(), REDIRECT.to_owned()),
    ]);
    if asked.oauth2.authorize.as_ref().is_some_and(|authorize| authorize.pkce.unwrap_or(true)) {
        params.insert("code_verifier".to_owned(), "CODE_VERIFIER".to_owned());
    }
    let mut text = format!("POST /{path} HTTP/1.1\nHost: {host}\n");
    match token.client.unwrap_or(ClientAuth::Body) {
        ClientAuth::Basic => text.push_str("Authorization: Basic (client id:client secret, in Base64)\n"),
        ClientAuth::Body => {
            params.insert("client_id".to_owned(), client("client_id"));
            params.insert("client_secret".to_owned(), client("client_secret"));
        }
        ClientAuth::None => drop(params.insert("client_id".to_owned(), client("client_id"))),
    }
    params.extend(token.params.iter().map(|(name, value)| (name.clone(), filled(asked, value))));
    for (name, value) in &token.headers {
        let _ = writeln!(text, "{name}: {}", filled(asked, value));
    }
    match token.body.unwrap_or(TokenBody::Form) {
        TokenBody::Json => {
            let body: Map<String, Value> = params.into_iter().map(|(name, value)| (name, value.into())).collect();
            let _ =
                write!(text, "Content-Type: application/json\n\n{}", crate::docs::json::spaced(&Value::Object(body)));
        }
        TokenBody::Form => {
            let pairs = params.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
            let body = pairs.collect::<Vec<_>>().join("&");
            let _ = write!(text, "Content-Type: application/x-www-form-urlencoded\n\n{body}");
        }
    }
    text
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Whether an operation is a request to the token endpoint.
fn is_token_request(asked: &Asked<'_>, operation: &Operation) -> bool {
    let server = operation.server.as_ref().unwrap_or(&asked.connector.head().server);
    let url = format!("{}{}", filled(asked, server).trim_end_matches('/'), operation.path_template());
    operation.method == Method::Post
        && operation.param("code").is_some()
        && url == filled(asked, &asked.oauth2.token.url)
}

fn exchange_call(operation: &Operation, calls: &Calls<'_>) -> Call {
    let values = [("grant_type", "authorization_code"), ("code", "CODE"), ("redirect_uri", REDIRECT)];
    let taken = values.into_iter().filter(|(name, _)| operation.param(name).is_some());
    calls.with_params(operation, taken.map(|(name, value)| (name.to_owned(), value.into())).collect(), None)
}
