//! Token requests: what is presented to the token endpoint, and how (RFC 6749, RFC 7523, RFC 7636).

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use indexmap::IndexMap;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Url, form_urlencoded};

use crate::auth::AccessToken;
use crate::auth::credentials::unfit;
use crate::auth::sign::basic_value;
use crate::auth::values::{Values, header_name};
use crate::error::{Error, ErrorKind};
use crate::notation::Template;
use crate::source::Spanned;
use crate::wire::{Body, Request, SignedRequest, Trust};

use super::{ClientAuth, Grant, OAuth2, TokenBody, jwt};

/// What is presented to the token endpoint in exchange for an access token.
pub(crate) enum Presented {
    /// A refresh token.
    RefreshToken(SecretString),
    /// The client's own id and secret.
    ClientCredentials,
    /// A JWT signed by a service account.
    JwtBearer,
    /// The code of a user who agreed.
    Code {
        /// The code.
        code: SecretString,
        /// Where the user came back to.
        redirect_uri: String,
        /// The PKCE verifier.
        verifier: Option<SecretString>,
    },
}

/// What can be presented to renew an access token; `None` when the user has to sign in again.
pub(crate) fn renewable(oauth2: &OAuth2, values: &Values<'_>, token: Option<&AccessToken>) -> Option<Presented> {
    let given = |template: &Option<Spanned<Template>>, field| values.part(as_template(template), field).ok().flatten();
    match oauth2.grant.unwrap_or(Grant::AuthorizationCode) {
        Grant::AuthorizationCode => {
            let own = token.and_then(|token| token.refresh_token.clone());
            own.or_else(|| given(&oauth2.refresh_token, "refresh_token").map(SecretString::from))
                .map(Presented::RefreshToken)
        }
        Grant::ClientCredentials => given(&oauth2.client_id, "client_id").map(|_| Presented::ClientCredentials),
        Grant::JwtBearer => {
            let key = oauth2.service_account.as_ref().and_then(|key| values.text(key).ok().flatten());
            key.map(|_| Presented::JwtBearer)
        }
    }
}

/// The access token that the user gave, with the refresh token that belongs to it.
///
/// # Errors
/// `credentials` when it is required and not given.
pub(crate) fn given_token(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<AccessToken>, Error> {
    let Some(access_token) = values.part(as_template(&oauth2.access_token), "access_token")? else { return Ok(None) };
    let token = AccessToken::new(access_token);
    let refresh_token = values.part(as_template(&oauth2.refresh_token), "refresh_token")?;
    Ok(Some(refresh_token.into_iter().fold(token, AccessToken::with_refresh_token)))
}

/// A request to the token endpoint; `rebind` moves its URL where the connection wants it. `now` is in seconds since 1970.
///
/// # Errors
/// `credentials` when a value that it needs was not given or cannot be used.
pub(crate) fn token_request(
    oauth2: &OAuth2,
    values: &Values<'_>,
    presented: &Presented,
    rebind: &dyn Fn(Url) -> Url,
    now: i64,
) -> Result<SignedRequest, Error> {
    let url = token_url(oauth2, values, presented)?;
    let mut params = grant_params(oauth2, values, presented, &url, now)?;
    let mut authorization = None;
    match oauth2.token.client.unwrap_or(ClientAuth::Body) {
        ClientAuth::Basic => authorization = Some(client_basic(oauth2, values)?),
        ClientAuth::Body => {
            params.extend(client_id(oauth2, values)?.map(|id| ("client_id".to_owned(), id)));
            params.extend(client_secret(oauth2, values)?.map(|secret| ("client_secret".to_owned(), secret)));
        }
        // RFC 6749 section 4.1.3: a client that does not authenticate names itself with the code.
        ClientAuth::None if matches!(presented, Presented::Code { .. }) => {
            params.extend(client_id(oauth2, values)?.map(|id| ("client_id".to_owned(), id)));
        }
        ClientAuth::None => {}
    }
    for (name, template) in &oauth2.token.params {
        params.extend(values.text(template)?.map(|text| (name.clone(), text)));
    }

    let (content_type, body) = written(oauth2, &params);
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
    ]);
    let request = Request { method: Method::POST, url: rebind(url), headers, body: Body::default() };
    let mut signed = SignedRequest::new(request, Trust::Declared);
    signed.set_secret_body(Body::bytes(body));
    if let Some(value) = authorization {
        signed.set_secret_header(http::header::AUTHORIZATION, value);
    }
    for (name, template) in &oauth2.token.headers {
        if let Some(value) = values.header("", template)? {
            signed.set_secret_header(header_name(name)?, value);
        }
    }
    Ok(signed)
}

