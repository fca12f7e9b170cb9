//! OAuth 2.0: where tokens come from, by the flows of a document and by what the peer's dialect adds.

use std::collections::BTreeSet;

use url::Url;

use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::config::{Config, Decides, decides, described, limit, url as server_url};
use crate::context::Context;
use crate::names::mixed;
use crate::sign_in::{Secret, fields};
use crate::tree::{Mapping, boolean, items, list, members, text, text_of};

use super::auth::{Said, substituted};

/// The flows, the first that is there counts.
const FLOWS: [&str; 4] = ["authorizationCode", "clientCredentials", "password", "implicit"];

/// What is said of a value that may name any host.
pub(crate) const OPEN: &str = "nothing in the document limits which host this is";

fn flow(scheme: &Node) -> Option<(&'static str, &Node)> {
    let flows = scheme.get("flows")?;
    FLOWS.into_iter().find_map(|name| Some((name, flows.get(name)?)))
}

/// OAuth 2.0 as a document declares it.
pub(crate) fn plain<'d>(
    context: &mut Context<'d>,
    scheme: &'d Node,
    way: &mut Mapping,
    config: &mut Config,
) -> Option<()> {
    let span = scheme.span;
    let Some((name, flow)) = flow(scheme) else {
        context.warn(span, "OAuth 2.0 without a flow cannot be used", "it is left out");
        return None;
    };
    let mut oauth2 = Mapping::at(flow.span);
    let token = endpoint(context, flow, "tokenUrl", None, config);
    match (name, token) {
        ("authorizationCode", Some(token)) => {
            let mut own = fields(
                scheme,
                &[
                    ("client_id", Secret::No),
                    ("client_secret", Secret::Yes),
                    ("access_token", Secret::Yes),
                    ("refresh_token", Secret::Yes),
                ],
            );
            for optional in ["client_id", "client_secret", "refresh_token"] {
                make_optional(&mut own, optional);
            }
            way.put("fields", own);
            if let Some(url) = endpoint(context, flow, "authorizationUrl", None, config) {
                let mut authorize = Mapping::at(url.span);
                authorize.put("url", url);
                oauth2.put("authorize", authorize.node());
            }
            oauth2.put("token", token_endpoint(token, endpoint(context, flow, "refreshUrl", None, config)));
        }
        ("clientCredentials", Some(token)) => {
            way.put("fields", fields(scheme, &[("client_id", Secret::No), ("client_secret", Secret::Yes)]));
            oauth2.text("grant", "client_credentials", flow.span);
            oauth2.put("token", token_endpoint(token, None));
        }
        _ => {
            way.put("fields", fields(scheme, &[("access_token", Secret::Yes)]));
            way.text("bearer", "${access_token}", span);
            return Some(());
        }
    }
    // A document lists every scope there is; which are asked for is the user's choice with a person, and all of them without.
    if name == "clientCredentials" {
        oauth2.put_filled("scopes", scopes(flow));
    }
    way.put("oauth2", oauth2.node());
    Some(())
}

/// OAuth 2.0 with what the peer's dialect says about fields and renewal.
pub(crate) fn said<'d>(context: &mut Context<'d>, said: &Said<'d, '_>, way: &mut Mapping, config: &mut Config) {
    let scheme = said.scheme;
    let refresh = scheme.get("x-airbyte-token-refresh");
    let says = |key: &str| refresh.and_then(|refresh| text_of(refresh, key));
    let (name, flow) = flow(scheme).unwrap_or(("authorizationCode", scheme));
    let refresh_url = endpoint(context, flow, "refreshUrl", Some(said), config);
    let token_url = endpoint(context, flow, "tokenUrl", Some(said), config);
    let Some(url) = refresh_url.clone().or(token_url.clone()) else {
        return bearer(said, says("header"), says("prefix"), way);
    };
    let span = flow.span;
    let mut oauth2 = Mapping::at(span);
    let grant = grant(said, says("grant_type"), name);
    if grant != "authorization_code" {
        oauth2.text("grant", grant, span);
    }
    if let Some(authorize) = endpoint(context, flow, "authorizationUrl", Some(said), config) {
        let mut keys = Mapping::at(authorize.span);
        keys.put("url", authorize);
        oauth2.put("authorize", keys.node());
    }
    let mut token = Mapping::at(url.span);
    let renews_elsewhere =
        refresh_url.as_ref().zip(token_url.as_ref()).is_some_and(|(one, other)| one.as_text() != other.as_text());
    match token_url.filter(|_| renews_elsewhere) {
        Some(token_url) => {
            token.put("url", token_url);
            token.put_some("refresh_url", refresh_url);
        }
        None => token.put("url", url),
    }
    let client = match (grant, says("auth_style")) {
        ("jwt_bearer", _) => Some("none"),
        (_, Some(style @ ("basic" | "none"))) => Some(style),
        _ => None,
    };
    if let Some(client) = client {
        token.text("client", client, span);
    }
    if says("body_format") == Some("json") {
        token.text("body", "json", span);
    }
    oauth2.put("token", token.node());
    oauth2.put_filled("scopes", scopes(flow));
    for (key, ours) in [
        ("client_id", "client_id"),
        ("client_secret", "client_secret"),
        ("access_token", "access_token"),
        ("refresh_token", "refresh_token"),
        ("credentials_json", "service_account"),
    ] {
        let template = said.template(key);
        let is_usual =
            template.as_ref().and_then(Node::as_text) == Some(format!("${{{ours}}}").as_str()) && said.has_field(ours);
        oauth2.put_some(ours, template.filter(|_| !is_usual));
    }
    for key in ["header", "prefix"] {
        oauth2.put_some(
            key,
            refresh.and_then(|refresh| refresh.get(key)).filter(|value| value.as_text().is_some()).cloned(),
        );
    }
    oauth2.put_filled("extract", extract(context, scheme, config));
    limit_fields(context, said.key, &oauth2, way);
    way.put("oauth2", oauth2.node());
    let can_renew = said.template("refresh_token").is_some() || grant != "authorization_code";
    if !can_renew && said.template("access_token").is_some() {
        add_refresh_token(way, span);
        context.note(
            &["auth", said.key, "fields", "refresh_token"],
            "the document has a URL to renew tokens at and no field for what renews them",
        );
    }
}

