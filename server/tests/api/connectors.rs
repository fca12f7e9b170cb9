//! The API as its callers use it: what is made can be found, executed, changed and deleted, and what fails says why.

use crate::common::{CONNECTORS, Options, running, running_with};
use http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_connector_lives_from_creation_to_deletion() {
    let server = running().await;
    let api = server.api().await;
    let made = api
        .post(
            CONNECTORS,
            json!({
                "workspace_name": "default", "connector_type": "Notion", "name": "My Notion Connector",
                "credentials": { "token": "ntn_secret-value" }, "check": true,
            }),
        )
        .await
        .with(200);
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["name"], &made["auth"]), (&json!("My Notion Connector"), &json!("token")));
    assert_eq!(made["replication_config"]["credentials"]["token"], "**********");
    assert_eq!(made["source_template"]["source_definition_id"], "6e00b415-b02e-4160-bf02-58176a0ae687");

    let path = format!("{CONNECTORS}?workspace_name=default&definition_id=6e00b415-b02e-4160-bf02-58176a0ae687");
    let list = api.get(&path).await.with(200);
    assert_eq!(list["data"][0]["id"], id);
    assert_eq!(list["data"][0]["summarized_source_template"]["connector_name"], "notion");
    let other = api.get(&format!("{CONNECTORS}?workspace_name=default&definition_id={id}")).await.with(200);
    assert_eq!(other["data"], json!([]));

    let answer = api.execute(id, "users", "list", json!({ "page_size": 1 })).await;
    let body = answer.with(200);
    assert_eq!(body["status"], "success");
    assert_eq!(body["result"].as_array().unwrap().len(), 1);
    assert_eq!(body["connector_metadata"]["has_more"], true);
    assert_eq!(body["execution_metadata"]["connector_instance_id"], format!("source_id:{id}"));
    let next = json!({ "entity": "users", "action": "list", "params": { "page_size": 1 }, "next": body["next"] });
    let next = api.post(&format!("{CONNECTORS}/{id}/execute"), next).await.with(200);
    assert_ne!(next["result"], body["result"]);

    let changed = json!({ "name": "Renamed", "entities": [{ "entity": "users", "modes": ["read"] }] });
    let changed = api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(changed)).await.with(200);
    assert_eq!((&changed["name"], &changed["auth"]), (&json!("Renamed"), &json!("token")));
    assert_eq!(api.execute(id, "users", "me", json!({})).await.status, 200);
    let hidden = api.execute(id, "pages", "get", json!({ "page_id": "x" })).await.with(422);
    assert_eq!(hidden["kind"], "not_exposed");
    let described = api.execute(id, "", "describe", json!({})).await.with(200);
    let entities: Vec<_> = described["result"]["entities"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(entities, [&json!("users")]);

    let checked = api.post(&format!("{CONNECTORS}/{id}/check"), json!({})).await.with(200);
    assert_eq!((&checked["status"], &checked["error_message"]), (&json!("succeeded"), &Value::Null));

    assert_eq!(api.send(Method::DELETE, &format!("{CONNECTORS}/{id}"), None).await.status, 202);
    assert_eq!(api.get(&format!("{CONNECTORS}/{id}")).await.with(404)["kind"], "not_found");
    assert_eq!(api.execute(id, "users", "me", json!({})).await.status, 404);

    let organization = &server.client.organization_id;
    let audit = api.get(&format!("/api/v1/organizations/{organization}/audit?limit=100")).await;
    let audit = audit.with(200);
    let acts: Vec<_> =
        audit["data"].as_array().unwrap().iter().rev().map(|entry| entry["operation"].as_str().unwrap()).collect();
    assert_eq!(acts[..3], ["connectors.create", "execute users.list", "execute users.list"]);
    assert_eq!(acts.last(), Some(&"connectors.delete"));
    let is_named = |entry: &Value| entry["connector_id"] == id && entry["workspace_id"].is_string();
    assert!(audit["data"].as_array().unwrap().iter().all(is_named), "{audit}");
    assert!(!audit.to_string().contains("secret-value"));
}

