//! The query: what is always the same, then what the caller gives, then what is filled, each in its style (OpenAPI 3.1, "Style Values").

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::Value;
use url::Url;

use crate::args::Args;
use crate::body::{ListKeys, pairs, text};
use crate::manifest::{Place, Style};
use crate::plan::{Operation, Param};

use super::{Base, escape};

/// Adds the query of an operation to a URL. What has no value is left out.
pub(super) fn append(url: &mut Url, base: &Base<'_>, operation: &Operation, args: &Args) {
    let mut written = constants(base, operation, args);
    let in_query = operation.params.iter().filter(|param| param.place == Place::Query);
    let in_query: Vec<_> = in_query.filter_map(|param| Some((param, args.values.get(&param.name)?))).collect();
    for filled in [false, true] {
        let such = in_query.iter().filter(|(param, _)| args.filled.contains(&param.name) == filled);
        written.extend(such.flat_map(|(param, value)| styled(param, value)));
    }
    escape::append(url, operation.query_encoding, &written);
}

/// A name and a text of the query, as they are before they are escaped.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The operation's constants come before the connector's, and a parameter that is given comes before both.
fn constants<'a>(base: &Base<'a>, operation: &'a Operation, args: &Args) -> Vec<Pair<'a>> {
    let mut templates: IndexMap<&str, _> = base.head.query.iter().map(|(name, value)| (name.as_str(), value)).collect();
    templates.extend(operation.query.iter().map(|(name, value)| (name.as_str(), value)));
    let is_param = |name: &str| {
        let mut in_query = operation.params.iter().filter(|param| param.place == Place::Query);
        in_query.any(|param| param.wire == name && args.values.contains_key(&param.name))
    };
    let templates = templates.into_iter().filter(|(name, _)| !is_param(name));
    templates
        .filter_map(|(name, template)| Some((name.into(), template.render(|name| base.text(name)).ok()?.into())))
        .collect()
}

/// A value as pairs of name and text.
fn styled<'a>(param: &'a Param, value: &'a Value) -> Vec<Pair<'a>> {
    match param.style {
        Some(Style::Form) => form(param, value, ","),
        Some(Style::Space) => form(param, value, " "),
        Some(Style::Pipe) => form(param, value, "|"),
        Some(Style::DeepObject) => bracketed(param, value, ListKeys::Numbered),
        Some(Style::Brackets) => bracketed(param, value, ListKeys::Empty),
        Some(Style::Json) if value.is_null() => Vec::new(),
        Some(Style::Json) => vec![(param.wire.as_str().into(), value.to_string().into())],
        None if value.is_object() || holds_more_than_scalars(value) => bracketed(param, value, ListKeys::Numbered),
        None => form(param, value, ","),
    }
}

fn holds_more_than_scalars(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().any(|item| item.is_object() || item.is_array()))
}

fn bracketed<'a>(param: &Param, value: &Value, lists: ListKeys) -> Vec<Pair<'a>> {
    pairs(&param.wire, value, lists).into_iter().filter_map(|(name, text)| Some((name.into(), text?.into()))).collect()
}

