//! The user's settings for a server: a file that its owner alone reads, and the environment, which comes first.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tieline::{Error, ErrorKind};
use url::Url;

use crate::folders;
use crate::operate::make_private;
use crate::output;
use crate::stop::{Stop, invalid, unreadable};
use crate::token_file::{folder_of, resolved, write_private};

/// Where `tieline serve` listens when nothing says otherwise.
pub(crate) const USUAL_SERVER: &str = "http://127.0.0.1:8400";
/// The workspace that every organization has.
const USUAL_WORKSPACE: &str = "default";
/// Fewer characters of a secret than this are not worth hiding only in part.
const SHORTEST_SHOWN: usize = 16;

/// What is kept between commands. It cannot be printed: it holds a secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// The server's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The client's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The client's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The organization, for a client of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// The workspace where a command names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Whether plain http may be used to another machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_http: bool,
}

/// Who calls which server.
pub(crate) struct Login {
    /// The server's URL.
    pub server: Url,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The organization that is meant.
    pub organization_id: Option<String>,
    /// Whether plain http may be used to another machine.
    pub allow_http: bool,
}

impl Settings {
    /// The file they are kept in.
    ///
    /// # Errors
    /// `invalid_input` when the environment names no home.
    pub(crate) fn path() -> Result<PathBuf, Error> {
        Ok(folders::config()?.join("settings.json"))
    }