#[tokio::test]
async fn oauth_credentials_are_taken_as_the_vendors_page_gives_them() {
    let server = running().await;
    let api = server.api().await;
    let credentials = json!({ "client_id": "c", "client_secret": "s-value", "access_token": "a-value" });
    let id = api.connector("default", credentials).await;
    assert_eq!(api.get(&format!("{CONNECTORS}/{id}")).await.with(200)["auth"], "oauth");
    assert_eq!(api.execute(&id, "users", "me", json!({})).await.status, 200);
}

#[tokio::test]
async fn bad_requests_say_what_is_wrong_and_make_nothing() {
    let server = running().await;
    let api = server.api().await;
    let token = json!({ "token": "ntn_x" });
    for (body, status, kind, said) in [
        (json!({ "workspace_name": "default", "credentials": token }), 422, "invalid_input", "connector_type"),
        (
            json!({ "workspace_name": "nowhere", "connector_type": "notion", "credentials": token }),
            404,
            "not_found",
            "workspace",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "motion", "credentials": token }),
            404,
            "not_found",
            "connector type",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": {} }),
            400,
            "credentials",
            "Notion",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "wr0ng-value" } }),
            400,
            "credentials",
            "ntn_",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": token, "name": "a\u{0}b" }),
            422,
            "invalid_input",
            "name",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": token, "replication_config": { "api_version": "x" } }),
            422,
            "invalid_input",
            "configuration",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": "s3cret-text" }),
            422,
            "invalid_input",
            "body",
        ),
        (
            json!({ "workspace_name": "default", "connector_type": "notion", "credentials": token, "entities": [{ "entity": "userz" }] }),
            422,
            "invalid_input",
            "userz",
        ),
    ] {
        let answer = api.post(CONNECTORS, body.clone()).await;
        let told = answer.with(status);
        assert_eq!(told["kind"], kind, "{body}");
        let text = told.to_string();
        assert!(text.contains(said) && !text.contains("wr0ng-value") && !text.contains("s3cret-text"), "{told}");
        assert_eq!((&told["status"], &told["detail"]), (&json!(status), &told["message"]));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.headers["x-request-id"].to_str().unwrap(), told["request_id"].as_str().unwrap());
        assert!(!told["errors"].as_array().unwrap().is_empty());
    }
    assert_eq!(api.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200)["data"], json!([]));
    assert_eq!(api.get(CONNECTORS).await.with(400)["kind"], "invalid_input");
}

#[tokio::test]
async fn what_the_vendor_says_keeps_its_status_inside_of_ours() {
    for (faults, status, kind, vendor) in [
        ("401:9", 424, "unauthorized", Some(401)),
        ("403:9", 424, "forbidden", Some(403)),
        ("404:9", 404, "not_found", Some(404)),
        ("400:9", 400, "rejected", Some(400)),
        ("500:99", 502, "unavailable", Some(500)),
    ] {
        let server = running_with(Options { faults: Some(faults), ..Options::default() }).await;
        let api = server.api().await;
        let id = api.connector("default", json!({ "token": "ntn_secret-value" })).await;
        let told = api.execute(&id, "users", "me", json!({})).await.with(status);
        assert_eq!((&told["kind"], &told["vendor"]["status"]), (&json!(kind), &json!(vendor)), "{told}");
        assert!(!told.to_string().contains("secret-value"));
        let checked = api.post(&format!("{CONNECTORS}/{id}/check"), json!({})).await.with(200);
        assert_eq!(checked["status"], "failed", "{checked}");
        let new = json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "ntn_x" }, "check": true });
        assert_eq!(api.post(CONNECTORS, new).await.with(status)["kind"], kind);
    }
}

