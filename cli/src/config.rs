//! Configuration values: from `--config`, or from the environment.

use std::env;
use std::ffi::OsString;

use serde_json::{Map, Value};
use tieline::auth::FieldType;
use tieline::catalog::sign_in::config_variable;
use tieline::manifest::ConfigValue;
use tieline::plan::Head;
use tieline::{Connector, Error, ErrorKind};

use crate::args::ConnectionArgs;
use crate::connector::quoted;
use crate::input;
use crate::made_up;
use crate::stop::invalid;

/// The user's configuration values: those of `--config`, and the environment's for what is not there.
///
/// # Errors
/// `invalid_input` when `--config` names no JSON object, or a variable holds no value of its type.
pub(crate) fn given(head: &Head, args: &ConnectionArgs) -> Result<Map<String, Value>, Error> {
    let mut config = match &args.config {
        Some(text) => input::object("--config", text, ErrorKind::InvalidInput)?,
        None => Map::new(),
    };
    add_from_environment(head, &mut config, |name| env::var_os(name))?;
    Ok(config)
}

fn add_from_environment(
    head: &Head,
    config: &mut Map<String, Value>,
    value: impl Fn(&str) -> Option<OsString>,
) -> Result<(), Error> {
    for (name, declared) in &head.config {
        let Some(variable) = config_variable(head, name).filter(|_| !config.contains_key(name)) else { continue };
        let Some(text) = value(&variable).filter(|text| !text.is_empty()) else { continue };
        let read = text.to_str().ok_or("UTF-8 text").and_then(|text| read(declared, text));
        let read = read.map_err(|expected| invalid(format!("the variable {variable} must be {expected}")))?;
        config.insert(name.clone(), read);
    }
    Ok(())
}

/// Reads a text as the value's type says.
///
/// # Errors
/// What it should be.
fn read(declared: &ConfigValue, text: &str) -> Result<Value, &'static str> {
    match declared.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => Ok(text.into()),
        FieldType::Integer => text.trim().parse::<i64>().map(Value::from).map_err(|_| "a whole number"),
        FieldType::Boolean => text.trim().parse::<bool>().map(Value::from).map_err(|_| "`true` or `false`"),
        FieldType::List if text.starts_with('[') => serde_json::from_str(text).map_err(|_| "a JSON list of texts"),
        FieldType::List => Ok(text.split(',').map(str::trim).collect()),
    }
}

/// Adds made-up values for what only decides the hosts of servers: `--base-url` takes their place.
///
/// # Errors
/// `invalid_manifest` when the compiled form cannot be read.
pub(crate) fn add_for_hosts(connector: &Connector, config: &mut Map<String, Value>) -> Result<(), Error> {
    for (name, value) in made_up::config(connector.head(), config) {
        if stands_only_in_hosts(connector, &name)? {
            config.insert(name, value);
        }
    }
    Ok(())
}

/// What to give where required values are missing: `None` where none are.
pub(crate) fn how_to_give(head: &Head, config: &Map<String, Value>) -> Option<String> {
    let missing = made_up::config(head, config);
    let variables: Vec<String> = missing.keys().filter_map(|name| config_variable(head, name)).collect();
    let option = format!("for example --config {}", quoted(&Value::Object(missing.clone()).to_string()));
    match (missing.is_empty(), variables.is_empty()) {
        (true, _) => None,
        (false, true) => Some(option),
        (false, false) => Some(format!("{option}; or set {}", variables.join(", "))),
    }
}

fn stands_only_in_hosts(connector: &Connector, name: &str) -> Result<bool, Error> {
    let unreadable = |error: serde_json::Error| Error::new(ErrorKind::InvalidManifest, error.to_string());
    let mut head = serde_json::to_value(connector.head()).map_err(unreadable)?;
    // Here stands what the value is, not where it is used.
    head["config"].take();
    let mut uses = mentions(&head, name);
    for entity in connector.entities()? {
        uses |= mentions(&serde_json::to_value(entity).map_err(unreadable)?, name);
    }
    Ok(!uses)
}

