//! What tests of the set-up pages share: a client, a vendor, and a server with its browsers.

#![allow(dead_code, reason = "no test uses all of it")]

pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod manifests;
pub(crate) mod site;
pub(crate) mod vendor;
