//! From a request to a signed request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderValue;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use crate::error::{Error, ErrorKind};
use crate::notation::Template;
use crate::wire::{Request, SignedRequest, Trust};

use super::credentials::{SHORTEST_SECRET, unfit};
use super::oauth2::client_basic;
use super::values::{Values, header_name, header_value};
use super::{AccessToken, ApiKey, ApiKeyPlace, Basic, ClientAuth, Credentials, OAuth2, Scheme};

const AUTHORIZATION: &str = "Authorization";
const BASIC: &str = "Basic ";

/// Puts the credentials of a way to sign in onto a request. What an optional field would fill is left out when it is not given.
///
/// # Errors
/// `credentials` when a field that the way needs was not given, or cannot stand where it goes.
pub(crate) fn sign(
    mut request: Request,
    trust: Trust,
    scheme: &Scheme,
    credentials: &Credentials,
    config: &Map<String, Value>,
    token: Option<&AccessToken>,
) -> Result<SignedRequest, Error> {
    without_secrets(&mut request.url, scheme);
    let mut signed = SignedRequest::new(request, trust);
    let values = Values { config: Some(config), token, ..Values::of(scheme, credentials) };
    if let Some(bearer) = &scheme.bearer {
        set_header(&mut signed, AUTHORIZATION, values.header("Bearer ", bearer)?)?;
    }
    if let Some(basic) = &scheme.basic {
        set_header(&mut signed, AUTHORIZATION, basic_header(&values, basic)?)?;
    }
    if let Some(api_key) = &scheme.api_key {
        add_key(&mut signed, &values, api_key)?;
    }
    if let Some(oauth2) = &scheme.oauth2 {
        set_header(&mut signed, token_header(oauth2), Some(token_value(&values, oauth2)?))?;
    }
    for (name, template) in &scheme.headers {
        set_header(&mut signed, name, values.header("", template)?)?;
    }
    Ok(signed)
}

/// Takes the secrets that a way to sign in puts into the query out of a URL.
pub(crate) fn without_secrets(url: &mut Url, scheme: &Scheme) {
    let Some(key) = scheme.api_key.as_ref().filter(|key| key.place == ApiKeyPlace::Query) else { return };
    let Some(query) = url.query() else { return };
    let is_key =
        |pair: &&str| form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, _)| name == **key.name);
    // The other pairs stay as they are written: reading and writing them again could change their escapes.
    let (secret, kept): (Vec<_>, Vec<_>) = query.split('&').partition(is_key);
    if !secret.is_empty() {
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    }
}

/// The headers, query parameters and cookies that [`sign`] would add, each as `(place, name)`.
pub(crate) fn secret_places(
    scheme: &Scheme,
    credentials: &Credentials,
    config: &Map<String, Value>,
) -> Vec<(&'static str, String)> {
    // Whether there is an access token is known only when one is asked for.
    let token = scheme.oauth2.as_ref().map(|_| AccessToken::new("[secret]"));
    let values = Values { config: Some(config), token: token.as_ref(), ..Values::of(scheme, credentials) };
    let is_there = |template: &Template| values.text(template).is_ok_and(|text| text.is_some());
    let mut places = Vec::new();
    if scheme.bearer.as_ref().is_some_and(|bearer| is_there(bearer)) || scheme.basic.is_some() {
        places.push(("header", AUTHORIZATION));
    }
    if let Some(key) = scheme.api_key.as_ref().filter(|key| is_there(&key.value)) {
        places.push((key.place.as_str(), key.name.as_str()));
    }
    if let Some(oauth2) = &scheme.oauth2 {
        places.push(("header", token_header(oauth2)));
    }
    for (name, _) in scheme.headers.iter().filter(|(_, template)| is_there(template)) {
        if !places.iter().any(|(place, other)| *place == "header" && other.eq_ignore_ascii_case(name)) {
            places.push(("header", name));
        }
    }
    places.into_iter().map(|(place, name)| (place, name.to_owned())).collect()
}

