//! Logging in at a provider: the way to its page and back, bound to one browser, and good for one return.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::oidc::{Oidc, OidcError, SignIn, is_error_code};
use crate::service::Service;
use crate::store::{Login, now};

use super::browser;
use super::login::{GRANT_LIFE, Waiting};
use super::notice::{Notice, Stop};
use super::page::leave;
use super::sent::Sent;

/// How long somebody has to sign in, in milliseconds.
const SIGN_IN_LIFE: i64 = 10 * 60 * 1000;
/// The longest cookie that is set; browsers keep 4096 bytes, with the name.
const COOKIE: usize = 3500;

/// What a cookie is bound to.
const PURPOSE: &str = "sign in";

/// What a browser keeps while somebody signs in, bound so that nobody makes one: nothing of it is a secret from them. Nothing is kept
/// here for who has only begun, so that nobody keeps others out by beginning often.
#[derive(Serialize, Deserialize)]
struct Begun {
    sign_in: SignIn,
    /// Who waits for them.
    waiting: String,
    /// Until when it counts, in milliseconds since 1970.
    until: i64,
}

/// With its prefix, a browser lets no other host and no plain http set the cookie.
fn name(service: &Service) -> &'static str {
    if service.public_url.scheme() == "https" { "__Host-tieline-login" } else { "tieline-login" }
}

/// The page, with the cookie set to this for so many seconds.
fn keeping(service: &Service, mut response: Response, value: &str, seconds: i64) -> Response {
    let secure = if service.public_url.scheme() == "https" { "; Secure" } else { "" };
    // It comes back from the provider's page with a top-level navigation, so it is `Lax`.
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", name(service));
    match HeaderValue::from_str(&cookie) {
        Ok(mut cookie) => {
            cookie.set_sensitive(true);
            response.headers_mut().append(SET_COOKIE, cookie);
            response
        }
        Err(_) => response,
    }
}

/// Sends somebody to the provider's page.
pub(super) async fn start(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Stop> {
    browser::must_be_own(&service, &headers)?;
    let oidc = service.oidc.as_ref().ok_or(Notice::SignInLost)?;
    let waiting = Waiting::read(&Sent::read(&body)).ok_or(Notice::NoProgram)?;
    let begun = Begun { sign_in: SignIn::new()?, waiting: waiting.query(), until: now() + SIGN_IN_LIFE };
    let url = oidc.page(&begun.sign_in).await.map_err(|error| failed(&error))?;
    let cookie = service.signer.bound(PURPOSE, &BASE64URL.encode(json!(begun).to_string()))?;
    if cookie.len() > COOKIE {
        return Err(Notice::NoProgram.into());
    }
    Ok(keeping(&service, leave("Log in", oidc.host(), &url, None), &cookie, SIGN_IN_LIFE / 1000))
}

/// Somebody comes back from the provider's page.
pub(super) async fn come_back(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let sent = Sent::read(query.unwrap_or_default().as_bytes());
    let begun = begun(&service, &headers).await.ok_or(Notice::SignInLost)?;
    let state = sent.text("state").unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(begun.sign_in.state.as_bytes())) {
        return Err(Notice::SignInLost.into());
    }
    let oidc = service.oidc.as_ref().ok_or(Notice::SignInLost)?;
    let _place = oidc.place().await;
    // From here on it is answered, whatever the answer is.
    if !service.store.answer_sign_in(state, begun.until).await? {
        return Err(Notice::SignInLost.into());
    }
    let response = logged_in(&service, oidc, &sent, &begun).await?;
    Ok(keeping(&service, response, "", 0))
}

/// What this browser has begun, if it still counts.
async fn begun(service: &Service, headers: &HeaderMap) -> Option<Begun> {
    let cookie = browser::cookie(headers, name(service))?;
    let text = service.signer.unbound(PURPOSE, &cookie).await?;
    let begun: Begun = serde_json::from_slice(&BASE64URL.decode(text).ok()?).ok()?;
    Some(begun).filter(|begun| begun.until > now())
}

async fn logged_in(service: &Service, oidc: &Oidc, sent: &Sent, begun: &Begun) -> Result<Response, Stop> {
    let waiting = Waiting::read(&Sent::read(begun.waiting.as_bytes())).ok_or(Notice::NoProgram)?;
    if sent.text("iss").is_some_and(|issuer| !oidc.is_issuer(issuer)) {
        return Err(failed(&OidcError::Token("another issuer has answered")).into());
    }
    if let Some(code) = sent.text("error") {
        let code = if is_error_code(code) { code } else { "unknown" };
        tracing::info!(code, "a provider says that somebody has not signed in");
        return Err(if code == "access_denied" { Notice::SignInDenied } else { Notice::SignInFailed }.into());
    }
    let code = sent.text("code").ok_or(Notice::SignInLost)?;
    let email = oidc.email(code, &begun.sign_in).await.map_err(|error| failed(&error))?;
    let organization = oidc.organization(&service.store).await?;
    tracing::info!(email, "somebody has signed in at the provider");
    let login = Login { organizations: vec![organization], name: Some(email) };
    let grant = service.store.add_login_grant(&login, &waiting.challenge, GRANT_LIFE).await?;
    Ok(waiting.back(&grant))
}

/// What somebody is told; the log says why.
fn failed(error: &OidcError) -> Notice {
    match error {
        OidcError::Provider(_) | OidcError::Token(_) => {
            tracing::warn!(%error, "a sign-in at the provider failed");
            Notice::SignInFailed
        }
        OidcError::NotAllowed(_) => {
            tracing::info!(%error, "somebody may not log in");
            Notice::NotAllowed
        }
    }
}
