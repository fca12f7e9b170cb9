//! Where the API is: servers with their variables.

use std::collections::BTreeSet;

use tieline::source::Span;
use tieline::yaml::Node;

use crate::config::{Config, Decides, decides, url, variable};
use crate::context::Context;
use crate::dialect::{environment, oauth::OPEN};
use crate::names::mixed;
use crate::tree::{Mapping, items, list, text};

/// The configuration value that decides between several servers, or names one that the document leaves open.
const SERVER: &str = "server";
/// The one that names an origin, where that name has another meaning already.
const ORIGIN: &str = "origin";

const AN_ORIGIN: &str = "Origin of the API, such as `https://api.example.com`";

impl<'d> Context<'d> {
    /// The template of the base URL. `from_token` are the variables that the token response decides.
    pub(crate) fn server(
        &mut self,
        servers: Option<&'d Node>,
        config: &mut Config,
        from_token: &BTreeSet<String>,
        is_said: IsSaid,
    ) -> Option<Node> {
        let servers: Vec<&'d Node> = servers
            .map(items)
            .unwrap_or_default()
            .iter()
            .filter(|server| url(server).is_some_and(|url| !url.is_empty()))
            .collect();
        let first = *servers.first()?;
        let plain: Vec<(&str, Span)> = servers
            .iter()
            .filter_map(|server| Some((url(server)?, server.get("url")?.span)))
            .filter(|(url, _)| is_whole(url))
            .collect();
        if is_said == IsSaid::ByRule && plain.len() > 1 && plain.len() == servers.len() && is_whole(url(first)?) {
            return Some(self.several(&plain, config));
        }
        let span = first.get("url")?.span;
        let address = url(first)?;
        if is_said == IsSaid::ByRule && servers.len() > 1 {
            self.note(&["server"], "the document has several servers; the first is used");
        }
        match address.contains("://") || address.starts_with('{') {
            true => Some(self.with_variables(address, first, span, config, from_token)),
            false => Some(self.relative(address, span, config)),
        }
    }

    /// Several addresses of which the user chooses one.
    fn several(&mut self, plain: &[(&str, Span)], config: &mut Config) -> Node {
        let (first, span) = plain[0];
        let mut seen = BTreeSet::new();
        let choices: Vec<Node> = plain
            .iter()
            .map(|(url, span)| (url.trim_end_matches('/'), *span))
            .filter(|(url, _)| seen.insert(*url))
            .map(|(url, span)| text(url, span))
            .collect();
        if choices.len() == 1 {
            return text(first.trim_end_matches('/'), span);
        }
        let mut value = Mapping::at(span);
        value.text("description", "Base URL of the API", span);
        value.text("default", first.trim_end_matches('/'), span);
        value.put("enum", list(choices, span));
        config.declare(SERVER, value);
        self.note(&["config", SERVER], "the document has several servers; the first is the default");
        text(format!("${{config.{SERVER}}}"), span)
    }

    /// An address that is relative to where the document was found.
    fn relative(&mut self, address: &str, span: Span, config: &mut Config) -> Node {
        let key = if config.is_taken(SERVER, AN_ORIGIN) { ORIGIN } else { SERVER };
        self.note(&["server"], format!("the document only says `{address}`, relative to where it was found"));
        let path = address.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        let origin = config.open(key, AN_ORIGIN, span);
        text(format!("{origin}{slash}{}", path.replace("${", "$${")), span)
    }

    fn with_variables(
        &mut self,
        address: &str,
        server: &'d Node,
        span: Span,
        config: &mut Config,
        from_token: &BTreeSet<String>,
    ) -> Node {
        let variables = server.get("variables");
        let mut template = String::new();
        let mut rest = address;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            template.push_str(&before.replace("${", "$${"));
            let said = variables.and_then(|variables| variables.get(name));
            let is_protocol = template.is_empty() && after.starts_with("://");
            if is_protocol {
                template.push_str("https");
                self.note(&["server"], format!("`{name}` is `https`"));
            } else {
                let key = mixed(name, "variable");
                let decides = decides(&template, after);
                if !config.has(&key) {
                    self.declare(&key, name, said, server.span, decides, config);
                }
                let key = self.mapped(server, name, key, decides, config);
                let group = if from_token.contains(name) { "token" } else { "config" };
                if group == "token" {
                    config.may_be_missing(&key);
                }
                template.push_str(&format!("${{{group}.{key}}}"));
            }
            rest = after;
        }
        template.push_str(&rest.replace("${", "$${"));
        text(template.trim_end_matches('/'), span)
    }

    /// The configuration value that stands in the URL: the variable itself, or what its environment mapping makes of it.
    fn mapped(&mut self, server: &'d Node, name: &str, key: String, decides: Decides, config: &mut Config) -> String {
        let Some((mapped, value)) = environment::mapped(server, name, &key, decides, config.get(&key)) else {
            return key;
        };
        if !config.has(&mapped) {
            config.declare(&mapped, value);
            self.note(
                &["config", &mapped],
                format!("what `{key}` is called in the URL, as the document's environment mapping says"),
            );
        }
        mapped
    }

    fn declare(
        &mut self,
        key: &str,
        name: &str,
        said: Option<&'d Node>,
        span: Span,
        decides: Decides,
        config: &mut Config,
    ) {
        let (value, note) = match said {
            Some(said) => variable(name, said, decides),
            None => {
                self.warn(span, format!("the server names `{name}`, and no variable is called so"), "it must be given");
                variable(name, &Mapping::at(span).node(), decides)
            }
        };
        let is_free = value.has("any_host");
        config.declare(key, value);
        let limits = is_free.then(|| OPEN.to_owned());
        for note in note.into_iter().chain(limits) {
            self.note(&["config", key], note);
        }
    }
}

/// Whether the first of several servers is the one, or the user chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsSaid {
    /// The peer's dialect takes the first.
    ByDialect,
    /// The rule for all others.
    ByRule,
}

/// Whether an address is whole, without variables.
fn is_whole(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(['{', '?', '#'])
}
