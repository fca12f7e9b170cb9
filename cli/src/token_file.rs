//! Renewed tokens in a file: written whole or not at all, by one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tieline::auth::AccessToken;
use tieline::connect::{Lease, StoredTokens, TokenStore};
use tieline::{Error, ErrorKind};

use crate::credentials::{RENEWED, Rotating};

#[cfg(test)]
mod tests;

const ASK_AGAIN: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(120);

/// In what a renewal left in a file of credentials: which sign-in it belongs to.
const KEY: &str = "key";

/// How many renewals are under way in this process.
static RENEWALS: AtomicUsize = AtomicUsize::new(0);

/// Waits until no renewal is under way, but no longer than this: a token that the API has handed out and that is not yet in the
/// file would be lost, and the old one may be worth nothing any more.
pub(crate) async fn renewals_end(patience: Duration) {
    let is_over = async {
        while RENEWALS.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    };
    // After that, it may as well never end.
    let _ = tokio::time::timeout(patience, is_over).await;
}

/// A renewal that is under way, until this is dropped.
#[derive(Debug)]
struct Renewal;

impl Renewal {
    fn begin() -> Self {
        RENEWALS.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        RENEWALS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Renewed tokens in a file.
#[derive(Debug)]
pub(crate) struct FileTokenStore {
    path: PathBuf,
    layout: Layout,
}

/// What the file holds.
#[derive(Debug)]
enum Layout {
    /// Tokens by key: the file of `--token-store`.
    Tokens,
    /// The user's own credentials, in which these fields change.
    Credentials(Rotating),
}

impl FileTokenStore {
    /// A file of nothing but tokens. It is made when it is first needed.
    pub(crate) fn tokens(path: &Path) -> Self {
        Self { path: resolved(path), layout: Layout::Tokens }
    }

    /// The file of the user's credentials: a renewed token takes its old one's place there.
    pub(crate) fn credentials(path: &Path, rotating: Rotating) -> Self {
        Self { path: resolved(path), layout: Layout::Credentials(rotating) }
    }

    fn read(&self) -> Result<Map<String, Value>, Error> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
            Err(error) => return Err(self.failed("cannot be read", &error)),
        };
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        if text.is_empty() {
            return Ok(Map::new());
        }
        serde_json::from_slice(text).map_err(|_| {
            Error::new(ErrorKind::Credentials, format!("{} holds no JSON object", self.path.display()))
                .with_help("a token store is a file of its own; name one that does not exist yet")
        })
    }

    fn stored(&self, key: &str, content: &Map<String, Value>) -> Result<StoredTokens, Error> {
        let kept = match &self.layout {
            Layout::Tokens => content.get(key),
            Layout::Credentials(fields) => content
                .get(RENEWED)
                .filter(|kept| kept.get(KEY).and_then(Value::as_str) == Some(lasting(key)))
                .filter(|kept| fields.still_hold(content, kept)),
        };
        let relevant = match &self.layout {
            Layout::Tokens => kept.map(Value::to_string).unwrap_or_default(),
            Layout::Credentials(fields) => fields.relevant(content),
        };
        let mut hasher = DefaultHasher::new();
        relevant.hash(&mut hasher);
        Ok(StoredTokens { token: kept.map(AccessToken::from_secret_json).transpose()?, version: hasher.finish() })
    }

    fn commit(&self, key: &str, version: u64, token: &AccessToken) -> Result<bool, Error> {
        let mut content = self.read()?;
        if self.stored(key, &content)?.version != version {
            return Ok(false);
        }
        let mut token = token.to_secret_json();
        match &self.layout {
            Layout::Tokens => drop(content.insert(key.to_owned(), token)),
            Layout::Credentials(fields) => {
                fields.replace(&mut content, &mut token);
                token[KEY] = lasting(key).into();
                content.insert(RENEWED.to_owned(), token);
            }
        }
        let text = format!("{:#}\n", Value::Object(content));
        write_private(&self.path, text.as_bytes()).map_err(|error| self.failed("cannot be written", &error))?;
        Ok(true)
    }

