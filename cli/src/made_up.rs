//! Credentials and configuration for a mock: made up, and right by the manifest's own rules.

use serde_json::{Map, Value};
use tieline::auth::{Field, FieldType, Scheme};
use tieline::catalog::origins::{is_config_an_origin, is_field_an_origin};
use tieline::catalog::sign_in::{self, with_parts};
use tieline::manifest::ConfigValue;
use tieline::plan::Head;
use tieline_mock::text_matching;

/// Values that are tried, in this order, where a pattern is asked for and no example is shown.
const CANDIDATES: [&str; 6] =
    ["mock", "0123456789abcdef0123456789abcdef", "12345678", "mock@example.com", ORIGIN, "AA00"];

/// What stands for a host that may be any.
const ORIGIN: &str = "https://example.com";

/// Somebody who does not exist.
#[derive(Debug, Default)]
pub(crate) struct Nobody<'a> {
    /// The way to sign in; `None` where there is none.
    pub scheme: Option<&'a str>,
    /// What it takes: values by field.
    pub credentials: Map<String, Value>,
    /// What the other ways take, for actions that name one of those.
    pub others: Map<String, Value>,
}

/// Credentials for a way to sign in, or for the simplest one: a token before what obtains tokens, few values before many.
pub(crate) fn nobody<'a>(head: &'a Head, auth: Option<&str>) -> Nobody<'a> {
    let meant = auth.and_then(|auth| head.auth.get_key_value(auth)).map(|(name, scheme)| (name.as_str(), scheme));
    let Some((name, scheme)) = meant.or_else(|| sign_in::simplest(head)) else { return Nobody::default() };
    let credentials = values(head, [scheme]);
    let others =
        values(head, head.auth.values()).into_iter().filter(|(name, _)| !scheme.fields.contains_key(name)).collect();
    Nobody { scheme: Some(name), credentials, others }
}

/// A value for each field that must be given.
fn values<'a>(head: &Head, schemes: impl IntoIterator<Item = &'a Scheme>) -> Map<String, Value> {
    let fields = schemes.into_iter().flat_map(|scheme| scheme.fields.iter().map(move |field| (scheme, field)));
    let required = fields.filter(|(_, (_, field))| field.is_required());
    required.map(|(scheme, (name, field))| (name.clone(), value(head, scheme, name, field).into())).collect()
}

/// Whether the credentials alone say which way to sign in is meant.
pub(crate) fn is_told_apart(head: &Head, nobody: &Nobody<'_>) -> bool {
    let fits = |scheme: &Scheme| {
        let lacks =
            scheme.fields.iter().any(|(name, field)| field.is_required() && !nobody.credentials.contains_key(name));
        !lacks && nobody.credentials.keys().all(|name| scheme.fields.contains_key(name))
    };
    head.auth.values().filter(|scheme| scheme.limited != Some(true) && fits(scheme)).count() == 1
}

/// Configuration values that must be given and were not.
pub(crate) fn config(head: &Head, given: &Map<String, Value>) -> Map<String, Value> {
    let is_missing =
        |name: &str, declared: &ConfigValue| declared.must_be_given() && given.get(name).is_none_or(Value::is_null);
    let missing = head.config.iter().filter(|(name, declared)| is_missing(name, declared));
    missing.map(|(name, declared)| (name.clone(), config_value(head, name, declared))).collect()
}

fn config_value(head: &Head, name: &str, declared: &ConfigValue) -> Value {
    let shown = declared.example.iter().chain(&declared.choices).cloned();
    let generated = declared.pattern.iter().filter_map(|pattern| text_matching(&pattern.to_string()));
    let origin = is_config_an_origin(head, name).then(|| ORIGIN.to_owned());
    let text =
        shown.chain(origin).chain(CANDIDATES.map(str::to_owned)).chain(generated).find(|text| declared.may_be(text));
    let text = text.unwrap_or_else(|| CANDIDATES[0].to_owned());
    match declared.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => text.into(),
        FieldType::Integer => text.parse::<i64>().unwrap_or(1).into(),
        FieldType::Boolean => (text == "true").into(),
        FieldType::List => vec![text].into(),
    }
}

