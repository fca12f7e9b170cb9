//! Logging in from a command line: an operator's code, entered here, is brought back to a program on the user's own machine, which
//! alone can make something of it (RFC 8252, RFC 7636).

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use url::form_urlencoded::Serializer;
use url::{Host, Url};

use crate::oidc::Oidc;
use crate::service::Service;

use super::notice::{Notice, Stop};
use super::page::page;
use super::sent::Sent;
use super::{browser, path};

/// How long a program has to fetch what was brought back, in milliseconds.
pub(super) const GRANT_LIFE: i64 = 60_000;
/// How long a challenge is: a SHA-256 in base64url (RFC 7636 section 4.2).
const CHALLENGE: usize = 43;
/// The longest state that is brought back.
const STATE: usize = 200;

/// Who waits for the user to come back.
pub(super) struct Waiting {
    redirect_uri: Url,
    state: String,
    pub challenge: String,
}

impl Waiting {
    /// Who waits, if it is a program on the user's own machine.
    pub(super) fn read(sent: &Sent) -> Option<Self> {
        let redirect_uri = Url::parse(sent.text("redirect_uri")?).ok()?;
        let is_here = redirect_uri.scheme() == "http"
            && match redirect_uri.host()? {
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
                Host::Domain(_) => false,
            };
        let state = sent.text("state")?.to_owned();
        let challenge = sent.text("code_challenge")?.to_owned();
        let is_sound = is_here && state.len() <= STATE && challenge.len() == CHALLENGE;
        is_sound.then_some(Self { redirect_uri, state, challenge })
    }

    /// What it is read from again.
    pub(super) fn query(&self) -> String {
        let mut pairs = Serializer::new(String::new());
        pairs.append_pair("redirect_uri", self.redirect_uri.as_str());
        pairs.append_pair("state", &self.state).append_pair("code_challenge", &self.challenge).finish()
    }

    /// The page that leads back to who waits, with a grant.
    pub(super) fn back(self, grant: &str) -> Response {
        let mut url = self.redirect_uri;
        url.query_pairs_mut().append_pair("code", grant).append_pair("state", &self.state);
        // Not a redirect: the policy of these pages lets a form lead to this server alone.
        page(StatusCode::OK, "back", "Logged in", &json!({ "url": url.as_str() }))
    }
}

/// Asks for the code.
pub(super) async fn show(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Result<Response, Stop> {
    let waiting = Waiting::read(&Sent::read(query.unwrap_or_default().as_bytes())).ok_or(Notice::NoProgram)?;
    Ok(asked(&service, &waiting, None))
}

fn asked(service: &Service, waiting: &Waiting, error: Option<&str>) -> Response {
    let content = json!({
        "action": path(service, "/login"),
        "start": path(service, "/login/start"),
        "provider": service.oidc.as_ref().map(Oidc::host),
        "host": service.public_url.host_str(),
        "redirect_uri": waiting.redirect_uri.as_str(),
        "state": waiting.state,
        "code_challenge": waiting.challenge,
        "error": error,
    });
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, "login", "Log in", &content)
}

/// Takes the code, and sends the user back to the program.
pub(super) async fn submit(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Stop> {
    browser::must_be_own(&service, &headers)?;
    let sent = Sent::read(&body);
    let waiting = Waiting::read(&sent).ok_or(Notice::NoProgram)?;
    let code = sent.text("code").unwrap_or_default();
    let grant = service.store.exchange_login_code(code, &waiting.challenge, GRANT_LIFE).await?;
    let Some(grant) = grant else {
        let lack = "This code does not count: it is another, has been used, or is too old.";
        return Ok(asked(&service, &waiting, Some(lack)));
    };
    Ok(waiting.back(&grant))
}
