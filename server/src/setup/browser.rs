//! The browser that a set-up is bound to: by a cookie of its own, so that several may go on side by side.

use http::header::{COOKIE, HeaderName, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use crate::service::Service;
use crate::store::{Setup, StoreError, random_text};

use super::notice::{Notice, Stop};
use super::{LIFE, LINK_LIFE};

/// The name of the cookie. With its prefix, a browser lets no other host and no plain http set it.
fn name(service: &Service, setup: Uuid) -> String {
    let prefix = if service.public_url.scheme() == "https" { "__Host-" } else { "" };
    format!("{prefix}tieline-setup-{}", setup.simple())
}

/// What a browser has for this set-up.
pub(super) fn of(service: &Service, headers: &HeaderMap, setup: Uuid) -> Option<String> {
    cookie(headers, &name(service, setup))
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// Whether this is the browser that a set-up is bound to.
pub(super) fn is_bound(service: &Service, headers: &HeaderMap, setup: &Setup) -> bool {
    of(service, headers, setup.id).is_some_and(|browser| setup.is_bound_to(&browser))
}

/// The set-up of this id, if it is bound to this browser.
pub(super) async fn own(service: &Service, headers: &HeaderMap, id: &str) -> Result<Setup, Stop> {
    let id = Uuid::parse_str(id).map_err(|_| Notice::NotYours)?;
    let setup = service.store.setup_of_id(id).await?;
    // A consent that began in a caller's own page has no other pages here.
    let setup = setup.filter(|setup| setup.redirect_url.is_none() && is_bound(service, headers, setup));
    setup.ok_or_else(|| Notice::NotYours.into())
}

/// The cookie that a browser is given for this set-up, if it has none.
pub(super) fn greeted(
    service: &Service,
    headers: &HeaderMap,
    setup: &Setup,
) -> Result<Option<(HeaderName, String)>, StoreError> {
    if of(service, headers, setup.id).is_some_and(|text| text.len() == 43) {
        return Ok(None);
    }
    let browser = random_text()?;
    let secure = if service.public_url.scheme() == "https" { "; Secure" } else { "" };
    // It comes back from the vendor's page with a top-level navigation, so it is `Lax`.
    let cookie = format!(
        "{}={browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
        name(service, setup.id),
        (LINK_LIFE + LIFE) / 1000
    );
    Ok(Some((SET_COOKIE, cookie)))
}

/// Refuses a form that another site sent: a browser says where a form comes from.
pub(super) fn must_be_own(service: &Service, headers: &HeaderMap) -> Result<(), Notice> {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let is_own = match (headers.get("sec-fetch-site").map(text), headers.get(ORIGIN).map(text)) {
        // `none`: the user themself, with a reload.
        (Some(site), _) => site == "same-origin" || site == "none",
        // Not over plain http, and not by browsers before 2023.
        (None, Some(origin)) => origin == service.public_url.origin().ascii_serialization(),
        (None, None) => false,
    };
    is_own.then_some(()).ok_or(Notice::Foreign)
}
