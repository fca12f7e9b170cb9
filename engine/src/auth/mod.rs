//! Ways to sign in: what the user gives, and what it becomes on a request.

mod access_token;
mod api_key;
mod basic;
mod browser;
mod choose;
mod credentials;
mod field;
mod oauth2;
mod sign;
#[cfg(test)]
pub(crate) mod testing;
mod values;

use indexmap::IndexMap;

use crate::language::object;
use crate::notation::Template;
use crate::source::{Code, Diagnostic, Named, Span, Spanned};
use crate::yaml::Map;

pub use access_token::AccessToken;
pub use api_key::{ApiKey, ApiKeyPlace};
pub use basic::Basic;
pub(crate) use browser::{Yielded, choose_asking};
pub(crate) use choose::choose;
pub use credentials::Credentials;
pub use field::{Field, FieldType};
pub use oauth2::{Authorization, Authorize, ClientAuth, Extract, Grant, OAuth2, TokenBody, TokenEndpoint};
pub(crate) use oauth2::{
    Presented, TokenAnswer, assumed, given_token, read_token, renewable, token_request, token_url,
};
pub(crate) use sign::{encoded_secrets, secret_places, sign, without_secrets};
pub(crate) use values::Values;

object! {
    /// One way to sign in: the fields the user gives, and exactly one of `bearer`, `basic`, `api_key`, `oauth2`, or `headers` alone.
    pub struct Scheme as "way to sign in" check one_kind {
        /// What people call it; the key with capitals when left out.
        /// ```yaml
        /// title: Personal access token
        /// ```
        pub title: Option<String>,
        /// What it is and when to choose it.
        /// ```yaml
        /// description: For scripts that act as one user.
        /// ```
        pub description: Option<String>,
        /// How the user comes by the values, as Markdown.
        /// ```yaml
        /// setup: Open *Settings*, then *API*, and create a token.
        /// ```
        pub setup: Option<String>,
        /// The vendor's page about it.
        /// ```yaml
        /// link: https://example.com/docs/authentication
        /// ```
        pub link: Option<String>,
        /// What the user gives, by name.
        /// ```yaml
        /// fields:
        ///   token: { description: Your API token, secret: true }
        /// ```
        pub fields: IndexMap<String, Spanned<Field>>,
        /// `true`: serves only the actions that name it, and is not a way to connect by choice when another fits.
        /// ```yaml
        /// limited: true
        /// ```
        pub limited: Option<bool>,
        /// Sends `Authorization: Bearer …` (RFC 6750) with this text; `${field}` is the value of a field.
        /// ```yaml
        /// bearer: ${token}
        /// ```
        pub bearer: Option<Spanned<Template>>,
        /// Sends `Authorization: Basic …` (RFC 7617).
        /// ```yaml
        /// basic: { username: "${email}/token", password: "${api_token}" }
        /// ```
        pub basic: Option<Basic>,
        /// Sends a key in a header, the query or a cookie.
        /// ```yaml
        /// api_key: { in: header, name: X-Api-Key, value: "${api_key}" }
        /// ```
        pub api_key: Option<ApiKey>,
        /// Signs in with OAuth 2.0 (RFC 6749): obtains and renews an access token.
        /// ```yaml
        /// oauth2:
        ///   authorize: { url: "https://example.com/oauth/authorize" }
        ///   token: { url: "https://example.com/oauth/token", client: basic, body: json }
        /// ```
        pub oauth2: Option<Box<OAuth2>>,
        /// Headers made from fields: alone, or beside one of the kinds above.
        /// ```yaml
        /// headers: { X-Account: "${account_id}" }
        /// ```
        pub headers: Named<Template>,
        /// Facts that other tools use, by names that start with `x-`. They are kept and shown, and nothing here acts on them.
        /// ```yaml
        /// extensions: { x-team: payments }
        /// ```
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        pub extensions: IndexMap<String, Spanned<serde_json::Value>>,
    }
}

fn one_kind(scheme: &Scheme, _: &Map, span: Span, findings: &mut Vec<Diagnostic>) {
    let given = [scheme.bearer.is_some(), scheme.basic.is_some(), scheme.api_key.is_some(), scheme.oauth2.is_some()];
    let kinds = given.into_iter().filter(|given| *given).count();
    if kinds > 1 || (kinds == 0 && scheme.headers.is_empty()) {
        let message = "a way to sign in has exactly one of `bearer`, `basic`, `api_key`, `oauth2`, or `headers` alone";
        findings.push(Diagnostic::new(Code::Conflict, span, message));
    }
}
