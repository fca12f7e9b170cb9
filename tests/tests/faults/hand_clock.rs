//! A clock that is moved by hand: on a real network, time passes when the other side has come to where it stops.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tieline::connect::Clock;
use tokio::sync::oneshot;

/// The clock.
pub(crate) struct HandClock {
    begun: (Instant, SystemTime),
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    passed: Duration,
    sleepers: Vec<(Duration, oneshot::Sender<()>)>,
}

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { begun: (Instant::now(), SystemTime::now()), state: Mutex::default() })
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        let mut state = self.state.lock().unwrap();
        state.passed += time;
        let (passed, sleepers) = (state.passed, std::mem::take(&mut state.sleepers));
        for (until, wake) in sleepers {
            match until <= passed {
                true => drop(wake.send(())),
                false => state.sleepers.push((until, wake)),
            }
        }
    }

    fn passed(&self) -> Duration {
        self.state.lock().unwrap().passed
    }
}

impl Clock for HandClock {
    fn now(&self) -> SystemTime {
        self.begun.1 + self.passed()
    }

    fn instant(&self) -> Instant {
        self.begun.0 + self.passed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (wake, woken) = oneshot::channel();
        let mut state = self.state.lock().unwrap();
        let until = state.passed + duration;
        match duration.is_zero() {
            true => drop(wake.send(())),
            false => state.sleepers.push((until, wake)),
        }
        woken.map(drop).boxed()
    }

    fn random(&self) -> u64 {
        0
    }
}
