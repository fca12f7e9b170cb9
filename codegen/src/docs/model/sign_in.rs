//! How to sign in.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::{Call, Link, OperationLink, Texts, Variable};
use crate::docs::markdown::{Block, Inline};

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignIn {
    /// The connector's name.
    pub connector: String,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Where it stands on its page.
    pub anchor: String,
    /// What it is and when to choose it.
    pub description: Option<Inline>,
    /// How the user comes by the values.
    pub setup: Option<Block>,
    /// The vendor's page about it.
    pub link: Option<Link>,
    /// What it puts on a request.
    pub sends: Vec<Inline>,
    /// What the user gives.
    pub fields: Vec<Field>,
    /// Where tokens come from, where it is OAuth 2.0.
    pub oauth: Option<OAuth>,
    /// Whether it serves only the operations that name it.
    pub limited: bool,
    /// The operations that name it.
    pub only_for: Vec<OperationLink>,
    /// What a file of credentials should hold, with values to show.
    pub example: IndexMap<String, String>,
    /// The environment variables to set: of the configuration and of the required fields, with values to show.
    pub variables: Vec<Variable>,
    /// Whether its values alone do not say which way to sign in is meant, so that its name must be given.
    pub must_be_named: bool,
    /// A call to try it with.
    pub call: Option<Call>,
    /// What each face shows.
    pub snippets: Texts,
}

/// A value that the user gives to sign in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: String,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it must never be shown.
    pub secret: bool,
    /// What it is and where to find it.
    pub description: Option<Inline>,
    /// What it must look like, what it is when it is not given, and such.
    pub rules: Vec<Inline>,
    /// The environment variable that gives it on the command line.
    pub variable: String,
}

/// Where the tokens of OAuth 2.0 come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OAuth {
    /// How the access token is obtained, in a sentence.
    pub grant: Inline,
    /// Where the user agrees.
    pub authorize: Option<Authorize>,
    /// The scopes that are asked for.
    pub scopes: Vec<String>,
    /// Where tokens are obtained.
    pub token_url: String,
    /// Where tokens are renewed, when it is another URL.
    pub refresh_url: Option<String>,
    /// How the client says who it is there, in a sentence.
    pub client: Inline,
    /// The request that turns the code of a user who agreed into tokens.
    pub exchange: Option<String>,
    /// The operation of this connector that makes that request, where there is one.
    pub exchange_call: Option<Call>,
    /// That operation.
    pub exchange_operation: Option<OperationLink>,
    /// How it signs in, in a sentence.
    pub exchange_auth: Option<Inline>,
    /// Where the access token stands in the answer.
    pub access_token: String,
    /// Where its life in seconds stands in the answer.
    pub expires_in: String,
    /// The fields that a renewal changes; empty where the engine renews nothing that is given.
    pub renewed_fields: Vec<String>,
    /// The name of a file that could hold the credentials, to show.
    pub credentials_file: String,
}

/// Where the user agrees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Authorize {
    /// Its URL.
    pub url: String,
    /// Its parameters: name, value to show.
    pub params: IndexMap<String, String>,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// The whole address to open, with values to show.
    pub address: String,
}

/// What happens with credentials that do not do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wrong {
    /// What is wrong with them.
    pub what: Inline,
    /// Who says so, and when.
    pub found: Inline,
    /// The error, as the command line prints it for programs.
    pub error: Value,
}
