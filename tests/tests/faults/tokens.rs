//! Access tokens that end, and renewals that fail or whose answer is lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use tieline::connect::{MemoryTokenStore, TokenStore};
use tieline::transport::TransportFailure;
use tieline::wire::Request;
use tieline::{Connection, Credentials, Error, ErrorKind};
use tieline_tests::clock::TestClock;

use crate::stage::{Play, Stage, build, page, page_of};

/// A way to sign in whose refresh tokens work once.
pub(crate) const OAUTH: &str = r#"
retry: { attempts: 3, base_delay: 1s }
auth:
  oauth:
    fields:
      client_id: { description: Id of the client }
      client_secret: { description: Secret of the client, secret: true }
      access_token: { description: Access token, secret: true }
      refresh_token: { description: Renews the access token, secret: true }
    oauth2:
      authorize: { url: "https://api.example.com/authorize" }
      token: { url: "https://api.example.com/token", client: basic, body: json }
"#;

pub(crate) fn credentials() -> Credentials {
    let given = [("client_id", "id"), ("client_secret", "secret"), ("access_token", "a-0"), ("refresh_token", "r-0")];
    given.into_iter().fold(Credentials::none(), |all, (name, value)| all.with(name, value))
}

/// What the token endpoint does with a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    Answers,
    /// It rotates the pair, and its answer does not arrive.
    Loses,
    /// 503, and nothing has changed.
    Fails,
    /// The pair is worth nothing any more.
    Refuses,
}

/// An API whose token endpoint rotates pairs: `a-1` and `r-1`, and so on. Only the newest pair is good.
#[derive(Default)]
pub(crate) struct Rotating {
    /// The number of the pair that is good.
    pub good: usize,
    /// Whether the refresh token before is taken as well, until the newer pair is used.
    pub grace: bool,
    /// The renewals that were asked for.
    pub renewals: usize,
    /// The requests that were answered with 401.
    pub refused: usize,
}

impl Rotating {
    /// Plays it. Access tokens live for an hour.
    pub(crate) fn answer(&mut self, request: &Request, renewal: Renewal) -> Play {
        if request.url.path() == "/token" {
            return self.renew(request, renewal);
        }
        let given = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if given == format!("Bearer a-{}", self.good) {
            return page(page_of(request));
        }
        self.refused += 1;
        Play::json(401, &json!({}))
    }

    fn renew(&mut self, request: &Request, renewal: Renewal) -> Play {
        self.renewals += 1;
        let body: Value = serde_json::from_slice(request.body.as_bytes().unwrap()).unwrap();
        let given: usize = body["refresh_token"].as_str().unwrap().strip_prefix("r-").unwrap().parse().unwrap();
        let is_good = given == self.good || (self.grace && given + 1 == self.good);
        match renewal {
            Renewal::Fails => Play::json(503, &json!({})),
            Renewal::Answers | Renewal::Loses if is_good => {
                self.good = given + 1;
                let pair = json!({
                    "access_token": format!("a-{}", self.good), "refresh_token": format!("r-{}", self.good),
                    "expires_in": 3600
                });
                if renewal == Renewal::Loses { Play::Fail(TransportFailure::Broken) } else { Play::json(200, &pair) }
            }
            Renewal::Answers | Renewal::Loses | Renewal::Refuses => {
                Play::json(400, &json!({ "error": "invalid_grant", "error_description": "The token is not known." }))
            }
        }
    }
}

struct World {
    api: Arc<Mutex<Rotating>>,
    renewal: Arc<Mutex<Renewal>>,
    stage: Arc<Stage>,
    store: Arc<MemoryTokenStore>,
}

impl World {
    /// An API at which the user's access token has ended already when `good` is not 0.
    fn new(api: Rotating, renewal: Renewal) -> Self {
        let (api, renewal) = (Arc::new(Mutex::new(api)), Arc::new(Mutex::new(renewal)));
        let stage = Stage::new({
            let (api, renewal) = (api.clone(), renewal.clone());
            move |_, request| api.lock().unwrap().answer(request, *renewal.lock().unwrap())
        });
        Self { api, renewal, stage, store: Arc::default() }
    }

    fn connect(&self) -> Connection {
        let bring = |builder: tieline::connect::ConnectionBuilder| {
            builder.credentials(credentials()).token_store(self.store.clone() as Arc<dyn TokenStore>)
        };
        build(OAUTH, &self.stage, Arc::new(TestClock::new()), bring)
    }