#[tokio::test]
async fn fields_are_selected_left_out_and_cut() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let path = format!("{CONNECTORS}/{id}/execute");
    let call = |more: Value| {
        let mut body = json!({ "entity": "users", "action": "list", "params": { "page_size": 1 } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (api, path) = (api.clone(), path.clone());
        async move { api.post(&path, body).await.with(200)["result"][0].clone() }
    };
    let whole = call(json!({})).await;
    let selected = call(json!({ "select_fields": ["id", "person.email"], "exclude_fields": ["id"] })).await;
    assert_eq!(selected, json!({ "id": whole["id"], "person": { "email": whole["person"]["email"] } }));
    let without = call(json!({ "exclude_fields": ["person.email", "name"] })).await;
    assert!(without.get("name").is_none() && without["person"].get("email").is_none(), "{without}");
    assert_eq!(without["id"], whole["id"]);
}

#[tokio::test]
async fn a_list_goes_on_only_where_it_was_said_to() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let other = api.connector("default", json!({ "token": "ntn_x" })).await;
    let call = |id: &str, entity: &str, next: Option<Value>| {
        let body = json!({ "entity": entity, "action": "list", "params": { "limit": 1 }, "next": next });
        let (api, path) = (api.clone(), format!("{CONNECTORS}/{id}/execute"));
        async move { api.post(&path, body).await }
    };
    let next = call(&id, "users", None).await.with(200)["next"].clone();
    assert_eq!(call(&id, "users", Some(next.clone())).await.status, 200);
    let forged = BASE64URL.encode(r#"{"v":1,"op":"users.list","next":{"url":"/v1/secrets"}}"#);
    let (text, mac) = next.as_str().unwrap().rsplit_once('.').unwrap();
    for next in [forged.clone(), format!("{forged}.{mac}"), text.to_owned(), format!("{text}.")] {
        let told = call(&id, "users", Some(next.into())).await.with(422);
        assert!(told["message"].as_str().unwrap().contains("next: is not from an earlier answer"), "{told}");
    }
    assert_eq!(call(&other, "users", Some(next.clone())).await.status, 422);
    assert_eq!(call(&id, "custom_emojis", Some(next)).await.status, 422);
}

#[tokio::test]
async fn only_what_callers_may_use_is_described() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let entities = json!({ "entities": [{ "entity": "pages", "modes": ["read"] }] });
    api.send(Method::PUT, &format!("{CONNECTORS}/{id}"), Some(entities)).await.with(200);
    let described = api.execute(&id, "", "describe", json!({})).await.with(200);
    let actions = &described["result"]["entities"][0]["actions"];
    assert_eq!(actions, &json!(["get", "property", "markdown"]));
    let skill = format!("/api/v1/skills/docs?id=connector-source:{id}&section=entity:pages");
    let text = api.get(&skill).await.with(200).to_string();
    assert!(text.contains("pages.get") && !text.contains("pages.create"), "{text}");
    assert_eq!(api.execute(&id, "pages", "create", json!({})).await.with(422)["kind"], "not_exposed");
}

