//! An API that fails for everybody at once is not stormed.

use futures_util::future::join_all;
use serde_json::json;
use tieline::transport::TransportFailure;

use crate::stage::{Play, Stage, connection, page};

const CALLERS: usize = 1000;
/// What a connection that has had no success yet may send again: a hundred points, at five each.
const QUOTA: usize = 20;

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_share_one_retry_quota() {
    let status = |status| Play::json(status, &json!({}));
    for (name, fault) in [
        ("500", status(500)),
        ("503", status(503)),
        ("503 that says when to come back", status(503).with("retry-after", "1")),
        ("429", status(429)),
        ("no connection", Play::Fail(TransportFailure::Connect)),
        ("no answer", Play::Stall),
    ] {
        let stage = Stage::new(move |_, _| fault.clone());
        let connection = connection("retry: { attempts: 5 }", &stage);
        let calls = (0..CALLERS).map(|_| connection.call("items", "list").execute());
        assert!(join_all(calls).await.iter().all(Result::is_err), "{name}");
        assert_eq!(stage.sent(), CALLERS + QUOTA, "{name}");
        assert_eq!(stage.open(), 0, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_quota_comes_back_with_success() {
    let stage = Stage::new(|count, _| if !(30..130).contains(&count) { Play::json(503, &json!({})) } else { page(1) });
    let connection = connection("retry: { attempts: 100, base_delay: 1ms, max_delay: 1ms }", &stage);
    let list = || connection.call("items", "list").execute();
    assert!(list().await.is_err());
    assert_eq!(stage.sent(), 1 + QUOTA, "nothing is left");
    while stage.sent() < 30 {
        assert!(list().await.is_err());
    }
    while stage.sent() < 130 {
        assert!(list().await.is_ok());
    }
    assert!(list().await.is_err());
    assert_eq!(stage.sent(), 130 + 1 + QUOTA, "a hundred successes have filled it");
}

#[tokio::test(start_paused = true)]
async fn callers_that_leave_while_they_wait_cost_the_others_nothing() {
    let stage = Stage::new(|count, _| if count < 101 { Play::json(503, &json!({})) } else { page(1) });
    let connection = connection("retry: { attempts: 2, base_delay: 30s, max_delay: 30s }", &stage);
    for _ in 0..100 {
        let call = connection.call("items", "list").execute();
        // It ends in the wait before the second attempt.
        assert!(tokio::time::timeout(std::time::Duration::from_millis(1), call).await.is_err());
    }
    assert_eq!(stage.sent(), 100);
    assert!(connection.call("items", "list").execute().await.is_ok(), "there is quota for the second attempt");
}
