//! Credentials and configuration for a mock: made up, and right by the manifest's own rules.

use serde_json::{Map, Value};
use tieline::auth::{Field, FieldType, Scheme};
use tieline::catalog::sign_in;
use tieline::manifest::ConfigValue;
use tieline::plan::Head;
use tieline_mock::text_matching;

/// Values that are tried, in this order, where a pattern is asked for and no example is shown.
const CANDIDATES: [&str; 6] =
    ["mock", "0123456789abcdef0123456789abcdef", "12345678", "mock@example.com", "https://example.com", "AA00"];

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
    let credentials = values([scheme]);
    let others = values(head.auth.values()).into_iter().filter(|(name, _)| !scheme.fields.contains_key(name)).collect();
    Nobody { scheme: Some(name), credentials, others }
}

/// A value for each field that must be given.
fn values<'a>(schemes: impl IntoIterator<Item = &'a Scheme>) -> Map<String, Value> {
    let required = schemes.into_iter().flat_map(|scheme| &scheme.fields).filter(|(_, field)| field.is_required());
    required.map(|(name, field)| (name.clone(), value(name, field).into())).collect()
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
    let is_missing = |name: &str, declared: &ConfigValue| {
        declared.required == Some(true) && declared.default.is_none() && given.get(name).is_none_or(Value::is_null)
    };
    let missing = head.config.iter().filter(|(name, declared)| is_missing(name, declared));
    missing.map(|(name, declared)| (name.clone(), config_value(declared))).collect()
}

fn config_value(declared: &ConfigValue) -> Value {
    let fits = |text: &String| {
        declared.pattern.as_ref().is_none_or(|pattern| pattern.is_full_match(text))
            && (declared.choices.is_empty() || declared.choices.contains(text))
    };
    let shown = declared.example.iter().chain(&declared.choices).cloned();
    let generated = declared.pattern.iter().filter_map(|pattern| text_matching(&pattern.to_string()));
    let text = shown.chain(CANDIDATES.map(str::to_owned)).chain(generated).find(fits);
    let text = text.unwrap_or_else(|| CANDIDATES[0].to_owned());
    match declared.value_type.unwrap_or(FieldType::Text) {
        FieldType::Text => text.into(),
        FieldType::Integer => text.parse::<i64>().unwrap_or(1).into(),
        FieldType::Boolean => (text == "true").into(),
        FieldType::List => vec![text].into(),
    }
}

fn value(name: &str, field: &Field) -> String {
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
    let mut tried = example.chain(choices).chain(typed).chain(prefixed).chain(generated);
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
