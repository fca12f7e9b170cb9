//! Limits of a connection's calls, and which URLs they may go to.

use std::time::Duration;

use url::{Host, Url};

use crate::error::{Error, ErrorKind};

/// Limits of a connection's calls.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most bytes of an answer that are read, downloads as a stream excepted; 64 MiB.
    pub max_response_bytes: usize,
    /// The longest a call may take over all its attempts, per page; 5 minutes.
    pub deadline: Duration,
    /// Whether plain `http` may be used to other hosts than this machine; no.
    pub allow_http: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_response_bytes: 64 << 20, deadline: Duration::from_secs(300), allow_http: false }
    }
}

impl Options {
    /// Plain http goes to this machine only, unless the caller allows it; other schemes are not called at all.
    pub(crate) fn allows(&self, url: &Url) -> Result<(), Error> {
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.allow_http || is_loopback(url) => Ok(()),
            "http" => {
                let host = url.host_str().unwrap_or_default();
                let message = format!("plain http to {host} would show the credentials to the network");
                Err(Error::new(ErrorKind::Refused, message).with_help("use https, or allow http for this connection"))
            }
            scheme => Err(Error::new(ErrorKind::Refused, format!("`{scheme}` URLs are not called"))),
        }
    }

    /// An answer of a server on https may name no service of this machine: only the caller knows what listens there.
    pub(crate) fn allows_elsewhere(&self, server: &Url, named: &Url) -> Result<(), Error> {
        let is_meant = self.allow_http || server.scheme() == "http" || named.scheme() != "http";
        if is_meant || !is_loopback(named) {
            return Ok(());
        }
        let message = format!("the API names a file at {}, on this machine", named.origin().ascii_serialization());
        Err(Error::new(ErrorKind::Refused, message).with_help("allow http for this connection, where that is meant"))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
