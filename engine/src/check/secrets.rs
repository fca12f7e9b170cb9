//! No secret becomes part of a URL, where logs, proxies and error messages would show it.

use crate::source::{Code, Diagnostic, Span};

use super::sites::{Becomes, Scope, sites};
use super::templates::place;
use super::view::View;
use super::{is_enough, part_of};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for site in sites(view).iter().filter(|site| site.becomes != Becomes::Other) {
        if is_enough(findings) {
            return;
        }
        for name in site.template.names() {
            let is_secret = match site.scope {
                Scope::Scheme(scheme) => {
                    let is_token = scheme.oauth2.is_some() && name == "access_token";
                    is_token || scheme.fields.get(name).is_some_and(|field| field.is_secret())
                }
                Scope::Request | Scope::Fill => secret_field(view, name),
            };
            if is_secret {
                findings.push(leak(place(site, name), name));
            }
        }
    }
    for operation in &view.operations {
        for name in template_names(operation.path).filter(|name| secret_field(view, name)) {
            let span = part_of(operation.path.span, operation.path, &format!("${{{name}}}"));
            findings.push(leak(span, name));
        }
    }
}

fn leak(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::SecretInUrl, span, format!("`{name}` is secret and would become part of a URL")).help(
        "send it in a header; if the API wants the key in the query, use `api_key: { in: query, … }`, which hides it",
    )
}

/// Whether some way to sign in has a secret field of this name.
pub(super) fn secret_field(view: &View<'_>, name: &str) -> bool {
    view.secrets.contains(name)
}

/// The names in `${name}` of a text that is no template.
pub(super) fn template_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
