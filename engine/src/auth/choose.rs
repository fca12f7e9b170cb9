//! Which way to sign in the user's values are meant for, and whether they fit it.

use indexmap::IndexMap;

use crate::error::{Error, ErrorKind, Problem};
use crate::language::nearest;

use super::browser::Yielded;
use super::{Credentials, Field, Scheme};

/// The name of the way to sign in that is meant: `wanted`, or the one whose required fields are all given and whose declared
/// fields include all that is given. Its values are checked (prefix, pattern, enum) and its defaults filled in.
///
/// With `wanted`, values for other ways to sign in are kept: an action may name one of those. `title` is what errors call the API.
///
/// # Errors
/// `credentials`, which lists the ways to sign in, or says what a value lacks without repeating it.
pub(crate) fn choose(
    title: &str,
    schemes: &IndexMap<String, Scheme>,
    credentials: Credentials,
    wanted: Option<&str>,
) -> Result<(Option<String>, Credentials), Error> {
    let api = Api { title, schemes };
    if schemes.is_empty() {
        return needs_nothing(api, &credentials, wanted).map(|()| (None, credentials));
    }
    let (name, scheme) = match wanted {
        Some(wanted) => named(api, wanted)?,
        None => fitting(api, &credentials)?,
    };
    let credentials = complete(api, scheme, Yielded::default(), credentials)?;
    Ok((Some(name.to_owned()), credentials))
}

/// What people call an API, and its ways to sign in.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub title: &'a str,
    pub schemes: &'a IndexMap<String, Scheme>,
}

pub(super) type Named<'a> = (&'a str, &'a Scheme);

fn needs_nothing(api: Api<'_>, credentials: &Credentials, wanted: Option<&str>) -> Result<(), Error> {
    if wanted.is_none() && credentials.fields().next().is_none() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Credentials, format!("{} has no way to sign in", api.title))
        .with_help("leave the credentials out"))
}

pub(super) fn named<'a>(api: Api<'a>, wanted: &str) -> Result<Named<'a>, Error> {
    if let Some((name, scheme)) = api.schemes.get_key_value(wanted) {
        return Ok((name, scheme));
    }
    let help = match nearest(wanted, api.schemes.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => ways(api, |_, scheme| takes(scheme)),
    };
    Err(Error::new(ErrorKind::Credentials, format!("{} has no way to sign in named `{wanted}`", api.title))
        .with_help(help))
}

/// The one way to sign in that the given fields fit; a limited one only where no other does.
fn fitting<'a>(api: Api<'a>, credentials: &Credentials) -> Result<Named<'a>, Error> {
    let fitting = api.schemes.iter().filter(|(_, scheme)| {
        missing(scheme, credentials).next().is_none() && foreign(scheme, credentials).next().is_none()
    });
    match by_choice(fitting).as_slice() {
        [one] => Ok(*one),
        [] => Err(none_fits(api, credentials)),
        several => {
            let message = format!("the credentials for {} fit several ways to sign in: {}", api.title, names(several));
            let help = format!("name the one that is meant; {}", ways(api, |_, scheme| takes(scheme)));
            Err(Error::new(ErrorKind::Credentials, message).with_help(help))
        }
    }
}

/// The limited ones of several only where there is no other.
pub(super) fn by_choice<'a>(schemes: impl Iterator<Item = (&'a String, &'a Scheme)>) -> Vec<Named<'a>> {
    let named = schemes.map(|(name, scheme)| (name.as_str(), scheme));
    let (limited, free): (Vec<_>, Vec<_>) = named.partition(|(_, scheme)| scheme.limited == Some(true));
    if free.is_empty() { limited } else { free }
}

