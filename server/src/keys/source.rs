//! Where master keys come from: a file, a text (of the environment, say), or a command.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::{KeyError, random};

/// The length of a master key, in bytes.
pub(super) const LENGTH: usize = 32;

/// Where master keys come from: 32 random bytes each, in base64, one a line or with commas between. The first is the one that new
/// secrets are sealed under; the others still open what they have sealed.
#[derive(Debug)]
pub enum KeySource {
    /// A file that its owner alone can read. A server makes it with a new key when it is not there.
    File(PathBuf),
    /// The keys themselves.
    Text(SecretString),
    /// What a command writes to its standard output: a program of a key service, say. Run by `sh`.
    Command(String),
}

pub(super) type Key = Zeroizing<[u8; LENGTH]>;

impl KeySource {
    /// Makes a file with a new key where there is none.
    pub(crate) fn make(&self) -> Result<(), KeyError> {
        match self {
            Self::File(path) => make(path),
            Self::Text(_) | Self::Command(_) => Ok(()),
        }
    }

    /// The keys, the current one first.
    pub(super) fn keys(&self) -> Result<Vec<Key>, KeyError> {
        let text = match self {
            Self::File(path) => {
                fs::read_to_string(path).map(Zeroizing::new).map_err(|error| failed(path, "read", &error))?
            }
            Self::Text(text) => Zeroizing::new(text.expose_secret().to_owned()),
            Self::Command(command) => output(command)?,
        };
        let keys = parse(&text).ok_or_else(|| {
            let form = "each must be 32 bytes in base64, one a line";
            KeyError::Unavailable(format!("the master keys of {} cannot be read: {form}", self.name()))
        })?;
        if keys.is_empty() {
            return Err(KeyError::Unavailable(format!("{} holds no master key", self.name())));
        }
        Ok(keys)
    }

    /// Replaces the keys of a file, whole or not at all.
    pub(super) fn write(&self, keys: &[Key]) -> Result<(), KeyError> {
        let Self::File(path) = self else {
            let message = "only a file of master keys can be rotated here: put a new key in front of the others where they \
                           are kept, start every server anew, and rotate again";
            return Err(KeyError::Unavailable(message.to_owned()));
        };
        let temporary = path.with_extension("new");
        let written = fs::remove_file(&temporary)
            .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
            .and_then(|()| write_private(&temporary, &lines(keys)))
            .and_then(|()| fs::rename(&temporary, path))
            .and_then(|()| sync_folder(path));
        written.map_err(|error| failed(path, "written", &error))
    }

    /// What it is called in messages.
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "the environment".to_owned(),
            Self::Command(_) => "the master key command".to_owned(),
        }
    }
}

fn parse(text: &str) -> Option<Vec<Key>> {
    let words = text.split([',', '\n', '\r', ' ']).filter(|word| !word.is_empty());
    let key = |word: &str| {
        let bytes = Zeroizing::new(BASE64.decode(word).ok()?);
        Some(Zeroizing::new(<[u8; LENGTH]>::try_from(bytes.as_slice()).ok()?))
    };
    words.map(key).collect()
}

fn lines(keys: &[Key]) -> Zeroizing<String> {
    Zeroizing::new(keys.iter().map(|key| BASE64.encode(key.as_slice()) + "\n").collect())
}

fn make(path: &Path) -> Result<(), KeyError> {
    if path.exists() {
        return Ok(());
    }
    match write_private(path, &lines(&[random()?])).and_then(|()| sync_folder(path)) {
        // Another server was faster; its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(|error| failed(path, "written", &error)),
    }
}

/// Writes a new file that its owner alone can read. It is there whole or not at all.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let unique = format!("{}.part", std::process::id());
    let part = path.with_extension(unique);
    let written = options.open(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    // A link fails where the file is there already, and a rename would replace it.
    let linked = written.and_then(|()| fs::hard_link(&part, path));
    // What is left of a failure is no longer needed.
    let _ = fs::remove_file(&part);
    linked
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

fn output(command: &str) -> Result<Zeroizing<String>, KeyError> {
    let run = Command::new("sh").args(["-c", command]).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let run = run.map_err(|error| KeyError::Unavailable(format!("the master key command cannot be run: {error}")))?;
    if !run.status.success() {
        return Err(KeyError::Unavailable(format!("the master key command failed: {}", run.status)));
    }
    let text = String::from_utf8(run.stdout)
        .map_err(|_| KeyError::Unavailable("the master key command wrote no text".to_owned()));
    text.map(Zeroizing::new)
}

fn failed(path: &Path, what: &str, error: &std::io::Error) -> KeyError {
    KeyError::Unavailable(format!("the master key file {} cannot be {what}: {error}", path.display()))
}
