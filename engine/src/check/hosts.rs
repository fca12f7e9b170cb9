//! Requests go where the manifest says: URLs are absolute, and a value that decides the host is limited to what is meant, or may
//! name any.

use std::collections::BTreeSet;

use url::Url;

use crate::auth::{Extract, Scheme};
use crate::notation::{Part, Pattern, Template, origin};
use crate::source::{Code, Diagnostic, Span, Spanned};

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
    let (mut judged, mut used) = (BTreeSet::new(), BTreeSet::new());
    for site in urls.filter(|site| is_written(site.span)) {
        if is_enough(findings) {
            return;
        }
        check_shape(&site, findings);
        for value in deciding(view, site, &mut judged, findings) {
            for bounds in bounds(view, value.site.scope, value.name) {
                used.insert(std::ptr::from_ref(bounds.any_host));
                check_bound(&value, &bounds, findings);
                check_choices(&value, &bounds, findings);
            }
        }
    }
    check_idle(view, &used, findings);
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

/// A value that decides which host is called.
struct Deciding<'m> {
    name: &'m str,
    /// Where it is named.
    site: Site<'m>,
    stands: Stands,
    /// Whether a pattern limits what it is a part of.
    is_limited: bool,
}

/// Where a value stands in a URL.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    /// It begins the URL.
    First,
    /// In the host.
    InHost,
}

/// The values that stand before the path, and those in the defaults of values of the token response that do. Every way to sign in
/// may have such a value, so each is judged at the first URL that it decides.
fn deciding<'m>(
    view: &View<'m>,
    site: Site<'m>,
    judged: &mut BTreeSet<(&'m str, Stands)>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Deciding<'m>> {
    let mut found = Vec::new();
    for (name, stands) in deciding_names(site.template, None) {
        let is_of_token = matches!(site.scope, Scope::Request) && name.starts_with("token.");
        if is_of_token && !judged.insert((name, stands)) {
            continue;
        }
        found.push(Deciding { name, site, stands, is_limited: false });
        for (scheme, extract) in extracts(view, site.scope, name) {
            let Some(default) = &extract.default else { continue };
            let (scope, becomes) = (Scope::Scheme(scheme), Becomes::Shown);
            let site = Site { template: &default.value, span: default.span, scope, becomes };
            if stands == Stands::First {
                check_origin(&site, findings);
            }
            let inside = Some(stands).filter(|stands| *stands == Stands::InHost);
            let names = deciding_names(&default.value, inside).into_iter();
            let is_limited = extract.pattern.is_some();
            found.extend(names.map(|(name, stands)| Deciding { name, site, stands, is_limited }));
        }
    }
    found
}

/// The names that stand before the path; all of them in a text that stands inside a host.
fn deciding_names(template: &Template, inside: Option<Stands>) -> Vec<(&str, Stands)> {
    let mut text = if inside.is_some() { "https://".to_owned() } else { String::new() };
    let mut found = Vec::new();
    for part in template.parts() {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Name(name) if text.is_empty() => {
                found.push((name.as_str(), Stands::First));
                text.push_str("https://host");
            }
            Part::Name(name) => {
                let authority = text.split_once("://").map(|(_, rest)| rest);
                if authority.is_none_or(|rest| !rest.contains(['/', '?', '#'])) {
                    found.push((name.as_str(), Stands::InHost));
                }
                text.push('x');
            }
        }
    }
    found
}

/// A value with which a URL begins is an origin, so far as it can be told.
fn check_origin(site: &Site<'_>, findings: &mut Vec<Diagnostic>) {
    if origin(&sample(site.template)).is_none() {
        let message = format!("`{}` begins a URL and must be an origin, without a path", site.template);
        findings.push(
            Diagnostic::new(Code::InvalidValue, site.span, message).help("for example `https://login.example.com`"),
        );
    }
}

