//! The HTTP client for a provider: it goes where the operator says, and follows nobody elsewhere.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, NoProxy, Proxy, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tieline::transport::HttpOptions;

/// How long an exchange may take.
const LONGEST: Duration = Duration::from_secs(10);

/// A client with the server's proxies and certificates.
///
/// # Errors
/// A sentence, when one of them cannot be used.
pub(super) fn http_client(options: &HttpOptions) -> Result<Client, String> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(options)?)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .timeout(LONGEST)
        .user_agent(concat!("tieline/", env!("CARGO_PKG_VERSION")));
    let exceptions = options.no_proxy.as_deref().and_then(NoProxy::from_string);
    for (scheme, proxy) in [("https", &options.https_proxy), ("http", &options.http_proxy)] {
        let Some(proxy) = proxy.as_deref().filter(|proxy| !proxy.is_empty()) else { continue };
        let url = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
        let made = if scheme == "https" { Proxy::https(url) } else { Proxy::http(url) };
        // What reqwest says may hold the proxy's password.
        let made = made.map_err(|_| format!("the proxy for {scheme} URLs cannot be used"))?;
        builder = builder.proxy(made.no_proxy(exceptions.clone()));
    }
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {error}"))
}

fn tls(options: &HttpOptions) -> Result<ClientConfig, String> {
    let given = options.root_certificates.as_deref().map(|pem| {
        let read: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(pem).collect();
        read.map_err(|error| format!("the root certificates are no PEM bundle: {error}"))
    });
    let mut roots = RootCertStore::empty();
    let trusted = given.transpose()?.unwrap_or_else(|| webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec());
    roots.add_parsable_certificates(trusted);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
