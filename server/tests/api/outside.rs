//! What a server reaches: no private address by a tenant's configuration.

use crate::common::{CONNECTORS, Options, running_with};
use http::Method;
use serde_json::json;
use tieline::{Connector, Source};

/// An API whose host a caller's configuration is a part of.
const SITES: &str = r#"
tieline: 1
name: sites
title: Sites
version: 0.1.0
summary: An API of many sites.
server: https://${config.site}
config:
  site: { required: true, description: The host of the site, any_host: true, pattern: "[a-z0-9.-]+(:[0-9]+)?" }
auth:
  token: { fields: { token: { description: A token, secret: true } }, bearer: "${token}" }
check: users.me
entities:
  users: { actions: { me: { get: /me } } }
"#;

#[tokio::test]
async fn configuration_leads_to_no_private_address() {
    let (connector, _) = Connector::load(&Source::new("sites.yaml", SITES)).unwrap_or_else(|found| panic!("{found}"));
    let options = Options { without_mock: true, connectors: vec![connector], ..Options::default() };
    let server = running_with(options).await;
    let api = server.api().await;
    let port = server.address.port();
    for site in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "localhost", "192.168.1.1", &format!("127.0.0.1:{port}")] {
        let body = json!({
            "workspace_name": "default", "connector_type": "sites", "credentials": { "token": "s-secret" },
            "environment": { "site": site },
        });
        let id = api.post(CONNECTORS, body.clone()).await.with(200)["id"].as_str().unwrap().to_owned();
        let told = api.execute(&id, "users", "me", json!({})).await.with(422);
        assert_eq!(told["kind"], "refused", "{site}: {told}");
        assert!(told["message"].as_str().unwrap().contains("private"), "{told}");
        let mut checked = body;
        checked["check"] = true.into();
        assert_eq!(api.post(CONNECTORS, checked).await.with(422)["kind"], "refused");
    }
    let body = json!({
        "workspace_name": "default", "connector_type": "sites", "credentials": { "token": "s-secret" },
        "environment": { "site": "evil.example/../.." },
    });
    assert_eq!(api.post(CONNECTORS, body).await.with(422)["kind"], "invalid_input");
}

#[tokio::test]
async fn stored_credentials_go_where_they_were_given_for_and_nowhere_else() {
    let (connector, _) = Connector::load(&Source::new("sites.yaml", SITES)).unwrap_or_else(|found| panic!("{found}"));
    let options = Options { without_mock: true, connectors: vec![connector], ..Options::default() };
    let server = running_with(options).await;
    let api = server.api().await;
    let body = json!({
        "workspace_name": "default", "connector_type": "sites", "credentials": { "token": "s-secret" },
        "environment": { "site": "mine.example.com" },
    });
    let id = api.post(CONNECTORS, body).await.with(200)["id"].as_str().unwrap().to_owned();
    let confined = api.scoped("default").await;
    let elsewhere = json!({ "replication_config": { "site": "evil.example.com" } });
    for (method, path) in [(Method::POST, "/check"), (Method::PUT, "")] {
        let path = format!("{CONNECTORS}/{id}{path}");
        let told = confined.send(method.clone(), &path, Some(elsewhere.clone())).await.with(422);
        assert!(told["message"].as_str().unwrap().contains("leads to another address"), "{told}");
        // What an answer shows of a value is no value.
        let mut masked = elsewhere.clone();
        masked["credentials"] = json!({ "token": "**********" });
        assert_eq!(confined.send(method, &path, Some(masked)).await.with(422)["kind"], "invalid_input");
    }
    let own = json!({ "replication_config": { "site": "other.example.com" }, "credentials": { "token": "t-2" } });
    let changed = api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(own)).await.with(200);
    assert_eq!(changed["replication_config"]["site"], "other.example.com");
    // Giving back what an answer showed changes nothing.
    let again = json!({ "replication_config": changed["replication_config"], "name": "same" });
    let again = api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(again)).await.with(200);
    assert_eq!((&again["auth"], &again["name"]), (&changed["auth"], &json!("same")));
}