#[tokio::test]
async fn who_hangs_up_stands_in_the_audit_log() {
    let server = running_with(Options { faults: Some("slow:300ms"), ..Options::default() }).await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    let call = tokio::spawn({
        let (api, id) = (api.clone(), id.clone());
        async move { api.execute(&id, "users", "me", json!({})).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    call.abort();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let organization = &server.client.organization_id;
    let audit = api.get(&format!("/api/v1/organizations/{organization}/audit")).await.with(200);
    assert_eq!(
        (&audit["data"][0]["operation"], &audit["data"][0]["outcome"]),
        (&json!("execute users.me"), &json!("success"))
    );
}

#[tokio::test]
async fn a_client_that_is_taken_away_gets_no_token() {
    let server = running().await;
    let operator = crate::common::operator(&server.database, &server.folder).await;
    let client = operator.add_client("laptop", &["default".to_owned()]).await.unwrap();
    let api = server.api_of(&client).await;
    api.scoped("default").await;
    assert_eq!(operator.clients().await.unwrap().len(), 2);
    assert!(operator.revoke(&client.client_id).await.unwrap());
    assert!(!operator.revoke(&client.client_id).await.unwrap());
    let body = json!({ "client_id": client.client_id, "client_secret": secrecy::ExposeSecret::expose_secret(&client.client_secret) });
    assert_eq!(server.nobody().post("/api/v1/account/applications/token", body).await.status, 401);
    // The token that it still has is made into none that lasts longer.
    let scoped = json!({ "workspace_name": "default" });
    assert_eq!(
        api.post("/api/v1/account/applications/scoped-token", scoped).await.with(401)["kind"],
        "unauthenticated"
    );
}

#[tokio::test]
async fn any_list_takes_a_limit() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    for (limit, count) in [(1, 1), (3, 3), (500, 7)] {
        let body = api.execute(&id, "users", "list", json!({ "limit": limit })).await.with(200);
        assert_eq!(body["result"].as_array().unwrap().len(), count, "{limit}");
    }
    for wrong in [json!(0), json!("1"), json!(-1), Value::Null] {
        assert_eq!(
            api.execute(&id, "users", "list", json!({ "limit": wrong })).await.with(422)["kind"],
            "invalid_input"
        );
    }
    assert_eq!(api.execute(&id, "users", "me", json!({ "limit": 1 })).await.with(422)["kind"], "invalid_input");
}

#[tokio::test]
async fn what_is_not_offered_says_so() {
    let server = running().await;
    let api = server.api().await;
    let id = api.connector("default", json!({ "token": "ntn_x" })).await;
    for action in ["context_store_search", "context_store_sql_query"] {
        let told = api.execute(&id, "users", action, json!({})).await.with(422);
        assert_eq!(told["kind"], "not_offered");
    }
    for path in ["/api/v1/internal/workflows", "/v1/responses", &format!("{CONNECTORS}/{id}/execute/prepare")] {
        assert_eq!(api.post(path, json!({})).await.with(501)["kind"], "not_offered");
    }
    assert_eq!(api.get("/api/v1/nothing").await.with(404)["kind"], "not_found");
    assert_eq!(api.send(Method::PATCH, CONNECTORS, None).await.with(405)["kind"], "method_not_allowed");
    let internal = api.execute(&id, "userz", "list", json!({})).await.with(422);
    assert_eq!((&internal["kind"], &internal["help"]), (&json!("unknown_entity"), &json!("did you mean `users`?")));
}

#[tokio::test]
async fn a_client_that_sends_too_much_waits() {
    let server = running_with(Options { requests_per_second: Some(1), ..Options::default() }).await;
    let api = server.api().await;
    let mut refused = None;
    for _ in 0..12 {
        let answer = api.get("/api/v1/workspaces").await;
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.with(429)["kind"], "too_many_requests");
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn workspaces_are_made_listed_changed_and_deleted_with_what_is_in_them() {
    let server = running().await;
    let api = server.api().await;
    let scoped = api.scoped("acme").await;
    let info = scoped.get("/api/v1/account/applications/scoped-token/info").await.with(200);
    assert_eq!(info["workspace_name"], "acme");
    let workspace = info["workspace_id"].as_str().unwrap();
    let id = scoped.connector("acme", json!({ "token": "ntn_x" })).await;
    for name in ["b", "c_d"] {
        api.scoped(name).await;
    }
    let first = api.get("/api/v1/workspaces?limit=2").await.with(200);
    assert_eq!(first["data"][0]["name"], "acme");
    let next = first["next"].as_str().unwrap().split_once("/api/").unwrap().1;
    let rest = api.get(&format!("/api/{next}")).await.with(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(api.get(&format!("/api/v1/workspaces?limit=2&cursor={cursor}")).await.with(200), rest);
    assert_eq!(
        rest["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["c_d", "default"]
    );
    assert_eq!(rest["next"], Value::Null);
    let found = api.get("/api/v1/workspaces?name_contains=_").await.with(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    let path = format!("/api/v1/workspaces/{workspace}");
    assert_eq!(api.send(Method::PUT, &path, Some(json!({ "name": "b" }))).await.with(409)["kind"], "conflict");
    let changed = api.send(Method::PUT, &path, Some(json!({ "name": "acme 2", "status": "inactive" }))).await.with(200);
    assert_eq!((&changed["name"], &changed["status"]), (&json!("acme 2"), &json!("inactive")));
    let stats = api.get("/api/v1/workspaces/stats").await.with(200);
    assert_eq!(stats, json!({ "active_count": 3, "inactive_count": 1, "total_count": 4 }));
    assert_eq!(api.send(Method::DELETE, &path, None).await.status, 200);
    assert_eq!(api.get(&format!("{CONNECTORS}/{id}")).await.status, 404);
    assert_eq!(scoped.get(&path).await.status, 404);
    api.scoped("acme 2").await;
}