/// Fields that stand in the URLs of a way to sign in are limited by what they decide there.
fn limit_fields(context: &mut Context<'_>, key: &str, oauth2: &Mapping, way: &mut Mapping) {
    let Some(mut fields) = way.take("fields") else { return };
    let endpoints = ["authorize", "token"].into_iter().filter_map(|key| oauth2.get(key));
    for url in
        endpoints.flat_map(|endpoint| ["url", "refresh_url"].into_iter().filter_map(|key| text_of(endpoint, key)))
    {
        for (at, start) in url.match_indices("${") {
            let named = url[at + start.len()..].split_once('}');
            if let Some((name, after)) = named
                && let Value::Map(map) = &mut fields.value
                && let Some(field) = map.get_mut(name).filter(|field| field.value.get("pattern").is_none())
            {
                let mut keys = Mapping::of(&field.value);
                limit(&mut keys, decides(&url[..at], after), field.span);
                if keys.has("any_host") && field.value.get("any_host").is_none() {
                    context.note(&["auth", key, "fields", name], OPEN);
                }
                field.value = keys.node();
            }
        }
    }
    way.put("fields", fields);
}

/// A token that is given and never renewed.
fn bearer(said: &Said<'_, '_>, header: Option<&str>, prefix: Option<&str>, way: &mut Mapping) {
    let Some(token) = said.template("access_token") else { return };
    let span = token.span;
    if header.is_none() && prefix.is_none() {
        return way.put("bearer", token);
    }
    let prefix = prefix.unwrap_or("Bearer");
    let space = if prefix.is_empty() { "" } else { " " };
    let mut key = Mapping::at(span);
    key.text("in", "header", span);
    key.text("name", header.unwrap_or("Authorization"), span);
    key.text("value", format!("{prefix}{space}{}", token.as_text().unwrap_or_default()), span);
    way.put("api_key", key.node());
}

/// How the access token is obtained. A client's id and secret alone, where no token is asked for, are enough.
fn grant(said: &Said<'_, '_>, refresh_grant: Option<&str>, flow: &str) -> &'static str {
    if refresh_grant == Some("jwt_bearer") || said.template("credentials_json").is_some() {
        return "jwt_bearer";
    }
    let required =
        |name: &str| said.template(name).is_some() && said.fields_of(name).iter().all(|field| said.is_required(field));
    let asks_for_token =
        required("access_token") || required("refresh_token") || said.template("refresh_token").is_some();
    let has_client = required("client_id") && required("client_secret");
    if has_client && (!asks_for_token || flow == "clientCredentials") {
        return "client_credentials";
    }
    "authorization_code"
}

fn make_optional(fields: &mut Node, name: &str) {
    if let Value::Map(map) = &mut fields.value
        && let Some(field) = map.get_mut(name)
        && let Value::Map(keys) = &mut field.value.value
    {
        let span = field.span;
        keys.insert("required".to_owned(), tieline::source::Spanned::new(boolean(false, span), span));
    }
}

fn add_refresh_token(way: &mut Mapping, span: Span) {
    let Some(mut own) = way.take("fields") else { return };
    let mut added = Mapping::at(span);
    added.text("description", "Renews the access token when it has ended", span);
    added.put("required", boolean(false, span));
    added.put("secret", boolean(true, span));
    if let Value::Map(map) = &mut own.value {
        map.insert("refresh_token".to_owned(), tieline::source::Spanned::new(added.node(), span));
    }
    // The keys stay in their order: `fields` comes before what is made of them.
    let mut whole = Mapping::at(span);
    for key in ["title", "description"] {
        whole.put_some(key, way.take(key));
    }
    whole.put("fields", own);
    for (key, value) in way.iter() {
        whole.put(key.clone(), value.clone());
    }
    *way = whole;
}

