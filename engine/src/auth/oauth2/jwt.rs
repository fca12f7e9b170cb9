//! A JWT signed with RS256 by a service account (RFC 7519, RFC 7523).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::auth::credentials::unfit;
use crate::auth::values::Values;
use crate::error::Error;

use super::OAuth2;

/// How long an assertion holds, in seconds; an hour is the most that token endpoints take.
const LIFE: i64 = 3600;

/// What is read from a service account's key file. Its `token_uri` is not: the manifest says where tokens come from.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
}

/// The assertion of a service account for the token endpoint at `audience`.
///
/// # Errors
/// `credentials` when the key file cannot be used; nothing of it is repeated.
pub(super) fn assertion(oauth2: &OAuth2, values: &Values<'_>, audience: &Url, now: i64) -> Result<String, Error> {
    let template = oauth2.service_account.as_deref();
    let field = template.and_then(|template| template.names().next()).unwrap_or("service_account");
    let wrong = |what: &str| unfit(field, format!("{field} {what}"));
    let text = values.part(template, field)?.ok_or_else(|| wrong("is required"))?;
    let key: KeyFile = serde_json::from_str(&text)
        .map_err(|_| wrong("must be a service account's key file: JSON with `client_email` and `private_key`"))?;

    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(id) = key.private_key_id {
        header["kid"] = id.into();
    }
    let mut claims = Map::from_iter([("iss".to_owned(), Value::from(key.client_email))]);
    if !oauth2.scopes.is_empty() {
        claims.insert("scope".to_owned(), oauth2.scopes.join(" ").into());
    }
    claims.insert("aud".to_owned(), audience.as_str().into());
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(LIFE).into());

    let encoded = |json: &Value| BASE64URL.encode(json.to_string());
    let signed = format!("{}.{}", encoded(&header), encoded(&claims.into()));
    let signature = rs256(&key.private_key, signed.as_bytes()).ok_or_else(|| {
        wrong("has a `private_key` that cannot be used: an RSA key in PEM of 2048 bits or more is needed")
    })?;
    Ok(format!("{signed}.{}", BASE64URL.encode(signature)))
}

/// The signature of a message with an RSA key in PEM (PKCS#8 or PKCS#1).
fn rs256(pem: &str, message: &[u8]) -> Option<Vec<u8>> {
    let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return None,
    };
    let key = key.ok()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(signature)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::{Value, json};

    use super::{BASE64URL, assertion};
    use crate::auth::testing::{given, schemes};
    use crate::auth::values::Values;
    use crate::error::{Error, ErrorKind};

    /// A throw-away key that was made for this test.
    const KEY_FILE: &str = include_str!("jwt_test_key.json");

    const AUTH: &str = r#"
service:
  fields: { key: { description: Key file, secret: true } }
  oauth2:
    grant: jwt_bearer
    service_account: ${key}
    scopes: [read, write]
    token: { url: "https://auth.notes.example/token" }
"#;

    fn sign(key_file: &Value) -> Result<String, Error> {
        let schemes = schemes(AUTH);
        let (scheme, credentials) = (&schemes["service"], given(&[("key", &key_file.to_string())]));
        let audience = "https://auth.notes.example/token".parse().unwrap();
        assertion(scheme.oauth2.as_ref().unwrap(), &Values::of(scheme, &credentials), &audience, 1_000)
    }

    #[test]
    fn signs_with_rs256() {
        let key_file: Value = serde_json::from_str(KEY_FILE).unwrap();
        let mut pkcs1 = key_file.clone();
        pkcs1["private_key"] = key_file["private_key_pkcs1_for_the_test"].clone();
        for key in [&key_file, &pkcs1] {
            let jwt = sign(key).unwrap();
            let (signed, signature) = jwt.rsplit_once('.').unwrap();
            let public = BASE64.decode(key["public_key_pkcs1_der_for_the_test"].as_str().unwrap()).unwrap();
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
            let signature = BASE64URL.decode(signature).unwrap();
            assert!(public.verify(signed.as_bytes(), &signature).is_ok());
            assert!(public.verify(b"something else", &signature).is_err());

            let parts: Vec<Value> = signed
                .split('.')
                .map(|part| serde_json::from_slice(&BASE64URL.decode(part).unwrap()).unwrap())
                .collect();
            assert_eq!(parts[0], json!({ "alg": "RS256", "typ": "JWT", "kid": "test-key-1" }));
            let claims = json!({
                "iss": "robot@test.example", "scope": "read write", "aud": "https://auth.notes.example/token",
                "iat": 1_000, "exp": 4_600,
            });
            assert_eq!(parts[1], claims);
        }
    }

    #[test]
    fn says_what_a_key_file_lacks_and_repeats_nothing() {
        for (key_file, expected) in [
            (json!({ "client_email": "s3cret" }), "key must be a service account's key file"),
            (
                json!({ "client_email": "s3cret", "private_key": "s3cret" }),
                "key has a `private_key` that cannot be used",
            ),
            (json!("s3cret"), "key must be a service account's key file"),
        ] {
            let error = sign(&key_file).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.message().starts_with(expected), "{error}");
            assert!(!format!("{error:?}").contains("s3cret"));
        }
    }
}
