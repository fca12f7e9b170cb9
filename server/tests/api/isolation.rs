//! Nothing of one organization or workspace is visible to, or addressable by, another: for every route, with every wrong token.

use std::collections::BTreeMap;

use crate::common::{Api, CONNECTORS, Running, operator, running};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::Method;
use serde_json::{Value, json};

/// An operation of the published document.
struct Operation {
    method: Method,
    path: String,
    is_open: bool,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&tieline_server::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let is_open = operation["security"].as_array().unwrap().is_empty();
            operations.push(Operation { method, path: path.clone(), is_open });
        }
    }
    operations
}

/// Two organizations, each with a workspace that holds a connector.
struct World {
    server: Running,
    ours: Api,
    theirs: Api,
    /// Ids of ours, by the path that they go into.
    ids: BTreeMap<&'static str, String>,
}

async fn world() -> World {
    let server = running().await;
    let ours = server.api().await;
    let client = operator(&server.database, &server.folder).await.add_client("b", &["other".to_owned()]).await.unwrap();
    let theirs = server.api_of(&client).await;
    let connector = ours.connector("default", json!({ "token": "ntn_x" })).await;
    let workspace = ours.get("/api/v1/workspaces").await.with(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let session = json!({ "workspace_id": workspace, "connector_type": "notion" });
    let session = ours.post("/api/v1/internal/mcp_oauth/sessions", session).await.with(200);
    let ids = BTreeMap::from([
        (CONNECTORS, connector),
        ("/api/v1/workspaces", workspace),
        ("/api/v1/internal/mcp_oauth/sessions", session["session_id"].as_str().unwrap().to_owned()),
        ("/api/v1/organizations", server.client.organization_id.clone()),
    ]);
    World { server, ours, theirs, ids }
}

impl World {
    /// The path with an id of ours in it.
    fn path(&self, operation: &Operation) -> String {
        let id = self.ids.iter().find(|(prefix, _)| operation.path.starts_with(**prefix)).map(|(_, id)| id.as_str());
        operation
            .path
            .replace("{id}", id.unwrap_or("00000000-0000-4000-8000-000000000000"))
            .replace("{connector_type}", "notion")
    }
}

#[tokio::test]
async fn every_route_but_those_that_are_open_needs_a_token_that_counts() {
    let world = world().await;
    let open: Vec<_> = operations().into_iter().filter(|one| one.is_open).map(|one| one.path).collect();
    let login = "/api/v1/internal/account/login";
    assert_eq!(open, ["/api/v1/account/applications/token", login, "/healthz", "/readyz"]);
    let good = world.ours.token.clone().unwrap();
    let (text, signature) = good.rsplit_once('.').unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let part = |text: &str| BASE64URL.encode(text);
    let read: Value = serde_json::from_slice(&BASE64URL.decode(claims).unwrap()).unwrap();
    let expired = {
        let mut claims = read.clone();
        claims["exp"] = 1.into();
        part(&claims.to_string())
    };
    let other = {
        let mut claims = read.clone();
        claims["orgs"] = json!(["00000000-0000-4000-8000-000000000000"]);
        part(&claims.to_string())
    };
    let tokens = [
        None,
        Some(String::new()),
        Some("abc".to_owned()),
        Some(format!("{text}.{}", part("signature"))),
        Some(format!("{header}.{expired}.{signature}")),
        Some(format!("{header}.{other}.{signature}")),
        Some(format!("{}.{claims}.", part(r#"{"alg":"none","typ":"JWT","kid":""}"#))),
        Some(format!("{}.{claims}.{signature}", part(r#"{"alg":"none","typ":"JWT","kid":"x"}"#))),
        Some(good.chars().rev().collect()),
    ];
    for operation in operations().iter().filter(|one| !one.is_open) {
        for token in &tokens {
            let api = Api { token: token.clone(), ..world.ours.clone() };
            let answer = api.send(operation.method.clone(), &world.path(operation), Some(json!({}))).await;
            assert_eq!(answer.status, 401, "{} {} with {token:?}", operation.method, operation.path);
            assert_eq!(answer.json()["kind"], "unauthenticated");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
}

#[tokio::test]
async fn a_token_of_another_organization_finds_nothing() {
    let world = world().await;
    let none = json!({ "data": [] });
    for operation in operations().iter().filter(|one| one.path.contains("{id}") && !one.path.contains("/definitions/"))
    {
        if operation.path.contains("/templates/") {
            continue;
        }
        let body = json!({ "entity": "users", "action": "list", "name": "stolen" });
        let answer = world.theirs.send(operation.method.clone(), &world.path(operation), Some(body.clone())).await;
        assert_eq!(answer.status, 404, "{} {}", operation.method, operation.path);
        let organization = Some(world.server.client.organization_id.clone());
        let named = Api { organization, ..world.theirs.clone() };
        let answer = named.send(operation.method.clone(), &world.path(operation), Some(body)).await;
        assert_eq!(answer.status, 403, "{} {}", operation.method, operation.path);
    }
    // Names that both have lead each to their own.
    assert_eq!(world.theirs.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200), none);
    let workspace = &world.ids["/api/v1/workspaces"];
    assert_eq!(world.theirs.get(&format!("{CONNECTORS}?workspace_id={workspace}")).await.status, 404);
    assert_eq!(world.theirs.get("/api/v1/skills").await.with(200)["data"], json!([]));
    let skill = format!("/api/v1/skills/docs?id=connector-source:{}", world.ids[CONNECTORS]);
    assert_eq!(world.ours.get(&skill).await.status, 200);
    assert_eq!(world.theirs.get(&skill).await.status, 404);
    let session = json!({ "workspace_id": workspace, "connector_type": "notion" });
    assert_eq!(world.theirs.post("/api/v1/internal/mcp_oauth/sessions", session).await.status, 404);
    let organizations = world.theirs.get("/api/v1/internal/account/organizations").await.with(200);
    assert_eq!(organizations["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(organizations["organizations"][0]["organization_name"], "other");
    let bad = Api { organization: Some("x".to_owned()), ..world.theirs.clone() };
    assert_eq!(bad.get("/api/v1/workspaces").await.status, 400);
    // All of it is still there.
    assert_eq!(world.ours.execute(&world.ids[CONNECTORS], "users", "me", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_token_of_one_workspace_reaches_no_other() {
    let world = world().await;
    let confined = world.ours.scoped("acme").await;
    let own = confined.connector("acme", json!({ "token": "ntn_y" })).await;
    assert_eq!(confined.execute(&own, "users", "me", json!({})).await.status, 200);
    let whole = ["/api/v1/organizations/", "/api/v1/account/applications/scoped-token", "/api/v1/oauth/"];
    for operation in operations().iter().filter(|one| !one.is_open) {
        let is_whole = whole.iter().any(|prefix| operation.path.starts_with(prefix))
            || operation.path == "/api/v1/internal/account/organizations"
            || (operation.path == "/api/v1/workspaces/{id}" && operation.method != Method::GET);
        if is_whole && !operation.path.ends_with("/info") {
            let body = json!({ "workspace_name": "default", "connector_type": "notion", "configuration": {} });
            let answer = confined.send(operation.method.clone(), &world.path(operation), Some(body)).await;
            assert_eq!(answer.status, 403, "{} {}", operation.method, operation.path);
        } else if operation.path.contains("{id}")
            && !operation.path.contains("/templates/")
            && !operation.path.contains("/definitions/")
        {
            let body = json!({ "entity": "users", "action": "list" });
            let answer = confined.send(operation.method.clone(), &world.path(operation), Some(body)).await;
            assert_eq!(answer.status, 404, "{} {}", operation.method, operation.path);
        }
    }
    let create =
        json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": "ntn_x" } });
    assert_eq!(confined.post(CONNECTORS, create).await.status, 404);
    assert_eq!(confined.get(&format!("{CONNECTORS}?workspace_name=default")).await.status, 404);
    assert_eq!(confined.get("/api/v1/workspaces").await.with(200)["data"].as_array().unwrap().len(), 1);
    assert_eq!(confined.get("/api/v1/skills").await.with(200)["data"].as_array().unwrap().len(), 1);
    let list = confined.get(CONNECTORS).await.with(200);
    assert_eq!(list["data"][0]["id"], own);
    assert_eq!(world.ours.execute(&world.ids[CONNECTORS], "users", "me", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_client_of_several_organizations_says_which_is_meant() {
    let world = world().await;
    let organizations = ["default".to_owned(), "other".to_owned()];
    let operator = operator(&world.server.database, &world.server.folder).await;
    let both = operator.add_client("both", &organizations).await.unwrap();
    let api = world.server.api_of(&both).await;
    let told = api.get("/api/v1/workspaces").await.with(400);
    assert!(told["message"].as_str().unwrap().starts_with("specify target organization"), "{told}");
    let listed = api.get("/api/v1/internal/account/organizations").await.with(200);
    assert_eq!(listed["organizations"].as_array().unwrap().len(), 2);
    for (name, count) in [("default", 1), ("other", 0)] {
        let all = listed["organizations"].as_array().unwrap();
        let id = all.iter().find(|one| one["organization_name"] == name).unwrap()["id"].as_str().unwrap();
        let api = Api { organization: Some(id.to_owned()), ..api.clone() };
        let list = api.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200);
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{name}");
    }
}
