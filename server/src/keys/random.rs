//! Random bytes of the system.

use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::zeroize::Zeroizing;

use super::KeyError;

/// Bytes that nobody can guess.
pub(crate) fn random<const LENGTH: usize>() -> Result<Zeroizing<[u8; LENGTH]>, KeyError> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    let filled = SystemRandom::new().fill(bytes.as_mut_slice());
    filled.map_err(|_| KeyError::Unavailable("the system gives no random bytes".to_owned()))?;
    Ok(bytes)
}
