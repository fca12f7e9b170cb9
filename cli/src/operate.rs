//! What `serve` and `keys` share: which database, and which master keys.

use std::env;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use clap::Args;
use tieline::{Error, ErrorKind};
use tieline_server::{KeySource, Settings, StartError};

use crate::folders;

/// The variable that holds master keys themselves.
const MASTER_KEYS: &str = "TIELINE_MASTER_KEYS";

/// Where a server keeps what it stores.
#[derive(Args)]
#[command(next_help_heading = "Storage")]
pub(crate) struct StorageArgs {
    /// The folder of the database and the master keys; $XDG_DATA_HOME/tieline when left out
    #[arg(long, value_name = "FOLDER", env = "TIELINE_DATA")]
    pub data: Option<PathBuf>,
    /// `postgres://…` for many servers, or `sqlite://…`; a SQLite file in the data folder when left out
    #[arg(long, value_name = "URL", env = "TIELINE_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// The file of master keys, which encrypt stored credentials: 32 bytes in base64, one a line, the newest first.
    /// Left out: the keys in the variable TIELINE_MASTER_KEYS, or `master.keys` in the data folder, which is made when it is not there
    #[arg(long, value_name = "FILE", env = "TIELINE_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// A command that prints the master keys: of a key service, say
    #[arg(long, value_name = "COMMAND", env = "TIELINE_MASTER_KEY_COMMAND", conflicts_with = "master_key_file")]
    pub master_key_command: Option<String>,
}

/// A server's storage, found.
pub(crate) struct Storage {
    /// The folder of the first client's secret, and of the files that nothing else names.
    pub folder: PathBuf,
    /// The URL of the database.
    pub database: String,
    /// Where the master keys are.
    pub keys: KeySource,
}

impl StorageArgs {
    /// Where the things of a server are that has been started already.
    ///
    /// # Errors
    /// `not_found` when there is no database, and those of [`find`](Self::find).
    pub(crate) fn find_started(&self) -> Result<Storage, Error> {
        let file = database_file(&self.folder()?);
        if self.database.is_none() && !file.exists() {
            let error =
                Error::new(ErrorKind::NotFound, format!("there is no database of a server at {}", file.display()));
            return Err(
                error.with_help("`tieline serve` makes it at its first start; --data or --database say where one is")
            );
        }
        self.find()
    }

    fn folder(&self) -> Result<PathBuf, Error> {
        self.data.clone().map_or_else(folders::data, Ok)
    }

    /// Where things are. The data folder is made, for its owner alone.
    ///
    /// # Errors
    /// When there is no folder, or it cannot be made.
    pub(crate) fn find(&self) -> Result<Storage, Error> {
        let folder = self.folder()?;
        make_private(&folder)?;
        let database = self.database.clone().unwrap_or_else(|| Settings::sqlite(&database_file(&folder)));
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database.starts_with(scheme)) {
            let error = Error::new(ErrorKind::InvalidInput, "--database must begin with postgres:// or sqlite://");
            return Err(error);
        }
        let in_environment = env::var(MASTER_KEYS).ok().filter(|text| !text.trim().is_empty());
        let keys = match (&self.master_key_file, &self.master_key_command, in_environment) {
            (Some(file), _, _) if !file.exists() => {
                let error = Error::new(ErrorKind::InvalidInput, format!("there is no file {}", file.display()));
                return Err(
                    error.with_help("a new key, where nothing is encrypted yet: head -c 32 /dev/urandom | base64")
                );
            }
            (Some(file), _, _) => KeySource::File(file.clone()),
            (None, Some(command), _) => KeySource::Command(command.clone()),
            (None, None, Some(text)) => KeySource::Text(text.into()),
            (None, None, None) => KeySource::File(folder.join("master.keys")),
        };
        Ok(Storage { folder, database, keys })
    }
}

/// The database of a server that is told of no other.
fn database_file(folder: &Path) -> PathBuf {
    folder.join("tieline.db")
}

/// Makes a folder that its owner alone can read, if it is not there.
///
/// # Errors
/// `unavailable` when it cannot be made.
pub(crate) fn make_private(folder: &Path) -> Result<(), Error> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("the folder {} cannot be made: {error}", folder.display()))
    })
}

/// Why a server does not start, as the command line says it.
pub(crate) fn not_started(error: StartError) -> Error {
    let kind = match &error {
        StartError::Setting(_) | StartError::Key(_) => ErrorKind::InvalidInput,
        StartError::Store(_) => ErrorKind::Unavailable,
    };
    Error::new(kind, error.to_string())
}
