//! Which way to sign in the user's values are meant for, and whether they fit it.

use crate::error::{Error, ErrorKind, Problem};
use crate::language::nearest;
use crate::plan::Head;

use super::{Credentials, Field, Scheme};

/// The name of the way to sign in that is meant: `wanted`, or the one whose required fields are all given and whose declared
/// fields include all that is given. Its values are checked (prefix, pattern, enum) and its defaults filled in.
///
/// With `wanted`, values for other ways to sign in are kept: an action may name one of those.
///
/// # Errors
/// `credentials`, which lists the ways to sign in, or says what a value lacks without repeating it.
pub(crate) fn choose(
    head: &Head,
    credentials: Credentials,
    wanted: Option<&str>,
) -> Result<(Option<String>, Credentials), Error> {
    if head.auth.is_empty() {
        return needs_nothing(head, &credentials, wanted).map(|()| (None, credentials));
    }
    let (name, scheme) = match wanted {
        Some(wanted) => named(head, wanted)?,
        None => fitting(head, &credentials)?,
    };
    let credentials = complete(head, scheme, credentials)?;
    Ok((Some(name.to_owned()), credentials))
}

type Named<'a> = (&'a str, &'a Scheme);

fn needs_nothing(head: &Head, credentials: &Credentials, wanted: Option<&str>) -> Result<(), Error> {
    if wanted.is_none() && credentials.fields().next().is_none() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Credentials, format!("{} has no way to sign in", head.title))
        .with_help("leave the credentials out"))
}

fn named<'a>(head: &'a Head, wanted: &str) -> Result<Named<'a>, Error> {
    if let Some((name, scheme)) = head.auth.get_key_value(wanted) {
        return Ok((name, scheme));
    }
    let help = match nearest(wanted, head.auth.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => ways(head, |_, scheme| takes(scheme)),
    };
    Err(Error::new(ErrorKind::Credentials, format!("{} has no way to sign in named `{wanted}`", head.title))
        .with_help(help))
}

/// The one way to sign in that the given fields fit; a limited one only where no other does.
fn fitting<'a>(head: &'a Head, credentials: &Credentials) -> Result<Named<'a>, Error> {
    let fitting = head.auth.iter().filter(|(_, scheme)| {
        missing(scheme, credentials).next().is_none() && foreign(scheme, credentials).next().is_none()
    });
    let (limited, free): (Vec<_>, Vec<_>) = fitting.partition(|(_, scheme)| scheme.limited == Some(true));
    match if free.is_empty() { limited } else { free }.as_slice() {
        [(name, scheme)] => Ok((name, scheme)),
        [] => Err(none_fits(head, credentials)),
        several => {
            let names = several.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!("the credentials for {} fit several ways to sign in: {names}", head.title);
            let help = format!("name the one that is meant; {}", ways(head, |_, scheme| takes(scheme)));
            Err(Error::new(ErrorKind::Credentials, message).with_help(help))
        }
    }
}

fn none_fits(head: &Head, credentials: &Credentials) -> Error {
    if credentials.fields().next().is_none() {
        let message = format!("{} needs credentials, and none were given", head.title);
        return Error::new(ErrorKind::Credentials, message).with_help(ways(head, |_, scheme| takes(scheme)));
    }
    let mut problems = unknown(head, credentials);
    let strangers = problems.len();
    problems.extend(malformed(head, None, credentials));
    if let Some((_, only)) = head.auth.iter().next().filter(|_| head.auth.len() == 1)
        && strangers == 0
    {
        problems.extend(missing(only, credentials).map(required));
    }
    let lacks = |_: &str, scheme: &Scheme| {
        let lacks = listed("lacks", missing(scheme, credentials));
        let has_no = listed("has no", foreign(scheme, credentials));
        [lacks, has_no].into_iter().flatten().collect::<Vec<_>>().join(" and ")
    };
    does_not_fit(head, problems, || format!("the credentials for {} fit no way to sign in", head.title))
        .with_help(ways(head, lacks))
}

/// The credentials with defaults, and without optional values that are empty.
fn complete(head: &Head, scheme: &Scheme, mut credentials: Credentials) -> Result<Credentials, Error> {
    let mut problems = unknown(head, &credentials);
    problems.extend(missing(scheme, &credentials).map(required));
    for (name, _) in scheme.fields.iter().filter(|(_, field)| !field.is_required()) {
        if credentials.expose(name) == Some("") {
            credentials.remove(name);
        }
    }
    read_key_file(scheme, &mut credentials, &mut problems);
    problems.extend(malformed(head, Some(scheme), &credentials));
    if !problems.is_empty() {
        let error = does_not_fit(head, problems, || format!("the credentials for {} do not fit", head.title));
        return Err(error.with_help(ways(head, |_, scheme| takes(scheme))));
    }
    for (name, field) in &scheme.fields {
        if let (None, Some(default)) = (credentials.expose(name), &field.default) {
            credentials.set(name, default.as_str());
        }
    }
    Ok(credentials)
}

