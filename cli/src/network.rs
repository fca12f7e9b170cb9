//! How the environment says the network is reached: proxies and certificates.

use std::ffi::OsString;
use std::path::PathBuf;
use std::{env, fs};

use tieline::Error;
use tieline::transport::HttpOptions;

use crate::stop::unreadable;

/// The options of the HTTP client, from the environment of this process.
///
/// # Errors
/// `invalid_input` when `SSL_CERT_FILE` names a file that cannot be read.
pub(crate) fn options() -> Result<HttpOptions, Error> {
    options_from(|name| env::var_os(name))
}

fn options_from(variable: impl Fn(&str) -> Option<OsString>) -> Result<HttpOptions, Error> {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    let text = |name: &str| value(name).and_then(|value| value.into_string().ok());
    let either = |lower: &str, upper: &str| text(lower).or_else(|| text(upper));
    let root_certificates = match value("SSL_CERT_FILE").map(PathBuf::from) {
        Some(path) => Some(fs::read(&path).map_err(|error| {
            unreadable(&path, &error).with_help("the variable SSL_CERT_FILE names a file of certificates (PEM)")
        })?),
        None => None,
    };
    // In a CGI program `HTTP_PROXY` is what the client sent as a header `Proxy`, so only the lower-case name counts there.
    let http_proxy = text("http_proxy").or_else(|| text("HTTP_PROXY").filter(|_| value("REQUEST_METHOD").is_none()));
    Ok(HttpOptions {
        https_proxy: either("https_proxy", "HTTPS_PROXY"),
        http_proxy,
        no_proxy: either("no_proxy", "NO_PROXY"),
        root_certificates,
        ..HttpOptions::default()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<HttpOptions, Error> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        options_from(|name| find(name).map(|(_, value)| value.into()))
    }

    #[test]
    fn lower_case_comes_first_and_empty_is_unset() {
        let options = read(&[
            ("https_proxy", "http://a:1"),
            ("HTTPS_PROXY", "http://b:2"),
            ("HTTP_PROXY", "http://c:3"),
            ("no_proxy", ""),
            ("NO_PROXY", "localhost"),
        ])
        .unwrap();
        assert_eq!(options.https_proxy.as_deref(), Some("http://a:1"));
        assert_eq!(options.http_proxy.as_deref(), Some("http://c:3"));
        assert_eq!(options.no_proxy.as_deref(), Some("localhost"));
        assert!(options.root_certificates.is_none());
    }

    #[test]
    fn a_cgi_program_is_not_led_to_a_proxy_by_its_client() {
        let cgi = read(&[("HTTP_PROXY", "http://evil:1"), ("REQUEST_METHOD", "GET")]).unwrap();
        assert_eq!(cgi.http_proxy, None);
    }

    #[test]
    fn certificates_that_are_not_there_are_named() {
        let error = read(&[("SSL_CERT_FILE", "/nowhere/ca.pem")]).unwrap_err();
        assert!(error.message().starts_with("/nowhere/ca.pem cannot be read"), "{error}");
    }
}
