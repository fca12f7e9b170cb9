//! Token responses: an access token, or why there is none (RFC 6749 section 5).

use http::StatusCode;
use secrecy::SecretString;
use serde_json::Value;

use crate::auth::AccessToken;
use crate::error::{Error, ErrorKind};
use crate::notation::JsonPath;

use super::extract::{extracted, find, unexpected};
use super::{Grant, OAuth2};

/// The answer of a token endpoint.
pub(crate) struct TokenAnswer<'a> {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: &'a [u8],
    /// When it came, in seconds since 1970.
    pub now: i64,
}

/// The access token in an answer. What it says nothing about is kept from the token `before`; `redact` takes secrets that
/// were sent out of the API's own words.
///
/// # Errors
/// `unauthorized` when the endpoint refuses, `rate_limited` or `unavailable` when it cannot answer now,
/// `unexpected_response` when the answer is not what the manifest says. None of them holds the answer's secrets.
pub(crate) fn read_token(
    oauth2: &OAuth2,
    answer: &TokenAnswer<'_>,
    before: Option<&AccessToken>,
    redact: &dyn Fn(&str) -> String,
) -> Result<AccessToken, Error> {
    let json = serde_json::from_slice::<Value>(answer.body).ok();
    let Some(json) = json.filter(|_| answer.status.is_success()) else {
        return Err(failure(oauth2, answer, redact));
    };
    let path = |path: &Option<JsonPath>, usual: &str| match path {
        Some(path) => find(&json, path),
        None => json.get(usual),
    };
    let access_token = path(&oauth2.token.access_token, "access_token").and_then(Value::as_str);
    let Some(access_token) = access_token.filter(|token| !token.is_empty()) else {
        return Err(failure(oauth2, answer, redact));
    };
    let refresh_token = json.get("refresh_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let kept = || before.and_then(|before| before.refresh_token.clone());
    let life = path(&oauth2.token.expires_in, "expires_in").and_then(seconds);
    Ok(AccessToken {
        access_token: SecretString::from(access_token),
        refresh_token: refresh_token.map(SecretString::from).or_else(kept),
        expires_at: life.map(|life| answer.now.saturating_add(life)),
        extracted: extracted(oauth2, &json, before)?,
    })
}

fn failure(oauth2: &OAuth2, answer: &TokenAnswer<'_>, redact: &dyn Fn(&str) -> String) -> Error {
    let json = serde_json::from_slice::<Value>(answer.body).unwrap_or_default();
    let text = |places: &[&str], limit: usize| {
        let found = places.iter().find_map(|place| json.pointer(place)?.as_str())?;
        Some(redact(found).chars().filter(|c| !c.is_control()).take(limit).collect::<String>())
    };
    let code = text(&["/error", "/error/code", "/error/status", "/code"], 64);
    let said = text(&["/error_description", "/error/message", "/message"], 500).or_else(|| code.clone());
    let status = answer.status;
    let kind = match status.as_u16() {
        429 | 529 => ErrorKind::RateLimited,
        408 | 500.. => ErrorKind::Unavailable,
        400..=499 => ErrorKind::Unauthorized,
        // Some say 200 and put the error inside.
        _ if code.is_some() => ErrorKind::Unauthorized,
        _ => {
            let place = oauth2.token.access_token.as_ref().map_or("$.access_token".to_owned(), JsonPath::to_string);
            let message = format!("the token endpoint answered {status} without an access token at `{place}`");
            return unexpected(message).with_status(status.as_u16());
        }
    };
    let message = match said {
        Some(said) => format!("no access token was granted: {said}"),
        None => format!("no access token was granted: the token endpoint answered {status}"),
    };
    let help = help(oauth2, code.as_deref().unwrap_or_default()).filter(|_| kind == ErrorKind::Unauthorized);
    let error = Error::new(kind, message).with_status(status.as_u16()).with_code(code);
    let error = help.into_iter().fold(error, |error, help| error.with_help(help));
    if kind == ErrorKind::Unauthorized { error.with_grant_refused() } else { error }
}

/// What to do about an error code of RFC 6749 section 5.2.
fn help(oauth2: &OAuth2, code: &str) -> Option<&'static str> {
    match (code, oauth2.grant.unwrap_or(Grant::AuthorizationCode)) {
        ("invalid_grant", Grant::AuthorizationCode) => {
            Some("sign in again: the refresh token has ended, was revoked, or was used already")
        }
        ("invalid_grant", Grant::JwtBearer) => {
            Some("check that the key file is still valid, and that this machine's clock is right")
        }
        ("invalid_client" | "unauthorized_client", Grant::AuthorizationCode | Grant::ClientCredentials)
        | ("invalid_grant", Grant::ClientCredentials) => Some("check the client's id and secret"),
        _ => None,
    }
}

