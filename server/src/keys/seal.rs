//! Sealing: AES-256-GCM under a data key of its own, which a master key wraps. What a secret is for is sealed with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::zeroize::Zeroizing;

use super::source::Key;
use super::{KeyError, random};

/// A sealed secret, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    /// Nonce and ciphertext, in base64.
    pub sealed: String,
    /// The data key, sealed under the master key, in base64.
    pub wrapped_key: String,
    /// The id of that master key.
    pub master_key: String,
}

/// Seals a secret under a new data key, and that under the master key.
pub(super) fn seal(master: &Key, context: &str, plain: &[u8]) -> Result<(String, String), KeyError> {
    let data_key: Key = random()?;
    Ok((encrypt(&data_key, context, plain)?, wrap(master, context, &data_key)?))
}

pub(super) fn open(master: &Key, context: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let data_key = unwrap(master, context, &sealed.wrapped_key)?;
    decrypt(&data_key, context, &sealed.sealed)
}

pub(super) fn wrap(master: &Key, context: &str, data_key: &Key) -> Result<String, KeyError> {
    encrypt(master, &wrapping(context), data_key.as_slice())
}

pub(super) fn unwrap(master: &Key, context: &str, wrapped_key: &str) -> Result<Key, KeyError> {
    let bytes = decrypt(master, &wrapping(context), wrapped_key)?;
    Ok(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::Forged)?))
}

/// A wrapped key is never taken for a secret.
fn wrapping(context: &str) -> String {
    format!("key of {context}")
}

/// A nonce is random: a data key seals one secret, and a master key far fewer than the 2^32 that NIST SP 800-38D allows.
fn encrypt(key: &Key, context: &str, plain: &[u8]) -> Result<String, KeyError> {
    let nonce = random::<NONCE_LEN>()?;
    let mut text = Zeroizing::new(plain.to_vec());
    let tag = cipher(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(*nonce), Aad::from(context.as_bytes()), &mut text)
        .map_err(|_| KeyError::Forged)?;
    Ok(BASE64.encode([nonce.as_slice(), &text, tag.as_ref()].concat()))
}

fn decrypt(key: &Key, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = BASE64.decode(sealed).map_err(|_| KeyError::Forged)?;
    let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(KeyError::Forged)?;
    let mut text = Zeroizing::new(text.to_vec());
    let opened = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context.as_bytes()), &mut text)
        .map_err(|_| KeyError::Forged)?
        .len();
    text.truncate(opened);
    Ok(text)
}

fn cipher(key: &Key) -> Result<LessSafeKey, KeyError> {
    UnboundKey::new(&AES_256_GCM, key.as_slice()).map(LessSafeKey::new).map_err(|_| KeyError::Forged)
}
