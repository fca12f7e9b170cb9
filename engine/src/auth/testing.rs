//! What the tests of this module read from YAML.

use indexmap::IndexMap;

use super::{Credentials, Scheme};
use crate::language::Decode;
use crate::manifest::{ErrorRules, Retry};
use crate::notation::Millis;
use crate::plan::Head;
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

/// A connector with these ways to sign in.
pub(crate) fn head(auth: &str) -> Head {
    let schemes: IndexMap<String, Spanned<Scheme>> = decode(auth);
    Head {
        name: "notes".into(),
        title: "Notes".into(),
        id: None,
        version: "1.0.0".into(),
        summary: String::new(),
        description: None,
        links: Vec::new(),
        questions: None,
        hints: None,
        server: "https://api.notes.example".parse().expect("a template"),
        config: IndexMap::new(),
        headers: IndexMap::new(),
        query: IndexMap::new(),
        auth: schemes.into_iter().map(|(name, scheme)| (name, scheme.value)).collect(),
        errors: decode::<ErrorRules>("{}"),
        limits: Vec::new(),
        retry: decode::<Retry>("{}"),
        timeout: Millis::new(1000),
        idempotency: None,
        check: None,
    }
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
