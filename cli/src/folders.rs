//! The user's own folders, where the XDG Base Directory Specification has them.

use std::env;
use std::path::PathBuf;

use tieline::Error;

use crate::stop::invalid;

/// Where a server keeps its data: `$XDG_DATA_HOME/tieline`, or `~/.local/share/tieline`.
///
/// # Errors
/// `invalid_input` when the environment names no home.
pub(crate) fn data() -> Result<PathBuf, Error> {
    folder("XDG_DATA_HOME", ".local/share")
}

/// Where settings are: `$XDG_CONFIG_HOME/tieline`, or `~/.config/tieline`.
///
/// # Errors
/// `invalid_input` when the environment names no home.
pub(crate) fn config() -> Result<PathBuf, Error> {
    folder("XDG_CONFIG_HOME", ".config")
}

fn folder(variable: &str, in_home: &str) -> Result<PathBuf, Error> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let named = env::var_os(variable).map(PathBuf::from).filter(absolute);
    let home = || env::home_dir().filter(absolute).map(|home| home.join(in_home));
    let folder = named.or_else(home).map(|folder| folder.join("tieline"));
    folder.ok_or_else(|| invalid(format!("the environment names no home folder; set {variable} or HOME")))
}