fn token_endpoint(url: Node, refresh_url: Option<Node>) -> Node {
    let mut token = Mapping::at(url.span);
    let renews_elsewhere = refresh_url.as_ref().is_some_and(|refresh| refresh.as_text() != url.as_text());
    token.put("url", url);
    token.put_some("refresh_url", refresh_url.filter(|_| renews_elsewhere));
    token.node()
}

fn scopes(flow: &Node) -> Node {
    let named = flow.get("scopes");
    let span = named.map_or(flow.span, |scopes| scopes.span);
    list(named.into_iter().flat_map(members).map(|(scope, said)| text(scope, said.span)).collect(), span)
}

/// A URL of a flow. Names in it are fields, or values of the configuration; one that is relative is so to the server.
fn endpoint<'d>(
    context: &mut Context<'d>,
    flow: &'d Node,
    key: &str,
    said: Option<&Said<'d, '_>>,
    config: &mut Config,
) -> Option<Node> {
    let node = flow.get(key)?;
    let url = node.as_text().filter(|url| !url.trim().is_empty())?.trim();
    let template = substituted(url, |name| {
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_word.then(|| match said {
            Some(said) if said.has_field(name) => format!("${{{name}}}"),
            _ => format!("${{config.{name}}}"),
        })
    });
    let template = match template {
        Ok(template) => template,
        Err(code) => {
            context.warn(node.span, format!("`{code}` cannot be computed in a URL"), "it is left out");
            return None;
        }
    };
    for (at, start) in template.match_indices("${config.") {
        let Some((name, after)) = template[at + start.len()..].split_once('}') else { continue };
        need(context, name, decides(&template[..at], after), node.span, config);
    }
    if template.contains("://") || template.starts_with("${") {
        return Some(text(template, node.span));
    }
    let server = context.document.root.get("servers").map(items).unwrap_or_default().first().and_then(server_url);
    // What is no template yet is joined: a URL would have the braces of the rest encoded.
    let (start, rest) = template.split_at(template.find("${").unwrap_or(template.len()));
    let whole = server.and_then(|server| Url::parse(server).ok()?.join(start).ok());
    match whole {
        Some(url) => Some(text(format!("{url}{rest}"), node.span)),
        None => {
            context.warn(node.span, format!("`{template}` is relative to nothing"), "it is left out");
            None
        }
    }
}

/// Makes sure that a value is declared, with what limits the hosts that it can lead to.
fn need(context: &mut Context<'_>, name: &str, decides: Decides, span: Span, config: &mut Config) {
    if config.has(name) {
        return;
    }
    let is_noted = config.get(name).is_some_and(|value| value.has("any_host"));
    config.need(name, context.document.root.get("info").and_then(described), span);
    config.limit(name, decides, span);
    if !is_noted && config.get(name).is_some_and(|value| value.has("any_host")) {
        context.note(&["config", name], OPEN);
    }
}

/// The server variables that the token response of some way to sign in decides.
pub(crate) fn extracted(root: &Node) -> BTreeSet<String> {
    let schemes = root.get("components").and_then(|components| components.get("securitySchemes"));
    let said = schemes.into_iter().flat_map(members).filter_map(|(_, scheme)| scheme.get("x-airbyte-token-extract"));
    said.flat_map(items).filter_map(Node::as_text).map(str::to_owned).collect()
}

/// What limits a value limits what the token response says in its place.
fn bounds(declared: &Mapping) -> Option<(&'static str, Node)> {
    if let Some(choices) = declared.get("enum") {
        let escaped: Vec<String> = items(choices).iter().filter_map(Node::as_text).map(regex::escape).collect();
        return Some(("pattern", text(escaped.join("|"), choices.span)));
    }
    ["pattern", "any_host"].into_iter().find_map(|key| Some((key, declared.get(key)?.clone())))
}

/// `x-airbyte-token-extract`: server variables that the token response decides.
fn extract(context: &mut Context<'_>, scheme: &Node, config: &mut Config) -> Node {
    let said = scheme.get("x-airbyte-token-extract");
    let span = said.map_or(scheme.span, |said| said.span);
    let mut all = Mapping::at(span);
    for node in said.map(items).unwrap_or_default() {
        let Some(name) = node.as_text() else { continue };
        let key = mixed(name, "value");
        need(context, &key, Decides::Host, node.span, config);
        let mut value = Mapping::at(node.span);
        value.text("from", crate::infer::records::member("$", name), node.span);
        for (bound, said) in config.get(&key).into_iter().flat_map(|declared| bounds(declared)) {
            value.put(bound, said);
        }
        value.text("default", format!("${{config.{key}}}"), node.span);
        all.put(key, value.node());
    }
    all.node()
}
