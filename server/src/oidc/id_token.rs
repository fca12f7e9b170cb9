//! ID tokens: who signed one, and what it must say to count (OpenID Connect Core 1.0, section 3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use crate::store::now;

use super::OidcError;

/// How far two clocks may be apart, in seconds.
const SKEW: f64 = 60.0;

/// How a token is signed. There is no other way: neither `none`, nor with a secret that others may know (RFC 8725).
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
enum Algorithm {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "ES256")]
    Es256,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A public key of an issuer (RFC 7517).
#[derive(Clone, Deserialize)]
pub(super) struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a token says.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<Value>,
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
}

/// A token that says what nobody has checked yet.
pub(super) struct Unverified {
    header: Header,
    signed: String,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl Unverified {
    /// Takes a token apart.
    pub(super) fn read(token: &str) -> Result<Self, OidcError> {
        let malformed = OidcError::Token("it is no signed token");
        let Some((signed, signature)) = token.rsplit_once('.') else { return Err(malformed) };
        let Some((header, payload)) = signed.split_once('.') else { return Err(malformed) };
        let (Ok(header), Ok(payload), Ok(signature)) =
            (BASE64URL.decode(header), BASE64URL.decode(payload), BASE64URL.decode(signature))
        else {
            return Err(malformed);
        };
        let header: Header = serde_json::from_slice(&header)
            .map_err(|_| OidcError::Token("it is not signed with RS256 or ES256, the ways that are taken"))?;
        if header.crit.is_some() {
            return Err(OidcError::Token("it demands something that is not known here"));
        }
        Ok(Self { header, signed: signed.to_owned(), payload, signature })
    }

    /// The key among these that the token names, or the only one that it can mean.
    pub(super) fn key<'k>(&self, keys: &'k [Key]) -> Option<&'k Key> {
        let mut fitting = keys.iter().filter(|key| key.fits(&self.header));
        let first = fitting.next()?;
        (self.header.kid.is_some() || fitting.next().is_none()).then_some(first)
    }

    /// Whether this key has signed it.
    pub(super) fn is_signed_by(&self, key: &Key) -> bool {
        key.has_signed(self.header.alg, self.signed.as_bytes(), &self.signature).is_some()
    }

    /// What it says. Who has signed it must be known by then.
    pub(super) fn claims(self, expected: &Expected<'_>) -> Result<Claims, OidcError> {
        let claims: Claims = serde_json::from_slice(&self.payload)
            .map_err(|_| OidcError::Token("it lacks what a token must say, or says it otherwise"))?;
        let now = now() as f64 / 1000.0;
        let (is_for_this, is_for_others) = match &claims.aud {
            Audience::One(one) => (one == expected.client_id, false),
            Audience::Several(several) => (several.iter().any(|one| one == expected.client_id), several.len() > 1),
        };
        let is_of_this = match &claims.azp {
            Some(party) => party == expected.client_id,
            None => !is_for_others,
        };
        let nonce = claims.nonce.as_deref().unwrap_or_default();
        let wrong = if claims.iss != expected.issuer {
            "it is of another issuer"
        } else if !is_for_this || !is_of_this {
            "it is for another client"
        } else if claims.exp <= now - SKEW {
            "it has expired"
        } else if claims.iat > now + SKEW || claims.nbf.is_some_and(|from| from > now + SKEW) {
            "it is of the future: one of the clocks is wrong"
        } else if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            "it answers another sign-in"
        } else if claims.sub.is_empty() {
            "it says of nobody who they are"
        } else {
            return Ok(claims);
        };
        Err(OidcError::Token(wrong))
    }
}

impl Key {
    fn fits(&self, header: &Header) -> bool {
        let (kty, alg) = match header.alg {
            Algorithm::Rs256 => ("RSA", "RS256"),
            Algorithm::Es256 => ("EC", "ES256"),
        };
        self.kty == kty
            && self.alg.as_deref().is_none_or(|own| own == alg)
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && (header.kid.is_none() || self.kid == header.kid)
    }

    fn has_signed(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Option<()> {
        let bytes = |text: &Option<String>| BASE64URL.decode(text.as_deref()?).ok();
        match algorithm {
            Algorithm::Rs256 => {
                let key = RsaPublicKeyComponents { n: bytes(&self.n)?, e: bytes(&self.e)? };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).ok()
            }
            Algorithm::Es256 => {
                let is_p256 = self.crv.as_deref() == Some("P-256");
                // Uncompressed (SEC 1, section 2.3.3); ring refuses a point that is not on the curve.
                let point = [vec![4], bytes(&self.x)?, bytes(&self.y)?].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                is_p256.then(|| key.verify(signed, signature).ok()).flatten()
            }
        }
    }
}
