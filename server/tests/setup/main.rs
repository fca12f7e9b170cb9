//! The set-up pages through a real socket: every flow, and what must not work.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../pages/mod.rs"]
mod common;

mod caller;
mod consent;
mod forms;
mod hostile;
mod links;
mod token;
