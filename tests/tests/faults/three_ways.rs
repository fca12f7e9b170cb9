//! One script of faults, three ways: a plain call, a call that is tried again, and the page loop.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use tieline::ErrorKind;
use tieline::connect::Options;
use tieline::execute::Data;
use tieline::transport::TransportFailure;
use tieline_tests::clock::TestClock;

use crate::stage::{Piece, Play, Stage, build, ids, ids_so_far, page, page_of};

/// What a fault comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// An error that one more attempt may mend.
    Again(ErrorKind),
    /// An error that is the same every time.
    Final(ErrorKind),
    /// No error: the records are there.
    Fine,
}

fn faults() -> Vec<(&'static str, Play, Then)> {
    use ErrorKind::{RateLimited, Refused, Rejected, Timeout, TooLarge, Unauthorized, Unavailable, UnexpectedResponse};
    use Then::{Again, Final, Fine};
    let said = |content_type, body: &str| Play::text(200, content_type, body);
    let bytes = |content_type: &str, bytes: &'static [u8]| {
        let headers = vec![("content-type", content_type.to_owned())];
        Play::Answer(200, headers, vec![Piece::Bytes(Bytes::from_static(bytes))])
    };
    let good = r#"{"items": [{"id": 1}, {"id": 2}], "next": "c-2"}"#;
    let with_many_headers =
        (0..1000).fold(said("application/json", good), |play, _| play.with("x-more", "of the same"));
    let to = |url: &str| Play::Answer(302, vec![("location", url.to_owned())], vec![]);
    vec![
        ("connection refused", Play::Fail(TransportFailure::Connect), Again(Unavailable)),
        ("reset before the headers", Play::Fail(TransportFailure::Broken), Again(Unavailable)),
        ("reset after the headers", Play::Answer(200, vec![], vec![Piece::Reset]), Again(Unavailable)),
        ("reset in the body", Play::half(Piece::Reset), Again(Unavailable)),
        ("reset in the body of an error", Play::Answer(404, vec![], vec![Piece::Reset]), Again(Unavailable)),
        ("the transport gave up", Play::Fail(TransportFailure::Timeout), Again(Timeout)),
        ("stall before the headers", Play::Stall, Again(Timeout)),
        ("stall in the body", Play::half(Piece::Stall), Again(Timeout)),
        ("stall before the body", Play::Answer(200, vec![], vec![Piece::Stall]), Again(Timeout)),
        ("a body that trickles for ever", Play::half(Piece::Trickle), Again(Timeout)),
        ("the transport will not call it", Play::Fail(TransportFailure::Refused), Final(Refused)),
        ("no body", said("application/json", ""), Final(UnexpectedResponse)),
        ("truncated JSON", said("application/json", &good[..40]), Final(UnexpectedResponse)),
        ("trailing JSON", said("application/json", &format!("{good}{good}")), Final(UnexpectedResponse)),
        ("trailing text", said("application/json", &format!("{good}\nDone.")), Final(UnexpectedResponse)),
        ("HTML in place of JSON", said("text/html", "<!doctype html><p>Sign in</p>"), Final(UnexpectedResponse)),
        ("HTML said to be JSON", said("application/json", "<html></html>"), Final(UnexpectedResponse)),
        ("JSON said to be HTML", said("text/html", good), Fine),
        ("JSON said to be nothing", said("nonsense", good), Fine),
        ("UTF-8 said to be Latin-1", said("application/json; charset=iso-8859-1", good), Fine),
        ("UTF-8 with a byte order mark", said("application/json", &format!("\u{feff}{good}")), Fine),
        (
            "Latin-1",
            bytes("application/json; charset=iso-8859-1", b"{\"items\": [\"\xe9\"]}"),
            Final(UnexpectedResponse),
        ),
        ("UTF-16", bytes("application/json; charset=utf-16", b"\xff\xfe{\0}\0"), Final(UnexpectedResponse)),
        ("a body over the cap", said("application/json", &format!("{good}{}", " ".repeat(1 << 20))), Final(TooLarge)),
        ("a thousand headers", with_many_headers, Fine),
        ("a redirect in a loop", to("/items"), Final(UnexpectedResponse)),
        ("a redirect to plain http", to("http://api.example.com/items"), Final(Refused)),
        ("a redirect to no URL", to("https://"), Final(UnexpectedResponse)),
        ("a redirect to a file", to("file:///etc/passwd"), Final(Refused)),
        ("401", Play::json(401, &json!({})), Final(Unauthorized)),
        ("400", Play::json(400, &json!({})), Final(Rejected)),
        ("429", Play::json(429, &json!({})), Again(RateLimited)),
        ("529", Play::json(529, &json!({})), Again(RateLimited)),
        ("500", Play::json(500, &json!({})), Again(Unavailable)),
        ("503", Play::json(503, &json!({})), Again(Unavailable)),
        ("a status that nobody knows", Play::json(799, &json!({})), Final(UnexpectedResponse)),
    ]
}

