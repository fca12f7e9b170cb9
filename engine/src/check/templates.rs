//! A template names nothing but what exists where it stands.

use crate::language::nearest;
use crate::source::{Code, Diagnostic, Span};

use super::secrets::secret_field;
use super::sites::{Becomes, Scope, Site, sites};
use super::view::View;
use super::{is_enough, part_of};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for site in sites(view) {
        for name in site.template.names().filter(|name| !is_known(view, site.scope, name)) {
            let is_leak = site.becomes != Becomes::Other && secret_field(view, name);
            if !is_leak && !is_enough(findings) {
                findings.push(unknown(view, &site, name));
            }
        }
    }
}

fn unknown(view: &View<'_>, site: &Site<'_>, name: &str) -> Diagnostic {
    let span = place(site, name);
    let found = Diagnostic::new(Code::UnknownName, span, format!("`${{{name}}}` names nothing here"));
    let is_field = view.manifest.auth.values().any(|scheme| scheme.fields.contains_key(name));
    let known = known(view, site.scope);
    let qualified = ["config", "token"].map(|group| format!("{group}.{name}"));
    if let Some(meant) = qualified.iter().find(|meant| is_known(view, site.scope, meant)) {
        found.help(format!("did you mean `${{{meant}}}`?"))
    } else if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        found.help(format!("did you mean `${{{near}}}`?"))
    } else if is_field {
        found.help(format!("`{name}` is a credential field, which only the templates of its way to sign in can use"))
    } else if known.is_empty() {
        found.help("declare the value under `config`")
    } else {
        let names: Vec<_> = known.iter().take(12).map(|name| format!("`${{{name}}}`")).collect();
        found.help(format!("known here: {}", names.join(", ")))
    }
}

/// Whether a template knows a name.
fn is_known(view: &View<'_>, scope: Scope<'_>, name: &str) -> bool {
    match (scope, name.split_once('.')) {
        (_, Some(("config", name))) => view.manifest.config.contains_key(name),
        (Scope::Request, Some(("token", name))) => view.extracts.contains_key(name),
        (Scope::Scheme(scheme), _) => {
            scheme.fields.contains_key(name) || (scheme.oauth2.is_some() && name == "access_token")
        }
        (Scope::Request | Scope::Fill, _) => false,
    }
}

/// Where `${name}` stands in a template.
pub(super) fn place(site: &Site<'_>, name: &str) -> Span {
    part_of(site.span, &site.template.to_string(), &format!("${{{name}}}"))
}

/// The names that a template knows.
fn known(view: &View<'_>, scope: Scope<'_>) -> Vec<String> {
    let mut names: Vec<String> = match scope {
        Scope::Scheme(scheme) => {
            let token = scheme.oauth2.as_ref().map(|_| "access_token".to_owned());
            scheme.fields.keys().cloned().chain(token).collect()
        }
        Scope::Request => view.extracts.keys().map(|name| format!("token.{name}")).collect(),
        Scope::Fill => Vec::new(),
    };
    names.extend(view.manifest.config.keys().map(|name| format!("config.{name}")));
    names
}
