//! Keys: the master keys that an operator keeps, and what is sealed under them.

mod random;
mod ring_of_keys;
mod seal;
mod source;

pub(crate) use random::random;
pub use ring_of_keys::Keyring;
pub(crate) use seal::Sealed;
pub use source::KeySource;

/// What went wrong with a key or with what it seals. Repeats nothing secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The keys cannot be had.
    #[error("{0}")]
    Unavailable(String),
    /// There is no such master key any more, or not here.
    #[error("the master key {0} is not among those given: a secret that it wraps cannot be read")]
    Unknown(String),
    /// It was sealed under another key, for something else, or has been changed since.
    #[error("a stored secret cannot be opened: it is not what was sealed")]
    Forged,
}
