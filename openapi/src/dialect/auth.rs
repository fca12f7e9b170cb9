//! `x-airbyte-auth-config`: the fields that users give, and what becomes of them.

use tieline::notation::Pattern;
use tieline::yaml::{Node, Value};

use crate::config::{Config, choices};
use crate::context::Context;
use crate::names::{apart, mixed};
use crate::sign_in::sounds_secret;
use crate::tree::{Mapping, boolean, is_true, items, list, members, names_in, scalar_text, text, text_of};

use super::{kept, oauth};

/// What is kept of the authentication configuration for other tools.
const KEPT: [&str; 2] = ["replication_auth_key_mapping", "replication_auth_key_constants"];
/// What the fields become, where it is a secret.
const SECRETS: [&str; 7] =
    ["token", "password", "api_key", "access_token", "refresh_token", "client_secret", "credentials_json"];

/// What the document says about a way to sign in.
pub(crate) struct Said<'d, 'k> {
    /// What the manifest calls it.
    pub key: &'k str,
    /// The security scheme.
    pub scheme: &'d Node,
    /// Its authentication configuration.
    pub config: &'d Node,
}

/// A way to sign in.
pub(crate) fn way<'d>(
    context: &mut Context<'d>,
    key: &str,
    scheme: &'d Node,
    said: &'d Node,
    config: &mut Config,
) -> Option<Mapping> {
    let said = Said { key, scheme, config: said };
    let mut way = Mapping::at(scheme.span);
    way.put_some("title", said.config.get("title").filter(|title| title.as_text().is_some()).cloned());
    let description = said.config.get("description").or_else(|| scheme.get("description"));
    way.put_some("description", description.filter(|said| said.as_text().is_some()).cloned());
    way.put("fields", fields(context, &said));
    match kind(scheme) {
        Kind::Bearer => way.put("bearer", said.template("token")?),
        Kind::Basic => {
            let mut basic = Mapping::at(scheme.span);
            basic.put("username", said.template("username").unwrap_or_else(|| text("", scheme.span)));
            basic.put_some("password", said.template("password").filter(|password| password.as_text() != Some("")));
            way.put("basic", basic.node());
        }
        Kind::ApiKey => {
            let mut key = Mapping::at(scheme.span);
            let place = text_of(scheme, "in").filter(|place| matches!(*place, "query" | "cookie")).unwrap_or("header");
            key.text("in", place, scheme.span);
            key.put("name", scheme.get("name").cloned().unwrap_or_else(|| text("Authorization", scheme.span)));
            key.put("value", said.template("api_key")?);
            way.put("api_key", key.node());
        }
        Kind::OAuth2 => oauth::said(context, &said, &mut way, config),
    }
    way.put_filled("headers", headers(context, &said));
    way.put_filled("extensions", extensions(&said));
    Some(way)
}

/// What kind of scheme it is; what the peer takes for an API key by accident is one here too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bearer,
    Basic,
    ApiKey,
    OAuth2,
}

fn kind(scheme: &Node) -> Kind {
    match (text_of(scheme, "type"), text_of(scheme, "scheme").map(str::to_ascii_lowercase).as_deref()) {
        (Some("http"), Some("bearer")) => Kind::Bearer,
        (Some("http"), Some("basic")) => Kind::Basic,
        (Some("oauth2"), _) => Kind::OAuth2,
        _ => Kind::ApiKey,
    }
}

impl<'d> Said<'d, '_> {
    /// The template for something that the kind of scheme needs, such as `token`.
    pub(crate) fn template(&self, name: &str) -> Option<Node> {
        let said = self.config.get("auth_mapping")?.get(name)?;
        Some(text(scalar_text(said)?, said.span))
    }

    /// Whether a field of this name is declared.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        self.config.get("properties").is_some_and(|properties| properties.get(name).is_some())
    }

    /// Whether a field must be given: all must, where nothing is said.
    pub(crate) fn is_required(&self, name: &str) -> bool {
        match self.config.get("required") {
            Some(required) => items(required).iter().any(|one| one.as_text() == Some(name)),
            None => true,
        }
    }

    /// Whether a token or a password is this field and nothing else: whatever the document says of it, it is secret.
    fn is_whole_secret(&self, name: &str) -> bool {
        let alone = format!("${{{name}}}");
        SECRETS
            .iter()
            .any(|secret| self.template(secret).and_then(|said| said.as_text().map(|said| said == alone)) == Some(true))
    }

    /// The fields that something the kind of scheme needs is made of.
    pub(crate) fn fields_of(&self, name: &str) -> Vec<String> {
        let template = self.template(name);
        names_in(template.as_ref().and_then(Node::as_text).unwrap_or_default())
    }
}

