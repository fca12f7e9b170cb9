//! What a document says cannot lead a credential to where it does not belong, or show it.

use serde_json::{Value as Json, json};
use tieline::source::Severity;
use tieline::yaml::{Limits, parse};
use tieline::{Connector, Source};
use tieline_openapi::translate;

/// The manifest of a document, which is a connector.
#[track_caller]
fn manifest(document: &Json) -> Json {
    let source = Source::new("openapi.json", document.to_string());
    let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
    let (translation, findings) = translate(&tree).expect("a document");
    assert!(findings.iter().all(|finding| finding.severity() != Severity::Error), "{findings:?}");
    Connector::from_tree(&source, &translation.manifest, findings).expect("a connector");
    translation.manifest.to_json()
}

fn document(paths: Json, schemes: Json) -> Json {
    json!({
        "openapi": "3.1.0", "info": { "title": "Example", "version": "1.0.0" },
        "servers": [{ "url": "https://api.example.com/v1" }],
        "paths": paths, "components": { "securitySchemes": schemes },
    })
}

fn answering() -> Json {
    json!({ "200": { "description": "", "content": { "application/json": { "schema": { "type": "object" } } } } })
}

#[test]
fn a_path_that_is_a_url_elsewhere_gets_no_key_that_was_inferred() {
    let key = json!([{ "name": "X-Api-Key", "in": "header", "schema": { "type": "string" } }]);
    let asked = json!({ "get": { "parameters": key, "responses": answering() } });
    let paths =
        json!({ "/users/me": asked, "https://files.invalid/list": asked, "https://api.example.com/v2/list": asked });
    let manifest = manifest(&document(paths, json!({})));
    assert_eq!(manifest["auth"]["api_key"]["api_key"]["name"], "X-Api-Key");
    let actions: Vec<&Json> = manifest["entities"]
        .as_object()
        .into_iter()
        .flat_map(|entities| entities.values())
        .flat_map(|entity| entity["actions"].as_object().into_iter().flat_map(|actions| actions.values()))
        .collect();
    let auth = |server: &str| actions.iter().find(|action| action["server"] == server).map(|action| &action["auth"]);
    assert_eq!(auth("https://files.invalid"), Some(&json!("none")));
    assert_eq!(auth("https://api.example.com"), Some(&Json::Null));
}

#[test]
fn a_server_of_one_operation_does_not_open_the_others() {
    let asked = json!({ "get": { "responses": answering() } });
    let elsewhere = json!({ "get": { "servers": [{ "url": "/v2" }], "responses": answering() } });
    for url in ["https://{server}.example.com", "https://api.example.com"] {
        let mut document = document(json!({ "/books": asked, "/users": elsewhere }), json!({}));
        let variables = json!({ "server": { "enum": ["a", "b"], "default": "a" } });
        document["servers"] = json!([{ "url": url, "variables": variables }, { "url": "https://eu.example.com" }]);
        let manifest = manifest(&document);
        let has_choices = |config: &Json| config["enum"].is_array() && config.get("any_host").is_none();
        assert!(has_choices(&manifest["config"]["server"]), "{manifest}");
        assert_eq!(manifest["config"]["origin"]["any_host"], true, "{manifest}");
        assert_eq!(manifest["entities"]["users"]["actions"]["get"]["server"], "${config.origin}/v2", "{manifest}");
    }
}

#[test]
fn schemes_whose_names_become_alike_stay_apart() {
    let schemes = json!({
        "a key": { "type": "apiKey", "in": "header", "name": "X-One" },
        "a_key": { "type": "apiKey", "in": "header", "name": "X-Two" },
    });
    let asked = |scheme: &str| json!({ "get": { "security": [{ scheme: [] }], "responses": answering() } });
    let manifest = manifest(&document(json!({ "/one": asked("a key"), "/two": asked("a_key") }), schemes));
    let header = |entity: &str, action: &str| {
        let auth = manifest["entities"][entity]["actions"][action]["auth"].as_str().expect("a way");
        manifest["auth"][auth]["api_key"]["name"].clone()
    };
    assert_eq!((header("one", "get"), header("two", "get")), (json!("X-One"), json!("X-Two")));
}

