//! Logging in with an operator's code: once, in time, and from a browser only by whoever began.

use crate::common::{Answer, Api, Options, operator, running, running_with};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;
use url::Url;
use url::form_urlencoded::Serializer;

const LOGIN: &str = "/api/v1/internal/account/login";
/// SHA-256 of `verifier`, in base64url.
const CHALLENGE: &str = "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ";

async fn code(server: &crate::common::Running) -> String {
    operator(&server.database, &server.folder).await.login_code(Some("ada"), &["acme".to_owned()], 5).await.unwrap()
}

#[tokio::test]
async fn a_code_becomes_a_client_once() {
    let server = running().await;
    let code = code(&server).await;
    assert_eq!(code.len(), 19, "{code}");
    let typed = code.to_lowercase().replace('-', " ");
    let made = server.nobody().post(LOGIN, json!({ "code": typed, "name": "laptop" })).await.with(200);
    let token = json!({ "client_id": made["client_id"], "client_secret": made["client_secret"] });
    let token = server.nobody().post("/api/v1/account/applications/token", token).await.with(200);
    let api = Api { token: token["access_token"].as_str().map(str::to_owned), ..server.nobody() };
    let organizations = api.get("/api/v1/internal/account/organizations").await.with(200);
    assert_eq!(organizations["organizations"][0]["organization_name"], "acme");
    assert_eq!(organizations["organizations"][0]["id"], made["organization_id"]);
    // It is known whose client it is, and what it does.
    let clients = operator(&server.database, &server.folder).await.clients().await.unwrap();
    let client = clients.iter().find(|client| client.name == "ada").unwrap();
    assert_eq!(made["client_id"], client.client_id);
    let audit = format!("/api/v1/organizations/{}/audit", made["organization_id"].as_str().unwrap());
    let audit = api.get(&audit).await.with(200);
    assert_eq!(
        (&audit["data"][0]["operation"], &audit["data"][0]["client"]),
        (&json!("login"), &json!(client.client_id))
    );
    for body in [json!({ "code": code }), json!({ "code": "" }), json!({ "code": "0000-0000-0000-0000" })] {
        assert_eq!(server.nobody().post(LOGIN, body).await.with(401)["kind"], "code_refused");
    }
    assert_eq!(server.nobody().post(LOGIN, json!({ "grant": "g" })).await.with(400)["kind"], "invalid_input");
}

#[tokio::test]
async fn those_who_want_a_new_organization_at_once_make_one() {
    let server = running().await;
    let wanted = ["new".to_owned()];
    let operators =
        [operator(&server.database, &server.folder).await, operator(&server.database, &server.folder).await];
    let making = operators.iter().cycle().take(6).map(|operator| operator.login_code(None, &wanted, 5));
    for made in futures_util::future::join_all(making).await {
        made.unwrap();
    }
    let organizations = operators[0].organizations().await.unwrap();
    assert_eq!(organizations.iter().filter(|(_, name)| name == "new").count(), 1, "{organizations:?}");
}

#[tokio::test]
async fn an_old_code_is_refused() {
    let server = running().await;
    let code = code(&server).await;
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(&server.database).await.unwrap();
    sqlx::query("UPDATE login_codes SET expires_at = 1").execute(&mut database).await.unwrap();
    assert_eq!(server.nobody().post(LOGIN, json!({ "code": code })).await.with(401)["kind"], "code_refused");
}

/// The page with these parameters, or its form sent with this code.
async fn page(server: &crate::common::Running, redirect: &str, code: Option<&str>, origin: Option<&str>) -> Answer {
    let mut pairs = Serializer::new(String::new());
    pairs.append_pair("redirect_uri", redirect).append_pair("state", "s1").append_pair("code_challenge", CHALLENGE);
    let Some(code) = code else {
        return server.nobody().get(&format!("/login?{}", pairs.finish())).await;
    };
    pairs.append_pair("code", code);
    let headers: Vec<_> = origin.into_iter().map(|origin| ("origin", origin.to_owned())).collect();
    server.nobody().send_form("/login", &pairs.finish(), &headers).await
}

