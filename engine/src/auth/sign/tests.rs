//! Where credentials end up, and where they never do.

use http::{HeaderMap, Method};
use proptest::prelude::*;
use serde_json::{Map, Value};
use url::Url;

use super::{encoded_secrets, secret_places, sign, without_secrets};
use crate::auth::choose::choose;
use crate::auth::testing::{OAUTH_AND_TOKEN, given, schemes};
use crate::auth::{AccessToken, Credentials, Scheme, Values};
use crate::error::{Error, ErrorKind};
use crate::wire::{Body, Request, Trust};

const URL: &str = "https://api.notes.example/notes?q=a%20b+c&x";

fn request() -> Request {
    let url = URL.parse().unwrap();
    Request { method: Method::GET, url, headers: HeaderMap::new(), body: Body::default() }
}

fn scheme(yaml: &str) -> Scheme {
    schemes(&format!("{{ a: {yaml} }}")).swap_remove("a").unwrap()
}

/// Configuration values.
fn config() -> Map<String, Value> {
    [("tenant".to_owned(), "acme".into())].into_iter().collect()
}

fn signed(scheme: &Scheme, credentials: &Credentials) -> Result<Request, Error> {
    let token = AccessToken::new("a-1");
    sign(request(), Trust::Declared, scheme, credentials, &config(), Some(&token)).map(|signed| signed.open().0)
}

/// The URL's query and every header, one a line.
fn shown(request: &Request) -> String {
    let mut lines = vec![request.url.query().unwrap_or_default().to_owned()];
    lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())));
    lines.join("\n")
}

#[test]
fn puts_credentials_where_the_manifest_says() {
    let key = [("key", "k 1&2")];
    let both = [("user", "jürgen"), ("pass", "a:b")];
    for (yaml, fields, expected, places) in [
        ("{ fields: { key: {} }, bearer: '${key}' }", &key[..], "authorization: Bearer k 1&2", "header Authorization"),
        (
            "{ fields: { user: {}, pass: {} }, basic: { username: '${user}', password: '${pass}' } }",
            &both,
            { "authorization: Basic asO8cmdlbjphOmI=" },
            "header Authorization",
        ),
        (
            "{ fields: { key: {} }, basic: { username: '${key}/token' } }",
            &[("key", "k")],
            { "authorization: Basic ay90b2tlbjo=" },
            "header Authorization",
        ),
        (
            "{ fields: { key: { required: false } }, basic: { username: 'me', password: '${key}' } }",
            &[],
            { "authorization: Basic bWU6" },
            "header Authorization",
        ),
        (
            "{ fields: { key: {} }, api_key: { in: header, name: X-Key, value: 'v=${key}' } }",
            &key,
            { "x-key: v=k 1&2" },
            "header X-Key",
        ),
        (
            "{ fields: { key: {} }, api_key: { in: query, name: k, value: '${key}' } }",
            &key,
            { "&k=k+1%262" },
            "query k",
        ),
        (
            "{ fields: { key: {} }, api_key: { in: cookie, name: k, value: '${key}' } }",
            &[("key", "a,b")],
            { "cookie: k=a,b" },
            "cookie k",
        ),
        (
            "{ fields: {}, oauth2: { token: { url: 'https://a.example' } } }",
            &[],
            { "authorization: Bearer a-1" },
            "header Authorization",
        ),
        (
            "{ fields: {}, oauth2: { header: X-Token, prefix: '', token: { url: 'https://a.example' } } }",
            &[],
            { "x-token: a-1" },
            "header X-Token",
        ),
        (
            "{ fields: {}, oauth2: { token: { url: 'https://a.example' } }, headers: { authorization: 'Zoho ${access_token}' } }",
            &[],
            { "authorization: Zoho a-1" },
            "header Authorization",
        ),
        (
            "{ fields: { key: {}, team: { required: false }, site: { default: eu } }, bearer: '${key}', headers: { X-Team: '${team}', X-Site: '${site}' } }",
            &key,
            { "authorization: Bearer k 1&2\nx-site: eu" },
            "header Authorization, header X-Site",
        ),
        (
            "{ fields: { key: {} }, basic: { username: '${config.tenant}', password: '${key}' }, headers: { X-Tenant: '${config.tenant}' } }",
            &[("key", "k")],
            "authorization: Basic YWNtZTpr\nx-tenant: acme",
            "header Authorization, header X-Tenant",
        ),
        ("{ fields: { key: { required: false } }, bearer: '${key}' }", &[], "", ""),
    ] {
        let (scheme, credentials) = (scheme(yaml), given(fields));
        let query = "q=a%20b+c&x";
        let separator = if expected.is_empty() || expected.starts_with('&') { "" } else { "\n" };
        let found = signed(&scheme, &credentials).unwrap();
        assert_eq!(shown(&found), format!("{query}{separator}{expected}"), "{yaml}");
        assert!(found.headers.values().all(|value| value.is_sensitive()));
        let found: Vec<_> = secret_places(&scheme, &credentials, &config())
            .iter()
            .map(|(place, name)| format!("{place} {name}"))
            .collect();
        assert_eq!(found.join(", "), places, "{yaml}");
    }
}

