//! What changed for the whole connector: where it calls, its configuration, its ways to sign in.

use indexmap::IndexMap;
use tieline::auth::{Field, FieldType, Scheme};
use tieline::manifest::ConfigValue;
use tieline::notation::{Pattern, Template};
use tieline::plan::Head;
use tieline::source::Spanned;

use super::found::Found;
use super::words::{gone, one_of, quoted, replaced, value};

/// Compares what holds for the whole connector.
pub(super) fn compare(before: &Head, after: &Head, found: &mut Found) {
    if before.name != after.name {
        let text = format!("is {} instead of {}", quoted(&after.name), quoted(&before.name));
        found.breaking("name", text);
    }
    server("server", Some(&before.server), Some(&after.server), found);
    config(&before.config, &after.config, found);
    auth(&before.auth, &after.auth, found);
}

/// Compares base URLs; `None` is the connector's own. Another host gets the credentials, so that callers should know.
pub(super) fn server(place: &str, before: Option<&Template>, after: Option<&Template>, found: &mut Found) {
    let text =
        |server: Option<&Template>| server.map(ToString::to_string).unwrap_or_else(|| "the connector's own".to_owned());
    let (before, after) = (text(before), text(after));
    if before == after {
        return;
    }
    let changed = format!("requests go to {} instead of {}", quoted(&after), quoted(&before));
    if origin(&before) == origin(&after) { found.harmless(place, changed) } else { found.breaking(place, changed) }
}

/// The scheme and host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |length| &url[..host + length])
}

fn config(before: &IndexMap<String, ConfigValue>, after: &IndexMap<String, ConfigValue>, found: &mut Found) {
    let must = |value: &ConfigValue| value.required == Some(true) && value.default.is_none();
    let added = || after.keys().filter(|name| !before.contains_key(*name)).map(String::as_str);
    for (name, before) in before {
        let place = format!("config {name}");
        let Some(after) = after.get(name) else {
            found.breaking(place, gone(name, added()));
            continue;
        };
        given(&place, &Asked::of_config(before), &Asked::of_config(after), found);
        let default = |of: &ConfigValue| of.default.as_ref().map(value);
        if let Some(text) = replaced("`default`", default(before), default(after)) {
            found.harmless(place, text);
        }
    }
    for name in added() {
        is_new(&format!("config {name}"), after.get(name).is_some_and(must), found);
    }
}

fn auth(before: &IndexMap<String, Scheme>, after: &IndexMap<String, Scheme>, found: &mut Found) {
    let added = || after.keys().filter(|name| !before.contains_key(*name)).map(String::as_str);
    for (name, before) in before {
        match after.get(name) {
            Some(after) => scheme(name, before, after, found),
            None => found.breaking(format!("auth {name}"), gone(name, added())),
        }
    }
    for name in added() {
        found.harmless(format!("auth {name}"), "is a new way to sign in");
    }
}

fn scheme(name: &str, before: &Scheme, after: &Scheme, found: &mut Found) {
    let place = format!("auth {name}");
    if before.limited != Some(true) && after.limited == Some(true) {
        found.breaking(&place, "serves only the actions that name it now");
    }
    if kind(before) != kind(after) {
        found.harmless(&place, format!("signs in by `{}` instead of `{}`", kind(after), kind(before)));
    }
    let added = || after.fields.keys().filter(|field| !before.fields.contains_key(*field)).map(String::as_str);
    for (field, before) in &before.fields {
        let place = format!("{place} {field}");
        match after.fields.get(field) {
            Some(after) => given(&place, &Asked::of_field(before), &Asked::of_field(after), found),
            None => found.breaking(place, gone(field, added())),
        }
    }
    for field in added() {
        is_new(&format!("{place} {field}"), after.fields.get(field).is_some_and(|field| field.is_required()), found);
    }
}

/// The key of a scheme that says how it signs in.
fn kind(scheme: &Scheme) -> &'static str {
    if scheme.bearer.is_some() {
        "bearer"
    } else if scheme.basic.is_some() {
        "basic"
    } else if scheme.api_key.is_some() {
        "api_key"
    } else if scheme.oauth2.is_some() {
        "oauth2"
    } else {
        "headers"
    }
}

/// What is asked of a value that a user gives once: a field of a way to sign in, or a configuration value.
#[derive(PartialEq)]
struct Asked<'a> {
    is_required: bool,
    value_type: FieldType,
    choices: &'a [String],
    pattern: Option<String>,
    prefix: &'a [String],
}

impl<'a> Asked<'a> {
    fn of_config(config: &'a ConfigValue) -> Self {
        Self {
            is_required: config.required == Some(true) && config.default.is_none(),
            value_type: config.value_type.unwrap_or(FieldType::Text),
            choices: &config.choices,
            pattern: config.pattern.as_ref().map(text),
            prefix: &[],
        }
    }

    fn of_field(field: &'a Field) -> Self {
        Self {
            is_required: field.is_required(),
            value_type: field.field_type.unwrap_or(FieldType::Text),
            choices: &field.choices,
            pattern: field.pattern.as_ref().map(text),
            prefix: &field.prefix,
        }
    }
}

fn text(pattern: &Spanned<Pattern>) -> String {
    quoted(&pattern.value.to_string())
}

fn is_new(place: &str, must_be_given: bool, found: &mut Found) {
    if must_be_given {
        found.breaking(place, "is new and must be given");
    } else {
        found.harmless(place, "is new");
    }
}

fn given(place: &str, before: &Asked<'_>, after: &Asked<'_>, found: &mut Found) {
    match (before.is_required, after.is_required) {
        (false, true) => found.breaking(place, "must be given now"),
        (true, false) => found.harmless(place, "can be left out now"),
        (true, true) | (false, false) => {}
    }
    if before.value_type != after.value_type {
        let text = format!("is of type `{}` instead of `{}`", after.value_type.as_str(), before.value_type.as_str());
        found.breaking(place, text);
    }
    choices(place, ["be", "`enum`"], before.choices, after.choices, found);
    choices(place, ["start with", "`prefix`"], before.prefix, after.prefix, found);
    if let Some(text) = replaced("`pattern`", before.pattern.clone(), after.pattern.clone()) {
        if after.pattern.is_some() { found.breaking(place, text) } else { found.harmless(place, text) }
    }
}

/// Compares lists of which a value must be or begin with one; an empty one asks for nothing.
fn choices(place: &str, [verb, key]: [&str; 2], before: &[String], after: &[String], found: &mut Found) {
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|text| !those.contains(text)).map(|text| quoted(text)).collect()
    };
    let (removed, added) = (without(before, after), without(after, before));
    match (before, after) {
        ([], []) => {}
        ([], _) => found.breaking(place, format!("can only {verb} {} now", one_of(&added))),
        (_, []) => found.harmless(place, format!("{key} is gone, so that any value fits")),
        (_, _) => {
            if !removed.is_empty() {
                found.breaking(place, format!("can no longer {verb} {}", one_of(&removed)));
            }
            if !added.is_empty() {
                found.harmless(place, format!("can also {verb} {} now", one_of(&added)));
            }
        }
    }
}
