//! Every form of `Retry-After` after a 429: how long the engine waits, and when it does not.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tieline::ErrorKind;
use tieline::execute::Data;
use tieline_tests::clock::TestClock;

use crate::stage::{Play, Stage, build, ids, ids_so_far, page, page_of};

/// What the engine does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    /// Waits so many seconds.
    Waits(f64),
    /// Waits as it would without the header: up to the first delay, which is a quarter of a second here.
    BacksOff,
    /// Gives up at once, and tells how long the API asked to wait.
    GivesUp(u64),
}

/// The test clock starts on 2026-01-01, a Thursday, at midnight.
const FORMS: &[(&[&str], Does)] = &[
    (&["7"], Does::Waits(7.0)),
    (&[" 7 "], Does::Waits(7.0)),
    (&["007"], Does::Waits(7.0)),
    (&["0"], Does::Waits(0.0)),
    (&["1.5"], Does::Waits(1.5)),
    (&["0.25"], Does::Waits(0.25)),
    (&["7", "9"], Does::Waits(7.0)),
    (&["Thu, 01 Jan 2026 00:00:09 GMT"], Does::Waits(9.0)),
    (&["Thursday, 01-Jan-26 00:00:09 GMT"], Does::Waits(9.0)),
    (&["Thu Jan  1 00:00:09 2026"], Does::Waits(9.0)),
    (&["Wed, 31 Dec 2025 23:59:00 GMT"], Does::Waits(0.0)),
    (&["Thu, 01 Jan 1970 00:00:00 GMT"], Does::Waits(0.0)),
    (&[], Does::BacksOff),
    (&[""], Does::BacksOff),
    (&["-7"], Does::BacksOff),
    (&["soon"], Does::BacksOff),
    (&["7 s"], Does::BacksOff),
    (&["7, 9"], Does::BacksOff),
    (&["NaN"], Does::BacksOff),
    (&["inf"], Does::BacksOff),
    (&["1e99"], Does::BacksOff),
    (&["Thu, 32 Jan 2026 00:00:09 GMT"], Does::BacksOff),
    (&["2026-01-01T00:00:09Z"], Does::BacksOff),
    (&["61"], Does::GivesUp(61)),
    (&["86400"], Does::GivesUp(86_400)),
    (&["999999999"], Does::GivesUp(999_999_999)),
    (&["Thu, 01 Jan 2026 00:02:00 GMT"], Does::GivesUp(120)),
    (&["Fri, 01 Jan 2027 00:00:00 GMT"], Does::GivesUp(365 * 86_400)),
    (&["Fri, 31 Dec 9999 23:59:59 GMT"], Does::GivesUp(251_635_075_199)),
];

fn limited(forms: &[&str]) -> Play {
    forms.iter().fold(Play::json(429, &json!({})), |play, form| play.with("retry-after", *form))
}

const RETRY: &str = "retry: { attempts: 2, base_delay: 250ms, max_delay: 60s }";

#[tokio::test(start_paused = true)]
async fn every_form_of_retry_after_is_understood_or_left_alone() {
    for (forms, does) in FORMS {
        let stage = Stage::new(|count, _| if count == 0 { limited(forms) } else { page(1) });
        let clock = Arc::new(TestClock::new());
        let result = build(RETRY, &stage, clock.clone(), |builder| builder).call("items", "list").execute().await;
        let took = clock.elapsed().as_secs_f64();
        match (does, result) {
            (Does::Waits(seconds), Ok(_)) => assert!((took - seconds).abs() < 0.002, "{forms:?}: {took}"),
            (Does::BacksOff, Ok(_)) => assert!(took <= 0.252, "{forms:?}: {took}"),
            (Does::GivesUp(seconds), Err(error)) => {
                assert_eq!((error.kind(), stage.sent(), took), (ErrorKind::RateLimited, 1, 0.0), "{forms:?}");
                assert_eq!(error.retry_after(), Some(Duration::from_secs(*seconds)), "{forms:?}");
            }
            (does, result) => panic!("{forms:?}: {does:?}, but {result:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_must_wait_is_waited_for_or_gone_on_from() {
    for (forms, does) in FORMS {
        let stage = Stage::new(|count, request| if count == 1 { limited(forms) } else { page(page_of(request)) });
        let connection = build(RETRY, &stage, Arc::new(TestClock::new()), |builder| builder);
        let result = connection.call("items", "list").all().execute().await;
        match (does, result) {
            (Does::Waits(_) | Does::BacksOff, Ok(envelope)) => {
                let Data::Records(records) = &envelope.data else { panic!("{envelope:?}") };
                assert_eq!(ids(records), [1, 2, 3, 4, 5], "{forms:?}");
            }
            (Does::GivesUp(_), Err(error)) => {
                assert_eq!(ids_so_far(&error), [1, 2], "{forms:?}");
                assert!(error.next().is_some(), "{forms:?}");
            }
            (does, result) => panic!("{forms:?}: {does:?}, but {result:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let stage = Stage::new(|_, _| limited(&["50"]));
    let clock = Arc::new(TestClock::new());
    let connection = build(RETRY, &stage, clock.clone(), |builder| builder);
    let error = connection.call("items", "list").deadline(Duration::from_secs(50)).execute().await.unwrap_err();
    assert_eq!((error.kind(), stage.sent(), clock.elapsed()), (ErrorKind::RateLimited, 1, Duration::ZERO));
}