#[test]
fn names_the_field_that_cannot_be_used() {
    let bearer = "{ fields: { key: {}, user: { required: false } }, bearer: '${user}${key}' }";
    let cookie = "{ fields: { key: {} }, api_key: { in: cookie, name: k, value: '${key}' } }";
    let basic = "{ fields: { key: {} }, basic: { username: '${key}' } }";
    for (yaml, fields, message) in [
        (bearer, &[("user", "u")][..], "key is required"),
        (bearer, &[("user", "u"), ("key", "k\u{200b}hidden")], "key has a character that a header cannot carry"),
        (bearer, &[("user", "u"), ("key", "hidden\r\nX: y")], "key has a character that a header cannot carry"),
        (cookie, &[("key", "hidden; a=b")], "key has a character that a cookie cannot carry"),
        (basic, &[("key", "hidden:b")], "key has a character that the user name of basic sign-in cannot carry"),
    ] {
        let error = signed(&scheme(yaml), &given(fields)).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Credentials, message));
        assert!(!format!("{error:?}").contains("hidden"));
    }
    let oauth = scheme("{ fields: {}, oauth2: { token: { url: 'https://a.example' } } }");
    let error = sign(request(), Trust::Declared, &oauth, &Credentials::none(), &config(), None).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let odd = scheme("{ fields: {}, headers: { 'X Y': a } }");
    assert_eq!(signed(&odd, &Credentials::none()).unwrap_err().kind(), ErrorKind::InvalidManifest);
}

#[test]
fn knows_its_secrets_where_they_are_encoded() {
    let token = "token: { url: 'https://a.example', client: basic }";
    for (yaml, fields, expected) in [
        (
            "{ fields: { u: {}, p: {} }, basic: { username: '${u}', password: '${p}' } }",
            &[("u", "a"), ("p", "b c")][..],
            "YTpiIGM=",
        ),
        ("{ fields: { u: {} }, basic: { username: '${config.tenant}/${u}' } }", &[("u", "a")], "YWNtZS9hOg=="),
        (
            &format!("{{ fields: {{ client_id: {{}}, client_secret: {{}} }}, oauth2: {{ {token} }} }}"),
            &[("client_id", "a"), ("client_secret", "b c")],
            "YTpiK2M=",
        ),
        ("{ fields: { key: {} }, api_key: { in: query, name: k, value: '${key}' } }", &[("key", "k 1&2")], "k+1%262"),
        ("{ fields: { key: {} }, api_key: { in: query, name: k, value: '${key}' } }", &[("key", "eu")], ""),
        ("{ fields: { key: {} }, bearer: '${key}' }", &[("key", "k 1&2")], ""),
        ("{ fields: { u: {} }, basic: { username: '${u}' } }", &[], ""),
    ] {
        let (scheme, credentials, config) = (scheme(yaml), given(fields), config());
        let values = Values { config: Some(&config), ..Values::of(&scheme, &credentials) };
        assert_eq!(encoded_secrets(&values).join(" "), expected, "{yaml}");
    }
}

#[test]
fn takes_only_its_own_key_out_of_a_url() {
    let scheme = scheme("{ fields: { key: {} }, api_key: { in: query, name: 'a k', value: '${key}' } }");
    for (url, expected) in [
        ("https://a.example/?a+k=1&b=%20x&a%20k=2&A+k=3", "https://a.example/?b=%20x&A+k=3"),
        ("https://a.example/?a+k=1", "https://a.example/"),
        ("https://a.example/?b", "https://a.example/?b"),
        ("https://a.example/", "https://a.example/"),
    ] {
        let mut url: Url = url.parse().unwrap();
        without_secrets(&mut url, &scheme);
        assert_eq!(url.as_str(), expected);
    }
    let again = Request { url: "https://a.example/?a+k=old".parse().unwrap(), ..request() };
    let signed = sign(again, Trust::Response, &scheme, &given(&[("key", "new")]), &config(), None).unwrap().open().0;
    assert_eq!(signed.url.as_str(), "https://a.example/?a+k=new");
}

proptest! {
    /// Whatever the values are, and whether they fit or not, nothing that can be shown holds one.
    #[test]
    fn shows_no_secret(
        before in "[ -~\\n\u{e9}]{0,3}",
        core in "[A-Z0-9]{10}",
        after in "[ -~\\n\u{e9}]{0,3}",
        field in prop::sample::select(vec!["token", "client_id", "client_secret", "access_token", "refresh_token", "tokn"]),
        more in any::<bool>(),
        wanted in prop::sample::select(vec![None, Some("oauth"), Some("token"), Some("client"), Some("other")]),
    ) {
        let schemes = schemes(OAUTH_AND_TOKEN);
        let secret = format!("{before}{core}{after}");
        let others: &[(&str, &str)] = if more { &[("client_id", "i"), ("client_secret", "s"), ("access_token", "a")] } else { &[] };
        let credentials = given(others).with(field, secret.as_str());
        let mut seen = format!("{credentials:?}");
        match choose("Notes", &schemes, credentials, wanted) {
            Err(error) => seen.push_str(&format!("{error}{error:?}{}", error.to_json())),
            Ok((name, credentials)) => {
                let scheme = &schemes[name.as_deref().unwrap()];
                let token = AccessToken::new(secret.as_str()).with_refresh_token(secret.as_str());
                seen.push_str(&format!("{token:?}{:?}", secret_places(scheme, &credentials, &config())));
                match sign(request(), Trust::Declared, scheme, &credentials, &config(), Some(&token)) {
                    Ok(signed) => {
                        seen.push_str(&format!("{signed:?}"));
                        seen.push_str(&format!("{:?}", signed.open().0));
                    }
                    Err(error) => seen.push_str(&format!("{error}{error:?}{}", error.to_json())),
                }
            }
        }
        prop_assert!(!seen.contains(&core), "{seen}");
    }
}
