//! Tieline's engine: loads, checks, compiles and runs a connector.

pub mod source;
pub mod yaml;
