//! TLS with rustls and ring: which certificates are trusted.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The certificates of a PEM bundle.
///
/// # Errors
/// A sentence, when it holds none or cannot be read.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the root certificates are no PEM bundle: {error}"))?;
    if certificates.is_empty() {
        return Err("the root certificates hold no `BEGIN CERTIFICATE`".to_owned());
    }
    Ok(certificates)
}

/// A client that trusts these certificates, or the built-in roots. Uses a provider of its own, so no other part of the
/// process has to install one, or may not.
///
/// # Errors
/// A sentence, when no certificate can be used.
pub(super) fn client(certificates: Option<&[CertificateDer<'static>]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let given = certificates.unwrap_or(webpki_root_certs::TLS_SERVER_ROOT_CERTS).iter().cloned();
    let (used, _) = roots.add_parsable_certificates(given);
    if used == 0 {
        return Err("none of the root certificates can be used".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::{certificates, client};

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64_STANDARD.encode(der))
    }

    #[test]
    fn a_bundle_is_read_and_a_broken_one_named() {
        let root = &webpki_root_certs::TLS_SERVER_ROOT_CERTS[0];
        let bundle = format!("# a comment\n{}{}", pem(root), pem(b"not a certificate"));
        let read = certificates(bundle.as_bytes()).unwrap();
        assert_eq!(read.len(), 2);
        assert!(client(Some(&read)).is_ok(), "one of two can be used");
        assert_eq!(client(Some(&read[1..])).unwrap_err(), "none of the root certificates can be used");
        assert_eq!(certificates(b"").unwrap_err(), "the root certificates hold no `BEGIN CERTIFICATE`");
        let cut = &bundle[..bundle.len() / 3];
        assert!(certificates(cut.as_bytes()).is_err());
    }

    #[test]
    fn the_built_in_roots_are_enough() {
        assert_eq!(client(None).unwrap().alpn_protocols.len(), 2);
    }
}