#[test]
fn keys_that_are_needed_together_are_three_fields() {
    let key = |name: &str| json!({ "type": "apiKey", "in": "header", "name": name });
    let schemes = json!({ "a": key("X-One"), "b": key("X-Two"), "c": key("X-Three") });
    let mut document = document(json!({ "/one": { "get": { "responses": answering() } } }), schemes);
    document["security"] = json!([{ "a": [], "b": [], "c": [] }]);
    let way = &manifest(&document)["auth"]["a_and_b_and_c"];
    assert_eq!(way["api_key"]["value"], "${api_key}");
    assert_eq!(way["headers"], json!({ "X-Two": "${api_key_2}", "X-Three": "${api_key_3}" }));
    assert_eq!(way["fields"].as_object().map(serde_json::Map::len), Some(3));
}

#[test]
fn a_token_is_secret_whatever_is_said_of_it() {
    let config = json!({
        "properties": { "key": { "airbyte_secret": false }, "k ey": { "airbyte_secret": false }, "site": { "airbyte_secret": false } },
        "auth_mapping": { "token": "${key}" },
        "additional_headers": { "X-Site": "{{ site }}" },
    });
    let schemes = json!({ "bearer": { "type": "http", "scheme": "bearer", "x-airbyte-auth-config": config } });
    let manifest = manifest(&document(json!({ "/one": { "get": { "responses": answering() } } }), schemes));
    let fields = &manifest["auth"]["bearer"]["fields"];
    assert_eq!(fields["key"], json!({ "secret": true }));
    assert_eq!(fields["site"], json!({}));
}

#[test]
fn the_token_response_may_name_no_more_hosts_than_the_configuration() {
    let scheme = json!({
        "type": "oauth2",
        "flows": { "authorizationCode": { "authorizationUrl": "https://a.example.com/a", "tokenUrl": "https://a.example.com/t", "scopes": {} } },
        "x-airbyte-token-extract": ["site"],
        "x-airbyte-auth-config": {
            "properties": { "client_id": {}, "client_secret": {}, "refresh_token": {} },
            "auth_mapping": { "client_id": "${client_id}", "client_secret": "${client_secret}", "refresh_token": "${refresh_token}" },
        },
    });
    let extract = |url: &str, variable: Json| {
        let mut document =
            document(json!({ "/one": { "get": { "responses": answering() } } }), json!({ "oauth": scheme }));
        document["servers"] = json!([{ "url": url, "variables": { "site": variable } }]);
        manifest(&document)["auth"]["oauth"]["oauth2"]["extract"]["site"].clone()
    };
    let choices = json!({ "default": "a.example", "enum": ["a.example", "b.example"] });
    assert_eq!(extract("https://{site}", choices)["pattern"], "a\\.example|b\\.example");
    assert!(extract("https://{site}.example.com", json!({})).get("any_host").is_none());
    assert_eq!(extract("https://{site}", json!({}))["any_host"], true);
}

#[test]
fn what_looks_like_a_template_is_text() {
    let mut document = document(
        json!({ "/{a}/{a_in_path}?x=${y}": { "get": {
            "parameters": [
                { "name": "a", "in": "query", "schema": { "type": "string", "default": "${z}" } },
                { "name": "a", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "a_in_path", "in": "path", "required": true, "schema": { "type": "string" } },
            ],
            "responses": answering(),
        } } }),
        json!({}),
    );
    document["servers"] = json!([{ "url": "/base/${config.x}" }]);
    let manifest = manifest(&document);
    assert_eq!(manifest["server"], "${config.server}/base/$${config.x}");
    let action = &manifest["entities"]["root"]["actions"]["get"];
    assert_eq!(action["query"]["x"], "$${y}");
    assert_eq!(action["get"], "/{a_in_path}/{a_in_path_2}");
}

#[test]
fn notes_about_a_way_to_sign_in_stand_at_its_key() {
    let schemes = json!({
        "Open ID": { "type": "openIdConnect", "openIdConnectUrl": "https://login.example.com/.well-known" },
        "open_id": { "type": "openIdConnect", "openIdConnectUrl": "https://login.example.com/.well-known" },
    });
    let document = document(json!({ "/books": { "get": { "responses": answering() } } }), schemes);
    let source = Source::new("openapi.json", document.to_string());
    let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
    let (translation, _) = translate(&tree).expect("a document");
    let ways = translation.manifest.to_json()["auth"].as_object().map(|ways| ways.keys().cloned().collect::<Vec<_>>());
    let noted = translation.notes.iter().filter(|note| note.at[0] == "auth").map(|note| note.at[1].clone());
    let noted: Vec<String> = noted.collect();
    assert_eq!(Some(&noted), ways.as_ref());
    assert_eq!(noted.len(), 2);
}
