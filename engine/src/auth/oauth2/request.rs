//! Token requests: what is presented to the token endpoint, and how (RFC 6749, RFC 7523, RFC 7636).

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use indexmap::IndexMap;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Url, form_urlencoded};

use crate::auth::AccessToken;
use crate::auth::credentials::unfit;
use crate::auth::sign::basic_value;
use crate::auth::values::{Values, header_name};
use crate::error::{Error, ErrorKind};
use crate::notation::Template;
use crate::source::Spanned;
use crate::wire::{Body, Request, SignedRequest, Trust};

use super::{ClientAuth, Grant, OAuth2, TokenBody, jwt};

/// What is presented to the token endpoint in exchange for an access token.
pub(crate) enum Presented {
    /// A refresh token.
    RefreshToken(SecretString),
    /// The client's own id and secret.
    ClientCredentials,
    /// A JWT signed by a service account.
    JwtBearer,
    /// The code of a user who agreed.
    Code {
        /// The code.
        code: SecretString,
        /// Where the user came back to.
        redirect_uri: String,
        /// The PKCE verifier.
        verifier: Option<SecretString>,
    },
}

/// What can be presented to renew an access token; `None` when the user has to sign in again.
pub(crate) fn renewable(oauth2: &OAuth2, values: &Values<'_>, token: Option<&AccessToken>) -> Option<Presented> {
    let given = |template: &Option<Spanned<Template>>, field| values.part(as_template(template), field).ok().flatten();
    match oauth2.grant.unwrap_or(Grant::AuthorizationCode) {
        Grant::AuthorizationCode => {
            let own = token.and_then(|token| token.refresh_token.clone());
            own.or_else(|| given(&oauth2.refresh_token, "refresh_token").map(SecretString::from))
                .map(Presented::RefreshToken)
        }
        Grant::ClientCredentials => given(&oauth2.client_id, "client_id").map(|_| Presented::ClientCredentials),
        Grant::JwtBearer => {
            let key = oauth2.service_account.as_ref().and_then(|key| values.text(key).ok().flatten());
            key.map(|_| Presented::JwtBearer)
        }
    }
}

/// The access token that the user gave, with the refresh token that belongs to it.
///
/// # Errors
/// `credentials` when it is required and not given.
pub(crate) fn given_token(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<AccessToken>, Error> {
    let Some(access_token) = values.part(as_template(&oauth2.access_token), "access_token")? else { return Ok(None) };
    let token = AccessToken::new(access_token);
    let refresh_token = values.part(as_template(&oauth2.refresh_token), "refresh_token")?;
    Ok(Some(refresh_token.into_iter().fold(token, AccessToken::with_refresh_token)))
}

/// A request to the token endpoint; `rebind` moves its URL where the connection wants it. `now` is in seconds since 1970.
///
/// # Errors
/// `credentials` when a value that it needs was not given or cannot be used.
pub(crate) fn token_request(
    oauth2: &OAuth2,
    values: &Values<'_>,
    presented: &Presented,
    rebind: &dyn Fn(Url) -> Url,
    now: i64,
) -> Result<SignedRequest, Error> {
    let url = token_url(oauth2, values, presented)?;
    let mut params = grant_params(oauth2, values, presented, &url, now)?;
    let mut authorization = None;
    match oauth2.token.client.unwrap_or(ClientAuth::Body) {
        ClientAuth::Basic => authorization = Some(client_basic(oauth2, values)?),
        ClientAuth::Body => {
            params.extend(client_id(oauth2, values)?.map(|id| ("client_id".to_owned(), id)));
            params.extend(client_secret(oauth2, values)?.map(|secret| ("client_secret".to_owned(), secret)));
        }
        // RFC 6749 section 4.1.3: a client that does not authenticate names itself with the code.
        ClientAuth::None if matches!(presented, Presented::Code { .. }) => {
            params.extend(client_id(oauth2, values)?.map(|id| ("client_id".to_owned(), id)));
        }
        ClientAuth::None => {}
    }
    for (name, template) in &oauth2.token.params {
        params.extend(values.text(template)?.map(|text| (name.clone(), text)));
    }

    let (content_type, body) = written(oauth2, &params);
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
    ]);
    let request = Request { method: Method::POST, url: rebind(url), headers, body: Body::default() };
    let mut signed = SignedRequest::new(request, Trust::Declared);
    signed.set_secret_body(Body::bytes(body));
    if let Some(value) = authorization {
        signed.set_secret_header(http::header::AUTHORIZATION, value);
    }
    for (name, template) in &oauth2.token.headers {
        if let Some(value) = values.header("", template)? {
            signed.set_secret_header(header_name(name)?, value);
        }
    }
    Ok(signed)
}

/// The token endpoint for what is presented.
///
/// # Errors
/// `invalid_input` when a configuration value in it is missing, `invalid_manifest` when it is no URL.
pub(crate) fn token_url(oauth2: &OAuth2, values: &Values<'_>, presented: &Presented) -> Result<Url, Error> {
    let template = match (presented, &oauth2.token.refresh_url) {
        (Presented::RefreshToken(_), Some(refresh_url)) => refresh_url,
        (
            Presented::RefreshToken(_) | Presented::ClientCredentials | Presented::JwtBearer | Presented::Code { .. },
            _,
        ) => &oauth2.token.url,
    };
    endpoint(values, template, "token")
}