/// Whether a part of the connector names the configuration value anywhere but in the host of a server.
fn mentions(part: &Value, name: &str) -> bool {
    match part {
        Value::String(text) => names(text, name),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::Object(members) => members.iter().any(|(key, value)| match (key.as_str(), value) {
            ("server", Value::String(url)) => names(after_host(url), name),
            _ => mentions(value, name),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn after_host(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split_once('/').map_or("", |(_, path)| path)
}

/// Whether a text reads `config.name`, or reads `config` in a way that cannot be told.
fn names(text: &str, name: &str) -> bool {
    text.split("config").skip(1).any(|rest| match rest.strip_prefix('.') {
        // In an expression, `a-b` is a difference; in a template it is a name.
        Some(rest) => ["_", "_-"].into_iter().any(|signs| word(rest, signs) == name),
        None => rest.starts_with('['),
    })
}

/// What begins a text and is made of letters, digits and these signs.
fn word<'t>(text: &'t str, signs: &str) -> &'t str {
    text.split(|c: char| !c.is_alphanumeric() && !signs.contains(c)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;
    use tieline::Source;

    use super::*;

    const MANIFEST: &str = r##"
tieline: 1
name: my-api
title: My API
version: 0.1.0
summary: Values of every kind.
server: https://${config.site}.example.com/${config.area}
config:
  site: { required: true, pattern: "[a-z]+" }
  area: { required: true, enum: [north, south] }
  depth: { type: integer, required: true }
  strict: { type: boolean }
  tags: { type: list }
  token: { description: Not the credential }
  teamId: { description: Id of the team }
  TEAMID: { description: Another with the same variable }
headers:
  X-Depth: "${config.depth}"
  X-Tags: "${config.tags}"
  X-Strict: "${config.strict}"
  X-Token: "${config.token}"
  X-Team: "${config.teamId}/${config.TEAMID}"
auth:
  token: { fields: { token: { secret: true } }, bearer: "${token}" }
entities:
  things: { actions: { get: { get: /things } } }
"##;

    fn connector() -> Connector {
        Connector::load(&Source::new("my-api.yaml", MANIFEST)).unwrap().0
    }

    fn from_environment(variables: &[(&str, &str)]) -> Result<Value, Error> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        let mut config = Map::from_iter([("area".to_owned(), json!("south"))]);
        add_from_environment(connector().head(), &mut config, find).map(|()| config.into())
    }

    #[test]
    fn variables_are_read_as_their_types() {
        let read = |name, value| from_environment(&[(name, value)]);
        for (name, value, expected) in [
            ("TIELINE_MY_API_SITE", "7", json!({ "area": "south", "site": "7" })),
            ("TIELINE_MY_API_DEPTH", "7", json!({ "area": "south", "depth": 7 })),
            ("TIELINE_MY_API_STRICT", "true", json!({ "area": "south", "strict": true })),
            ("TIELINE_MY_API_TAGS", "a, b", json!({ "area": "south", "tags": ["a", "b"] })),
            ("TIELINE_MY_API_TAGS", r#"["a, b"]"#, json!({ "area": "south", "tags": ["a, b"] })),
            ("TIELINE_MY_API_AREA", "north", json!({ "area": "south" })),
            ("TIELINE_MY_API_TOKEN", "secret", json!({ "area": "south" })),
            ("TIELINE_MY_API_TEAMID", "7", json!({ "area": "south", "teamId": "7" })),
            ("TIELINE_MY_API_SITE", "", json!({ "area": "south" })),
        ] {
            assert_eq!(read(name, value).unwrap(), expected, "{name}={value}");
        }
        let error = read("TIELINE_MY_API_DEPTH", "deep").unwrap_err();
        assert_eq!(error.message(), "the variable TIELINE_MY_API_DEPTH must be a whole number");
    }

    #[test]
    fn only_what_decides_a_host_and_nothing_else_is_made_up_for_another_url() {
        let mut config = Map::new();
        add_for_hosts(&connector(), &mut config).unwrap();
        assert_eq!(Value::Object(config.clone()), json!({ "site": "mock" }));
        let how = how_to_give(connector().head(), &config).unwrap();
        let expected =
            r#"for example --config '{"area":"north","depth":1}'; or set TIELINE_MY_API_AREA, TIELINE_MY_API_DEPTH"#;
        assert_eq!(how, expected);
    }

    #[test]
    fn a_name_is_found_in_templates_and_expressions() {
        for (text, expected) in [
            ("${config.site}", true),
            ("{{ config.site | upper }}", true),
            ("{{ config['site'] }}", true),
            ("${config.site_id}", false),
            ("the configuration of the site", false),
        ] {
            assert_eq!(names(text, "site"), expected, "{text}");
        }
        assert!(names("${config.site-id}", "site-id") && !names("${config.siteId}", "site-id"));
        assert!(names("{{ config.site-1 }}", "site"));
        assert_eq!(after_host("https://${config.site}.example.com/v1/${config.area}"), "v1/${config.area}");
        assert_eq!(after_host("${config.url}"), "");
    }
}