fn value(head: &Head, scheme: &Scheme, name: &str, field: &Field) -> String {
    let example = field.example.iter().cloned();
    let choices = field.choices.iter().cloned();
    let typed = match field.field_type.unwrap_or(FieldType::Text) {
        FieldType::Text => None,
        FieldType::Integer => Some("1".to_owned()),
        FieldType::Boolean => Some("true".to_owned()),
        FieldType::List => Some("[\"mock\"]".to_owned()),
    };
    let prefix = field.prefix.first().map_or("", String::as_str);
    let prefixed = CANDIDATES.into_iter().map(|candidate| format!("{prefix}{candidate}"));
    let generated = field.pattern.iter().filter_map(|pattern| text_matching(&pattern.to_string()));
    let origin = is_field_an_origin(head, scheme, name).then(|| ORIGIN.to_owned());
    let tried = example.chain(choices).chain(origin).chain(typed).chain(prefixed).chain(generated);
    let part =
        |name: &str, declared: &ConfigValue| config_value(head, name, declared).as_str().unwrap_or_default().to_owned();
    let mut tried = tried.map(|text| with_parts(head, name, text, part));
    // Where no guess fits, the engine says which field it is and what it must look like.
    tried.find(|text| field.check(name, text).is_ok()).unwrap_or_else(|| format!("{prefix}mock"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;
    use tieline::{Connector, Source};

    use super::*;

    fn connector(config: &str, auth: &str) -> Connector {
        let text = format!(
            "tieline: 1\nname: x\ntitle: X\nversion: 0.1.0\nsummary: X.\nserver: https://x.example\nconfig: {config}\n\
             headers: {{ X-A: \"${{config.a}}\" }}\nauth: {auth}\nentities: {{ things: {{ actions: {{ get: {{ get: /things }} }} }} }}\n"
        );
        Connector::load(&Source::new("x.yaml", text)).unwrap_or_else(|found| panic!("{}", found.render(false))).0
    }

    #[test]
    fn configuration_fits_what_is_asked_of_it() {
        for (declared, expected) in [
            ("{ required: true }", json!({ "a": "mock" })),
            ("{ required: true, example: acme }", json!({ "a": "acme" })),
            ("{ required: true, enum: [eu, us] }", json!({ "a": "eu" })),
            ("{ required: true, enum: [eu, us], pattern: 'u.' }", json!({ "a": "us" })),
            ("{ required: true, example: acme, pattern: '[0-9]{8}' }", json!({ "a": "12345678" })),
            ("{ required: true, type: integer, example: '7' }", json!({ "a": 7 })),
            ("{ required: true, type: boolean }", json!({ "a": false })),
            ("{ required: true, type: list, example: b }", json!({ "a": ["b"] })),
            ("{ required: true, default: b }", json!({})),
            ("{}", json!({})),
        ] {
            let connector = connector(&format!("{{ a: {declared} }}"), "{}");
            assert_eq!(Value::Object(config(connector.head(), &Map::new())), expected, "{declared}");
        }
        let odd = connector("{ a: { required: true, pattern: 'v[0-9]{3}-x' } }", "{}");
        let made = config(odd.head(), &Map::new());
        let pattern = odd.head().config["a"].pattern.as_ref().unwrap();
        assert!(pattern.is_full_match(made["a"].as_str().unwrap()), "{made:?}");
        assert!(config(odd.head(), &made).is_empty(), "what is given is not made up");
    }

    #[test]
    fn a_key_says_what_configuration_is_a_part_of_it() {
        for (field, expected) in [
            ("{ secret: true }", "mock-aa0"),
            ("{ secret: true, prefix: [k_] }", "k_mock-aa0"),
            ("{ secret: true, example: abc-us6 }", "abc-us6"),
            ("{ secret: true, example: abc }", "abc-aa0"),
            ("{ secret: true, pattern: '[0-9]{8}-[a-z]{2}0' }", "12345678-aa0"),
        ] {
            let auth = format!("{{ key: {{ fields: {{ k: {field} }}, headers: {{ X-K: \"${{k}}\" }} }} }}");
            let config =
                "{ a: { required: true, part_of: { field: k, after: '-' }, pattern: '[a-z]{2}[0-9]+', example: aa0 } }";
            let connector = connector(config, &auth);
            assert_eq!(nobody(connector.head(), None).credentials["k"], expected, "{field}");
            assert!(super::config(connector.head(), &Map::new()).is_empty(), "the key says it");
        }
    }

    #[test]
    fn what_begins_a_url_is_an_origin() {
        let text = r#"
tieline: 1
name: x
title: X
version: 0.1.0
summary: X.
server: ${token.site}
config:
  home: { required: true, any_host: true }
  host: { required: true, any_host: true }
  login: { required: true, any_host: true }
auth:
  oauth:
    fields: { client_id: {}, client_secret: { secret: true }, area: { any_host: true }, domain: { any_host: true } }
    oauth2:
      grant: client_credentials
      token: { url: "https://${config.host}/token", refresh_url: "${area}/token", params: { login: "${domain}" } }
      authorize: { url: "${config.login}/authorize" }
      extract: { site: { from: $.site, any_host: true, default: "${config.home}" } }
entities: { things: { actions: { get: { get: /things, server: "https://${config.host}" } } } }
"#;
        let (connector, _) = Connector::load(&Source::new("x.yaml", text)).unwrap();
        let head = connector.head();
        let expected = json!({ "home": "https://example.com", "host": "mock", "login": "https://example.com" });
        assert_eq!(Value::Object(config(head, &Map::new())), expected);
        let credentials = nobody(head, None).credentials;
        assert_eq!(credentials["area"], "https://example.com");
        assert_eq!(credentials["domain"], "mock");
    }

    #[test]
    fn nobody_signs_in_the_simplest_way() {
        let auth = r#"{
            oauth: { fields: { access_token: { secret: true } }, oauth2: { authorize: { url: "https://x.example/a" }, token: { url: "https://x.example/t" } } },
            basic: { fields: { user: {}, password: { secret: true } }, basic: { username: "${user}", password: "${password}" } },
            token: { fields: { token: { secret: true } }, bearer: "${token}" },
            other: { fields: { token: { secret: true } }, headers: { X-Token: "${token}" } },
            client: { limited: true, fields: {}, headers: { X-Client: "yes" } } }"#;
        let connector = connector("{ a: { default: b } }", auth);
        let nobody_of = |auth| nobody(connector.head(), auth);
        assert_eq!(nobody_of(None).scheme, Some("token"));
        assert!(!is_told_apart(connector.head(), &nobody_of(None)), "`other` takes the same");
        let basic = nobody_of(Some("basic"));
        assert_eq!(basic.credentials.keys().collect::<Vec<_>>(), ["user", "password"]);
        assert_eq!(basic.others.keys().collect::<Vec<_>>(), ["access_token", "token"]);
        assert!(is_told_apart(connector.head(), &basic));
    }
}
