//! What the tests of this module read from YAML.

use indexmap::IndexMap;

use super::{Credentials, Scheme};
use crate::language::Decode;
use crate::source::{Source, Spanned};

/// A value of the manifest language; a finding fails the test.
pub(crate) fn decode<T: Decode>(yaml: &str) -> T {
    let mut findings = Vec::new();
    let source = Source::new("test.yaml", yaml);
    let node = crate::yaml::parse(&source, Default::default(), &mut findings).expect("YAML");
    let value = T::decode(&node, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    value.expect("a value")
}

/// Ways to sign in, by name.
pub(crate) fn schemes(auth: &str) -> IndexMap<String, Scheme> {
    let schemes: IndexMap<String, Spanned<Scheme>> = decode(auth);
    schemes.into_iter().map(|(name, scheme)| (name, scheme.value)).collect()
}

/// Credentials of these fields.
pub(crate) fn given(fields: &[(&str, &str)]) -> Credentials {
    fields.iter().fold(Credentials::none(), |all, (field, value)| all.with(*field, *value))
}

/// The two ways to sign in of a connector whose API knows OAuth and tokens, and a third for its token endpoint.
pub(crate) const OAUTH_AND_TOKEN: &str = r#"
oauth:
  title: OAuth
  fields:
    client_id: { description: Id of the client }
    client_secret: { description: Secret of the client, secret: true }
    access_token: { description: Access token, secret: true }
    refresh_token: { description: Renews the access token, secret: true, required: false }
  oauth2:
    authorize: { url: "https://api.notes.example/oauth/authorize", params: { owner: user } }
    token: { url: "https://api.notes.example/oauth/token", client: basic, body: json }
token:
  title: Token
  fields:
    token: { description: Token, secret: true, prefix: [ntn_, secret_] }
  bearer: ${token}
client:
  title: Client
  limited: true
  fields:
    client_id: { description: Id of the client }
    client_secret: { description: Secret of the client, secret: true }
  basic: { username: "${client_id}", password: "${client_secret}" }
"#;