const RETRY: &str = "retry: { attempts: 3, base_delay: 1s }";

fn on(stage: &Arc<Stage>, more: &str) -> tieline::Connection {
    let options = Options { max_response_bytes: 1 << 20, ..Options::default() };
    build(more, stage, Arc::new(TestClock::new()), |builder| builder.options(options))
}

#[tokio::test(start_paused = true)]
async fn a_plain_call_ends_with_what_the_fault_comes_to() {
    for (name, fault, then) in faults() {
        let stage = Stage::new(move |_, _| fault.clone());
        let result = on(&stage, "retry: { attempts: 1 }").call("items", "list").execute().await;
        match (then, result) {
            (Then::Fine, Ok(envelope)) => {
                let Data::Records(records) = &envelope.data else { panic!("{name}: {envelope:?}") };
                assert_eq!(ids(records), [1, 2], "{name}");
            }
            (Then::Again(kind) | Then::Final(kind), Err(error)) => {
                assert_eq!(error.kind(), kind, "{name}: {error}");
                assert!(error.so_far().is_none() && error.next().is_none(), "{name}: nothing had come");
            }
            (then, result) => panic!("{name}: {then:?}, but {result:?}"),
        }
        assert_eq!(stage.open(), 0, "{name}: a connection is held");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
    for (name, fault, then) in faults() {
        let fault_twice = move |count, _: &_| if count < 2 { fault.clone() } else { page(1) };
        let stage = Stage::new(fault_twice);
        let result = on(&stage, RETRY).call("items", "list").execute().await;
        match then {
            Then::Again(_) => {
                assert!(result.is_ok(), "{name}: {result:?}");
                assert_eq!(stage.sent(), 3, "{name}");
            }
            Then::Fine => assert_eq!(stage.sent(), 1, "{name}"),
            // What is followed is not tried again: the third request is where a redirect leads.
            Then::Final(_) if name == "a redirect in a loop" => assert_eq!(stage.sent(), 3, "{name}"),
            Then::Final(kind) => {
                assert_eq!(result.unwrap_err().kind(), kind, "{name}");
                assert_eq!(stage.sent(), 1, "{name}");
            }
        }
        assert_eq!(stage.open(), 0, "{name}: a connection is held");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_end_and_the_last_error_is_told() {
    for (name, fault, then) in faults() {
        let Then::Again(kind) = then else { continue };
        let stage = Stage::new(move |_, _| fault.clone());
        let error = on(&stage, RETRY).call("items", "list").execute().await.unwrap_err();
        assert_eq!((error.kind(), stage.sent()), (kind, 3), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_loses_nothing_and_the_list_goes_on_there() {
    for (name, fault, then) in faults() {
        let (attempts, kind) = match then {
            Then::Again(kind) => (3, kind),
            Then::Final(kind) if name == "a redirect in a loop" => (6, kind),
            Then::Final(kind) => (1, kind),
            Then::Fine => continue,
        };
        // In a loop the redirect leads back to the page itself.
        let fault = match fault {
            Play::Answer(302, headers, _) if headers[0].1 == "/items" => {
                Play::Answer(302, vec![("location", "/items?after=c-2".to_owned())], vec![])
            }
            other => other,
        };
        let broken = move |count: usize, request: &_| match page_of(request) {
            2 if count <= attempts => fault.clone(),
            number => page(number),
        };
        let stage = Stage::new(broken);
        let connection = on(&stage, RETRY);
        let error = connection.call("items", "list").all().execute().await.unwrap_err();
        assert_eq!((error.kind(), stage.sent()), (kind, 1 + attempts), "{name}: {error}");
        assert_eq!(ids_so_far(&error), [1, 2], "{name}");
        let rest = connection.call("items", "list").all().next(error.next().unwrap()).execute().await.unwrap();
        let Data::Records(records) = &rest.data else { panic!("{name}: {rest:?}") };
        assert_eq!(ids(records), [3, 4, 5], "{name}");
        assert_eq!(stage.open(), 0, "{name}: a connection is held");
    }
}
