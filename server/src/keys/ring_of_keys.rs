//! The master keys in use, read anew when one is asked for that is not among them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use ring::digest::{SHA256, digest};
use secrecy::zeroize::Zeroizing;

use super::seal::{self, Sealed};
use super::source::Key;
use super::{KeyError, KeySource, random};

/// The master keys in use. The first seals; each opens what it has sealed.
pub struct Keyring {
    source: KeySource,
    keys: RwLock<Vec<Arc<MasterKey>>>,
}

struct MasterKey {
    id: String,
    key: Key,
}

impl Keyring {
    /// The keys that a source has now.
    ///
    /// # Errors
    /// When there are none, or they cannot be read.
    pub fn open(source: KeySource) -> Result<Self, KeyError> {
        let keys = named(source.keys()?);
        Ok(Self { source, keys: RwLock::new(keys) })
    }

    /// Seals a secret for what `owner` and `kind` say. It opens for nothing else.
    pub(crate) fn seal(&self, owner: &str, kind: &str, plain: &[u8]) -> Result<Sealed, KeyError> {
        let master = self.current()?;
        let (sealed, wrapped_key) = seal::seal(&master.key, &context(owner, kind), plain)?;
        Ok(Sealed { sealed, wrapped_key, master_key: master.id.clone() })
    }

    /// Opens a secret that was sealed for the same.
    pub(crate) fn unseal(&self, owner: &str, kind: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        seal::open(&self.find(&sealed.master_key)?.key, &context(owner, kind), sealed)
    }

    /// The data key of a secret under the master key of this id; the secret itself stays as it is.
    pub(crate) fn rewrap(&self, owner: &str, kind: &str, sealed: &Sealed, master: &str) -> Result<Sealed, KeyError> {
        let (before, now) = (self.find(&sealed.master_key)?, self.find(master)?);
        let context = context(owner, kind);
        let data_key = seal::unwrap(&before.key, &context, &sealed.wrapped_key)?;
        let wrapped_key = seal::wrap(&now.key, &context, &data_key)?;
        Ok(Sealed { sealed: sealed.sealed.clone(), wrapped_key, master_key: now.id.clone() })
    }

    /// The id of the key that seals.
    pub(crate) fn current_id(&self) -> Result<String, KeyError> {
        self.current().map(|key| key.id.clone())
    }

    /// Puts a new key in front, in the file that they come from. The one that was in front stays: another server may be sealing
    /// under it at this moment. Older ones go.
    pub(crate) fn add_key(&self) -> Result<(), KeyError> {
        let mut keys = self.source.keys()?;
        keys.truncate(1);
        keys.insert(0, random()?);
        self.source.write(&keys)?;
        self.read_again()
    }