/// One pair an element when exploded (so by default for commas), else one pair with all of them.
fn form<'a>(param: &'a Param, value: &'a Value, separator: &str) -> Vec<Pair<'a>> {
    let explode = param.explode.unwrap_or(separator == ",");
    let name = || Cow::from(&param.wire);
    let members: Vec<Pair<'_>> = match value {
        Value::Null => return Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => return vec![(name(), text(value))],
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).map(|item| (name(), text(item))).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(key, member)| (key.into(), text(member)))
            .collect(),
    };
    if explode || members.is_empty() {
        return members;
    }
    let texts: Vec<_> = match value {
        Value::Object(_) => members.into_iter().flat_map(|(key, text)| [key, text]).collect(),
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            members.into_iter().map(|(_, text)| text).collect()
        }
    };
    vec![(name(), texts.join(separator).into())]
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};
    use url::Url;

    use super::append;
    use crate::build::Base;
    use crate::build::fixture::{args, head, operation};

    fn query(param: Value, value: Value) -> String {
        built(json!({}), json!({ "params": { "a": param } }), json!({ "a": value }), json!({}))
    }

    fn built(head_json: Value, operation_json: Value, given: Value, config: Value) -> String {
        let (head, nothing) = (head(head_json), Map::new());
        let base = Base { head: &head, config: config.as_object().unwrap(), token: &nothing, rebind: None };
        let mut url = Url::parse("https://example.com/x").unwrap();
        append(&mut url, &base, &operation(operation_json), &args(given));
        url.query().unwrap_or("-").to_owned()
    }

    #[test]
    fn every_style_is_written_as_openapi_has_it() {
        let list = json!(["x y", 2, null]);
        let object = json!({ "b": 1, "c": { "d": [true, { "e": "f" }] }, "n": null });
        let flat = json!({ "k": "v", "l": 2 });
        for (param, value, expected) in [
            (json!({}), json!("ü+&= "), "a=%C3%BC%2B%26%3D+"),
            (json!({}), json!(true), "a=true"),
            (json!({}), json!(1.5), "a=1.5"),
            (json!({}), json!(""), "a="),
            (json!({}), json!(null), "-"),
            (json!({}), list.clone(), "a=x+y&a=2"),
            (json!({ "style": "form" }), list.clone(), "a=x+y&a=2"),
            (json!({ "explode": false }), list.clone(), "a=x+y%2C2"),
            (json!({ "style": "form", "explode": false }), flat.clone(), "a=k%2Cv%2Cl%2C2"),
            (json!({ "style": "form" }), flat.clone(), "k=v&l=2"),
            (json!({ "style": "space" }), list.clone(), "a=x+y+2"),
            (json!({ "style": "pipe" }), list.clone(), "a=x+y%7C2"),
            (json!({ "style": "pipe", "explode": true }), list.clone(), "a=x+y&a=2"),
            (json!({ "style": "brackets" }), list.clone(), "a%5B%5D=x+y&a%5B%5D=2"),
            (json!({ "style": "json" }), list.clone(), "a=%5B%22x+y%22%2C2%2Cnull%5D"),
            (json!({ "style": "json" }), json!(null), "-"),
            (json!({ "style": "deep_object" }), list.clone(), "a%5B0%5D=x+y&a%5B1%5D=2"),
            (json!({}), object.clone(), "a%5Bb%5D=1&a%5Bc%5D%5Bd%5D%5B0%5D=true&a%5Bc%5D%5Bd%5D%5B1%5D%5Be%5D=f"),
            (
                json!({ "style": "deep_object" }),
                object.clone(),
                "a%5Bb%5D=1&a%5Bc%5D%5Bd%5D%5B0%5D=true&a%5Bc%5D%5Bd%5D%5B1%5D%5Be%5D=f",
            ),
            (
                json!({ "style": "brackets" }),
                object,
                "a%5Bb%5D=1&a%5Bc%5D%5Bd%5D%5B%5D=true&a%5Bc%5D%5Bd%5D%5B%5D%5Be%5D=f",
            ),
            (json!({}), json!([{ "b": 1 }]), "a%5B0%5D%5Bb%5D=1"),
            (json!({}), json!([]), "-"),
            (json!({}), json!({}), "-"),
            (json!({ "explode": false }), json!([]), "-"),
            (json!({ "wire": "page[size]" }), json!(5), "page%5Bsize%5D=5"),
        ] {
            assert_eq!(query(param.clone(), value.clone()), expected, "{param} {value}");
        }
    }

    #[test]
    fn the_nearest_word_counts() {
        let head = json!({ "query": { "format": "json", "v": "${config.v}", "gone": "${config.absent}" } });
        let operation = json!({ "query": { "format": "xml", "own": "1" }, "params": { "o": { "wire": "own" } } });
        let config = json!({ "v": 3 });
        assert_eq!(built(head.clone(), operation.clone(), json!({}), config.clone()), "format=xml&v=3&own=1");
        assert_eq!(built(head.clone(), operation.clone(), json!({ "o": 2 }), config.clone()), "format=xml&v=3&own=2");
        assert_eq!(built(head, operation, json!({ "o": null }), config), "format=xml&v=3");
    }

    proptest::proptest! {
        #[test]
        fn texts_come_back_as_they_went(texts in proptest::collection::vec(".{0,12}", 1..4), name in ".{1,8}") {
            let written = query(json!({ "wire": name }), json!(texts));
            let back: Vec<(String, String)> = url::form_urlencoded::parse(written.as_bytes()).into_owned().collect();
            proptest::prop_assert_eq!(back, texts.into_iter().map(|text| (name.clone(), text)).collect::<Vec<_>>());
        }
    }
}
