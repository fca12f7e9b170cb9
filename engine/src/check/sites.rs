//! Every template of a manifest, with what it is for.

use crate::auth::{OAuth2, Scheme};
use crate::notation::{Fill, Template};
use crate::source::{Named, Span, Spanned, values};

use super::view::View;

/// A template where it stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'m> {
    pub(super) template: &'m Template,
    pub(super) span: Span,
    pub(super) scope: Scope<'m>,
    pub(super) becomes: Becomes,
}

/// Whose names a template knows.
#[derive(Clone, Copy)]
pub(super) enum Scope<'m> {
    /// The fields of a way to sign in, configuration values, and values of its token response.
    Scheme(&'m Scheme),
    /// Configuration values, and values of the token response.
    Request,
    /// Configuration values.
    Fill,
}

/// What a template makes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Becomes {
    /// The base URL of requests.
    Server,
    /// Another URL.
    Url,
    /// Something else that is shown: a part of a URL's query, or what may become a part of a URL.
    Shown,
    /// Something that is not shown.
    Other,
}

/// Every template, in the order of the manifest.
pub(super) fn sites<'m>(view: &View<'m>) -> Vec<Site<'m>> {
    let mut found = Sites(Vec::new());
    let manifest = view.manifest;
    found.one(&manifest.server, Scope::Request, Becomes::Server);
    found.all(&manifest.headers, Scope::Request, Becomes::Other);
    found.all(&manifest.query, Scope::Request, Becomes::Shown);
    for scheme in manifest.auth.values() {
        found.scheme(scheme);
    }
    for action in manifest.entities.values().flat_map(|entity| entity.actions.values()) {
        found.each(&action.server, Scope::Request, Becomes::Server);
        found.all(&action.headers, Scope::Request, Becomes::Other);
        found.all(&action.query, Scope::Request, Becomes::Shown);
    }
    let fills = view.written_params().filter_map(|(_, param)| param.keys.fill.as_ref());
    for fill in fills.chain(view.check_params().map(|(_, fill)| fill)) {
        if let Fill::Template(template) = &fill.value {
            found.0.push(Site { template, span: fill.span, scope: Scope::Fill, becomes: Becomes::Other });
        }
    }
    found.0
}

struct Sites<'m>(Vec<Site<'m>>);

impl<'m> Sites<'m> {
    fn one(&mut self, template: &'m Spanned<Template>, scope: Scope<'m>, becomes: Becomes) {
        self.0.push(Site { template: &template.value, span: template.span, scope, becomes });
    }

    fn each(&mut self, templates: impl IntoIterator<Item = &'m Spanned<Template>>, scope: Scope<'m>, becomes: Becomes) {
        templates.into_iter().for_each(|template| self.one(template, scope, becomes));
    }

    fn all(&mut self, templates: &'m Named<Template>, scope: Scope<'m>, becomes: Becomes) {
        self.each(values(templates), scope, becomes);
    }

    fn scheme(&mut self, scheme: &'m Scheme) {
        let scope = Scope::Scheme(scheme);
        self.each(&scheme.bearer, scope, Becomes::Other);
        if let Some(basic) = &scheme.basic {
            self.one(&basic.username, scope, Becomes::Other);
            self.each(&basic.password, scope, Becomes::Other);
        }
        if let Some(api_key) = &scheme.api_key {
            self.one(&api_key.value, scope, Becomes::Other);
        }
        if let Some(oauth2) = &scheme.oauth2 {
            self.oauth2(oauth2, scope);
        }
        self.all(&scheme.headers, scope, Becomes::Other);
    }

    fn oauth2(&mut self, oauth2: &'m OAuth2, scope: Scope<'m>) {
        if let Some(authorize) = &oauth2.authorize {
            self.one(&authorize.url, scope, Becomes::Url);
            self.all(&authorize.params, scope, Becomes::Shown);
        }
        self.one(&oauth2.token.url, scope, Becomes::Url);
        self.each(&oauth2.token.refresh_url, scope, Becomes::Url);
        self.all(&oauth2.token.params, scope, Becomes::Other);
        self.all(&oauth2.token.headers, scope, Becomes::Other);
        self.each(oauth2.extract.values().filter_map(|extract| extract.default.as_ref()), scope, Becomes::Shown);
        let values = [&oauth2.client_id, &oauth2.client_secret, &oauth2.access_token, &oauth2.refresh_token];
        values.into_iter().chain([&oauth2.service_account]).for_each(|value| self.each(value, scope, Becomes::Other));
    }
}