fn check_bound(value: &Deciding<'_>, bounds: &Bounds<'_>, findings: &mut Vec<Diagnostic>) {
    if value.is_limited || *bounds.any_host == Some(true) {
        return;
    }
    let name = value.name;
    let escapes = match value.stands {
        Stands::First => &ANY_URL[..],
        Stands::InHost => &ESCAPES[..],
    };
    let message = match bounds.pattern {
        Some(pattern) => match escapes.iter().find(|escape| pattern.is_full_match(escape)) {
            Some(escape) => format!("`{name}` decides which host is called, and its pattern lets `{escape}` through"),
            None => return,
        },
        None if !bounds.choices.is_empty() => return,
        None => format!("`{name}` decides which host is called, and nothing limits it"),
    };
    let list = if name.starts_with("token.") { "" } else { "an `enum`, or " };
    let help = format!(
        "give `{name}` {list}a `pattern` such as `[a-z0-9-]+` that matches only what may stand here; `any_host: true` lets it \
         name any, for an API that runs where its users say"
    );
    findings.push(Diagnostic::new(Code::UnboundHost, place(&value.site, name), message).help(help));
}

/// What may begin a URL is an origin. Only a server, and fields in a URL of their own way to sign in, may be whatever is listed.
fn check_choices(value: &Deciding<'_>, bounds: &Bounds<'_>, findings: &mut Vec<Diagnostic>) {
    let may_be_any = match value.site.becomes {
        Becomes::Server => true,
        Becomes::Url => !value.name.starts_with("config."),
        Becomes::Shown | Becomes::Other => false,
    };
    if may_be_any || value.stands == Stands::InHost {
        return;
    }
    if let Some(choice) = bounds.choices.iter().find(|choice| origin(choice).is_none()) {
        let message = format!("`{}` begins a URL and must be an origin, and may be `{choice}`", value.name);
        findings.push(
            Diagnostic::new(Code::InvalidValue, place(&value.site, value.name), message)
                .help("list origins such as `https://example.com`, and write the path behind the name"),
        );
    }
}

/// What may name any host decides which one is called.
fn check_idle(view: &View<'_>, used: &BTreeSet<*const Option<bool>>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    let fields = manifest.auth.values().flat_map(|scheme| &scheme.fields);
    let fields = fields.map(|(name, field)| (name.as_str(), field.span, &field.any_host));
    let config = manifest.config.iter().map(|(name, value)| (name.as_str(), value.span, &value.any_host));
    let extracts = view.extracts.iter().flat_map(|(name, all)| all.iter().map(move |(_, extract)| (name, extract)));
    let extracts = extracts.map(|(name, extract)| (*name, extract.span, &extract.any_host));
    let all: Vec<(&str, Span, &Option<bool>)> = fields.chain(config).chain(extracts).collect();
    for (name, span, any_host) in all {
        if *any_host == Some(true) && !used.contains(&std::ptr::from_ref(any_host)) {
            let message = format!("`{name}` may name any host, and decides none");
            let found = Diagnostic::new(Code::Suspicious, span, message);
            findings.push(found.help("leave `any_host` out, or let `server` begin with the value"));
        }
    }
}

/// What limits a value.
struct Bounds<'m> {
    choices: &'m [String],
    pattern: Option<&'m Pattern>,
    any_host: &'m Option<bool>,
}

/// What limits a value wherever it may come from; nothing for a name that is not defined.
fn bounds<'m>(view: &View<'m>, scope: Scope<'m>, name: &str) -> Vec<Bounds<'m>> {
    let config = name.strip_prefix("config.").and_then(|name| view.manifest.config.get(name)).map(|value| Bounds {
        choices: &value.choices,
        pattern: value.pattern.as_deref(),
        any_host: &value.any_host,
    });
    let field = match scope {
        Scope::Scheme(scheme) => scheme.fields.get(name),
        Scope::Request | Scope::Fill => None,
    };
    let field = field.map(|field| Bounds {
        choices: &field.choices,
        pattern: field.pattern.as_deref(),
        any_host: &field.any_host,
    });
    let extracts = extracts(view, scope, name).into_iter().map(|(_, extract)| Bounds {
        choices: &[],
        pattern: extract.pattern.as_deref(),
        any_host: &extract.any_host,
    });
    config.into_iter().chain(field).chain(extracts).collect()
}

/// What a value of the token response may be, by way to sign in.
fn extracts<'m>(view: &View<'m>, scope: Scope<'m>, name: &str) -> Vec<(&'m Scheme, &'m Spanned<Extract>)> {
    match scope {
        Scope::Request => {
            let found = name.strip_prefix("token.").and_then(|name| view.extracts.get(name));
            found.cloned().unwrap_or_default()
        }
        Scope::Scheme(_) | Scope::Fill => Vec::new(),
    }
}