/// A number of seconds, as a number or as text.
fn seconds(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number| number.is_finite()).map(|number| number as i64)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use secrecy::ExposeSecret as _;
    use serde_json::{Value, json};

    use super::{TokenAnswer, read_token};
    use crate::auth::testing::decode;
    use crate::auth::{AccessToken, OAuth2};
    use crate::error::{Error, ErrorKind};

    fn read(oauth2: &str, status: u16, body: &str, before: Option<&AccessToken>) -> Result<AccessToken, Error> {
        let oauth2: OAuth2 = decode(&format!("{{ token: {{ url: 'https://a.example' }} {oauth2} }}"));
        let answer = TokenAnswer { status: StatusCode::from_u16(status).unwrap(), body: body.as_bytes(), now: 1_000 };
        read_token(&oauth2, &answer, before, &|text| text.replace("r-secret", "[secret]"))
    }

    #[test]
    fn reads_what_the_api_grants() {
        for (body, expected) in [
            (json!({ "access_token": "a" }), json!({ "access_token": "a" })),
            (json!({ "access_token": "a", "expires_in": 60 }), json!({ "access_token": "a", "expires_at": 1_060 })),
            (json!({ "access_token": "a", "expires_in": "60" }), json!({ "access_token": "a", "expires_at": 1_060 })),
            (
                json!({ "access_token": "a", "expires_in": 1e300 }),
                json!({ "access_token": "a", "expires_at": i64::MAX }),
            ),
            (json!({ "access_token": "a", "expires_in": "soon" }), json!({ "access_token": "a" })),
            (json!({ "access_token": "a", "refresh_token": null }), json!({ "access_token": "a" })),
            (
                json!({ "access_token": "a", "refresh_token": "r" }),
                json!({ "access_token": "a", "refresh_token": "r" }),
            ),
        ] {
            assert_eq!(read("", 200, &body.to_string(), None).unwrap().to_secret_json(), expected);
        }
    }

    #[test]
    fn keeps_what_the_answer_does_not_say() {
        let extract = ", extract: { site: { from: $.site, pattern: 'https://[a-z]+\\.a\\.example' } }";
        let before = AccessToken::new("a").with_refresh_token("r");
        let first =
            read(extract, 200, r#"{ "access_token": "b", "site": "https://eu.a.example" }"#, Some(&before)).unwrap();
        assert_eq!(first.refresh_token.as_ref().unwrap().expose_secret(), "r");
        let second = read(extract, 200, r#"{ "access_token": "c" }"#, Some(&first)).unwrap();
        assert_eq!(second.extracted["site"], "https://eu.a.example");
    }

    #[test]
    fn takes_values_only_where_they_fit() {
        let extract = ", extract: { site: { from: $.site, pattern: 'https://[a-z]+\\.a\\.example' } }";
        for site in
            [json!("https://evil.example/.a.example"), json!(null), json!({ "a": 1 }), json!("https://eu.a.example\n")]
        {
            let body = json!({ "access_token": "a-secret", "site": site }).to_string();
            let error = read(extract, 200, &body, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
            assert!(!format!("{error:?}").contains("evil") && !format!("{error:?}").contains("a-secret"));
        }
    }

    #[test]
    fn finds_tokens_where_the_manifest_says() {
        let oauth2: OAuth2 = decode(
            "{ token: { url: 'https://a.example', access_token: '$.data[0].token', expires_in: '$.data[0].life' } }",
        );
        let body = br#"{ "data": [{ "token": "a", "life": 5 }] }"#;
        let answer = TokenAnswer { status: StatusCode::OK, body, now: 1_000 };
        let token = read_token(&oauth2, &answer, None, &str::to_owned).unwrap();
        assert_eq!(token.to_secret_json(), json!({ "access_token": "a", "expires_at": 1_005 }));
        let answer = TokenAnswer { body: b"{}", ..answer };
        let error = read_token(&oauth2, &answer, None, &str::to_owned).unwrap_err();
        assert!(error.message().ends_with("without an access token at `$.data[0].token`"), "{error}");
    }

    #[test]
    fn says_why_there_is_no_token() {
        let told =
            |code: &str| json!({ "error": code, "error_description": "r-secret\u{7} is no good", "x": "a-secret" });
        let client = Some("check the client's id and secret");
        let again = Some("sign in again: the refresh token has ended, was revoked, or was used already");
        let machine = ", grant: client_credentials";
        for (oauth2, status, body, kind, code, help) in [
            ("", 400, told("invalid_grant"), ErrorKind::Unauthorized, Some("invalid_grant"), again),
            (machine, 400, told("invalid_grant"), ErrorKind::Unauthorized, Some("invalid_grant"), client),
            ("", 401, told("invalid_client"), ErrorKind::Unauthorized, Some("invalid_client"), client),
            ("", 200, json!({ "ok": false, "error": "bad" }), ErrorKind::Unauthorized, Some("bad"), None),
            ("", 403, json!({ "error": { "status": "DENIED" } }), ErrorKind::Unauthorized, Some("DENIED"), None),
            ("", 400, json!({ "code": "c", "message": "m" }), ErrorKind::Unauthorized, Some("c"), None),
            ("", 429, Value::Null, ErrorKind::RateLimited, None, None),
            ("", 503, told("invalid_grant"), ErrorKind::Unavailable, Some("invalid_grant"), None),
            ("", 302, Value::Null, ErrorKind::UnexpectedResponse, None, None),
            ("", 200, json!({ "token": "a-secret" }), ErrorKind::UnexpectedResponse, None, None),
        ] {
            let error = read(oauth2, status, &body.to_string(), None).unwrap_err();
            assert_eq!((error.kind(), error.code(), error.help()), (kind, code, help), "{status} {body}");
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.is_grant_refused(), kind == ErrorKind::Unauthorized, "{status} {body}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("r-secret") && !shown.contains("a-secret"), "{shown}");
        }
        let html = read("", 200, "<html>a-secret", None).unwrap_err();
        assert_eq!(html.message(), "the token endpoint answered 200 OK without an access token at `$.access_token`");
        let error = read("", 400, &told("invalid_grant").to_string(), None).unwrap_err();
        assert_eq!(error.message(), "no access token was granted: [secret] is no good");
    }

    proptest::proptest! {
        #[test]
        fn repeats_no_secret_that_the_endpoint_repeats(
            secret in "[A-Z0-9/+=_-]{8,40}", around in "[ :.!]{0,8}", status in 200u16..600,
        ) {
            let credentials = crate::auth::Credentials::none().with("client_secret", secret.as_str());
            let said = format!("{around}{secret}{around}");
            let body = json!({ "error": said, "error_description": said, "refresh_token": said }).to_string();
            let oauth2: OAuth2 = decode("{ token: { url: 'https://a.example' } }");
            let answer = TokenAnswer { status: StatusCode::from_u16(status).unwrap(), body: body.as_bytes(), now: 1_000 };
            let error = read_token(&oauth2, &answer, None, &|text| credentials.redact(text, &[])).unwrap_err();
            let shown = format!("{error} {error:?}");
            proptest::prop_assert!(!shown.contains(&secret), "{shown}");
        }
    }
}
