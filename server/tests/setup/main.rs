//! The set-up pages through a real socket: every flow, and what must not work.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;
mod caller;
mod common;
mod consent;
mod forms;
mod hostile;
mod links;
mod token;
