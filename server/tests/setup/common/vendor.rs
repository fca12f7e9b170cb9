//! A vendor: an authorization server that is as strict as Notion's, and the API behind it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tieline_mock::{Mock, MockOptions, Received};
use tokio::net::TcpListener;
use url::Url;

/// The client that the vendor knows.
pub(crate) const CLIENT_ID: &str = "client-1";
pub(crate) const CLIENT_SECRET: &str = "hush-client-secret";
/// A token that somebody has made by hand.
pub(crate) const TOKEN: &str = "ntn_hush-good-token";

/// A refresh token that somebody has obtained by hand.
pub(crate) const REFRESH: &str = "hush-refresh-by-hand";

/// A vendor that listens.
#[derive(Clone)]
pub(crate) struct Vendor {
    pub(crate) url: Url,
    shared: Arc<Mutex<Shared>>,
    mock: Mock,
}

#[derive(Default)]
struct Shared {
    /// Where users may be sent back to.
    redirect_uris: HashSet<String>,
    codes: HashMap<String, Asked>,
    issued: usize,
    access: HashSet<String>,
    refresh: HashSet<String>,
    /// Every secret that was handed out or asked with.
    secrets: Vec<String>,
    token_requests: usize,
    delay: Duration,
    is_down: bool,
}

struct Asked {
    redirect_uri: String,
    challenge: Option<String>,
}

impl Vendor {
    /// Starts it.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let notion = Arc::new(tieline_specs::open("notion").unwrap().unwrap());
        let (access, refresh) = ([TOKEN.to_owned()].into(), [REFRESH.to_owned()].into());
        let shared = Shared { access, refresh, ..Shared::default() };
        let vendor =
            Self { url, shared: Arc::new(Mutex::new(shared)), mock: Mock::new(notion, MockOptions::default()) };
        let router = Router::new()
            .route("/v1/oauth/authorize", get(authorize))
            .route("/v1/oauth/decide", get(decide))
            .route("/v1/oauth/token", post(token))
            .fallback(api)
            .with_state(vendor.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        vendor
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Registers an address that users may be sent back to.
    pub(crate) fn register(&self, redirect_uri: &str) {
        self.shared().redirect_uris.insert(redirect_uri.to_owned());
    }

    /// Answers after this.
    pub(crate) fn delay(&self, delay: Duration) {
        self.shared().delay = delay;
    }

    /// Whether the API answers.
    pub(crate) fn is_down(&self, is_down: bool) {
        self.shared().is_down = is_down;
    }

    /// How often a token was asked for.
    pub(crate) fn token_requests(&self) -> usize {
        self.shared().token_requests
    }

    /// Lets the access tokens end that were handed out.
    pub(crate) fn end_access(&self) {
        self.shared().access.clear();
    }

    /// Every secret that was handed out or asked with.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.shared().secrets.clone()
    }

    /// Where the browser is sent when the user decides on the page at this URL.
    pub(crate) async fn decided(&self, page: &str, is_agreed: bool) -> Url {
        let page = Url::parse(page).unwrap();
        let shown = super::http::send("GET", &page, &[], b"").await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        let mut decide = page.clone();
        decide.set_path("/v1/oauth/decide");
        decide.query_pairs_mut().append_pair("decision", if is_agreed { "agree" } else { "deny" });
        let sent = super::http::send("GET", &decide, &[], b"").await;
        Url::parse(&sent.location()).unwrap()
    }
}

/// What a vendor says about a request for consent that it does not take.
fn refusal(vendor: &Vendor, query: &HashMap<String, String>) -> Option<&'static str> {
    let is = |name: &str, value: &str| query.get(name).is_some_and(|found| found == value);
    let is_registered = query.get("redirect_uri").is_some_and(|uri| vendor.shared().redirect_uris.contains(uri));
    match () {
        () if !is("client_id", CLIENT_ID) => Some("unknown client"),
        () if !is_registered => Some("redirect_uri is not registered"),
        () if !is("response_type", "code") => Some("response_type must be code"),
        // Notion wants to know whose the connection is; the other API wants proof.
        () if !is("owner", "user") && !is("code_challenge_method", "S256") => Some("owner must be user"),
        () if query.get("state").is_none_or(|state| state.len() < 40) => Some("state is missing"),
        () => None,
    }
}

