//! The fault suite: what can go wrong between a caller and an API, and what comes of it. `docs/reliability.md` lists what is
//! promised, with the test that proves it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cancelled;
mod clock_jumps;
mod hand_clock;
mod lists;
mod network;
mod network_bodies;
mod promises;
mod raw_server;
mod retry_after;
mod sent_once;
mod stage;
mod storms;
mod three_ways;
mod tokens;
