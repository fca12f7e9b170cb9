//! Whether a request is signed as one of the connector's ways to sign in would sign it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use tieline::auth::{ApiKeyPlace, Scheme};
use tieline::manifest::SchemeChoice;
use tieline::plan::{Head, Operation};

use crate::failure::Failure;
use crate::received::Received;

/// Whether requests must be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignIn {
    /// 401 for what no way to sign in would send. Any credentials will do.
    #[default]
    Required,
    /// Nobody has to sign in.
    Skipped,
}

/// Checks that a request is signed. Any values will do.
///
/// # Errors
/// 401, with the ways to sign in.
pub(crate) fn check(head: &Head, operation: &Operation, request: &Received) -> Result<(), Failure> {
    let ways: Vec<(&String, &Scheme)> = match &operation.auth {
        Some(SchemeChoice::None) => return Ok(()),
        Some(SchemeChoice::Named(name)) => head.auth.iter().filter(|(known, _)| *known == name).collect(),
        None => head.auth.iter().filter(|(_, scheme)| scheme.limited != Some(true)).collect(),
    };
    if ways.is_empty() || ways.iter().any(|(_, scheme)| is_signed(scheme, request)) {
        return Ok(());
    }
    let listed: Vec<_> = ways.iter().map(|(name, scheme)| format!("`{name}` ({})", carrier(scheme))).collect();
    let message = format!("{} is not signed; sign in with {}", operation.name(), listed.join(" or "));
    Err(Failure::new(StatusCode::UNAUTHORIZED, message))
}

fn is_signed(scheme: &Scheme, request: &Received) -> bool {
    let header = |name: &str| request.header(name).is_some_and(|value| !value.trim().is_empty());
    let is_needed = |field: &str| scheme.fields.get(field).is_none_or(|field| field.is_required());
    let mut needed = scheme.headers.iter().filter(|(_, template)| template.names().all(is_needed));
    needed.all(|(name, _)| header(name))
        && (scheme.bearer.is_none() || after_prefix(request, "authorization", "Bearer").is_some())
        && (scheme.basic.is_none() || basic(request).is_some())
        && scheme.oauth2.as_ref().is_none_or(|oauth| {
            let name = oauth.header.as_deref().unwrap_or("authorization");
            after_prefix(request, name, oauth.prefix.as_deref().unwrap_or("Bearer")).is_some()
        })
        && scheme.api_key.as_ref().is_none_or(|key| match key.place {
            ApiKeyPlace::Header => header(&key.name),
            ApiKeyPlace::Query => {
                request.query().iter().any(|(name, value)| *name == *key.name.value && !value.is_empty())
            }
            ApiKeyPlace::Cookie => request.cookie(&key.name).is_some_and(|value| !value.is_empty()),
        })
}

/// What stands in a header after a word such as `Bearer`.
fn after_prefix<'a>(request: &'a Received, header: &str, prefix: &str) -> Option<&'a str> {
    let value = request.header(header)?;
    let (start, rest) = value.split_at_checked(prefix.len())?;
    let rest = if prefix.is_empty() { rest } else { rest.strip_prefix(' ')? }.trim();
    (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
}

/// User name and password of `Authorization: Basic …`.
pub(crate) fn basic(request: &Received) -> Option<(String, String)> {
    let encoded = after_prefix(request, "authorization", "Basic")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

/// What carries the credentials, for people.
fn carrier(scheme: &Scheme) -> String {
    if let Some(key) = &scheme.api_key {
        let place = match key.place {
            ApiKeyPlace::Header => "header",
            ApiKeyPlace::Query => "query parameter",
            ApiKeyPlace::Cookie => "cookie",
        };
        return format!("{place} {}", *key.name);
    }
    if let Some(oauth) = &scheme.oauth2 {
        return format!("header {}", oauth.header.as_deref().unwrap_or("Authorization"));
    }
    if scheme.bearer.is_some() || scheme.basic.is_some() {
        return "header Authorization".to_owned();
    }
    let names: Vec<_> = scheme.headers.keys().map(String::as_str).collect();
    format!("header {}", names.join(" and "))
}
