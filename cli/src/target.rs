//! Where a result goes: stdout, or a file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tieline::{Error, ErrorKind};

use crate::stop::{Stop, invalid};
use crate::token_file::folder_of;

/// Where a result goes.
pub(crate) enum Target {
    /// To stdout.
    Stdout(io::BufWriter<io::Stdout>),
    /// To a file beside the one that is named, which takes its place at the end.
    File(io::BufWriter<NamedTempFile>, PathBuf),
    /// To what is named and is no file: a device or a pipe, which stays what it is.
    Device(io::BufWriter<File>, PathBuf),
}

impl Target {
    /// The file that is named, or stdout.
    ///
    /// # Errors
    /// `invalid_input` when there can be no such file.
    pub(crate) fn open(output: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = output else { return Ok(Self::Stdout(io::BufWriter::new(io::stdout()))) };
        if path.is_dir() || path.file_name().is_none() {
            return Err(invalid(format!("{} is a folder: name a file", path.display())));
        }
        if fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
            let device = OpenOptions::new().write(true).open(path).map_err(|error| unopenable(path, &error))?;
            return Ok(Self::Device(io::BufWriter::new(device), path.to_owned()));
        }
        // A link keeps pointing where it does.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut beside = tempfile::Builder::new();
        beside.prefix(".tieline-");
        #[cfg(unix)]
        beside.permissions(permissions(&path));
        let file = beside.tempfile_in(folder_of(&path)).map_err(|error| unopenable(&path, &error))?;
        Ok(Self::File(io::BufWriter::new(file), path))
    }

    /// Whether it is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        match self {
            Self::Stdout(_) => io::stdout().is_terminal(),
            Self::File(..) => false,
            Self::Device(device, _) => device.get_ref().is_terminal(),
        }
    }

    /// Adds to it.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads stdout any more.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match self {
            Self::Stdout(out) => Ok(out.write_all(bytes)?),
            Self::File(file, path) => file.write_all(bytes).map_err(|error| unwritable(path, &error)),
            Self::Device(device, path) => device.write_all(bytes).map_err(|error| unwritable(path, &error)),
        }
    }

    /// Lets the reader of stdout see what was written so far.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads stdout any more.
    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        match self {
            Self::Stdout(out) => Ok(out.flush()?),
            Self::File(..) => Ok(()),
            Self::Device(device, path) => device.flush().map_err(|error| unwritable(path, &error)),
        }
    }

    /// Ends it before it is whole: what came stands beside the file, which stays as it was. Gives where, if that is in a file.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads stdout any more.
    pub(crate) fn finish_in_part(self) -> Result<Option<PathBuf>, Stop> {
        let (mut file, path) = match self {
            Self::Stdout(_) | Self::Device(..) => return self.finish().map(|()| None),
            Self::File(file, path) => (file, path),
        };
        let mut part = path.into_os_string();
        part.push(".partial");
        let part = PathBuf::from(part);
        let unwritable = |error| unwritable(&part, &error);
        file.flush().map_err(unwritable)?;
        if file.get_ref().as_file().metadata().map_err(unwritable)?.len() == 0 {
            return Ok(None);
        }
        Self::File(file, part.clone()).finish().map(|()| Some(part))
    }

    /// Ends it: the file takes its place.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads stdout any more.
    pub(crate) fn finish(self) -> Result<(), Stop> {
        match self {
            Self::Stdout(mut out) => Ok(out.flush()?),
            Self::File(file, path) => {
                let kept = file.into_inner().map_err(io::IntoInnerError::into_error);
                let kept = kept.and_then(|file| file.persist(&path).map_err(|error| error.error));
                kept.map(drop).map_err(|error| unwritable(&path, &error))
            }
            Self::Device(mut device, path) => device.flush().map_err(|error| unwritable(&path, &error)),
        }
    }
}

fn unopenable(path: &Path, error: &io::Error) -> Error {
    invalid(format!("{} cannot be made: {error}", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> Stop {
    Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display())).into()
}

/// The permissions of the file that is replaced, or those that any new file gets.
#[cfg(unix)]
fn permissions(path: &Path) -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).map_or_else(|_| fs::Permissions::from_mode(0o666), |facts| facts.permissions())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_appears_at_the_end_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let mut given_up = Target::open(Some(&path)).unwrap();
        given_up.write(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut target = Target::open(Some(&path)).unwrap();
        target.write(b"whole").unwrap();
        assert!(!path.exists());
        target.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_part_stands_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, part) = (folder.path().join("out.json"), folder.path().join("out.json.partial"));
        fs::write(&path, "whole").unwrap();
        assert_eq!(Target::open(Some(&path)).unwrap().finish_in_part().unwrap(), None, "nothing came");
        let mut target = Target::open(Some(&path)).unwrap();
        target.write(b"half").unwrap();
        assert_eq!(target.finish_in_part().unwrap(), Some(part.canonicalize().unwrap()));
        assert_eq!((fs::read(&path).unwrap(), fs::read(&part).unwrap()), (b"whole".to_vec(), b"half".to_vec()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_stays_what_it_is() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).unwrap()
        });
        let mut target = Target::open(Some(&path)).unwrap();
        target.write(b"through ").unwrap();
        target.flush().unwrap();
        target.write(b"the pipe").unwrap();
        target.finish().unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), b"through the pipe");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Target::open(Some(folder.path())).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(Target::open(Some(&folder.path().join("no/such/folder.json"))).is_err());
    }
}