/// A key file is the one value that may have several lines: it is written again as one.
fn read_key_file(scheme: &Scheme, credentials: &mut Credentials, problems: &mut Vec<Problem>) {
    let fields = scheme.oauth2.iter().filter_map(|oauth2| oauth2.service_account.as_ref()).flat_map(|key| key.names());
    for name in fields {
        let Some(text) = credentials.expose(name) else { continue };
        match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
            Ok(key) => credentials.set(name, serde_json::Value::from(key).to_string()),
            Err(_) => {
                credentials.remove(name);
                let message = format!("{name} must be the JSON text of a key file");
                problems.push(Problem { at: name.to_owned(), message });
            }
        }
    }
}

fn missing<'a>(scheme: &'a Scheme, credentials: &'a Credentials) -> impl Iterator<Item = &'a str> {
    let required = scheme.fields.iter().filter(|(_, field)| field.is_required()).map(|(name, _)| name.as_str());
    required.filter(|name| credentials.expose(name).is_none())
}

fn foreign<'a>(scheme: &'a Scheme, credentials: &'a Credentials) -> impl Iterator<Item = &'a str> {
    credentials.fields().filter(|name| !scheme.fields.contains_key(*name))
}

fn required(name: &str) -> Problem {
    Problem { at: name.to_owned(), message: format!("{name} is required") }
}

/// The given fields that no way to sign in has.
fn unknown(head: &Head, credentials: &Credentials) -> Vec<Problem> {
    let known = || head.auth.values().flat_map(|scheme| scheme.fields.keys()).map(String::as_str);
    let strangers = credentials.fields().filter(|name| known().all(|field| field != *name));
    strangers
        .map(|name| {
            let hint = nearest(name, known()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Problem { at: name.to_owned(), message: format!("`{name}` is no field of any way to sign in{hint}") }
        })
        .collect()
}

/// The given values that do not fit their field in `scheme`, or, where it has none of that name, in every other.
fn malformed(head: &Head, scheme: Option<&Scheme>, credentials: &Credentials) -> Vec<Problem> {
    let problem = |name: &str| {
        let value = credentials.expose(name)?;
        let own = scheme.filter(|scheme| scheme.fields.contains_key(name));
        let mut complaints = head
            .auth
            .values()
            .filter(|other| own.is_none_or(|own| std::ptr::eq(own, *other)))
            .filter_map(|scheme| scheme.fields.get(name).map(|field| check(scheme, field, name, value)));
        let first = complaints.next()?.err()?;
        complaints.all(|complaint| complaint.is_err()).then(|| Problem { at: name.to_owned(), message: first })
    };
    credentials.fields().filter_map(problem).collect()
}

fn check(scheme: &Scheme, field: &Field, name: &str, value: &str) -> Result<(), String> {
    field.check(name, value)?;
    // A header cannot carry white space at its ends (RFC 9110 section 5.5); a password in `basic` can.
    if scheme.basic.is_none() && value.trim() != value {
        return Err(format!("{name} must not begin or end with white space"));
    }
    Ok(())
}

fn does_not_fit(head: &Head, problems: Vec<Problem>, otherwise: impl FnOnce() -> String) -> Error {
    let message = match problems.as_slice() {
        [] => otherwise(),
        [one] => one.message.clone(),
        several => format!("the credentials for {} have {} problems", head.title, several.len()),
    };
    Error::new(ErrorKind::Credentials, message).with_problems(problems)
}

/// Every way to sign in with what `tell` says about it.
fn ways(head: &Head, tell: impl Fn(&str, &Scheme) -> String) -> String {
    let way = |(name, scheme): (&String, &Scheme)| match &scheme.title {
        Some(title) => format!("`{name}` ({title}) {}", tell(name, scheme)),
        None => format!("`{name}` {}", tell(name, scheme)),
    };
    format!("ways to sign in: {}", head.auth.iter().map(way).collect::<Vec<_>>().join("; "))
}

fn takes(scheme: &Scheme) -> String {
    let (required, optional): (Vec<_>, Vec<_>) = scheme.fields.iter().partition(|(_, field)| field.is_required());
    let names = |fields: Vec<(&'_ String, _)>| fields.into_iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let required = listed("takes", names(required).iter().map(String::as_str));
    let optional = listed("optionally", names(optional).iter().map(String::as_str));
    [required, optional].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn listed<'a>(verb: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")))
}