    /// What is kept. Nothing, where there is no file.
    ///
    /// # Errors
    /// `invalid_input` when the file cannot be read, or is not one of ours.
    pub(crate) fn kept() -> Result<Self, Error> {
        Self::read(&Self::path()?)
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(path, &error)),
        };
        // The error must not repeat what may be a secret.
        serde_json::from_slice(&text).map_err(|_| {
            invalid(format!("{} is no file of settings", path.display()))
                .with_help("`tieline logout` removes it, `tieline login` writes it anew")
        })
    }

    /// Keeps them.
    ///
    /// # Errors
    /// `unavailable` when the file cannot be written.
    pub(crate) fn keep(&self) -> Result<PathBuf, Error> {
        let path = Self::path()?;
        self.write(&path)?;
        Ok(path)
    }

    fn write(&self, path: &Path) -> Result<(), Error> {
        let unwritable = |error: io::Error| {
            Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display()))
        };
        make_private(folder_of(path))?;
        let path = &resolved(path);
        make_private_file(path).map_err(unwritable)?;
        let json = serde_json::to_string_pretty(self).map_err(|error| unwritable(error.into()))?;
        write_private(path, format!("{json}\n").as_bytes()).map_err(unwritable)
    }

    /// Forgets them; `false` where there were none.
    ///
    /// # Errors
    /// `unavailable` when the file cannot be removed.
    pub(crate) fn forget() -> Result<bool, Error> {
        let path = Self::path()?;
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => {
                Err(Error::new(ErrorKind::Unavailable, format!("{} cannot be removed: {error}", path.display())))
            }
        }
    }

    /// What holds for this process: the environment, and the file for what is not there.
    ///
    /// # Errors
    /// `invalid_input` when the file cannot be used.
    pub(crate) fn in_effect() -> Result<Self, Error> {
        Ok(Self::kept()?.under(variable))
    }

    /// The settings below an environment. What is kept for another server or another client than it names does not count: a secret
    /// goes to the server that it is for.
    fn under(self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = Self::named(variable);
        let kept = if self.is_elsewhere(&named) { Self::default() } else { self };
        Self {
            server: named.server.or(kept.server),
            client_id: named.client_id.or(kept.client_id),
            client_secret: named.client_secret.or(kept.client_secret),
            organization_id: named.organization_id.or(kept.organization_id),
            workspace: named.workspace.or(kept.workspace),
            allow_http: named.allow_http || kept.allow_http,
        }
    }

    /// What an environment names.
    fn named(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            server: variable("TIELINE_SERVER"),
            client_id: variable("TIELINE_CLIENT_ID"),
            client_secret: variable("TIELINE_CLIENT_SECRET"),
            organization_id: variable("TIELINE_ORGANIZATION_ID"),
            workspace: variable("TIELINE_WORKSPACE"),
            allow_http: variable("TIELINE_ALLOW_HTTP").is_some_and(|text| text == "true" || text == "1"),
        }
    }

    /// Whether what is kept is for another server, or another client, than these settings name.
    fn is_elsewhere(&self, named: &Self) -> bool {
        let is_other = |named: &Option<String>, kept: &Option<String>| matches!((named, kept), (Some(named), Some(kept)) if named.trim_end_matches('/') != kept.trim_end_matches('/'));
        // Without a server, what is kept is for the usual one.
        let server = self.server.clone().or_else(|| self.client_secret.as_ref().map(|_| USUAL_SERVER.to_owned()));
        is_other(&named.server, &server) || is_other(&named.client_id, &self.client_id)
    }

    /// Who calls which server.
    ///
    /// # Errors
    /// `unauthorized` when nobody is logged in.
    pub(crate) fn login(self) -> Result<Login, Error> {
        let server = self.server.as_deref().unwrap_or(USUAL_SERVER);
        let server =
            server_url(server).map_err(|error| error.with_help("TIELINE_SERVER, or `tieline login`, says it"))?;
        let missing = |message: String| {
            Error::new(ErrorKind::Unauthorized, message)
                .with_help("`tieline login`, or set TIELINE_CLIENT_ID and TIELINE_CLIENT_SECRET")
        };
        let nobody = || match &self.server {
            Some(_) => missing(format!("nobody is logged in to {}", shown(&server))),
            None => missing("nobody is logged in".to_owned()),
        };
        let client_id = self.client_id.ok_or_else(nobody)?;
        let without_secret = || missing(format!("there is no secret for the client {client_id}"));
        let client_secret = self.client_secret.ok_or_else(without_secret)?;
        let Self { organization_id, allow_http, .. } = self;
        if organization_id.as_deref().is_some_and(|id| !is_id(id)) {
            let help = "`tieline organizations list` shows the ids, `tieline organizations use` takes a name too";
            return Err(invalid("TIELINE_ORGANIZATION_ID must be the id of an organization").with_help(help));
        }
        Ok(Login { server, client_id, client_secret, organization_id, allow_http })
    }

    /// The workspace that is meant: the one that is named, or the one that holds for this process.
    ///
    /// # Errors
    /// `invalid_input` when the settings cannot be used.
    pub(crate) fn workspace(named: Option<&str>) -> Result<String, Error> {
        if let Some(named) = named {
            return Ok(named.to_owned());
        }
        Ok(Self::in_effect()?.workspace.unwrap_or_else(|| USUAL_WORKSPACE.to_owned()))
    }
}

/// Keeps a change of the settings and says so, and that the environment says something else, where it does.
///
/// # Errors
/// When they cannot be read or written, or are not those of the server that the environment names.
pub(crate) fn keep(change: impl FnOnce(&mut Settings), what: String, instead: &str) -> Result<(), Stop> {
    let mut settings = Settings::kept()?;
    let named = Settings::named(variable);
    if settings.is_elsewhere(&named) {
        let error = invalid("the environment names another server or client than the one that is logged in to");
        let help = format!("set {instead}, or unset TIELINE_SERVER and TIELINE_CLIENT_ID");
        return Err(error.with_help(help).into());
    }
    // What is chosen holds there alone, also for who has not logged in, and names both in the environment.
    settings.server = settings.server.or(named.server).or_else(|| Some(USUAL_SERVER.to_owned()));
    settings.client_id = settings.client_id.or(named.client_id);
    change(&mut settings);
    settings.keep()?;
    let message = match variable(instead) {
        Some(_) => format!("{what}; but {instead} is set, and comes first"),
        None => what,
    };
    output::print_json(&json!({ "status": "saved", "message": message }))
}

