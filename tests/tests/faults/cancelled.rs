//! A caller that leaves: its call is dropped after each number of polls there is, and what it leaves behind is looked at.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use serde_json::json;
use tieline::connect::{MemoryTokenStore, SlidingRateLimiter, TokenStore};
use tieline::{Connection, Envelope, Error};
use tieline_tests::clock::TestClock;

use crate::stage::{Play, Stage, build, page, page_of};
use crate::tokens::{OAUTH, Renewal, Rotating, credentials};

/// Polls a call so often, and drops it; gives its result if it was ready before.
async fn polled<T>(call: impl Future<Output = T>, most: usize) -> Option<T> {
    let mut call = pin!(call);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == most {
            return Poll::Ready(None);
        }
        polls += 1;
        match call.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if polls == most => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

const LIMIT: usize = 20;

/// A connection whose token has ended, over an API that fails once, with a rate limit.
struct World {
    api: Arc<Mutex<Rotating>>,
    stage: Arc<Stage>,
    clock: Arc<TestClock>,
    store: Arc<MemoryTokenStore>,
    connection: Connection,
}

impl World {
    fn new() -> Self {
        let api = Arc::new(Mutex::new(Rotating { good: 1, grace: true, ..Rotating::default() }));
        let failed = Mutex::new(false);
        let stage = Stage::new({
            let api = api.clone();
            move |_, request| {
                if page_of(request) == 2 && !std::mem::replace(&mut *failed.lock().unwrap(), true) {
                    return Play::json(503, &json!({}));
                }
                api.lock().unwrap().answer(request, Renewal::Answers)
            }
        });
        let (clock, store) = (Arc::new(TestClock::new()), Arc::new(MemoryTokenStore::default()));
        let connection = Self::connection(&stage, &clock, &store);
        Self { api, stage, clock, store, connection }
    }

    fn connection(stage: &Arc<Stage>, clock: &Arc<TestClock>, store: &Arc<MemoryTokenStore>) -> Connection {
        let more = format!("{OAUTH}\nlimits: [{{ requests: {LIMIT}, per: 1h }}]\n");
        build(&more, stage, clock.clone(), |builder| {
            builder.credentials(credentials()).token_store(store.clone() as Arc<dyn TokenStore>)
        })
    }

    async fn list(&self) -> Result<Envelope, Error> {
        self.connection.call("items", "list").all().execute().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_may_leave_at_any_await() {
    let mut polls = 0;
    loop {
        let world = World::new();
        let done = polled(world.list(), polls).await.is_some();
        // A renewal goes on without its caller.
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(world.stage.open(), 0, "after {polls} polls a connection is held");

        // The next call waits for nobody.
        let before = world.clock.elapsed();
        assert_eq!(world.list().await.unwrap().records::<serde_json::Value>().unwrap().len(), 5, "after {polls} polls");
        let took = world.clock.elapsed() - before;
        assert!(took <= Duration::from_secs(1), "after {polls} polls the next call takes {took:?}");

        // The pair that came is kept: it was asked for once, and a new connection begins with it.
        let other = World::connection(&world.stage, &world.clock, &world.store);
        assert!(other.call("items", "list").execute().await.is_ok());
        assert_eq!(world.api.lock().unwrap().renewals, 1, "after {polls} polls");

        // No place under the rate limit is gone but those of requests, and the one that the caller had taken when it left.
        let requests = world.stage.sent() - world.api.lock().unwrap().renewals - 1;
        let mut free = 0;
        let begun = world.clock.elapsed();
        while world.connection.call("items", "list").execute().await.is_ok() && world.clock.elapsed() == begun {
            free += 1;
        }
        assert!(free + requests + 1 >= LIMIT, "after {polls} polls only {free} places are left after {requests}");
        if done {
            break;
        }
        polls += 1;
    }
    assert!(polls > 20, "the call was polled {polls} times only");
}

#[tokio::test(start_paused = true)]
async fn one_who_leaves_the_queue_of_a_rate_limit_takes_no_place() {
    for polls in [0, 1] {
        let stage = Stage::new(|_, _| page(1));
        let clock = Arc::new(TestClock::new());
        let limiter = Arc::new(SlidingRateLimiter::new(clock.clone()));
        let limits = "limits: [{ requests: 1, per: 10s }]";
        let connection = build(limits, &stage, clock.clone(), |builder| builder.rate_limiter(limiter));
        let list = || connection.call("items", "list").execute();
        list().await.unwrap();
        assert!(polled(list(), polls).await.is_none());
        list().await.unwrap();
        assert_eq!((stage.sent(), clock.elapsed().as_secs()), (2, 10), "after {polls} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_may_be_left_at_any_await() {
    for polls in 0.. {
        let stage = Stage::new(|_, _| Play::text(200, "text/plain", "a file"));
        let connection = build("", &stage, Arc::new(TestClock::new()), |builder| builder);
        let download = async { connection.call("items", "read").download().await.unwrap().body.collect(1 << 20).await };
        let file = polled(download, polls).await;
        assert_eq!(stage.open(), 0, "after {polls} polls a connection is held");
        if let Some(file) = file {
            assert_eq!(file.unwrap().unwrap(), "a file");
            assert!(polls > 4, "the download was polled {polls} times only");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_asks_for_nothing_more() {
    use futures_util::StreamExt as _;
    let stage = Stage::new(|_, request| page(page_of(request)));
    let connection = build("", &stage, Arc::new(TestClock::new()), |builder| builder);
    let mut pages = connection.call("items", "list").pages();
    pages.next().await.unwrap().unwrap();
    drop(pages);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((stage.sent(), stage.open()), (1, 0));
}