/// How secrets look where [`sign`] and token requests encode them, so that they are known again when an API repeats them: user
/// name and password of `Basic`, and the key in a query.
pub(crate) fn encoded_secrets(values: &Values<'_>) -> Vec<String> {
    let basic = values.scheme.basic.as_ref().and_then(|basic| basic_header(values, basic).ok().flatten());
    let oauth2 = values.scheme.oauth2.as_ref().filter(|oauth2| oauth2.token.client == Some(ClientAuth::Basic));
    let client = oauth2.and_then(|oauth2| client_basic(oauth2, values).ok());
    let pair = |header: HeaderValue| header.to_str().ok()?.strip_prefix(BASIC).map(str::to_owned);
    let key = values.scheme.api_key.as_ref().filter(|key| key.place == ApiKeyPlace::Query);
    let key = key.and_then(|key| values.text(&key.value).ok().flatten());
    let key = key.map(|key| form_urlencoded::byte_serialize(key.as_bytes()).collect::<String>());
    let mut encoded: Vec<_> = basic.into_iter().chain(client).filter_map(pair).chain(key).collect();
    encoded.retain(|secret| secret.len() >= SHORTEST_SECRET);
    encoded
}

fn set_header(signed: &mut SignedRequest, name: &str, value: Option<HeaderValue>) -> Result<(), Error> {
    if let Some(value) = value {
        signed.set_secret_header(header_name(name)?, value);
    }
    Ok(())
}

/// `Basic` with user name and password in UTF-8 (RFC 7617); an absent one is empty, and no header when both are.
fn basic_header(values: &Values<'_>, basic: &Basic) -> Result<Option<HeaderValue>, Error> {
    let username = values.text(&basic.username)?;
    let password = basic.password.as_ref().map(|password| values.text(password)).transpose()?.flatten();
    if username.is_none() && password.is_none() {
        return Ok(None);
    }
    let username = username.unwrap_or_default();
    if username.contains(':') {
        return Err(values.blame(&basic.username, "the user name of basic sign-in", |value| !value.contains(':')));
    }
    basic_value(&username, &password.unwrap_or_default()).map(Some)
}

/// `Basic …` of a user name without a colon and a password.
pub(super) fn basic_value(username: &str, password: &str) -> Result<HeaderValue, Error> {
    let encoded = BASE64.encode(format!("{username}:{password}"));
    HeaderValue::try_from(format!("{BASIC}{encoded}"))
        .map_err(|_| Error::new(ErrorKind::Credentials, "user name and password do not fit into a header"))
}

fn add_key(signed: &mut SignedRequest, values: &Values<'_>, key: &ApiKey) -> Result<(), Error> {
    match key.place {
        ApiKeyPlace::Header => set_header(signed, &key.name, values.header("", &key.value)?),
        ApiKeyPlace::Query => {
            if let Some(text) = values.text(&key.value)? {
                signed.add_secret_query(&key.name, &text);
            }
            Ok(())
        }
        ApiKeyPlace::Cookie => {
            let Some(text) = values.text(&key.value)? else { return Ok(()) };
            let blame = || values.blame(&key.value, "a cookie", fits_cookie);
            if !fits_cookie(&text) {
                return Err(blame());
            }
            signed.add_secret_cookie(&format!("{}={text}", *key.name)).map_err(|_| blame())
        }
    }
}

/// Whether a cookie can carry a text unchanged: RFC 6265 section 4.1.1, and the quotes, commas and backslashes that servers take.
fn fits_cookie(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() && c != ';')
}

fn token_header(oauth2: &OAuth2) -> &str {
    oauth2.header.as_deref().unwrap_or(AUTHORIZATION)
}

fn token_value(values: &Values<'_>, oauth2: &OAuth2) -> Result<HeaderValue, Error> {
    let prefix = match oauth2.prefix.as_deref().unwrap_or("Bearer") {
        "" => String::new(),
        prefix => format!("{prefix} "),
    };
    let token = values
        .token
        .ok_or_else(|| unfit("access_token", "there is no access token to sign the request with".to_owned()))?;
    header_value(&prefix, token.access_token.expose_secret())
        .ok_or_else(|| unfit("access_token", "access_token has a character that a header cannot carry".to_owned()))
}

#[cfg(test)]
mod tests;