pub(super) fn names(schemes: &[Named<'_>]) -> String {
    schemes.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn none_fits(api: Api<'_>, credentials: &Credentials) -> Error {
    if credentials.fields().next().is_none() {
        let message = format!("{} needs credentials, and none were given", api.title);
        return Error::new(ErrorKind::Credentials, message).with_help(ways(api, |_, scheme| takes(scheme)));
    }
    let mut problems = unknown(api, credentials);
    let strangers = problems.len();
    problems.extend(malformed(api, None, credentials));
    if let Some((_, only)) = api.schemes.iter().next().filter(|_| api.schemes.len() == 1)
        && strangers == 0
    {
        problems.extend(missing(only, credentials).map(required));
    }
    let lacks = |_: &str, scheme: &Scheme| {
        let lacks = listed("lacks", missing(scheme, credentials));
        let has_no = listed("has no", foreign(scheme, credentials));
        [lacks, has_no].into_iter().flatten().collect::<Vec<_>>().join(" and ")
    };
    does_not_fit(api, problems, || format!("the credentials for {} fit no way to sign in", api.title))
        .with_help(ways(api, lacks))
}

/// The credentials with defaults, and without optional values that are empty. What signing in yields may be missing.
pub(super) fn complete(
    api: Api<'_>,
    scheme: &Scheme,
    yielded: Yielded<'_>,
    mut credentials: Credentials,
) -> Result<Credentials, Error> {
    let mut problems = unknown(api, &credentials);
    problems.extend(missing(scheme, &credentials).filter(|name| !yielded.has(name)).map(required));
    for (name, _) in scheme.fields.iter().filter(|(_, field)| !field.is_required()) {
        if credentials.expose(name) == Some("") {
            credentials.remove(name);
        }
    }
    read_key_file(scheme, &mut credentials, &mut problems);
    problems.extend(malformed(api, Some(scheme), &credentials));
    if !problems.is_empty() {
        let error = does_not_fit(api, problems, || format!("the credentials for {} do not fit", api.title));
        return Err(error.with_help(ways(api, |_, scheme| takes(scheme))));
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
fn unknown(api: Api<'_>, credentials: &Credentials) -> Vec<Problem> {
    let known = || api.schemes.values().flat_map(|scheme| scheme.fields.keys()).map(String::as_str);
    let strangers = credentials.fields().filter(|name| known().all(|field| field != *name));
    strangers
        .map(|name| {
            let hint = nearest(name, known()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Problem { at: name.to_owned(), message: format!("`{name}` is no field of any way to sign in{hint}") }
        })
        .collect()
}

/// The given values that do not fit their field in `scheme`, or, where it has none of that name, in every other.
fn malformed(api: Api<'_>, scheme: Option<&Scheme>, credentials: &Credentials) -> Vec<Problem> {
    let problem = |name: &str| {
        let value = credentials.expose(name)?;
        let own = scheme.filter(|scheme| scheme.fields.contains_key(name));
        let mut complaints = api
            .schemes
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

fn does_not_fit(api: Api<'_>, problems: Vec<Problem>, otherwise: impl FnOnce() -> String) -> Error {
    let message = match problems.as_slice() {
        [] => otherwise(),
        [one] => one.message.clone(),
        several => format!("the credentials for {} have {} problems", api.title, several.len()),
    };
    Error::new(ErrorKind::Credentials, message).with_problems(problems)
}

/// Every way to sign in by choice with what `tell` says about it.
pub(super) fn ways(api: Api<'_>, tell: impl Fn(&str, &Scheme) -> String) -> String {
    let way = |(name, scheme): (&String, &Scheme)| match &scheme.title {
        Some(title) => format!("`{name}` ({title}) {}", tell(name, scheme)),
        None => format!("`{name}` {}", tell(name, scheme)),
    };
    let by_choice = api.schemes.iter().filter(|(_, scheme)| scheme.limited != Some(true));
    format!("ways to sign in: {}", by_choice.map(way).collect::<Vec<_>>().join("; "))
}

pub(super) fn takes(scheme: &Scheme) -> String {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::choose;
    use crate::auth::Credentials;
    use crate::auth::testing::{OAUTH_AND_TOKEN, given, schemes};
    use crate::error::{Error, ErrorKind};

    fn chosen(
        auth: &str,
        fields: &[(&str, &str)],
        wanted: Option<&str>,
    ) -> Result<(Option<String>, Credentials), Error> {
        choose("Notes", &schemes(auth), given(fields), wanted)
    }

    const CLIENT: [(&str, &str); 2] = [("client_id", "id-1"), ("client_secret", "secret-1")];

    #[test]
    fn finds_the_way_that_is_meant() {
        let oauth = [&CLIENT[..], &[("access_token", "a-1")]].concat();
        let renewable = [&oauth[..], &[("refresh_token", "r-1")]].concat();
        let all = [&CLIENT[..], &[("token", "ntn_1")]].concat();
        for (fields, wanted, expected) in [
            (&[("token", "ntn_1")][..], None, "token"),
            (&[("token", "secret_1")], None, "token"),
            (&oauth, None, "oauth"),
            (&renewable, None, "oauth"),
            (&CLIENT, None, "client"),
            (&oauth, Some("oauth"), "oauth"),
            (&all, Some("token"), "token"),
            (&oauth, Some("client"), "client"),
        ] {
            let (name, credentials) = chosen(OAUTH_AND_TOKEN, fields, wanted).unwrap();
            assert_eq!(name.as_deref(), Some(expected), "{fields:?} {wanted:?}");
            assert!(credentials.fields().eq(fields.iter().map(|(name, _)| *name)), "an action may use any of them");
        }
        assert_eq!(chosen("{}", &[], None).unwrap().0, None);
    }

    const TAKES: &str = "ways to sign in: \
        `oauth` (OAuth) takes `client_id`, `client_secret`, `access_token`, optionally `refresh_token`; \
        `token` (Token) takes `token`";

    #[test]
    fn says_what_is_wrong_and_what_to_do() {
        let several = "{ a: { fields: { key: {} }, bearer: '${key}' }, b: { fields: { key: {} }, bearer: '${key}' } }";
        let one = "{ a: { fields: { key: {}, site: {} }, bearer: '${key}' } }";
        let both = [&CLIENT[..], &[("token", "ntn_1")]].concat();
        for (auth, fields, wanted, message, help) in [
            (OAUTH_AND_TOKEN, &[("token", "abc")][..], None, "token must start with `ntn_` or `secret_`", TAKES),
            (
                OAUTH_AND_TOKEN,
                &[("token", "ntn_1\n")],
                None,
                { "token has white space or a line break at its start or end; without it, the value fits" },
                TAKES,
            ),
            (OAUTH_AND_TOKEN, &[("token", "ntn_1 ")], None, "token must not begin or end with white space", TAKES),
            (OAUTH_AND_TOKEN, &[("token", "")], None, "token must not be empty", TAKES),
            (OAUTH_AND_TOKEN, &[], None, "Notes needs credentials, and none were given", TAKES),
            (OAUTH_AND_TOKEN, &CLIENT, Some("token"), "token is required", TAKES),
            (
                OAUTH_AND_TOKEN,
                &CLIENT,
                Some("tokn"),
                { "Notes has no way to sign in named `tokn`" },
                "did you mean `token`?",
            ),
            (OAUTH_AND_TOKEN, &CLIENT, Some("kerberos"), "Notes has no way to sign in named `kerberos`", TAKES),
            (
                OAUTH_AND_TOKEN,
                &[("tokens", "ntn_1")],
                None,
                { "`tokens` is no field of any way to sign in; did you mean `token`?" },
                "ways to sign in: \
                `oauth` (OAuth) lacks `client_id`, `client_secret`, `access_token` and has no `tokens`; \
                `token` (Token) lacks `token` and has no `tokens`",
            ),
            (OAUTH_AND_TOKEN, &both, None, "the credentials for Notes fit no way to sign in", {
                "ways to sign in: `oauth` (OAuth) lacks `access_token` and has no `token`; \
                 `token` (Token) has no `client_id`, `client_secret`"
            }),
            (several, &[("key", "k-1")], None, "the credentials for Notes fit several ways to sign in: `a`, `b`", {
                "name the one that is meant; ways to sign in: `a` takes `key`; `b` takes `key`"
            }),
            (one, &[("key", "k-1")], None, "site is required", "ways to sign in: `a` lacks `site`"),
            ("{}", &[("key", "k-1")], None, "Notes has no way to sign in", "leave the credentials out"),
        ] {
            let error = chosen(auth, fields, wanted).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert_eq!((error.message(), error.help()), (message, Some(help)), "{fields:?} {wanted:?}");
        }
    }

    #[test]
    fn lists_all_problems_at_once() {
        let auth = "{ a: { fields: { key: { prefix: [k-] }, site: { enum: [eu, us] }, port: {} }, bearer: '${key}' } }";
        let error = chosen(auth, &[("key", "1"), ("site", "asia"), ("prt", "1")], Some("a")).unwrap_err();
        assert_eq!(error.message(), "the credentials for Notes have 4 problems");
        let expected = json!([
            { "at": "prt", "message": "`prt` is no field of any way to sign in; did you mean `port`?" },
            { "at": "port", "message": "port is required" },
            { "at": "key", "message": "key must start with `k-`" },
            { "at": "site", "message": "site must be `eu` or `us`" },
        ]);
        assert_eq!(json!(error.problems()), expected);
    }

    #[test]
    fn fills_in_defaults_and_drops_what_is_empty() {
        let fields = "{ key: {}, region: { default: eu }, team: { required: false, prefix: [t-] } }";
        let auth = format!("{{ a: {{ fields: {fields}, bearer: '${{key}}' }} }}");
        let (_, credentials) = chosen(&auth, &[("key", "k-1"), ("team", "")], None).unwrap();
        assert_eq!(credentials.expose("region"), Some("eu"));
        assert_eq!(credentials.expose("team"), None);
    }

    #[test]
    fn takes_several_lines_only_in_a_key_file() {
        let oauth2 = "{ grant: jwt_bearer, service_account: '${key}', token: { url: 'https://a.example' } }";
        let auth = format!("{{ a: {{ fields: {{ key: {{}} }}, oauth2: {oauth2} }} }}");
        let (_, credentials) = chosen(&auth, &[("key", "{\n  \"private_key\": \"a\\nb\"\n}\n")], None).unwrap();
        assert_eq!(credentials.expose("key"), Some(r#"{"private_key":"a\nb"}"#));
        let error = chosen(&auth, &[("key", "-----BEGIN\nKEY")], None).unwrap_err();
        assert_eq!(error.message(), "key must be the JSON text of a key file");
        // A password may have spaces at its ends: `basic` encodes it.
        let basic = "{ a: { fields: { user: {}, pass: {} }, basic: { username: '${user}', password: '${pass}' } } }";
        assert!(chosen(basic, &[("user", "u"), ("pass", " p ")], None).is_ok());
        assert!(chosen(basic, &[("user", "u"), ("pass", "p\n")], None).is_err());
    }
}
