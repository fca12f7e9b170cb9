//! Which addresses a URL may lead to: any, or those of the public internet alone.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::wire::Trust;

/// Which addresses may be called. It holds for what a name resolves to, too; behind a proxy, names are the proxy's to resolve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Any, whoever names them.
    Anywhere,
    /// Any that the manifest and the caller name; what answers name, on the public internet alone.
    #[default]
    DeclaredAnywhere,
    /// Those of the public internet alone: for a server whose users choose configuration values, which may be parts of hosts.
    PublicOnly,
}

impl Reach {
    /// Whether a URL of this origin may lead to public addresses alone.
    pub(super) fn is_public_only(self, trust: Trust) -> bool {
        match (self, trust) {
            (Self::Anywhere, Trust::Declared | Trust::Response) | (Self::DeclaredAnywhere, Trust::Declared) => false,
            (Self::DeclaredAnywhere, Trust::Response) | (Self::PublicOnly, Trust::Declared | Trust::Response) => true,
        }
    }
}

/// The host is, or resolves to, an address that is not public.
#[derive(Debug)]
pub(super) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its address is private")
    }
}

impl std::error::Error for NotPublic {}

/// Resolves names to public addresses alone, the proxies' own names excepted. A connection is made to nothing but what it
/// gives, so a name cannot change its mind in between.
pub(super) struct PublicResolver {
    /// Hosts of proxies, which the caller has declared.
    pub(super) proxies: Vec<String>,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let nothing_found = found.is_empty();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| is_proxy || is_public(address.ip())).collect();
            if allowed.is_empty() && !nothing_found {
                return Err(NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether the URL names its host in a way that the resolver does not see: by an address, or to a proxy.
pub(super) fn check(url: &Url, proxies: &[String]) -> Result<(), NotPublic> {
    let allowed = match url.host() {
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_local = name == "localhost" || name.ends_with(".localhost");
            !is_local && !proxies.iter().any(|proxy| proxy.trim_end_matches('.').eq_ignore_ascii_case(name))
        }
        None => false,
    };
    if allowed { Ok(()) } else { Err(NotPublic) }
}

/// Whether an address belongs to the public internet (the IANA registries of special-purpose addresses).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Mapped and translated addresses lead to the IPv4 address within.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarks, ORCHID and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast; loopback, unique local, link-local and multicast are elsewhere.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::check;

    #[test]
    fn only_public_addresses_pass() {
        let proxies = ["proxy.corp".to_owned()];
        for host in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "[2606:4700::1111]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::808:808]",
            "example.com",
            "localhost.example.com",
        ] {
            let url = Url::parse(&format!("https://{host}/x")).unwrap();
            assert!(check(&url, &proxies).is_ok(), "{host}");
        }
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12::1]",
            "[ff02::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[fec0::1]",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "Proxy.corp",
            "proxy.corp.",
        ] {
            let url = Url::parse(&format!("https://{host}/x")).unwrap();
            assert!(check(&url, &proxies).is_err(), "{host}");
        }
    }
}
