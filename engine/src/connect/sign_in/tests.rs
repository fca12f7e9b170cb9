//! A user signs in: from the builder to a call, and what may go wrong on the way.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use crate::auth::testing::given;
use crate::auth::{AccessToken, Authorization};
use crate::connect::{Connection, ConnectionBuilder, Options};
use crate::error::{Error, ErrorKind};
use crate::plan::Connector;
use crate::source::Source;
use crate::transport::{Exchange, Replay, TransportFailure};

const BACK: &str = "https://app.example/back";
const SECRET: &str = "client-secret-1";

/// A connector whose token endpoint needs a configuration value that has a default.
const NOTES: &str = r#"
tieline: 1
name: notes
title: Notes
version: 0.1.0
summary: An API.
server: "https://${config.site}.notes.example"
config:
  site: { required: true, pattern: "[a-z]+" }
  api_version: { default: "2026-03-11" }
auth:
  oauth:
    fields:
      client_id: { description: Id }
      client_secret: { description: Secret, secret: true }
      access_token: { description: Token, secret: true }
      refresh_token: { description: Renews it, secret: true, required: false }
    oauth2:
      authorize: { url: "https://${config.site}.notes.example/authorize", params: { owner: user } }
      token:
        url: "https://${config.site}.notes.example/token"
        client: basic
        headers: { Notes-Version: "${config.api_version}" }
      extract: { team: { from: $.team } }
  token: { fields: { token: { description: Token, secret: true } }, bearer: "${token}" }
headers: { X-Team: "${token.team}" }
entities:
  users: { actions: { me: { get: /me } } }
"#;

fn builder(manifest: &str, replay: &Arc<Replay>) -> ConnectionBuilder {
    let (connector, _) =
        Connector::load(&Source::new("notes.yaml", manifest)).map_err(|all| all.render(false)).unwrap();
    let config = json!({ "site": "eu" }).as_object().unwrap().clone();
    let client = given(&[("client_id", "id-1"), ("client_secret", SECRET)]);
    Connection::builder(Arc::new(connector)).credentials(client).config(config).transport(replay.clone())
}

fn replay(exchanges: impl IntoIterator<Item = Exchange>) -> Arc<Replay> {
    Arc::new(Replay::new(exchanges))
}

/// The URL that a user comes back with after agreeing.
fn agreed(waiting: &Authorization) -> Url {
    format!("{BACK}?code=code-1&state={}", waiting.state()).parse().unwrap()
}

