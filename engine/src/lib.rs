//! Tieline's engine: loads, checks, compiles and runs a connector.

mod args;
pub mod auth;
pub mod body;
mod build;
pub mod catalog;
mod check;
pub mod connect;
mod error;
mod examples;
pub mod execute;
mod explanation;
mod extract;
pub mod language;
mod load;
pub mod manifest;
pub mod notation;
pub mod observe;
pub mod paginate;
pub mod plan;
mod raw;
mod schema;
pub mod source;
pub mod transport;
pub mod typed;
pub mod wire;
pub mod yaml;

pub use args::Args;
pub use auth::Credentials;
pub use connect::Connection;
pub use error::{Error, ErrorKind, Problem};
pub use execute::{Call, Envelope};
pub use plan::Connector;
pub use raw::Raw;
pub use source::{Diagnostics, Source};