/// A list with a mark at what is used when nothing is named.
pub(crate) fn marked(list: Vec<Value>, is_used: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mark = |mut one: Value| {
        one["in_use"] = is_used(&one).into();
        one
    };
    list.into_iter().map(mark).collect()
}

/// A variable of the environment that says something.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.trim().is_empty())
}

/// The URL of a server.
///
/// # Errors
/// `invalid_input` when it is none.
pub(crate) fn server_url(text: &str) -> Result<Url, Error> {
    let is_one = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain = |url: &Url| {
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
    };
    Url::parse(text)
        .ok()
        .filter(|url| is_one(url) && is_plain(url))
        .ok_or_else(|| invalid("the server must be an http or https URL, such as http://127.0.0.1:8400"))
}

/// Whether a text looks like an id: a UUID.
pub(crate) fn is_id(text: &str) -> bool {
    let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| if is_hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// A server as people write it.
pub(crate) fn shown(server: &Url) -> &str {
    server.as_str().trim_end_matches('/')
}

/// A secret that may be shown: its end, to know it by.
pub(crate) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let end: String = secret.chars().skip(length.saturating_sub(4)).collect();
    if length < SHORTEST_SHOWN { "********".to_owned() } else { format!("********{end}") }
}

/// A file that is there, and may have been made by hand, becomes its owner's alone.
fn make_private_file(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if path.exists() {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn kept() -> Settings {
        let text = |text: &str| Some(text.to_owned());
        Settings {
            server: text("http://a.test"),
            client_id: text("c"),
            client_secret: text("s"),
            organization_id: text("2f968f67-4462-4d87-876a-dbdb9859e381"),
            workspace: text("w"),
            allow_http: false,
        }
    }

    fn under(variables: &[(&str, &str)]) -> Settings {
        kept().under(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_comes_first() {
        assert!(under(&[]) == kept());
        let settings = under(&[("TIELINE_WORKSPACE", "x"), ("TIELINE_SERVER", "http://a.test/")]);
        assert_eq!((settings.workspace.as_deref(), settings.client_secret.as_deref()), (Some("x"), Some("s")));
        assert!(under(&[("TIELINE_ALLOW_HTTP", "1")]).allow_http);
    }

    #[test]
    fn a_kept_secret_goes_to_no_other_server_and_with_no_other_client() {
        for variables in [[("TIELINE_SERVER", "http://b.test")], [("TIELINE_CLIENT_ID", "d")]] {
            let settings = under(&variables);
            assert_eq!((&settings.client_secret, &settings.organization_id), (&None, &None));
            assert_eq!(settings.login().err().unwrap().kind(), ErrorKind::Unauthorized);
        }
    }

    #[test]
    fn a_kept_secret_without_a_server_is_for_the_usual_one() {
        for (server, is_kept) in [("http://b.test", false), (USUAL_SERVER, true)] {
            let settings = Settings { server: None, ..kept() };
            let settings = settings.under(|name| (name == "TIELINE_SERVER").then(|| server.to_owned()));
            assert_eq!(settings.client_secret.is_some(), is_kept, "{server}");
        }
    }

    #[test]
    fn nobody_is_logged_in_at_first() {
        let error = Settings::default().login().err().unwrap();
        assert_eq!(error.message(), "nobody is logged in");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/settings.json");
        assert!(Settings::read(&path).unwrap() == Settings::default());
        kept().write(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(folder_of(&path))), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        kept().write(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(Settings::read(&path).unwrap() == kept());
        fs::write(&path, "[\"hunter2hunter2\"").unwrap();
        let error = Settings::read(&path).err().unwrap();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn a_secret_is_known_by_its_end() {
        assert_eq!(masked("tls_0123456789abcdef"), "********cdef");
        assert_eq!(masked("short"), "********");
    }

    #[test]
    fn a_server_is_a_plain_url() {
        assert_eq!(shown(&server_url("https://tieline.example.com/").unwrap()), "https://tieline.example.com");
        for text in ["tieline.example.com", "ftp://a.test", "http://me:secret@a.test", "https://a.test/?key=1"] {
            let error = server_url(text).unwrap_err();
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