fn params(query: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn exchanged(builder: &ConnectionBuilder) -> Result<AccessToken, Error> {
    let waiting = builder.authorize(BACK).unwrap();
    builder.exchange(&waiting, &agreed(&waiting)).await
}

#[tokio::test]
async fn a_user_signs_in_and_another_process_goes_on() {
    let answer = json!({ "access_token": "a-1", "refresh_token": "r-1", "team": "blue" });
    let replay = replay([
        Exchange::new("POST", "https://eu.notes.example/token")
            .header("notes-version", "2026-03-11")
            .answer(200, answer),
        Exchange::new("GET", "https://eu.notes.example/me")
            .header("authorization", "Bearer a-1")
            .header("x-team", "blue")
            .answer(200, json!({ "id": "u" })),
    ]);
    let kept = {
        let waiting = builder(NOTES, &replay).authorize(BACK).unwrap();
        let url = waiting.url();
        assert!(url.as_str().starts_with("https://eu.notes.example/authorize?"), "{url}");
        let sent = params(url.query().unwrap());
        assert_eq!((&*sent["client_id"], &*sent["redirect_uri"], &*sent["owner"]), ("id-1", BACK, "user"));
        assert_eq!(sent["state"], waiting.state());
        assert_ne!(builder(NOTES, &replay).authorize(BACK).unwrap().state(), waiting.state());
        waiting.to_secret_json()
    };
    let waiting = Authorization::from_secret_json(&kept).unwrap();
    let builder = || builder(NOTES, &replay);
    let asking = builder();
    let signing_in = async move { asking.exchange(&waiting, &agreed(&waiting)).await };
    // It may run on any thread.
    let token = tokio::spawn(signing_in).await.unwrap().unwrap();

    let token = AccessToken::from_secret_json(&token.to_secret_json()).unwrap();
    let connection = builder().signed_in(token).connect().unwrap();
    assert_eq!(connection.scheme(), Some("oauth"));
    connection.execute("users", "me", json!({})).await.unwrap();
    assert_eq!(replay.remaining(), Vec::<String>::new());
}

#[tokio::test]
async fn both_urls_are_moved_to_where_the_builder_says() {
    let granted =
        Exchange::new("POST", "http://127.0.0.1:9/mock/token").answer(200, json!({ "access_token": "a", "team": "t" }));
    let replay = replay([granted]);
    let builder = builder(NOTES, &replay).base_url("http://127.0.0.1:9/mock".parse().unwrap());
    let waiting = builder.authorize(BACK).unwrap();
    assert!(waiting.url().as_str().starts_with("http://127.0.0.1:9/mock/authorize?response_type=code&"));
    builder.exchange(&waiting, &agreed(&waiting)).await.unwrap();
    assert!(replay.remaining().is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_said_before_the_user_is_sent() {
    let replay = replay([]);
    let plain = NOTES.replace("https://${config.site}.notes", "http://${config.site}.notes");
    for (builder, kind, message) in [
        (builder(NOTES, &replay).credentials(given(&[("client_id", "i")])), ErrorKind::Credentials, {
            "client_secret is required"
        }),
        (builder(NOTES, &replay).config(Default::default()), ErrorKind::InvalidInput, {
            "the configuration of Notes does not fit"
        }),
        (builder(NOTES, &replay).scheme("token"), ErrorKind::Credentials, {
            "this way to sign in does not ask a user in a browser"
        }),
        (builder(&plain, &replay), ErrorKind::Refused, {
            "plain http to eu.notes.example would show the credentials to the network"
        }),
    ] {
        let error = builder.authorize(BACK).unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message));
    }
    let open = Options { allow_http: true, ..Options::default() };
    assert!(builder(&plain, &replay).options(open.clone()).authorize(BACK).is_ok());
    // A token endpoint over plain http is refused as it is for renewals, before anything is sent.
    let waiting = builder(&plain, &replay).options(open).authorize(BACK).unwrap();
    let error = builder(&plain, &replay).exchange(&waiting, &agreed(&waiting)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(replay.sent().is_empty());
}

#[tokio::test]
async fn a_forged_or_denied_answer_is_not_exchanged() {
    let replay = replay([]);
    let builder = builder(NOTES, &replay);
    let waiting = builder.authorize(BACK).unwrap();
    let other = builder.authorize(BACK).unwrap();
    assert_eq!(builder.exchange(&waiting, &agreed(&other)).await.unwrap_err().kind(), ErrorKind::Refused);
    let denied =
        format!("{BACK}?error=access_denied&error_description=No%0A{}&state={}", "x".repeat(900), waiting.state());
    let error = builder.exchange(&waiting, &denied.parse().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthorized, Some("access_denied")));
    assert!(!error.is_grant_refused() && error.message().len() < 600 && !error.message().contains('\n'), "{error}");
    assert!(replay.sent().is_empty());
}

#[tokio::test]
async fn no_error_repeats_a_secret() {
    let said = |waiting: &Authorization| {
        let verifier = waiting.to_secret_json()["verifier"].as_str().unwrap().to_owned();
        format!("{SECRET} code-1 {verifier} aWQtMTpjbGllbnQtc2VjcmV0LTE= is no good")
    };
    let builder = |replay: &Arc<Replay>| builder(NOTES, replay);
    let waiting = builder(&replay([])).authorize(BACK).unwrap();
    let refusal = json!({ "error": "invalid_grant", "error_description": said(&waiting) });
    let told = replay([Exchange::new("POST", "/token").answer(400, refusal)]);
    let error = builder(&told).exchange(&waiting, &agreed(&waiting)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_grant_refused()), (ErrorKind::Unauthorized, true));
    assert_eq!(error.message(), "no access token was granted: [secret] [secret] [secret] [secret] is no good");
    assert!(error.help().unwrap().starts_with("start the sign-in again"));
    for (exchange, kind) in [
        (Exchange::new("POST", "/token").answer(200, json!({ "team": "t" })), ErrorKind::UnexpectedResponse),
        (Exchange::new("POST", "/token").answer(200, Value::from("x".repeat(2 << 20))), ErrorKind::TooLarge),
        (Exchange::new("POST", "/token").fail(TransportFailure::Connect), ErrorKind::Unavailable),
        (Exchange::new("POST", "/token").answer(503, json!(null)), ErrorKind::Unavailable),
    ] {
        let replay = replay([exchange]);
        let error = exchanged(&builder(&replay)).await.unwrap_err();
        assert_eq!((error.kind(), replay.sent().len()), (kind, 1), "{error}");
        assert!(!format!("{error:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn a_token_is_renewed_and_kept_by_what_was_signed_in_with() {
    let mut renewal = Exchange::new("POST", "/token").answer(200, json!({ "access_token": "a-2" }));
    renewal.request.body = Some("grant_type=refresh_token&refresh_token=r-1".to_owned());
    let replay = replay([
        Exchange::new("GET", "/me").header("authorization", "Bearer a-1").answer(401, json!({})),
        renewal,
        Exchange::new("GET", "/me").header("authorization", "Bearer a-2").answer(200, json!({})),
        Exchange::new("GET", "/me").header("authorization", "Bearer a-2").answer(200, json!({})),
        Exchange::new("GET", "/me").header("authorization", "Bearer b-1").answer(401, json!({})),
        Exchange::new("POST", "/token").answer(400, json!({ "error": "invalid_grant" })),
    ]);
    let store = Arc::new(crate::connect::MemoryTokenStore::default());
    let token = |name: &str, refresh: &str| {
        let kept = json!({ "access_token": name, "refresh_token": refresh, "extracted": { "team": "t" } });
        AccessToken::from_secret_json(&kept).unwrap()
    };
    let connect = |token| builder(NOTES, &replay).token_store(store.clone()).signed_in(token).connect().unwrap();
    for _ in 0..2 {
        connect(token("a-1", "r-1")).execute("users", "me", json!({})).await.unwrap();
    }
    // Another user's token is another's.
    let error = connect(token("b-1", "s-1")).execute("users", "me", json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.is_grant_refused()), (ErrorKind::Unauthorized, true));
    assert!(replay.remaining().is_empty());
}
