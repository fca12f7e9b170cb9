//! How long the API asks to wait: which rules hold, then the answers. Waits are bounded, and so is how often a request is sent.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use tieline::{Connector, Error};

use crate::api::{Answer, Api, START, at_once, check_error, connector};
use crate::input::Parts;

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    connector(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
auth: { key: { api_key: { in: header, name: X-Key, value: '${key}' }, fields: { key: { secret: true } } } }
retry: { max_delay: 30s, attempts: 4 }
errors: { code: $.code, message: [$.message, $.errors], request_id: '@header.X-Request-Id' }
entities:
  things:
    actions:
      plain: { get: /things, records: $, paginate: none }
      body: { get: /things, records: $, paginate: none, retry: { max_delay: 30s, attempts: 4, retry_after: $.wait } }
      stamp: { get: /things, records: $, paginate: none, retry: { max_delay: 30s, attempts: 4, retry_after: '@header.X-Reset', retry_after_in: unix_timestamp } }
      millis: { get: /things, records: $, paginate: none, retry: { max_delay: 30s, attempts: 4, retry_after: '@header.X-Reset', retry_after_in: milliseconds } }
      create: { post: /things, records: $, paginate: none, retry: { max_delay: 30s, attempts: 4, never_if: [{ at: $.never, present: true }] } }
",
    )
});

const RESET: HeaderName = HeaderName::from_static("x-reset");
const LONGEST: Duration = Duration::from_secs(30);
const MOST_ATTEMPTS: usize = 4;
/// Nobody can ask for more: the last day that a date can name is in the year 9999.
const LONGEST_TOLD: Duration = Duration::from_secs(8000 * 366 * 24 * 3600);

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let action = parts.text();
    let answers = Answer::read_all(&mut parts);
    if let Some(number) = answers.first().and_then(|answer| answer.body.first()) {
        let number = u64::from(*number);
        check_wait("plain", RETRY_AFTER, number, number);
        check_wait("stamp", RESET, START - 100 + number, number.saturating_sub(100));
    }
    if CONNECTOR.operation("things", &action).is_ok() {
        drop(call(&action, answers));
    }
}

/// A wait in whole seconds is kept to the second, or not begun at all; what lies in the past is no wait.
fn check_wait(action: &str, header: HeaderName, said: u64, seconds: u64) {
    let mut answer = Answer { status: StatusCode::TOO_MANY_REQUESTS, ..Answer::default() };
    answer.headers.insert(header, HeaderValue::from(said));
    let (api, asked) = call(action, vec![answer, Answer::of("[]")]);
    let wait = Duration::from_secs(seconds);
    if wait <= LONGEST {
        assert_eq!((asked.is_ok(), api.waits()), (true, vec![wait]));
    } else {
        assert_eq!((asked.err().and_then(|error| error.retry_after()), api.waits()), (Some(wait), vec![]));
    }
}

fn call(action: &str, answers: Vec<Answer>) -> (Api, Result<(), Error>) {
    let api = Api::answers(answers);
    let connection = api.connect(CONNECTOR.clone(), Default::default()).expect("a connection");
    let answered = at_once(connection.execute("things", action, Default::default())).map(drop);
    let (asked, waits) = (api.asked(), api.waits());
    // A redirect is followed at most five times for each attempt.
    assert!(!asked.is_empty() && asked.len() <= 6 * MOST_ATTEMPTS, "{} requests", asked.len());
    assert!(waits.len() < MOST_ATTEMPTS && waits.iter().all(|wait| *wait <= LONGEST), "{waits:?}");
    if let Err(error) = &answered {
        check_error(error);
        assert!(error.retry_after().is_none_or(|wait| wait <= LONGEST_TOLD), "{error:?}");
    }
    (api, answered)
}
