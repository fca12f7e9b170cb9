//! Which values that a user or a token endpoint gives begin a URL, and so are origins: `https://example.com`.

use crate::auth::Scheme;
use crate::notation::{Part, Template};
use crate::plan::Head;

/// Whether a configuration value begins the URL of the server, or of an endpoint to sign in.
pub fn is_config_an_origin(head: &Head, name: &str) -> bool {
    let begins = |template: &Template| first(template).is_some_and(|first| first.strip_prefix("config.") == Some(name));
    begins(&head.server) || head.auth.values().flat_map(|scheme| urls(head, scheme)).any(begins)
}

/// Whether a credential field begins the URL of an endpoint to sign in, or of the server as long as no token response says it.
pub fn is_field_an_origin(head: &Head, scheme: &Scheme, name: &str) -> bool {
    urls(head, scheme).any(|template| first(template) == Some(name))
}

/// Whether a value of the token response begins the URL of the server.
pub fn is_extract_an_origin(head: &Head, name: &str) -> bool {
    first(&head.server).and_then(|first| first.strip_prefix("token.")) == Some(name)
}

/// The URLs of a way to sign in, with what the server's URL begins with as long as no token response has said it.
fn urls<'a>(head: &'a Head, scheme: &'a Scheme) -> impl Iterator<Item = &'a Template> {
    scheme.oauth2.iter().flat_map(|oauth2| {
        let endpoints = [Some(&oauth2.token.url), oauth2.token.refresh_url.as_ref()].into_iter().flatten();
        let authorize = oauth2.authorize.iter().map(|authorize| &authorize.url);
        let extract = first(&head.server).and_then(|first| oauth2.extract.get(first.strip_prefix("token.")?));
        let assumed = extract.and_then(|extract| extract.default.as_ref());
        endpoints.chain(authorize).chain(assumed).map(|template| &template.value)
    })
}

/// The name that begins a template.
fn first(template: &Template) -> Option<&str> {
    match template.parts().first()? {
        Part::Name(name) => Some(name),
        Part::Text(_) => None,
    }
}
