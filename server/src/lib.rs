//! The hosted API of Tieline: credentials stay on a server, and people, programs and agents call it with a bearer token.

mod api;
mod audit;
mod caller;
mod connections;
mod definitions;
mod error;
mod extract;
mod keys;
mod metrics;
mod oidc;
mod operator;
mod serve;
mod service;
mod settings;
mod setup;
mod store;
mod token;
mod watch;

pub use api::openapi;
pub use keys::{KeyError, KeySource, Keyring};
pub use operator::Operator;
pub use serve::Server;
pub use service::StartError;
pub use settings::{OidcSettings, Settings};
pub use store::{Client, FirstClient, Rewrapped, StoreError};
