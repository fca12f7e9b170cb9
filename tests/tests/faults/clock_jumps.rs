//! A time of day that is set forwards and backwards while calls wait: nothing but what others say about time depends on it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use serde_json::json;
use tieline::connect::Clock;
use tieline::{Connection, ErrorKind};
use tieline_tests::clock::TestClock;

use crate::stage::{Play, Stage, build, page};
use crate::tokens::{OAUTH, Renewal, Rotating, credentials};

const DAY: i64 = 86_400;

/// A clock whose time of day can be set.
struct Settable {
    clock: TestClock,
    ahead: AtomicI64,
}

impl Settable {
    fn new() -> Arc<Self> {
        Arc::new(Self { clock: TestClock::new(), ahead: AtomicI64::new(0) })
    }

    fn jump(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::SeqCst);
        let by = Duration::from_secs(ahead.unsigned_abs());
        if ahead < 0 { self.clock.now() - by } else { self.clock.now() + by }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }

    fn random(&self) -> u64 {
        self.clock.random()
    }
}

/// A connection whose clock jumps with each request, and what the API answers.
fn jumping(
    more: &str,
    by: i64,
    answers: impl Fn(usize) -> Play + Send + Sync + 'static,
) -> (Connection, Arc<Settable>, Arc<Stage>) {
    let clock = Settable::new();
    let jumps = clock.clone();
    let stage = Stage::new(move |count, _| {
        jumps.jump(by);
        answers(count)
    });
    (build(more, &stage, clock.clone(), |builder| builder), clock, stage)
}

const PATIENT: &str = "retry: { attempts: 1000 }";

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_while_the_time_of_day_is_set_back() {
    for fault in [Play::json(503, &json!({})).with("retry-after", "10"), Play::Stall] {
        let (connection, clock, _) = jumping(PATIENT, -DAY, move |_| fault.clone());
        let list = connection.call("items", "list").deadline(Duration::from_secs(60));
        assert!(list.execute().await.is_err());
        let took = clock.clock.elapsed();
        assert!(took <= Duration::from_secs(60), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_does_not_come_early_when_the_time_of_day_is_set_forward() {
    let answers = |count| if count < 3 { Play::json(503, &json!({})).with("retry-after", "10") } else { page(1) };
    let (connection, clock, stage) = jumping(PATIENT, DAY, answers);
    connection.call("items", "list").deadline(Duration::from_secs(60)).execute().await.unwrap();
    assert_eq!((stage.sent(), clock.clock.elapsed().as_secs()), (4, 30));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_neither_blocks_nor_opens_when_the_time_of_day_is_set() {
    for by in [-DAY, DAY] {
        let (connection, clock, stage) = jumping("limits: [{ requests: 2, per: 10s }]", by, |_| page(1));
        let mut sent_at = Vec::new();
        for _ in 0..6 {
            connection.call("items", "list").execute().await.unwrap();
            sent_at.push(clock.clock.elapsed().as_secs());
        }
        assert_eq!((sent_at, stage.sent()), (vec![0, 0, 10, 10, 20, 20], 6), "set by {by} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_holds_when_the_time_of_day_is_set_while_it_is_waited_for() {
    for by in [-DAY, DAY] {
        let (connection, clock, _) = jumping("limits: [{ requests: 1, per: 10s }]", 0, |_| page(1));
        connection.call("items", "list").execute().await.unwrap();
        let waiting = tokio::spawn(connection.call("items", "list").execute());
        tokio::time::sleep(Duration::from_secs(5)).await;
        clock.jump(by);
        waiting.await.unwrap().unwrap();
        assert_eq!(clock.clock.elapsed().as_secs(), 10, "set by {by} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_outlives_no_jump_and_costs_one_renewal() {
    for by in [-DAY, DAY, 10 * 365 * DAY] {
        let api = Arc::new(Mutex::new(Rotating { good: 1, grace: true, ..Rotating::default() }));
        let clock = Settable::new();
        let stage = Stage::new({
            let api = api.clone();
            move |_, request| api.lock().unwrap().answer(request, Renewal::Answers)
        });
        let connection = build(OAUTH, &stage, clock.clone(), |builder| builder.credentials(credentials()));
        connection.call("items", "list").execute().await.unwrap();
        clock.jump(by);
        // The token ends at the API's clock.
        {
            let mut api = api.lock().unwrap();
            (api.good, api.grace) = (api.good + 1, true);
        }
        for _ in 0..5 {
            connection.call("items", "list").execute().await.unwrap();
        }
        assert_eq!(api.lock().unwrap().renewals, 2, "set by {by} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_date_by_another_clock_is_no_endless_wait() {
    // The API's clock is a day ahead of this one, or behind it.
    for (by, waits) in [(-DAY, false), (DAY, true)] {
        let limited = |count| match count {
            0 => Play::json(429, &json!({})).with("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT"),
            _ => page(1),
        };
        let (connection, clock, _) = jumping("", by, limited);
        let result = connection.call("items", "list").execute().await;
        match waits {
            true => assert!(result.is_ok()),
            false => assert_eq!(result.unwrap_err().kind(), ErrorKind::RateLimited),
        }
        assert_eq!(clock.clock.elapsed(), Duration::ZERO);
    }
}
