//! A vendor whose access tokens end and whose refresh tokens rotate: an old one is worth nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, body::Bytes};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// What a vendor knows and has seen.
#[derive(Clone, Default)]
pub struct Vendor {
    state: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// How many pairs have been handed out.
    pairs: usize,
    /// How many token requests came, those that were refused too.
    asked: usize,
    /// How many calls of the API came.
    calls: usize,
    /// How long the token endpoint takes.
    delay: Duration,
    /// Whether the access token of the last pair has ended.
    has_ended: bool,
}

impl Vendor {
    /// A vendor that knows the pair `access-0`, which has ended, and `refresh-0`.
    pub async fn start() -> (Self, Url) {
        let vendor = Self::default();
        let router = Router::new()
            .route("/v1/users/me", get(me))
            .route("/v1/oauth/token", post(token))
            .with_state(vendor.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (vendor, url)
    }

    /// The values to sign in with that nobody has renewed yet.
    pub fn credentials() -> Value {
        json!({ "client_id": "c", "client_secret": "s-secret", "access_token": "access-0", "refresh_token": "refresh-0" })
    }

    pub fn takes(&self, delay: Duration) {
        self.state.lock().unwrap().delay = delay;
    }

    pub fn pairs(&self) -> usize {
        self.state.lock().unwrap().pairs
    }

    pub fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }

    pub fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    /// Ends the access token; the refresh token still counts.
    pub fn ends_the_access_token(&self) {
        self.state.lock().unwrap().has_ended = true;
    }

    /// The values to sign in with that count now.
    pub fn current(&self) -> Value {
        let pair = self.pairs();
        let mut credentials = Self::credentials();
        credentials["access_token"] = format!("access-{pair}").into();
        credentials["refresh_token"] = format!("refresh-{pair}").into();
        credentials
    }

    /// Hands out a pair that nobody receives: the one before is worth nothing any more.
    pub fn loses_a_pair(&self) {
        self.state.lock().unwrap().pairs += 1;
    }
}

async fn me(State(vendor): State<Vendor>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let mut seen = vendor.state.lock().unwrap();
    seen.calls += 1;
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if seen.pairs > 0 && !seen.has_ended && given == format!("Bearer access-{}", seen.pairs) {
        let user = json!({ "object": "user", "id": "7c1e9a34-2f60-4b8a-8d15-3e9b50f1a001", "type": "bot", "bot": {} });
        return (StatusCode::OK, Json(user));
    }
    let told = json!({ "object": "error", "status": 401, "code": "unauthorized", "message": "API token is invalid." });
    (StatusCode::UNAUTHORIZED, Json(told))
}

async fn token(State(vendor): State<Vendor>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let delay = vendor.state.lock().unwrap().delay;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let answer = {
        let mut seen = vendor.state.lock().unwrap();
        seen.asked += 1;
        if basic != "Basic YzpzLXNlY3JldA==" {
            (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })))
        } else if body["refresh_token"] == format!("refresh-{}", seen.pairs) {
            seen.pairs += 1;
            seen.has_ended = false;
            let pair = seen.pairs;
            let pair = json!({ "access_token": format!("access-{pair}"), "refresh_token": format!("refresh-{pair}"), "token_type": "bearer" });
            (StatusCode::OK, Json(pair))
        } else {
            (
                StatusCode::BAD_REQUEST,
                Json(json!({ "error": "invalid_grant", "error_description": "refresh token was rotated" })),
            )
        }
    };
    // It is rotated before anybody hears of it.
    tokio::time::sleep(delay).await;
    answer
}
