//! The user's values to sign in: from `--credentials`, or from the environment.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::Value;
use tieline::catalog::sign_in::{renewed_fields, variable};
use tieline::plan::Head;
use tieline::{Credentials, Error, ErrorKind};

use crate::args::ConnectionArgs;
use crate::input::{self, Place};

/// In a file of credentials, what belongs to a renewed token and is no field: when it ends, and what came with it.
pub(crate) const RENEWED: &str = "$renewed";

/// The user's values, and where they stand.
#[derive(Debug)]
pub(crate) struct Given {
    /// The values.
    pub credentials: Credentials,
    /// The file they stand in, if they do.
    pub file: Option<PathBuf>,
}

/// The fields that change when a token is renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rotating {
    /// The field of the access token, where there is one.
    pub access_token: Option<String>,
    /// The field of the refresh token.
    pub refresh_token: String,
}

/// Reads the user's values. Whether they fit, the engine says.
///
/// # Errors
/// `credentials` when what `--credentials` names is no JSON object.
pub(crate) fn given(head: &Head, args: &ConnectionArgs) -> Result<Given, Error> {
    let Some(text) = &args.credentials else {
        return Ok(Given { credentials: from_environment(head, |name| env::var_os(name))?, file: None });
    };
    let mut object = input::object("--credentials", text, ErrorKind::Credentials)?;
    object.remove(RENEWED);
    let credentials = Credentials::from_json(&Value::Object(object))?;
    let file = match Place::of(text) {
        Place::File(path) => Some(path),
        Place::Inline | Place::Stdin => None,
    };
    Ok(Given { credentials, file })
}

/// Whether the user gives any, be they right or wrong.
///
/// # Errors
/// `credentials` when a variable is not text.
pub(crate) fn are_given(head: &Head, args: &ConnectionArgs) -> Result<bool, Error> {
    let is_there = |credentials: Credentials| credentials.fields().next().is_some();
    Ok(args.credentials.is_some() || is_there(from_environment(head, |name| env::var_os(name))?))
}

fn from_environment(head: &Head, value: impl Fn(&str) -> Option<OsString>) -> Result<Credentials, Error> {
    let mut credentials = Credentials::none();
    let mut seen = Vec::new();
    for field in head.auth.values().flat_map(|scheme| scheme.fields.keys()) {
        if seen.contains(&field) {
            continue;
        }
        seen.push(field);
        let name = variable(&head.name, field);
        let Some(text) = value(&name).filter(|text| !text.is_empty()) else { continue };
        let text = text
            .into_string()
            .map_err(|_| Error::new(ErrorKind::Credentials, format!("the variable {name} is not UTF-8 text")))?;
        credentials = credentials.with(field, text);
    }
    Ok(credentials)
}

/// The fields that a renewal would change, when these credentials hold a refresh token.
pub(crate) fn rotating(head: &Head, credentials: &Credentials, auth: Option<&str>) -> Option<Rotating> {
    let meant = head.auth.iter().filter(|(name, _)| auth.is_none_or(|auth| auth == *name));
    meant.map(|(_, scheme)| scheme).find_map(|scheme| {
        let (access_token, refresh_token) = renewed_fields(scheme)?;
        let rotating = Rotating { access_token, refresh_token };
        credentials.fields().any(|given| given == rotating.refresh_token).then_some(rotating)
    })
}
