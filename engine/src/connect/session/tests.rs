//! Renewal under concurrency, cancellation and failure.

mod keeping;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::{BoxFuture, join_all};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{Session, SessionParts};
use crate::auth::testing::{OAUTH_AND_TOKEN, given, schemes};
use crate::auth::{AccessToken, Credentials};
use crate::connect::{Clock, MemoryTokenStore, TokenStore};
use crate::error::{Error, ErrorKind};

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst) as u64)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        4
    }
}

/// A token endpoint that answers `a-1`, `a-2`, … or what it was told, once it is let.
struct Endpoint {
    requests: Mutex<Vec<Value>>,
    answers: Mutex<VecDeque<(u16, Value)>>,
    open: Semaphore,
}

impl Endpoint {
    fn new() -> Arc<Self> {
        Arc::new(Self { requests: Mutex::default(), answers: Mutex::default(), open: Semaphore::new(10_000) })
    }

    fn answer(&self, status: u16, body: Value) {
        self.answers.lock().unwrap().push_back((status, body));
    }

    fn close(&self) {
        self.open.forget_permits(10_000);
    }

    fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

struct World {
    clock: Arc<TestClock>,
    endpoint: Arc<Endpoint>,
    store: Arc<dyn TokenStore>,
}

const CLIENT_CREDENTIALS: &str = r#"
oauth:
  fields: { client_id: {}, client_secret: { secret: true } }
  oauth2: { grant: client_credentials, token: { url: "https://api.notes.example/oauth/token", body: json } }
"#;

fn oauth_credentials() -> Credentials {
    given(&[("client_id", "id-1"), ("client_secret", "secret-1"), ("access_token", "a-0"), ("refresh_token", "r-0")])
}

impl World {
    fn new() -> Self {
        Self::with_store(Arc::new(MemoryTokenStore::default()))
    }

    fn with_store(store: Arc<dyn TokenStore>) -> Self {
        Self { clock: Arc::new(TestClock(AtomicI64::new(1_000))), endpoint: Endpoint::new(), store }
    }

    fn session(&self, auth: &str, credentials: Credentials) -> Session {
        self.configured(auth, credentials, json!({}))
    }

    fn configured(&self, auth: &str, credentials: Credentials, config: Value) -> Session {
        let endpoint = self.endpoint.clone();
        Session::new(SessionParts {
            connector: "notes".into(),
            scheme_name: "oauth".into(),
            scheme: schemes(auth)["oauth"].clone(),
            credentials,
            signed_in: None,
            config: config.as_object().unwrap().clone(),
            rebind: Arc::new(|url| url),
            store: self.store.clone(),
            clock: self.clock.clone(),
            send: Arc::new(move |request| {
                let endpoint = endpoint.clone();
                Box::pin(async move {
                    let body = serde_json::from_slice(request.open().0.body.as_bytes().unwrap()).unwrap();
                    let count = {
                        let mut requests = endpoint.requests.lock().unwrap();
                        requests.push(body);
                        requests.len()
                    };
                    tokio::task::yield_now().await;
                    endpoint.open.acquire().await.unwrap().forget();
                    let usual = json!({ "access_token": format!("a-{count}"), "refresh_token": format!("r-{count}") });
                    let told = endpoint.answers.lock().unwrap().pop_front();
                    let (status, body) = told.unwrap_or((200, usual));
                    assert_ne!(body, json!("panic"));
                    Ok((StatusCode::from_u16(status).unwrap(), body.to_string().into()))
                })
            }),
        })
        .unwrap()
    }