async fn authorize(State(vendor): State<Vendor>, Query(query): Query<HashMap<String, String>>) -> Response {
    if let Some(why) = refusal(&vendor, &query) {
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    let link = |decision: &str| {
        let pairs = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<_> = pairs.chain([("decision", decision)]).collect();
        format!("/v1/oauth/decide?{}", super::http::pairs(&pairs)).replace('&', "&amp;")
    };
    let page = format!(
        "<!doctype html><title>Vendor</title><h1>May Tieline see your pages?</h1>\
         <a id=agree href=\"{}\">Allow</a> <a id=deny href=\"{}\">Cancel</a>",
        link("agree"),
        link("deny")
    );
    Html(page).into_response()
}

async fn decide(State(vendor): State<Vendor>, Query(query): Query<HashMap<String, String>>) -> Response {
    if let Some(why) = refusal(&vendor, &query) {
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    let mut back = Url::parse(&query["redirect_uri"]).unwrap();
    if query["decision"] == "agree" {
        let mut shared = vendor.shared();
        shared.issued += 1;
        let code = format!("hush-code-{}", shared.issued);
        shared.secrets.push(code.clone());
        let asked =
            Asked { redirect_uri: query["redirect_uri"].clone(), challenge: query.get("code_challenge").cloned() };
        shared.codes.insert(code.clone(), asked);
        back.query_pairs_mut().append_pair("code", &code);
    } else {
        back.query_pairs_mut().append_pair("error", "access_denied");
    }
    back.query_pairs_mut().append_pair("state", &query["state"]);
    Redirect::to(back.as_str()).into_response()
}

async fn token(State(vendor): State<Vendor>, headers: HeaderMap, body: String) -> Response {
    let delay = vendor.shared().delay;
    tokio::time::sleep(delay).await;
    let mut shared = vendor.shared();
    shared.token_requests += 1;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
    let is_json = text("content-type").starts_with("application/json");
    let asked: HashMap<String, String> = match is_json {
        true => serde_json::from_str(&body).unwrap_or_default(),
        false => url::form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
    };
    let given = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    // Notion's clients sign in with Basic, and send JSON; public ones prove that they asked.
    let is_public = !is_json && given("client_id") == CLIENT_ID && !given("code_verifier").is_empty();
    if !is_public && (text("authorization") != basic || !is_json) {
        return denied(StatusCode::UNAUTHORIZED, "invalid_client", "The client is not known.");
    }
    let is_good = match given("grant_type") {
        "authorization_code" => shared.codes.remove(given("code")).is_some_and(|code| {
            let proof = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, given("code_verifier").as_bytes()));
            code.redirect_uri == given("redirect_uri")
                && code.challenge.as_ref().is_none_or(|challenge| *challenge == proof)
        }),
        // It is good for one renewal.
        "refresh_token" => shared.refresh.remove(given("refresh_token")),
        _ => false,
    };
    if !is_good {
        return denied(StatusCode::BAD_REQUEST, "invalid_grant", "The grant is invalid or expired.");
    }
    shared.issued += 1;
    let (access, refresh) = (format!("hush-access-{}", shared.issued), format!("hush-refresh-{}", shared.issued));
    shared.access.insert(access.clone());
    shared.refresh.insert(refresh.clone());
    let verifier = asked.get("code_verifier").cloned();
    shared.secrets.extend([access.clone(), refresh.clone()].into_iter().chain(verifier));
    let owner = json!({ "type": "user", "user": { "object": "user", "id": "6794760a-1f15-45cd-9c65-0dfe42f5135a" } });
    let answer = json!({
        "access_token": access, "token_type": "bearer", "refresh_token": refresh, "bot_id": "b-1", "owner": owner,
        "workspace_id": "w-1", "workspace_name": "Acme",
    });
    axum::Json(answer).into_response()
}

fn denied(status: StatusCode, error: &str, description: &str) -> Response {
    (status, axum::Json(json!({ "error": error, "error_description": description }))).into_response()
}

/// The API: a token must be known, and what is refused repeats it, as careless APIs do.
async fn api(State(vendor): State<Vendor>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (delay, is_down) = {
        let shared = vendor.shared();
        (shared.delay, shared.is_down)
    };
    tokio::time::sleep(delay).await;
    if is_down {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(error(503, "service_unavailable", "Down for a while.")))
            .into_response();
    }
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = text("authorization").strip_prefix("Bearer ").unwrap_or_default();
    let is_known = vendor.shared().access.contains(bearer) || text("x-key") == "k-hush-good";
    if parts.uri.path() == "/things" {
        return match is_known {
            true => axum::Json(json!({ "data": [{ "id": "1" }] })).into_response(),
            false => (StatusCode::UNAUTHORIZED, format!("no such key: {}{bearer}", text("x-key"))).into_response(),
        };
    }
    if !is_known {
        let message = format!("API token {bearer} is invalid.");
        return (StatusCode::UNAUTHORIZED, axum::Json(error(401, "unauthorized", &message))).into_response();
    }
    let url = vendor.url.join(parts.uri.path_and_query().unwrap().as_str()).unwrap();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let received = Received { method: parts.method, url, headers: parts.headers, body };
    vendor.mock.answer(&received).unwrap().map(axum::body::Body::from)
}

fn error(status: u16, code: &str, message: &str) -> Value {
    json!({ "object": "error", "status": status, "code": code, "message": message })
}