    fn now(&self, renewal: Renewal) {
        *self.renewal.lock().unwrap() = renewal;
    }

    /// How many renewals were asked for, and how many requests were refused.
    fn counts(&self) -> (usize, usize) {
        let api = self.api.lock().unwrap();
        (api.renewals, api.refused)
    }

    /// The pair that the user gave is not good for requests any more; it is for a renewal.
    fn end_the_token(&self) {
        let mut api = self.api.lock().unwrap();
        (api.good, api.grace) = (api.good + 1, true);
    }
}

async fn list(connection: &Connection) -> Result<usize, Error> {
    connection.call("items", "list").execute().await?.records::<Value>().map(|records| records.len())
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_with_a_thousand_calls_in_flight_is_renewed_once() {
    let world = World::new(Rotating::default(), Renewal::Answers);
    let connection = world.connect();
    assert_eq!(list(&connection).await.unwrap(), 2);
    world.end_the_token();
    let answers = join_all((0..1000).map(|_| list(&connection))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|count| *count == 2)));
    assert_eq!(world.counts(), (1, 1000));
    assert_eq!(world.stage.sent(), 1 + 1000 + 1 + 1000);
    // An hour later its end is known, and nobody is refused first.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let answers = join_all((0..1000).map(|_| list(&connection))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.counts(), (2, 1000));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_fails_the_calls_and_the_next_call_tries_again() {
    let world = World::new(Rotating::default(), Renewal::Fails);
    let connection = world.connect();
    world.end_the_token();
    for answer in join_all((0..1000).map(|_| list(&connection))).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(world.counts(), (1, 1000), "they share the failure as they would the token");
    world.now(Renewal::Answers);
    assert_eq!(list(&connection).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_is_refused_is_not_asked_for_by_every_call() {
    let world = World::new(Rotating::default(), Renewal::Refuses);
    let connection = world.connect();
    world.end_the_token();
    for answer in join_all((0..1000).map(|_| list(&connection))).await {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthorized, Some("invalid_grant")));
        assert!(error.help().unwrap().starts_with("sign in again"), "{error:?}");
    }
    for _ in 0..10 {
        assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(world.counts().0, 1);
    // A minute later it is tried once more: the user may have signed in again elsewhere.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::Unauthorized);
    assert_eq!(world.counts().0, 2);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_answer_is_lost_is_not_sent_again_by_the_same_call() {
    let world = World::new(Rotating::default(), Renewal::Loses);
    let connection = world.connect();
    world.end_the_token();
    world.api.lock().unwrap().grace = true;
    assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(world.counts().0, 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_answer_the_next_call_renews_where_the_api_takes_the_old_token_once_more() {
    let world = World::new(Rotating::default(), Renewal::Loses);
    let connection = world.connect();
    world.end_the_token();
    assert!(list(&connection).await.is_err());
    world.now(Renewal::Answers);
    assert_eq!(list(&connection).await.unwrap(), 2);
    assert_eq!(world.counts().0, 2);
    // What came in the end is kept: another connection on the store begins with it.
    assert_eq!(list(&world.connect()).await.unwrap(), 2);
    assert_eq!(world.counts().0, 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_answer_a_strict_api_makes_the_user_sign_in_again() {
    let world = World::new(Rotating::default(), Renewal::Loses);
    let connection = world.connect();
    world.end_the_token();
    assert!(list(&connection).await.is_err());
    (world.api.lock().unwrap().grace, *world.renewal.lock().unwrap()) = (false, Renewal::Answers);
    let error = list(&connection).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthorized, Some("invalid_grant")));
    assert!(error.help().unwrap().starts_with("sign in again"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_still_holds_is_used_while_renewals_are_lost() {
    let world = World::new(Rotating::default(), Renewal::Answers);
    let connection = world.connect();
    world.end_the_token();
    assert_eq!(list(&connection).await.unwrap(), 2);
    world.now(Renewal::Fails);
    tokio::time::sleep(Duration::from_secs(3600 - 30)).await;
    assert_eq!(list(&connection).await.unwrap(), 2, "it has half a minute left");
    assert_eq!(world.counts(), (2, 1));
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::Unavailable);
}
