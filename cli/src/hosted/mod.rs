//! What the commands share that talk to a server of Tieline: who is logged in where, the calls, and what a name means there.

pub(crate) mod api;
pub(crate) mod browser_login;
pub(crate) mod find;
pub(crate) mod given;
pub(crate) mod secret;
pub(crate) mod settings;
pub(crate) mod setup;

mod answers;
mod browser;
mod failure;