    fn oauth(&self) -> Session {
        self.session(OAUTH_AND_TOKEN, oauth_credentials())
    }
}

fn text(token: &AccessToken) -> &str {
    token.access_token.expose_secret()
}

async fn current(session: &Session) -> String {
    text(&session.token().await.unwrap().unwrap()).to_owned()
}

/// A call as the engine makes it: once more after a 401, then an error.
async fn call(session: &Session, accepts: impl Fn(&str) -> bool) -> Result<String, Error> {
    let unauthorized = || Error::new(ErrorKind::Unauthorized, "401");
    let token = session.token().await?.ok_or_else(unauthorized)?;
    tokio::task::yield_now().await;
    if accepts(text(&token)) {
        return Ok(text(&token).to_owned());
    }
    let token = session.renew_after_401(&token).await?.ok_or_else(unauthorized)?;
    if accepts(text(&token)) { Ok(text(&token).to_owned()) } else { Err(unauthorized()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_renew_once() {
    let world = World::new();
    let session = world.oauth();
    let calls = (0..100).map(|_| {
        let session = session.clone();
        tokio::spawn(async move { call(&session, |token| token == "a-1").await })
    });
    for answer in join_all(calls).await {
        assert_eq!(answer.unwrap().unwrap(), "a-1");
    }
    assert_eq!(world.endpoint.requests(), [json!({ "grant_type": "refresh_token", "refresh_token": "r-0" })]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_obtain_the_first_token_once() {
    let world = World::new();
    let session = world.session(CLIENT_CREDENTIALS, given(&[("client_id", "id-1"), ("client_secret", "secret-1")]));
    let calls = (0..100).map(|_| {
        let session = session.clone();
        tokio::spawn(async move { current(&session).await })
    });
    for token in join_all(calls).await {
        assert_eq!(token.unwrap(), "a-1");
    }
    let request = json!({ "grant_type": "client_credentials", "client_id": "id-1", "client_secret": "secret-1" });
    assert_eq!(world.endpoint.requests(), [request]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sessions_on_one_store_renew_once() {
    let world = World::new();
    let sessions = [world.oauth(), world.oauth()];
    for session in &sessions {
        assert_eq!(current(session).await, "a-0");
    }
    let calls = (0..100).map(|n| {
        let session = sessions[n % 2].clone();
        tokio::spawn(async move { call(&session, |token| token == "a-1").await })
    });
    for answer in join_all(calls).await {
        assert_eq!(answer.unwrap().unwrap(), "a-1");
    }
    assert_eq!(world.endpoint.requests().len(), 1);
}

#[tokio::test]
async fn the_stores_pair_wins_over_what_the_user_gave() {
    let world = World::new();
    assert_eq!(call(&world.oauth(), |token| token == "a-1").await.unwrap(), "a-1");
    let later = world.oauth();
    assert_eq!(current(&later).await, "a-1");
    assert_eq!(call(&later, |token| token == "a-2").await.unwrap(), "a-2");
    assert_eq!(world.endpoint.requests()[1]["refresh_token"], "r-1");
    // Other credentials are another sign-in.
    let other = world.session(OAUTH_AND_TOKEN, oauth_credentials().with("access_token", "b-0"));
    assert_eq!(current(&other).await, "b-0");
}

#[tokio::test(start_paused = true)]
async fn a_second_401_is_an_error() {
    let world = World::new();
    let session = world.oauth();
    let never = tokio::time::timeout(Duration::from_secs(5), call(&session, |_| false)).await.unwrap();
    assert_eq!(never.unwrap_err().kind(), ErrorKind::Unauthorized);
    assert_eq!(world.endpoint.requests().len(), 1);
    assert_eq!(call(&session, |token| token == "a-1").await.unwrap(), "a-1");
}

#[tokio::test]
async fn a_401_to_an_older_token_renews_nothing() {
    let world = World::new();
    let session = world.oauth();
    let old = session.token().await.unwrap().unwrap();
    let new = session.renew_after_401(&old).await.unwrap().unwrap();
    assert!(session.renew_after_401(&old).await.unwrap().unwrap().is(&new));
    assert_eq!(world.endpoint.requests().len(), 1);
}

#[tokio::test]
async fn renews_a_minute_before_the_end() {
    let world = World::new();
    let session = world.oauth();
    world.endpoint.answer(200, json!({ "access_token": "timed", "expires_in": 3600 }));
    assert_eq!(call(&session, |token| token == "timed").await.unwrap(), "timed");
    world.clock.0.store(1_000 + 3600 - 60, Ordering::SeqCst);
    assert_eq!(current(&session).await, "timed");
    world.clock.0.store(1_000 + 3600 - 59, Ordering::SeqCst);
    world.endpoint.answer(503, json!(null));
    assert_eq!(current(&session).await, "timed", "a token that still holds is used while renewal fails");
    world.clock.0.store(1_000 + 3600, Ordering::SeqCst);
    world.endpoint.answer(503, json!(null));
    assert_eq!(session.token().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(current(&session).await, "a-4");
    assert_eq!(world.endpoint.requests()[3]["refresh_token"], "r-0", "an absent refresh token means the old one");
}

#[tokio::test]
async fn a_short_life_is_not_renewed_for_each_call() {
    let world = World::new();
    let session = world.session(CLIENT_CREDENTIALS, given(&[("client_id", "id-1"), ("client_secret", "secret-1")]));
    world.endpoint.answer(200, json!({ "access_token": "short", "expires_in": "30" }));
    for _ in 0..3 {
        assert_eq!(current(&session).await, "short");
    }
    world.clock.0.store(1_000 + 16, Ordering::SeqCst);
    assert_eq!(current(&session).await, "a-2");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_leaves_the_renewal_to_the_others() {
    let world = World::new();
    let session = world.oauth();
    let old = session.token().await.unwrap().unwrap();
    world.endpoint.close();
    let gone = tokio::time::timeout(Duration::from_secs(1), session.renew_after_401(&old)).await;
    assert!(gone.is_err());
    let waiting = tokio::spawn({
        let (session, old) = (session.clone(), old.clone());
        async move { session.renew_after_401(&old).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.endpoint.open.add_permits(1);
    let renewed = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap().unwrap().unwrap();
    assert_eq!(text(&renewed), "a-1");
    assert_eq!(world.endpoint.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_nobody_waits_for_any_more_is_kept() {
    let world = World::new();
    let session = world.oauth();
    let old = session.token().await.unwrap().unwrap();
    world.endpoint.close();
    let gone = tokio::time::timeout(Duration::from_secs(1), session.renew_after_401(&old)).await;
    assert!(gone.is_err());
    let key = session.shared.key.clone();
    drop(session);
    world.endpoint.open.add_permits(1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(text(&world.store.load(&key).await.unwrap().token.unwrap()), "a-1");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_remembered_for_a_while() {
    let world = World::new();
    let session = world.oauth();
    let refusal = json!({ "error": "invalid_grant", "error_description": "r-0 of id-1 with secret-1 (aWQtMTpzZWNyZXQtMQ==) is used" });
    world.endpoint.answer(400, refusal);
    for _ in 0..3 {
        let error = call(&session, |_| false).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthorized, Some("invalid_grant")));
        assert!(error.help().unwrap().starts_with("sign in again"));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret-1") && !shown.contains("aWQtMTpzZWNyZXQtMQ"), "{shown}");
    }
    assert_eq!(world.endpoint.requests().len(), 1);
    world.clock.0.fetch_sub(900, Ordering::SeqCst);
    assert_eq!(call(&session, |_| false).await.unwrap_err().kind(), ErrorKind::Unauthorized);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(call(&session, |token| token == "a-2").await.unwrap(), "a-2");
}

#[tokio::test]
async fn a_renewal_that_breaks_does_not_block_the_next() {
    let world = World::new();
    let session = world.oauth();
    world.endpoint.answer(200, json!("panic"));
    assert_eq!(call(&session, |_| false).await.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(call(&session, |token| token == "a-2").await.unwrap(), "a-2");
}

#[tokio::test]
async fn what_cannot_be_renewed_is_said() {
    let world = World::new();
    let mut credentials = oauth_credentials();
    credentials.remove("refresh_token");
    let session = world.session(OAUTH_AND_TOKEN, credentials);
    let token = session.token().await.unwrap().unwrap();
    assert!(session.renew_after_401(&token).await.unwrap().is_none());

    let optional = OAUTH_AND_TOKEN.replace("secret: true }", "secret: true, required: false }");
    let session = world.session(&optional, given(&[("client_id", "id-1")]));
    assert_eq!(session.token().await.unwrap_err().kind(), ErrorKind::Credentials);

    let bearer = "oauth: { fields: { token: {} }, bearer: \"${token}\" }";
    assert!(world.session(bearer, given(&[("token", "t")])).token().await.unwrap().is_none());
    assert!(world.endpoint.requests().is_empty());
}

#[tokio::test]
async fn values_that_requests_need_are_obtained_first() {
    let world = World::new();
    let auth = format!(
        "{}    extract: {{ site: {{ from: $.site }} }}\n",
        OAUTH_AND_TOKEN.split("token:\n  title").next().unwrap()
    );
    let session = world.session(&auth, oauth_credentials());
    world.endpoint.answer(200, json!({ "access_token": "a-1", "site": "eu" }));
    assert_eq!(session.token().await.unwrap().unwrap().extracted["site"], "eu");
}

#[tokio::test]
async fn tenants_do_not_share_a_token() {
    let auth = CLIENT_CREDENTIALS.replace("body: json", "body: json, params: { audience: '${config.tenant}' }");
    let world = World::new();
    let credentials = || given(&[("client_id", "id-1"), ("client_secret", "secret-1")]);
    let session = |config: Value| world.configured(&auth, credentials(), config);
    assert_eq!(current(&session(json!({ "tenant": "a" }))).await, "a-1");
    assert_eq!(current(&session(json!({ "tenant": "b" }))).await, "a-2");
    // What has nothing to do with signing in changes nothing.
    assert_eq!(current(&session(json!({ "tenant": "a", "page": 7 }))).await, "a-1");
    let scoped = auth.replace("token: {", "scopes: [read], token: {");
    assert_eq!(current(&world.configured(&scoped, credentials(), json!({ "tenant": "a" }))).await, "a-3");
}