    async fn lease(&self) -> Result<Lease, Error> {
        let path = with_suffix(&self.path, ".lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = open.map_err(|error| {
            Error::new(ErrorKind::Unavailable, format!("the lock {} cannot be made: {error}", path.display()))
                .with_help("the folder must be writable, or the renewed token would be lost")
        })?;
        let mut waited = Duration::ZERO;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Lease::holding((lock, Renewal::begin()))),
                Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                    tokio::time::sleep(ASK_AGAIN).await;
                    waited += ASK_AGAIN;
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!("another process has held {} for two minutes", path.display());
                    return Err(Error::new(ErrorKind::Timeout, message));
                }
                Err(TryLockError::Error(error)) => return Err(self.failed("cannot be locked", &error)),
            }
        }
    }

    fn failed(&self, what: &str, error: &io::Error) -> Error {
        Error::new(ErrorKind::Unavailable, format!("{} {what}: {error}", self.path.display()))
    }
}

impl TokenStore for FileTokenStore {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async move { self.stored(key, &self.read()?) })
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        Box::pin(self.lease())
    }

    fn commit<'a>(&'a self, key: &'a str, version: u64, token: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { self.commit(key, version, &token) })
    }
}

/// What stays of a store's key when tokens are renewed: all but the digest of the user's values, which hold the tokens.
fn lasting(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(lasting, _)| lasting)
}

impl Rotating {
    /// What a renewal changes. The user may edit the rest meanwhile.
    fn relevant(&self, content: &Map<String, Value>) -> String {
        let fields = [Some(self.refresh_token.as_str()), self.access_token.as_deref(), Some(RENEWED)];
        fields
            .map(|field| field.and_then(|field| content.get(field)).map_or_else(String::new, Value::to_string))
            .join("\n")
    }

    /// Whether the file still holds the tokens that were written with `kept`. The user may have put in others since.
    fn still_hold(&self, content: &Map<String, Value>, kept: &Value) -> bool {
        let is_same = |field: &str, part: &str| kept.get(part).is_none_or(|kept| content.get(field) == Some(kept));
        is_same(&self.refresh_token, "refresh_token")
            && self.access_token.as_deref().is_none_or(|field| is_same(field, "access_token"))
    }

    /// Puts new tokens in the place of the old ones. A refresh token that was not renewed stays.
    fn replace(&self, content: &mut Map<String, Value>, token: &mut Value) {
        if let Some(field) = &self.access_token {
            content.insert(field.clone(), token["access_token"].clone());
        }
        match token.get("refresh_token") {
            Some(renewed) => drop(content.insert(self.refresh_token.clone(), renewed.clone())),
            None => token["refresh_token"] = content.get(&self.refresh_token).cloned().unwrap_or_default(),
        }
    }
}

/// Where credentials were given that nothing can be written back to: a token that rotates is used as it is, never renewed.
#[derive(Debug)]
pub(crate) struct NowhereToKeep;

impl TokenStore for NowhereToKeep {
    fn load<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<StoredTokens, Error>> {
        Box::pin(async { Ok(StoredTokens::default()) })
    }

    fn lease<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Lease, Error>> {
        let message = "the access token has to be renewed, and there is no place to keep the new one";
        let help = "put the credentials into a file and give --credentials @file, or give --token-store FILE";
        Box::pin(async move { Err(Error::new(ErrorKind::Unauthorized, message).with_help(help)) })
    }

    fn commit<'a>(&'a self, _: &'a str, _: u64, _: AccessToken) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async { Ok(false) })
    }
}

/// Writes a file that only its owner reads, whole or not at all. One that was there keeps its permissions.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // A temporary file is its owner's alone from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    if let Ok(facts) = fs::metadata(path) {
        file.as_file().set_permissions(facts.permissions())?;
    }
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map(|_: File| ()).map_err(|error| error.error)
}

/// The folder that a file stands in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file itself, where the path is a link to it: renaming over a link would leave the file as it was.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
