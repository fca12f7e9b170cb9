//! OAuth 2.0 (RFC 6749): where tokens come from and how the client says who it is.

mod authorize;
mod extract;
mod jwt;
mod request;
mod response;

use indexmap::IndexMap;

use crate::language::{choices, object};
use crate::notation::{JsonPath, Template};
use crate::source::{Named, Spanned, values};

pub use authorize::Authorization;
pub use extract::Extract;
pub(crate) use extract::assumed;
pub(super) use request::client_basic;
pub(crate) use request::{Presented, given_token, renewable, token_request, token_url};
pub(crate) use response::{TokenAnswer, read_token};

choices! {
    /// How the access token is obtained.
    pub enum Grant as "grant" {
        /// A person agrees in a browser (RFC 6749 section 4.1); renewed with a refresh token.
        AuthorizationCode = "authorization_code",
        /// The client's own id and secret are enough (RFC 6749 section 4.4).
        ClientCredentials = "client_credentials",
        /// A service account signs a JWT with RS256 (RFC 7523).
        JwtBearer = "jwt_bearer",
    }
}

choices! {
    /// How the client says who it is at the token endpoint.
    pub enum ClientAuth as "client authentication" {
        /// HTTP Basic with id and secret.
        Basic = "basic",
        /// `client_id` and `client_secret` in the body.
        Body = "body",
        /// Not at all.
        None = "none",
    }
}

choices! {
    /// How the body of a token request is written.
    pub enum TokenBody as "token request body" {
        /// `application/x-www-form-urlencoded`, as the RFC says.
        Form = "form",
        /// JSON.
        Json = "json",
    }
}

object! {
    /// OAuth 2.0. Fields named `client_id`, `client_secret`, `access_token` and `refresh_token` are used where they are declared;
    /// other names are said with the keys of the same names.
    pub struct OAuth2 as "OAuth 2.0 sign-in" {
        /// How the access token is obtained; `authorization_code` when left out.
        /// ```yaml
        /// grant: client_credentials
        /// ```
        pub grant: Option<Grant>,
        /// Where the user agrees, for `authorization_code`.
        /// ```yaml
        /// authorize: { url: "https://example.com/oauth/authorize", params: { owner: user } }
        /// ```
        pub authorize: Option<Authorize>,
        /// Where tokens are obtained and renewed.
        /// ```yaml
        /// token: { url: "https://example.com/oauth/token", client: basic, body: json }
        /// ```
        pub token: TokenEndpoint,
        /// The scopes that are asked for.
        /// ```yaml
        /// scopes: [read, write]
        /// ```
        pub scopes: Vec<String>,
        /// The client's id; the field `client_id` when left out.
        /// ```yaml
        /// client_id: ${app_id}
        /// ```
        pub client_id: Option<Spanned<Template>>,
        /// The client's secret; the field `client_secret` when left out.
        /// ```yaml
        /// client_secret: ${app_secret}
        /// ```
        pub client_secret: Option<Spanned<Template>>,
        /// The access token; the field `access_token` when left out.
        /// ```yaml
        /// access_token: ${token}
        /// ```
        pub access_token: Option<Spanned<Template>>,
        /// The refresh token; the field `refresh_token` when left out.
        /// ```yaml
        /// refresh_token: ${long_lived_token}
        /// ```
        pub refresh_token: Option<Spanned<Template>>,
        /// The service account's key file (JSON with `client_email`, `private_key`), for `jwt_bearer`.
        /// ```yaml
        /// service_account: ${credentials_json}
        /// ```
        pub service_account: Option<Spanned<Template>>,
        /// The header that carries the access token; `Authorization` when left out.
        /// ```yaml
        /// header: X-Access-Token
        /// ```
        pub header: Option<String>,
        /// What stands before the token in that header; `Bearer` when left out, empty for nothing.
        /// ```yaml
        /// prefix: ""
        /// ```
        pub prefix: Option<String>,
        /// Values of the token response that later requests use as `${token.name}`.
        /// ```yaml
        /// extract: { instance_url: { from: $.instance_url, pattern: "https://[a-z0-9-]+\\.example\\.com" } }
        /// ```
        pub extract: IndexMap<String, Spanned<Extract>>,
    }
}

object! {
    /// Where the user agrees.
    pub struct Authorize as "authorization endpoint" {
        /// Its URL.
        /// ```yaml
        /// url: https://example.com/oauth/authorize
        /// ```
        pub url: Spanned<Template>,
        /// Parameters beside the standard ones.
        /// ```yaml
        /// params: { owner: user }
        /// ```
        pub params: Named<Template>,
        /// Whether PKCE (RFC 7636, S256) is used; `true` when left out.
        /// ```yaml
        /// pkce: false
        /// ```
        pub pkce: Option<bool>,
        /// What stands between scopes; a space when left out.
        /// ```yaml
        /// scope_separator: ","
        /// ```
        pub scope_separator: Option<String>,
    }
}

object! {
    /// Where tokens are obtained and renewed.
    pub struct TokenEndpoint as "token endpoint" {
        /// Its URL.
        /// ```yaml
        /// url: https://example.com/oauth/token
        /// ```
        pub url: Spanned<Template>,
        /// The URL for renewing, where it is another one.
        /// ```yaml
        /// refresh_url: https://example.com/oauth/refresh
        /// ```
        pub refresh_url: Option<Spanned<Template>>,
        /// How the client says who it is; `body` when left out.
        /// ```yaml
        /// client: basic
        /// ```
        pub client: Option<ClientAuth>,
        /// How the body is written; `form` when left out.
        /// ```yaml
        /// body: json
        /// ```
        pub body: Option<TokenBody>,
        /// Parameters beside the standard ones.
        /// ```yaml
        /// params: { audience: "https://api.example.com" }
        /// ```
        pub params: Named<Template>,
        /// Headers of the token request.
        /// ```yaml
        /// headers: { Accept: application/json }
        /// ```
        pub headers: Named<Template>,
        /// Where the token's life in seconds stands in the answer; `$.expires_in` when left out.
        /// ```yaml
        /// expires_in: $.data.expires_in
        /// ```
        pub expires_in: Option<JsonPath>,
        /// Where the access token stands in the answer; `$.access_token` when left out.
        /// ```yaml
        /// access_token: $.data.access_token
        /// ```
        pub access_token: Option<JsonPath>,
    }
}

impl OAuth2 {
    /// The configuration values that decide which token is obtained.
    pub(crate) fn config_names(&self) -> impl Iterator<Item = &str> {
        let token = &self.token;
        let single = [&self.client_id, &self.client_secret, &self.access_token, &self.refresh_token];
        let optional = single.into_iter().chain([&self.service_account, &token.refresh_url]).flatten();
        let templates = optional.chain(values(&token.params)).chain(values(&token.headers));
        templates.flat_map(|template| template.names()).filter_map(|name| name.strip_prefix("config."))
    }

    /// The scopes that token requests name: what a user has agreed to is not asked for again.
    pub(crate) fn asked_scopes(&self) -> &[String] {
        match self.grant.unwrap_or(Grant::AuthorizationCode) {
            Grant::AuthorizationCode => &[],
            Grant::ClientCredentials | Grant::JwtBearer => &self.scopes,
        }
    }
}