#[tokio::test]
async fn a_browser_brings_the_code_back_to_whoever_began() {
    let server = running().await;
    let code = code(&server).await;
    let redirect = "http://127.0.0.1:4711/";
    let own = format!("http://{}", server.address);
    let shown = page(&server, redirect, None, None).await;
    assert_eq!(shown.status, 200);
    assert!(shown.headers["content-security-policy"].to_str().unwrap().contains("form-action 'self'"));

    assert_eq!(page(&server, redirect, Some(&code), None).await.status, 403);
    assert_eq!(page(&server, redirect, Some(&code), Some("https://evil.example")).await.status, 403);
    let wrong = page(&server, redirect, Some("0000-0000-0000-0000"), Some(&own)).await;
    assert_eq!(wrong.status, 422);
    assert!(!String::from_utf8_lossy(&wrong.body).contains("0000-0000"), "what was entered is not shown again");
    let back = page(&server, redirect, Some(&code), Some(&own)).await;
    assert_eq!(back.status, 200);
    let text = String::from_utf8_lossy(&back.body).into_owned();
    let href = text.split("href=\"http://127").nth(1).unwrap().split('"').next().unwrap();
    let url = Url::parse(&format!("http://127{}", href.replace("&amp;", "&"))).unwrap();
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!((url.port(), value("state").as_str()), (Some(4711), "s1"));
    let grant = value("code");
    assert!(page(&server, redirect, Some(&code), Some(&own)).await.status == 422, "the code is used up");

    // What was brought back is no code, counts once, and only with its verifier.
    assert_eq!(server.nobody().post(LOGIN, json!({ "code": grant })).await.status, 401);
    let made = json!({ "grant": grant, "code_verifier": "verifier" });
    assert!(server.nobody().post(LOGIN, made.clone()).await.with(200)["client_secret"].is_string());
    assert_eq!(server.nobody().post(LOGIN, made).await.status, 401);
}

#[tokio::test]
async fn whoever_tries_codes_keeps_nobody_out_who_has_one() {
    let server = running_with(Options { requests_per_second: Some(1), ..Options::default() }).await;
    let (code, own) = (code(&server).await, format!("http://{}", server.address));
    let redirect = "http://127.0.0.1:4711/";
    for _ in 0..50 {
        assert_eq!(page(&server, redirect, Some("0000-0000-0000-0000"), Some(&own)).await.status, 422);
        assert_eq!(server.nobody().post(LOGIN, json!({ "code": "0000-0000-0000-0000" })).await.status, 401);
    }
    assert_eq!(page(&server, redirect, Some(&code), Some(&own)).await.status, 200);
}

#[tokio::test]
async fn another_verifier_makes_nothing_and_uses_the_grant_up() {
    let server = running().await;
    let (code, own) = (code(&server).await, format!("http://{}", server.address));
    let back = page(&server, "http://[::1]:4711/x", Some(&code), Some(&own)).await;
    let text = String::from_utf8_lossy(&back.body).into_owned();
    let grant = text.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    for verifier in ["other", "verifier"] {
        let body = json!({ "grant": grant, "code_verifier": verifier });
        assert_eq!(server.nobody().post(LOGIN, body).await.status, 401, "{verifier}");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_another_machine() {
    let server = running().await;
    let code = code(&server).await;
    let own = format!("http://{}", server.address);
    for redirect in [
        "https://evil.example/",
        "http://evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://10.0.0.1/",
        "javascript:alert(1)",
        "https://127.0.0.1/",
        "",
    ] {
        assert_eq!(page(&server, redirect, None, None).await.status, 400, "{redirect}");
        assert_eq!(page(&server, redirect, Some(&code), Some(&own)).await.status, 400, "{redirect}");
    }
    assert_eq!(server.nobody().send(Method::GET, "/login", None).await.status, 400);
    let made = server.nobody().post(LOGIN, json!({ "code": code })).await.with(200);
    assert_ne!(made["client_id"], Value::Null, "the code still counts");
}

#[test]
fn the_challenge_is_that_of_the_verifier() {
    let digest = ring::digest::digest(&ring::digest::SHA256, b"verifier");
    assert_eq!(BASE64URL.encode(digest), CHALLENGE);
}
