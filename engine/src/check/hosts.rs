//! Requests go where the manifest says: URLs are absolute, and a value that decides the host is limited to what is meant.

use url::Url;

use crate::notation::{Part, Pattern, Template};
use crate::source::{Code, Diagnostic};

use super::sites::{Becomes, Scope, Site, sites};
use super::templates::place;
use super::view::View;
use super::{is_enough, is_written};

/// Texts that would move a request to another host if a part of a host name could be one of them.
const ESCAPES: [&str; 6] = ["a.invalid/", "a.invalid?", "a.invalid#", "x@a.invalid", "a.invalid:80", "a.invalid\\"];
/// Texts that a value may not be when it is the whole URL.
const ANY_URL: [&str; 2] = ["https://a.invalid", "https://a.invalid/x"];

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let urls = sites(view).into_iter().filter(|site| matches!(site.becomes, Becomes::Server | Becomes::Url));
    for site in urls.filter(|site| is_written(site.span)) {
        if is_enough(findings) {
            return;
        }
        check_shape(&site, findings);
        for (name, escapes) in deciding_names(site.template) {
            check_bound(view, &site, name, escapes, findings);
        }
    }
}

/// The URL with a stand-in for every name is absolute and has a host.
fn check_shape(site: &Site<'_>, findings: &mut Vec<Diagnostic>) {
    let text = sample(site.template);
    let after_scheme = ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
    let is_absolute = after_scheme.is_some_and(|rest| !rest.starts_with(['/', '?', '#', ':']));
    let url = match Url::parse(&text) {
        Ok(url) if is_absolute && url.has_host() => url,
        Ok(_) | Err(_) => {
            let message = format!("`{}` is not an absolute `https` URL with a host", site.template);
            findings.push(
                Diagnostic::new(Code::InvalidValue, site.span, message)
                    .help("for example `https://api.example.com/v1`"),
            );
            return;
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        findings.push(Diagnostic::new(Code::InvalidValue, site.span, "a URL here has no user name and no password"));
    }
    if site.becomes == Becomes::Server && (url.query().is_some() || url.fragment().is_some()) {
        let found = Diagnostic::new(Code::InvalidValue, site.span, "a server has no query and no fragment");
        findings.push(found.help("put what every request carries under `query`"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        let message = "plain `http`: whoever stands between can read and change requests, credentials included";
        findings.push(Diagnostic::new(Code::Suspicious, site.span, message).help("use `https`"));
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The text with a stand-in for every name: a URL for a name that begins it, a number for a port, a word for others.
fn sample(template: &Template) -> String {
    let mut text = String::new();
    for part in template.parts() {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Name(_) if text.is_empty() => text.push_str("https://host"),
            Part::Name(_) if text.ends_with(':') => text.push('1'),
            Part::Name(_) => text.push('x'),
        }
    }
    text
}

/// The names that stand before the path, each with texts that its value must not be.
fn deciding_names(template: &Template) -> Vec<(&str, &'static [&'static str])> {
    let mut text = String::new();
    let mut found = Vec::new();
    for part in template.parts() {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Name(name) if text.is_empty() => {
                found.push((name.as_str(), &ANY_URL[..]));
                text.push_str("https://host");
            }
            Part::Name(name) => {
                let authority = text.split_once("://").map(|(_, rest)| rest);
                if authority.is_none_or(|rest| !rest.contains(['/', '?', '#'])) {
                    found.push((name.as_str(), &ESCAPES[..]));
                }
                text.push('x');
            }
        }
    }
    found
}

fn check_bound(view: &View<'_>, site: &Site<'_>, name: &str, escapes: &[&str], findings: &mut Vec<Diagnostic>) {
    let Some((has_choices, pattern)) = bounds(view, site.scope, name) else { return };
    let message = match pattern {
        Some(pattern) => match escapes.iter().find(|escape| pattern.is_full_match(escape)) {
            Some(escape) => format!("`{name}` decides which host is called, and its pattern lets `{escape}` through"),
            None => return,
        },
        None if has_choices => return,
        None => format!("`{name}` decides which host is called, and nothing limits it"),
    };
    let help =
        format!("give `{name}` an `enum`, or a `pattern` such as `[a-z0-9-]+` that matches only what may stand here");
    findings.push(Diagnostic::new(Code::UnboundHost, place(site, name), message).help(help));
}

/// Whether a name has an enumeration, and its pattern; `None` for a name that is not defined.
fn bounds<'m>(view: &View<'m>, scope: Scope<'m>, name: &str) -> Option<(bool, Option<&'m Pattern>)> {
    let manifest = view.manifest;
    if let Some(config) = name.strip_prefix("config.") {
        let value = manifest.config.get(config)?;
        return Some((!value.choices.is_empty(), value.pattern.as_ref().map(|pattern| &pattern.value)));
    }
    if let Some(extracted) = name.strip_prefix("token.") {
        let extract = view.extracts.get(extracted)?;
        return Some((false, extract.pattern.as_ref().map(|pattern| &pattern.value)));
    }
    match scope {
        Scope::Scheme(scheme) => {
            let field = scheme.fields.get(name)?;
            Some((!field.choices.is_empty(), field.pattern.as_ref().map(|pattern| &pattern.value)))
        }
        Scope::Request | Scope::Fill => None,
    }
}
