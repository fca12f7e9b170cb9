//! Ways to sign in: security schemes, what operations require of them, and their fields.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use tieline::notation::{Part, Template};
use tieline::yaml::Node;

use crate::config::{Config, url};
use crate::context::Context;
use crate::dialect;
use crate::names::{Taken, apart};
use crate::operation::Operation;
use crate::tree::{Mapping, boolean, items, members, text, text_of};

/// The ways to sign in of a document, by the names of its security schemes.
#[derive(Default)]
pub(crate) struct SignIn {
    /// The ways, by the names that they have in the manifest.
    pub ways: IndexMap<String, Mapping>,
    /// The names of the manifest, by those of the document.
    names: BTreeMap<String, String>,
    /// Whether most operations say that they need no sign-in, against what the document says for all: then it is used all the same.
    is_waived: bool,
}

impl<'d> Context<'d> {
    /// Every way to sign in that the document declares and that can be used.
    pub(crate) fn sign_in(&mut self, config: &mut Config) -> SignIn {
        let mut sign_in = SignIn::default();
        let schemes = self.document.section(&["components", "securitySchemes"]);
        let schemes: Vec<(&str, &'d Node)> = schemes.into_iter().flat_map(members).collect();
        let keys = apart(&schemes.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "way");
        for ((name, node), key) in schemes.into_iter().zip(keys) {
            let Some(node) = self.resolve(node) else { continue };
            let way = match node.get("x-airbyte-auth-config") {
                Some(said) => dialect::auth::way(self, &key, node, said, config),
                None => self.way((name, &key), node, config),
            };
            if let Some(way) = way {
                sign_in.names.insert(name.to_owned(), key.clone());
                sign_in.ways.insert(key, way);
            }
        }
        sign_in
    }

    /// A way to sign in by its security scheme alone.
    fn way(&mut self, (name, key): (&str, &str), node: &'d Node, config: &mut Config) -> Option<Mapping> {
        let mut way = Mapping::at(node.span);
        way.put_some("description", node.get("description").filter(|said| said.as_text().is_some()).cloned());
        let scheme = text_of(node, "scheme").unwrap_or_default().to_ascii_lowercase();
        match (text_of(node, "type").unwrap_or_default(), scheme.as_str()) {
            ("http", "bearer") => {
                way.put("fields", fields(node, &[("token", Secret::Yes)]));
                way.text("bearer", "${token}", node.span);
            }
            ("http", "basic") => {
                way.put("fields", fields(node, &[("username", Secret::No), ("password", Secret::Yes)]));
                let mut basic = Mapping::at(node.span);
                basic.text("username", "${username}", node.span);
                basic.text("password", "${password}", node.span);
                way.put("basic", basic.node());
            }
            ("apiKey", _) => self.api_key(node, &mut way)?,
            ("oauth2", _) => dialect::oauth::plain(self, node, &mut way, config)?,
            ("openIdConnect", _) => {
                way.put("fields", fields(node, &[("access_token", Secret::Yes)]));
                way.text("bearer", "${access_token}", node.span);
                self.note(&["auth", key, "bearer"], "OpenID Connect: the access token is given, not obtained");
            }
            (kind, scheme) => {
                let what = format!("{kind} {scheme}");
                let message = format!("the way to sign in `{name}` ({}) cannot be used", what.trim());
                self.warn(node.span, message, "what can: bearer, basic, API keys and OAuth 2.0; it is left out");
                return None;
            }
        }
        Some(way)
    }

    fn api_key(&mut self, node: &'d Node, way: &mut Mapping) -> Option<()> {
        let (place, name) = (text_of(node, "in")?, node.get("name")?);
        if !matches!(place, "header" | "query" | "cookie") {
            self.warn(node.span, format!("an API key cannot stand in `{place}`"), "it is left out");
            return None;
        }
        way.put("fields", fields(node, &[("api_key", Secret::Yes)]));
        let mut key = Mapping::at(node.span);
        key.text("in", place, node.span);
        key.put("name", name.clone());
        key.text("value", "${api_key}", node.span);
        way.put("api_key", key.node());
        Some(())
    }

    /// What an operation must say about how to sign in, where it is not as for all: a way, or `none`.
    pub(crate) fn auth_of(&mut self, operation: &Operation<'d>, sign_in: &mut SignIn) -> Option<Node> {
        if self.leads_abroad(operation) {
            return (!sign_in.ways.is_empty()).then(|| text("none", operation.path_span));
        }
        let own = operation.node.get("security")?;
        let wanted = self.choices(own, sign_in);
        let usual = self.document.root.get("security").map(|all| self.choices(all, sign_in)).unwrap_or_default();
        if items(own).is_empty() || wanted.iter().all(Vec::is_empty) && !wanted.is_empty() {
            let counts = !sign_in.ways.is_empty() && !sign_in.is_waived;
            return counts.then(|| text("none", own.span));
        }
        if wanted.iter().any(Vec::is_empty) {
            return None;
        }
        let is_usual = usual.iter().all(|choice| wanted.contains(choice));
        let any_will_do = sign_in.ways.len() == 1 || usual.is_empty() && wanted.len() >= sign_in.ways.len();
        if is_usual && !usual.is_empty() || any_will_do {
            return None;
        }
        match wanted.iter().filter(|choice| !choice.is_empty()).collect::<Vec<_>>().as_slice() {
            [one] if one.len() == 1 => Some(text(&one[0], own.span)),
            _ => None,
        }
    }

    /// Whether the path of an operation is a URL at another origin than the API's: no credentials go there.
    fn leads_abroad(&self, operation: &Operation<'d>) -> bool {
        let Some(origin) = &operation.origin else { return false };
        let home = self.document.root.get("servers").map(items).unwrap_or_default().first().and_then(url);
        let rest = home.and_then(|home| home.strip_prefix(origin.as_str()));
        !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The alternatives of a requirement, each with the ways that it needs together.
    fn choices(&self, security: &'d Node, sign_in: &SignIn) -> Vec<Vec<String>> {
        let choice = |one: &'d Node| members(one).filter_map(|(name, _)| sign_in.names.get(name).cloned()).collect();
        items(security).iter().map(choice).collect()
    }

    /// Says which names in a requirement name no security scheme.
    fn look_for_unknown(&mut self, security: &'d Node) {
        let schemes = self.document.section(&["components", "securitySchemes"]);
        for (name, said) in items(security).iter().flat_map(members) {
            if schemes.is_none_or(|schemes| schemes.get(name).is_none()) {
                self.warn(said.span, format!("there is no security scheme `{name}`"), "it is left out");
            }
        }
    }

    /// A document that says for all how to sign in, and for most operations that it is not needed, is not believed.
    pub(crate) fn judge_waivers(&mut self, sign_in: &mut SignIn, operations: &[&Operation<'d>]) {
        let is_needed = self
            .document
            .root
            .get("security")
            .is_some_and(|all| items(all).iter().any(|one| members(one).next().is_some()));
        let waives =
            |operation: &&&Operation<'d>| operation.node.get("security").is_some_and(|own| items(own).is_empty());
        let waived = operations.iter().filter(waives).count();
        if is_needed && waived * 2 > operations.len() {
            sign_in.is_waived = true;
            let text = format!(
                "{waived} of {} operations say that they need none, and the document that all do: it is used",
                operations.len()
            );
            self.note(&["auth"], text);
        }
    }

    /// Ways that are needed together become one.
    pub(crate) fn join_ways(&mut self, sign_in: &mut SignIn, operations: &[&Operation<'d>]) {
        let written = operations
            .iter()
            .filter_map(|operation| operation.node.get("security"))
            .chain(self.document.root.get("security"));
        let mut together: Vec<Vec<String>> = Vec::new();
        for security in written {
            self.look_for_unknown(security);
            for choice in self.choices(security, sign_in).into_iter().filter(|choice| choice.len() > 1) {
                if !together.contains(&choice) {
                    together.push(choice);
                }
            }
        }
        let alone: Vec<String> = self.alone(sign_in, operations);
        for names in together {
            let Some(joined) = joined(sign_in, &names) else {
                let span = self.document.root.get("security").map_or(self.document.root.span, |security| security.span);
                let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
                self.warn(
                    span,
                    format!("{names} are needed together, which cannot be said"),
                    "each is a way of its own",
                );
                continue;
            };
            let mut name = names.join("_and_");
            while sign_in.ways.contains_key(&name) {
                name.push_str("_together");
            }
            self.note(&["auth", &name], "the document needs these ways together");
            sign_in.ways.insert(name, joined);
            for name in names.iter().filter(|name| !alone.contains(name)) {
                sign_in.ways.shift_remove(name);
            }
        }
    }

    fn alone(&self, sign_in: &SignIn, operations: &[&Operation<'d>]) -> Vec<String> {
        let written = operations
            .iter()
            .filter_map(|operation| operation.node.get("security"))
            .chain(self.document.root.get("security"));
        let choices = written.flat_map(|security| self.choices(security, sign_in));
        choices.filter(|choice| choice.len() == 1).flatten().collect()
    }
}

/// Several ways as one: the first is what it is, keys in headers are added to it.
fn joined(sign_in: &SignIn, names: &[String]) -> Option<Mapping> {
    let mut ways: Vec<&Mapping> = names.iter().map(|name| sign_in.ways.get(name)).collect::<Option<_>>()?;
    ways.sort_by_key(|way| header_key(way).is_some());
    let mut whole = (*ways.first()?).clone();
    let span = whole.clone().node().span;
    let (mut fields, mut headers, mut taken) = (Mapping::at(span), Mapping::at(span), Taken::default());
    for (at, way) in ways.iter().enumerate() {
        let mut renamed = BTreeMap::new();
        for (field, said) in way.get("fields").into_iter().flat_map(members) {
            let name = taken.free(field.to_owned());
            fields.put(name.clone(), said.clone());
            renamed.insert(field, name);
        }
        if at > 0 {
            let (header, value) = header_key(way)?;
            headers.put(header, text(with_names(value, &renamed), span));
        }
    }
    whole.put("fields", fields.node());
    whole.put_filled("headers", headers.node());
    Some(whole)
}

/// A template in which fields have other names.
fn with_names(template: &str, names: &BTreeMap<&str, String>) -> String {
    let Ok(parsed) = template.parse::<Template>() else { return template.to_owned() };
    let part = |part: &Part| match part {
        Part::Text(text) => text.replace("${", "$${"),
        Part::Name(name) => format!("${{{}}}", names.get(name.as_str()).unwrap_or(name)),
    };
    parsed.parts().iter().map(part).collect()
}

/// The header and the template of a key that goes into a header.
fn header_key(way: &Mapping) -> Option<(&str, &str)> {
    let key = way.get("api_key").filter(|key| text_of(key, "in") == Some("header"))?;
    Some((text_of(key, "name")?, text_of(key, "value")?))
}

/// Whether a field is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    Yes,
    No,
}

/// Fields with these names.
pub(crate) fn fields(node: &Node, names: &[(&str, Secret)]) -> Node {
    let mut fields = Mapping::at(node.span);
    for (name, secret) in names {
        let mut field = Mapping::at(node.span);
        if *secret == Secret::Yes {
            field.put("secret", boolean(true, node.span));
        }
        fields.put(*name, field.node());
    }
    fields.node()
}

/// Whether a name sounds like that of a secret.
pub(crate) fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "password", "key", "credential", "private"].iter().any(|part| name.contains(part))
}