/// The token endpoint for what is presented.
///
/// # Errors
/// `invalid_input` when a configuration value in it is missing, `invalid_manifest` when it is no URL.
pub(crate) fn token_url(oauth2: &OAuth2, values: &Values<'_>, presented: &Presented) -> Result<Url, Error> {
    let template = match (presented, &oauth2.token.refresh_url) {
        (Presented::RefreshToken(_), Some(refresh_url)) => refresh_url,
        (
            Presented::RefreshToken(_) | Presented::ClientCredentials | Presented::JwtBearer | Presented::Code { .. },
            _,
        ) => &oauth2.token.url,
    };
    endpoint(values, template, "token")
}

/// The URL of an endpoint, from its template.
pub(super) fn endpoint(values: &Values<'_>, template: &Template, name: &str) -> Result<Url, Error> {
    let text = values.text(template)?.unwrap_or_default();
    Url::parse(&text).map_err(|error| {
        let message = format!("the URL of the {name} endpoint, `{template}`, cannot be used: {error}");
        Error::new(ErrorKind::InvalidManifest, message)
    })
}

fn grant_params(
    oauth2: &OAuth2,
    values: &Values<'_>,
    presented: &Presented,
    url: &Url,
    now: i64,
) -> Result<IndexMap<String, String>, Error> {
    let scope = || (!oauth2.scopes.is_empty()).then(|| ("scope", oauth2.scopes.join(" ")));
    let mut params = Vec::new();
    match presented {
        Presented::RefreshToken(token) => {
            params.push(("grant_type", "refresh_token".to_owned()));
            params.push(("refresh_token", token.expose_secret().to_owned()));
        }
        Presented::ClientCredentials => {
            params.push(("grant_type", "client_credentials".to_owned()));
            params.extend(scope());
        }
        Presented::JwtBearer => {
            params.push(("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned()));
            params.push(("assertion", jwt::assertion(oauth2, values, url, now)?));
        }
        Presented::Code { code, redirect_uri, verifier } => {
            params.push(("grant_type", "authorization_code".to_owned()));
            params.push(("code", code.expose_secret().to_owned()));
            params.push(("redirect_uri", redirect_uri.clone()));
            params.extend(verifier.as_ref().map(|verifier| ("code_verifier", verifier.expose_secret().to_owned())));
        }
    }
    Ok(params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// `Basic` of the client's id and secret, each form-encoded first (RFC 6749 section 2.3.1).
fn client_basic(oauth2: &OAuth2, values: &Values<'_>) -> Result<HeaderValue, Error> {
    let id = client_id(oauth2, values)?;
    let id = id.ok_or_else(|| unfit("client_id", "client_id is required to obtain an access token".to_owned()))?;
    let secret = client_secret(oauth2, values)?.unwrap_or_default();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    basic_value(&encoded(&id), &encoded(&secret))
}

pub(super) fn client_id(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<String>, Error> {
    values.part(as_template(&oauth2.client_id), "client_id")
}

fn client_secret(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<String>, Error> {
    values.part(as_template(&oauth2.client_secret), "client_secret")
}

fn written(oauth2: &OAuth2, params: &IndexMap<String, String>) -> (&'static str, String) {
    match oauth2.token.body.unwrap_or(TokenBody::Form) {
        TokenBody::Form => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
            ("application/x-www-form-urlencoded", form)
        }
        TokenBody::Json => {
            let object: serde_json::Map<_, _> =
                params.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            ("application/json", serde_json::Value::Object(object).to_string())
        }
    }
}

fn as_template(template: &Option<Spanned<Template>>) -> Option<&Template> {
    template.as_deref()
}
