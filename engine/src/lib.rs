//! Tieline's engine: loads, checks, compiles and runs a connector.

pub mod auth;
pub mod body;
pub mod language;
pub mod manifest;
pub mod notation;
pub mod paginate;
pub mod source;
pub mod yaml;