fn fields(context: &mut Context<'_>, said: &Said<'_, '_>) -> Node {
    let span = said.config.span;
    let mut fields = Mapping::at(said.config.get("properties").map_or(span, |properties| properties.span));
    let secret: Vec<String> = SECRETS.iter().flat_map(|name| said.fields_of(name)).collect();
    let properties: Vec<(&str, &Node)> = said.config.get("properties").into_iter().flat_map(members).collect();
    let names = apart(&properties.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "field");
    for ((name, property), key) in properties.into_iter().zip(names) {
        let mut field = Mapping::at(property.span);
        for key in ["title", "description"] {
            field.put_some(key, property.get(key).filter(|said| said.as_text().is_some()).cloned());
        }
        if let Some(kind @ ("integer" | "boolean")) = text_of(property, "type") {
            field.text("type", kind, property.span);
        }
        if !said.is_required(name) {
            field.put("required", boolean(false, property.span));
        }
        if said.is_whole_secret(name) || is_secret(name, property, &secret) {
            field.put("secret", boolean(true, property.span));
        }
        field.put_some(
            "default",
            property.get("default").and_then(|default| Some(text(scalar_text(default)?, default.span))),
        );
        field.put_filled("enum", list(choices(property), property.span));
        if let Some(pattern) = property.get("pattern") {
            match whole_pattern(pattern.as_text().unwrap_or_default()) {
                Some(whole) => field.text("pattern", whole, pattern.span),
                None => context.warn(
                    pattern.span,
                    "this regular expression cannot be used",
                    "values are not held against it",
                ),
            }
        }
        fields.put(key, field.node());
    }
    fields.node()
}

fn is_secret(name: &str, property: &Node, secret: &[String]) -> bool {
    if let Some(said) = property.get("airbyte_secret") {
        return said.value == Value::Bool(true);
    }
    is_true(property, "writeOnly")
        || text_of(property, "format") == Some("password")
        || name != "client_id" && (secret.iter().any(|known| known == name) || sounds_secret(name))
}

/// A regular expression that matches a whole value where this one, as JSON Schema has it, matches a part of it.
fn whole_pattern(pattern: &str) -> Option<String> {
    let (start, rest) = pattern.strip_prefix('^').map_or((".*", pattern), |rest| ("", rest));
    let ends = rest.ends_with('$') && !rest.ends_with("\\$");
    let (rest, end) = if ends { (&rest[..rest.len() - 1], "") } else { (rest, ".*") };
    let alternatives = rest.contains('|');
    let middle = if alternatives { format!("(?:{rest})") } else { rest.to_owned() };
    let whole = format!("{start}{middle}{end}");
    whole.parse::<Pattern>().ok().map(|_| whole)
}

/// `additional_headers`: expressions over fields, and over what the fields become.
fn headers(context: &mut Context<'_>, said: &Said<'_, '_>) -> Node {
    let written = said.config.get("additional_headers");
    let mut headers = Mapping::at(written.map_or(said.config.span, |written| written.span));
    for (name, value) in written.into_iter().flat_map(members) {
        let Some(template) = scalar_text(value) else { continue };
        match substituted(&template, |name| named(said, name)) {
            Ok(template) => headers.text(name, template, value.span),
            Err(code) => {
                let message = format!("`{code}` cannot be computed in a header");
                context.warn(value.span, message, "a header is made of texts and of fields; it is left out");
            }
        }
    }
    headers.node()
}

/// What a name in a template means: a field, or what a field becomes.
fn named(said: &Said<'_, '_>, name: &str) -> Option<String> {
    let is_token = name == "access_token" && kind(said.scheme) == Kind::OAuth2;
    if said.has_field(name) || is_token {
        return Some(format!("${{{}}}", mixed(name, "field")));
    }
    said.template(name).and_then(|template| template.as_text().map(str::to_owned))
}

/// A template of Jinja as one of ours: every `{{ name }}` becomes what it means.
///
/// # Errors
/// The code that is no name.
pub(crate) fn substituted(template: &str, named: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut written = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((code, after)) = after.split_once("}}") else { return Err(after.to_owned()) };
        written.push_str(&before.replace("${", "$${"));
        written.push_str(&named(code.trim()).ok_or_else(|| code.trim().to_owned())?);
        rest = after;
    }
    written.push_str(&rest.replace("${", "$${"));
    Ok(written)
}

fn extensions(said: &Said<'_, '_>) -> Node {
    let mut extensions = Mapping::at(said.scheme.span);
    kept::keep(said.scheme, kept::OF_SCHEMES, &mut extensions);
    let mut rest = Mapping::at(said.config.span);
    for (key, value) in members(said.config).filter(|(key, _)| KEPT.contains(key)) {
        rest.put(key, value.clone());
    }
    if !rest.is_empty() {
        extensions.put("x-airbyte-auth-config", rest.node());
    }
    extensions.node()
}

#[cfg(test)]
mod tests {
    use super::whole_pattern;

    #[test]
    fn a_pattern_for_a_part_becomes_one_for_the_whole() {
        for (part, whole) in
            [("^AC", "AC.*"), ("^AC[0-9]+$", "AC[0-9]+"), ("x", ".*x.*"), ("^a|b$", "(?:a|b)"), ("\\$", ".*\\$.*")]
        {
            assert_eq!(whole_pattern(part).as_deref(), Some(whole), "{part}");
        }
        assert_eq!(whole_pattern("(?=a)"), None);
    }
}