    /// Whether keys can be added here.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.source, KeySource::File(_))
    }

    /// The key that seals: a file is read anew, because another process may have rotated. While it cannot be read, what is known
    /// counts: what has to be sealed now may be a refresh token whose predecessor counts no more.
    fn current(&self) -> Result<Arc<MasterKey>, KeyError> {
        if self.is_file()
            && let Err(error) = self.read_again()
        {
            tracing::error!(%error, "the keys that were read before count on");
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first().cloned().ok_or_else(|| KeyError::Unavailable("there is no master key".to_owned()))
    }

    /// The key of this id. Another process may have rotated since the keys were read.
    fn find(&self, id: &str) -> Result<Arc<MasterKey>, KeyError> {
        let known = |keys: &[Arc<MasterKey>]| keys.iter().find(|key| key.id == id).cloned();
        if let Some(key) = known(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(key);
        }
        self.read_again()?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        known(&keys).ok_or_else(|| KeyError::Unknown(id.to_owned()))
    }

    fn read_again(&self) -> Result<(), KeyError> {
        let keys = named(self.source.keys()?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list().entries(keys.iter().map(|key| &key.id)).finish()
    }
}

/// What a secret is for. A UUID has no `/`, so no two are the same text.
fn context(owner: &str, kind: &str) -> String {
    format!("{owner}/{kind}")
}

fn named(keys: Vec<Key>) -> Vec<Arc<MasterKey>> {
    keys.into_iter().map(|key| Arc::new(MasterKey { id: id(&key), key })).collect()
}

/// Names a key without showing it.
fn id(key: &Key) -> String {
    let digest = digest(&SHA256, &[b"tieline master key ".as_slice(), key.as_slice()].concat());
    digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use secrecy::SecretString;

    use super::*;

    fn given(keys: &[[u8; 32]]) -> Keyring {
        let text: Vec<_> = keys.iter().map(|key| BASE64.encode(key)).collect();
        Keyring::open(KeySource::Text(SecretString::from(text.join(",")))).unwrap()
    }

    #[test]
    fn opens_what_was_sealed_for_the_same_and_nothing_else() {
        let keys = given(&[[1; 32]]);
        let sealed = keys.seal("a", "credentials", b"ntn_secret").unwrap();
        assert!(!format!("{sealed:?} {keys:?}").contains("ntn_"));
        assert_eq!(keys.unseal("a", "credentials", &sealed).unwrap().as_slice(), b"ntn_secret");
        for (owner, kind) in [("b", "credentials"), ("a", "token"), ("a/credentials", "")] {
            assert!(matches!(keys.unseal(owner, kind, &sealed), Err(KeyError::Forged)), "{owner} {kind}");
        }
        let mut changed = sealed.clone();
        changed.sealed = keys.seal("a", "credentials", b"ntn_other").unwrap().sealed;
        assert!(matches!(keys.unseal("a", "credentials", &changed), Err(KeyError::Forged)));
        let other = given(&[[2; 32]]);
        assert!(matches!(other.unseal("a", "credentials", &sealed), Err(KeyError::Unknown(_))));
    }

    #[test]
    fn a_secret_moves_to_a_new_master_key_without_being_sealed_again() {
        let old = given(&[[1; 32]]);
        let sealed = old.seal("a", "k", b"s").unwrap();
        let both = given(&[[2; 32], [1; 32]]);
        let moved = both.rewrap("a", "k", &sealed, &both.current_id().unwrap()).unwrap();
        assert_eq!(moved.sealed, sealed.sealed);
        assert_eq!(given(&[[2; 32]]).unseal("a", "k", &moved).unwrap().as_slice(), b"s");
        assert!(old.unseal("a", "k", &moved).is_err());
    }

    #[test]
    fn a_file_of_keys_is_made_once_and_read_again_when_another_process_rotates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(Keyring::open(KeySource::File(path.clone())).is_err() && !path.exists());
        for _ in 0..2 {
            KeySource::File(path.clone()).make().unwrap();
        }
        let one = Keyring::open(KeySource::File(path.clone())).unwrap();
        let other = Keyring::open(KeySource::File(path.clone())).unwrap();
        assert_eq!(one.current_id().unwrap(), other.current_id().unwrap());
        one.add_key().unwrap();
        let sealed = one.seal("a", "k", b"s").unwrap();
        assert_eq!(other.unseal("a", "k", &sealed).unwrap().as_slice(), b"s");
        one.add_key().unwrap();
        assert_eq!(other.current_id().unwrap(), one.current_id().unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_goes_away_is_not_made_anew_while_its_keys_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        KeySource::File(path.clone()).make().unwrap();
        let keys = Keyring::open(KeySource::File(path.clone())).unwrap();
        let (known, sealed) = (keys.current_id().unwrap(), keys.seal("a", "k", b"s").unwrap());
        std::fs::rename(&path, folder.path().join("away")).unwrap();
        assert_eq!(keys.current_id().unwrap(), known);
        assert_eq!(keys.unseal("a", "k", &sealed).unwrap().as_slice(), b"s");
        let other = given(&[[2; 32]]).seal("a", "k", b"s").unwrap();
        assert!(keys.unseal("a", "k", &other).is_err());
        assert!(!path.exists() && keys.add_key().is_err() && keys.current_id().unwrap() == known);
        std::fs::rename(folder.path().join("away"), &path).unwrap();
        assert_eq!(keys.current_id().unwrap(), known);
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        for text in ["", "c2hvcnQ=", "not base64!"] {
            let error = Keyring::open(KeySource::Text(SecretString::from(text))).unwrap_err().to_string();
            assert!(error.contains("the environment") && (text.is_empty() || !error.contains(text)), "{error}");
        }
    }
}
