//! The server as its callers see it: over SQLite, or over PostgreSQL where `TIELINE_TEST_POSTGRES` names a server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;
mod connectors;
mod isolation;
mod killed;
mod limits;
mod lists;
mod login;
mod oidc;
mod outside;
mod renewal;
mod requests;