/// The URL of an endpoint, from its template.
pub(super) fn endpoint(values: &Values<'_>, template: &Template, name: &str) -> Result<Url, Error> {
    Url::parse(&values.url(template)?).map_err(|error| {
        let message = format!("the URL of the {name} endpoint, `{template}`, cannot be used: {error}");
        Error::new(ErrorKind::InvalidManifest, message)
    })
}

fn grant_params(
    oauth2: &OAuth2,
    values: &Values<'_>,
    presented: &Presented,
    url: &Url,
    now: i64,
) -> Result<IndexMap<String, String>, Error> {
    let scope = || (!oauth2.scopes.is_empty()).then(|| ("scope", oauth2.scopes.join(" ")));
    let mut params = Vec::new();
    match presented {
        Presented::RefreshToken(token) => {
            params.push(("grant_type", "refresh_token".to_owned()));
            params.push(("refresh_token", token.expose_secret().to_owned()));
        }
        Presented::ClientCredentials => {
            params.push(("grant_type", "client_credentials".to_owned()));
            params.extend(scope());
        }
        Presented::JwtBearer => {
            params.push(("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned()));
            params.push(("assertion", jwt::assertion(oauth2, values, url, now)?));
        }
        Presented::Code { code, redirect_uri, verifier } => {
            params.push(("grant_type", "authorization_code".to_owned()));
            params.push(("code", code.expose_secret().to_owned()));
            params.push(("redirect_uri", redirect_uri.clone()));
            params.extend(verifier.as_ref().map(|verifier| ("code_verifier", verifier.expose_secret().to_owned())));
        }
    }
    Ok(params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// `Basic` of the client's id and secret, each form-encoded first (RFC 6749 section 2.3.1).
pub(in crate::auth) fn client_basic(oauth2: &OAuth2, values: &Values<'_>) -> Result<HeaderValue, Error> {
    let id = client_id(oauth2, values)?;
    let id = id.ok_or_else(|| unfit("client_id", "client_id is required to obtain an access token".to_owned()))?;
    let secret = client_secret(oauth2, values)?.unwrap_or_default();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    basic_value(&encoded(&id), &encoded(&secret))
}

pub(super) fn client_id(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<String>, Error> {
    values.part(as_template(&oauth2.client_id), "client_id")
}

fn client_secret(oauth2: &OAuth2, values: &Values<'_>) -> Result<Option<String>, Error> {
    values.part(as_template(&oauth2.client_secret), "client_secret")
}

fn written(oauth2: &OAuth2, params: &IndexMap<String, String>) -> (&'static str, String) {
    match oauth2.token.body.unwrap_or(TokenBody::Form) {
        TokenBody::Form => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
            ("application/x-www-form-urlencoded", form)
        }
        TokenBody::Json => {
            let object: serde_json::Map<_, _> =
                params.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            ("application/json", serde_json::Value::Object(object).to_string())
        }
    }
}

fn as_template(template: &Option<Spanned<Template>>) -> Option<&Template> {
    template.as_deref()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Presented, renewable, token_request};
    use crate::auth::testing::{OAUTH_AND_TOKEN, given, schemes};
    use crate::auth::values::Values;
    use crate::auth::{AccessToken, Credentials};
    use crate::error::Error;
    use crate::wire::Request;

    /// An OAuth 2.0 declaration whose token endpoint says `token` beside its URL.
    fn oauth(rest: &str, token: &str) -> String {
        let fields =
            "{ client_id: {}, client_secret: { secret: true, required: false }, refresh_token: { required: false } }";
        let url = "https://${config.region}.notes.example/token";
        format!("oauth: {{ fields: {fields}, oauth2: {{ token: {{ url: '{url}' {token} }} {rest} }} }}")
    }

    fn request(auth: &str, credentials: &Credentials, presented: Option<Presented>) -> Result<Request, Error> {
        let schemes = schemes(auth);
        let scheme = &schemes["oauth"];
        let oauth2 = scheme.oauth2.as_ref().unwrap();
        let config = [("region".to_owned(), json!("eu"))].into_iter().collect();
        let values = Values { config: Some(&config), ..Values::of(scheme, credentials) };
        let presented = presented.or_else(|| renewable(oauth2, &values, None)).unwrap();
        token_request(oauth2, &values, &presented, &|url| url, 1_000).map(|signed| signed.open().0)
    }

    fn written(request: &Request) -> (&str, &str, &str) {
        let header = |name| request.headers.get(name).map_or("", |value| value.to_str().unwrap());
        (header("content-type"), header("authorization"), str::from_utf8(request.body.as_bytes().unwrap()).unwrap())
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn writes_what_the_endpoint_wants() {
        let credentials = given(&[("client_id", "id:1"), ("client_secret", "s/1"), ("refresh_token", "r 1")]);
        let refresh = "grant_type=refresh_token&refresh_token=r+1";
        let basic = "Basic aWQlM0ExOnMlMkYx"; // id%3A1:s%2F1
        let code = || {
            let presented = Presented::Code { code: "c".to_owned().into(), redirect_uri: "u".into(), verifier: None };
            Some(presented)
        };
        let codes = "grant_type=authorization_code&code=c&redirect_uri=u";
        for (rest, token, presented, expected) in [
            ("", "", None, (FORM, "", format!("{refresh}&client_id=id%3A1&client_secret=s%2F1"))),
            ("", ", client: basic", None, (FORM, basic, refresh.to_owned())),
            ("", ", client: none", None, (FORM, "", refresh.to_owned())),
            ("", ", client: none", code(), (FORM, "", format!("{codes}&client_id=id%3A1"))),
            ("", ", client: basic", code(), (FORM, basic, codes.to_owned())),
            ("", ", client: basic, params: { aud: x, grant_type: own }", None, {
                (FORM, basic, "grant_type=own&refresh_token=r+1&aud=x".to_owned())
            }),
            (", grant: client_credentials, scopes: [a, b]", ", client: basic", None, {
                (FORM, basic, "grant_type=client_credentials&scope=a+b".to_owned())
            }),
            ("", ", client: basic, body: json", None, {
                (
                    "application/json",
                    basic,
                    json!({ "grant_type": "refresh_token", "refresh_token": "r 1" }).to_string(),
                )
            }),
        ] {
            let request = request(&oauth(rest, token), &credentials, presented).unwrap();
            let (content_type, authorization, body) = expected;
            assert_eq!(written(&request), (content_type, authorization, body.as_str()), "{rest} {token}");
            assert_eq!(request.url.as_str(), "https://eu.notes.example/token");
            assert_eq!(
                (request.method.as_str(), &request.headers["accept"]),
                ("POST", &"application/json".parse().unwrap())
            );
        }
    }

    #[test]
    fn renews_as_the_first_connector_needs_it() {
        let credentials = given(&[("client_id", "id-1"), ("client_secret", "secret-1"), ("refresh_token", "r-1")]);
        let request = request(OAUTH_AND_TOKEN, &credentials, None).unwrap();
        let body = r#"{"grant_type":"refresh_token","refresh_token":"r-1"}"#;
        assert_eq!(written(&request), ("application/json", "Basic aWQtMTpzZWNyZXQtMQ==", body));
        assert!(!format!("{:?}", request.headers).contains("aWQtMTpzZWNyZXQtMQ"));
    }

    #[test]
    fn has_another_url_and_headers_where_the_manifest_says() {
        let auth = oauth(
            "",
            ", refresh_url: 'https://r.notes.example/', headers: { Accept: text/plain, X-Id: '${client_id}' }",
        );
        let credentials = given(&[("client_id", "id-1"), ("refresh_token", "r-1")]);
        let request = request(&auth, &credentials, None).unwrap();
        assert_eq!(request.url.as_str(), "https://r.notes.example/");
        assert_eq!(
            (&request.headers["accept"], &request.headers["x-id"]),
            (&"text/plain".parse().unwrap(), &"id-1".parse().unwrap())
        );
    }

    #[test]
    fn knows_what_can_be_renewed() {
        let renewed = |auth: &str, fields: &[(&str, &str)], token: Option<AccessToken>| {
            let (schemes, credentials) = (schemes(auth), given(fields));
            let scheme = &schemes["oauth"];
            renewable(scheme.oauth2.as_ref().unwrap(), &Values::of(scheme, &credentials), token.as_ref()).is_some()
        };
        let plain = oauth("", "");
        assert!(!renewed(&plain, &[("client_id", "id-1")], None));
        assert!(!renewed(&plain, &[("client_id", "id-1")], Some(AccessToken::new("a"))));
        assert!(renewed(&plain, &[("refresh_token", "r-1")], None));
        assert!(renewed(&plain, &[], Some(AccessToken::new("a").with_refresh_token("r-1"))));
        assert!(renewed(&oauth(", grant: client_credentials", ""), &[("client_id", "id-1")], None));
        let service = oauth(", grant: jwt_bearer, service_account: '${client_secret}'", "");
        assert!(renewed(&service, &[("client_secret", "{}")], None));
        assert!(!renewed(&service, &[("client_id", "id-1")], None));
    }

    #[test]
    fn names_what_is_missing() {
        let message = |result: Result<Request, Error>| result.unwrap_err().message().to_owned();
        let credentials = given(&[("refresh_token", "r-1")]);
        assert_eq!(message(request(&oauth("", ", client: basic"), &credentials, None)), "client_id is required");
        let auth = oauth("", "").replace("config.region", "config.reign");
        let credentials = credentials.with("client_id", "id-1");
        let expected = "the configuration value `reign` is needed to sign in, and is not given";
        assert_eq!(message(request(&auth, &credentials, None)), expected);
    }
}
