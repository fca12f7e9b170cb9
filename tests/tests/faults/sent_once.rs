//! What must not be sent twice is sent once, whatever happens to it.

use std::time::Duration;

use serde_json::json;
use tieline::transport::TransportFailure;

use crate::stage::{Piece, Play, Stage, connection};

/// Faults, and how many of three attempts a create makes of them.
fn faults() -> Vec<(&'static str, Play, usize)> {
    let status = |status| Play::json(status, &json!({}));
    vec![
        ("connection refused: nothing was sent", Play::Fail(TransportFailure::Connect), 3),
        ("429: the API says that it did nothing", status(429), 3),
        ("reset before the headers", Play::Fail(TransportFailure::Broken), 1),
        ("reset after the headers", Play::Answer(200, vec![], vec![Piece::Reset]), 1),
        ("reset in the body", Play::half(Piece::Reset), 1),
        ("no answer in time", Play::Fail(TransportFailure::Timeout), 1),
        ("stall before the headers", Play::Stall, 1),
        ("stall in the body", Play::half(Piece::Stall), 1),
        ("truncated JSON", Play::text(200, "application/json", r#"{"id": "#), 1),
        ("500", status(500), 1),
        ("503", status(503), 1),
        ("503 that says when to come back", status(503).with("retry-after", "1"), 1),
        ("401", status(401), 1),
        ("a redirect", Play::Answer(307, vec![("location", "https://b.example.com/".into())], vec![]), 1),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_create_is_sent_again_only_where_nothing_was_done() {
    for (name, fault, times) in faults() {
        let stage = Stage::new(move |_, _| fault.clone());
        let connection = connection("retry: { attempts: 3, base_delay: 1s }", &stage);
        let create = connection.call("items", "create").params(json!({ "name": "x" }));
        assert!(create.execute().await.is_err(), "{name}");
        assert_eq!(stage.sent(), times, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_outlives_its_deadline_is_not_sent_again() {
    let stage = Stage::new(|_, _| Play::Stall);
    let connection = connection("retry: { attempts: 3, base_delay: 1s }", &stage);
    let create = connection.call("items", "create").deadline(Duration::from_secs(5));
    assert_eq!(create.execute().await.unwrap_err().kind(), tieline::ErrorKind::Timeout);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!((stage.sent(), stage.open()), (1, 0));
}
