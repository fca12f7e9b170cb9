//! Cases as data: folders that say what is called, what goes over the wire and what comes back, played through every face.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this crate is test code: a case that cannot be read ends the test"
)]

pub mod call;
pub mod case;
pub mod clock;
pub mod command_line;
pub mod exchange;
pub mod expectation;
pub mod generated;
pub mod guide;
pub mod library;
pub mod listen;
pub mod loopback;
pub mod round_trip;
pub mod script;
pub mod secrets;
