//! Logging in at an OpenID Connect provider: who may, and what does not count, from a provider that lies or a browser that is used.

mod flow;
mod provider;

use crate::common::{Options, running_with};
use flow::{PROGRAM, client_of, come_back, href, served, settings, signed_in, started};
use provider::{CLIENT, Provider, Signing};
use serde_json::{Value, json};
use tieline_server::OidcSettings;
use url::Url;

#[tokio::test]
async fn who_is_known_there_gets_a_client() {
    let (server, provider) = served().await;
    let page = server.nobody().get(&format!("/login?{PROGRAM}")).await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert!(text.contains("Continue with 127.0.0.1") && text.contains("name=\"code\""), "{text}");
    assert_eq!(provider.seen.lock().unwrap().keys_read, 0, "nothing is asked before it is needed");

    let (left, cookie) = started(&server).await;
    for part in ["Path=/;", "HttpOnly;", "SameSite=Lax;", "Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let back = come_back(&server, &provider.agreed(&href(&left)), &cookie).await;
    let gone =
        back.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().starts_with("tieline-login=;"));
    assert!(gone, "the cookie is taken away");
    for back in [back, signed_in(&server, &provider).await] {
        let api = client_of(&server, &back).await;
        let organizations = api.get("/api/v1/internal/account/organizations").await.with(200);
        assert_eq!(organizations["organizations"].as_array().unwrap().len(), 1);
        assert_eq!(organizations["organizations"][0]["organization_name"], "acme");
    }
    provider.signs(Signing::Rs256);
    provider.says(json!({ "email": "Someone@Other.example", "aud": [CLIENT, "another"], "azp": CLIENT }));
    client_of(&server, &signed_in(&server, &provider).await).await;
    assert_eq!(provider.seen.lock().unwrap().keys_read, 1, "keys are kept");
}

#[tokio::test]
async fn a_secret_goes_into_the_body_where_nothing_else_is_taken() {
    let (server, provider) = served().await;
    provider.seen.lock().unwrap().document = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    client_of(&server, &signed_in(&server, &provider).await).await;
}

#[tokio::test]
async fn a_client_without_a_secret_has_its_verifier_alone() {
    let provider = Provider::start().await;
    provider.seen.lock().unwrap().document = json!({ "token_endpoint_auth_methods_supported": ["none"] });
    let oidc = Some(OidcSettings { client_secret: None, ..settings(&provider.url) });
    let server = running_with(Options { oidc, ..Options::default() }).await;
    client_of(&server, &signed_in(&server, &provider).await).await;
}

#[tokio::test]
async fn only_the_browser_that_began_comes_back_and_once() {
    let (server, provider) = served().await;
    for origin in [None, Some("https://evil.example".to_owned())] {
        let headers: Vec<_> = origin.into_iter().map(|origin| ("origin", origin)).collect();
        assert_eq!(server.nobody().send_form("/login/start", PROGRAM, &headers).await.status, 403);
    }
    let ((left, cookie), (_, other)) = (started(&server).await, started(&server).await);
    let query = provider.agreed(&href(&left));
    let wrong = format!("{}x", query);
    let (code, _) = query.split_once('&').unwrap();
    for (query, cookie) in [
        (wrong.as_str(), cookie.as_str()),
        (code, &cookie),
        (&query, &other),
        (&query, ""),
        (&query, "tieline-login=e30"),
        (&query, "tieline-login=!"),
    ] {
        assert_eq!(come_back(&server, query, cookie).await.status, 400, "{query} {cookie}");
    }
    let looked = server.nobody().send(http::Method::HEAD, &format!("/login/callback?{query}"), None).await;
    assert_eq!(looked.status, 405);
    client_of(&server, &come_back(&server, &query, &cookie).await).await;
    assert_eq!(come_back(&server, &query, &cookie).await.status, 400, "replayed");
    let again = provider.agreed(&href(&left));
    assert_eq!(come_back(&server, &again, &cookie).await.status, 400, "replayed with another code");
}

#[tokio::test]
async fn whoever_begins_often_keeps_nobody_out() {
    let provider = Provider::start().await;
    let oidc = Some(settings(&provider.url));
    let server = running_with(Options { oidc, requests_per_second: Some(1), ..Options::default() }).await;
    for _ in 0..50 {
        assert_eq!(started(&server).await.0.status, 200);
    }
    client_of(&server, &signed_in(&server, &provider).await).await;
    let clients = crate::common::operator(&server.database, &server.folder).await.clients().await.unwrap();
    assert!(clients.iter().any(|client| client.name == "somebody@example.com"), "{clients:?}");
}

#[tokio::test]
async fn a_token_that_does_not_count_lets_nobody_in() {
    let (server, provider) = served().await;
    for signing in [Signing::Forged, Signing::Unsigned, Signing::Hs256] {
        provider.signs(signing);
        assert_eq!(signed_in(&server, &provider).await.status, 502);
    }
    provider.signs(Signing::Es256);
    for claims in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": 1_700_000_000 }),
        json!({ "exp": null }),
        json!({ "iat": null }),
        json!({ "iat": 9_000_000_000_u64 }),
        json!({ "aud": "another" }),
        json!({ "aud": [] }),
        json!({ "aud": [CLIENT, "another"] }),
        json!({ "azp": "another" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "sub": null }),
    ] {
        provider.says(claims.clone());
        assert_eq!(signed_in(&server, &provider).await.status, 502, "{claims}");
    }
    provider.says(Value::Null);
    client_of(&server, &signed_in(&server, &provider).await).await;
}

#[tokio::test]
async fn only_verified_addresses_that_are_listed_may() {
    let (server, provider) = served().await;
    for claims in [
        json!({ "email_verified": false }),
        json!({ "email_verified": null }),
        json!({ "email_verified": "true" }),
        json!({ "email": null }),
        json!({ "email": "somebody@evil-example.com" }),
        json!({ "email": "somebody@example.com.evil.com" }),
        json!({ "email": "somebody@sub.example.com" }),
        json!({ "email": "eve@other.example" }),
        json!({ "email": "\"x@evil.com\"@example.com" }),
    ] {
        provider.says(claims.clone());
        assert_eq!(signed_in(&server, &provider).await.status, 403, "{claims}");
    }
}

#[tokio::test]
async fn keys_are_read_again_but_not_for_every_token() {
    let (server, provider) = served().await;
    client_of(&server, &signed_in(&server, &provider).await).await;
    provider.signs(Signing::Rolled);
    for _ in 0..3 {
        assert_eq!(signed_in(&server, &provider).await.status, 502, "within a minute, no key is looked for");
    }
    assert_eq!(provider.seen.lock().unwrap().keys_read, 1);
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let (server, provider) = served().await;
    for (code, status) in [("access_denied", 403), ("server_error", 502), ("%3Cscript%3E", 502)] {
        let (left, cookie) = started(&server).await;
        let state = href(&left).query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let answer = come_back(&server, &format!("error={code}&state={state}"), &cookie).await;
        assert_eq!(answer.status, status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("<script>"));
    }
    let (left, cookie) = started(&server).await;
    let query = provider.agreed(&href(&left));
    assert_eq!(come_back(&server, &format!("{query}&iss=https://evil.example"), &cookie).await.status, 502);
    let (left, cookie) = started(&server).await;
    let query = provider.agreed(&href(&left)).replace("idp-code-", "other-");
    assert_eq!(come_back(&server, &query, &cookie).await.status, 502);
}

#[tokio::test]
async fn a_provider_that_is_down_or_another_is_not_gone_to() {
    let nowhere = running_with(Options { oidc: Some(settings("http://127.0.0.1:9")), ..Options::default() }).await;
    assert_eq!(started(&nowhere).await.0.status, 502);
    let code = nowhere.nobody().get(&format!("/login?{PROGRAM}")).await;
    assert_eq!(code.status, 200, "a code still works");

    for document in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "authorization_endpoint": "http://evil.example/authorize" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
        json!({ "token_endpoint": "http://10.0.0.1/token" }),
        json!({ "jwks_uri": null }),
    ] {
        let (server, provider) = served().await;
        provider.seen.lock().unwrap().document = document.clone();
        assert_eq!(started(&server).await.0.status, 502, "{document}");
    }
    let (server, provider) = served().await;
    provider.seen.lock().unwrap().padding = 1 << 20;
    assert_eq!(started(&server).await.0.status, 502, "too large");
    provider.seen.lock().unwrap().padding = 0;
    assert_eq!(started(&server).await.0.status, 502, "it is not asked again at once");
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    client_of(&server, &signed_in(&server, &provider).await).await;
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let provider = Provider::start().await;
    let public_url = Some(Url::parse("https://tieline.example/below").unwrap());
    let options = Options { oidc: Some(settings(&provider.url)), public_url, ..Options::default() };
    let server = running_with(options).await;
    let page = server.nobody().get(&format!("/login?{PROGRAM}")).await;
    assert!(String::from_utf8_lossy(&page.body).contains("action=\"/below/login/start\""));
    let origin = [("origin", "https://tieline.example".to_owned())];
    let left = server.nobody().send_form("/login/start", PROGRAM, &origin).await;
    let mut cookies = left.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with("__Host-tieline-login=")).unwrap();
    assert!(cookie.contains("; Path=/;") && cookie.ends_with("; Secure") && !cookie.contains("Domain"), "{cookie}");
    let url = href(&left);
    let redirect = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    assert_eq!(redirect, "https://tieline.example/below/login/callback");
    client_of(&server, &come_back(&server, &provider.agreed(&url), cookie).await).await;
}

#[tokio::test]
async fn settings_that_cannot_be_meant_are_refused() {
    let right = settings("https://idp.example.com");
    let folder = tempfile::tempdir().unwrap();
    for oidc in [
        OidcSettings { issuer: "http://idp.example.com".to_owned(), ..right.clone() },
        OidcSettings { issuer: "https://idp.example.com?x=1".to_owned(), ..right.clone() },
        OidcSettings { issuer: "idp.example.com".to_owned(), ..right.clone() },
        OidcSettings { allow: Vec::new(), ..right.clone() },
        OidcSettings { allow: vec!["example.com".to_owned()], ..right.clone() },
        OidcSettings { client_id: String::new(), ..right },
    ] {
        let keys = tieline_server::KeySource::File(folder.path().join("keys"));
        let database = tieline_server::Settings::sqlite(&folder.path().join("db"));
        let mut settings = tieline_server::Settings::new(database, keys, Url::parse("http://127.0.0.1").unwrap());
        settings.oidc = Some(oidc.clone());
        let refused = tieline_server::Server::open(settings).await.err();
        assert!(refused.is_some_and(|error| error.to_string().starts_with("OpenID Connect: ")), "{oidc:?}");
    }
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way() {
    let server = crate::common::running().await;
    let page = server.nobody().get(&format!("/login?{PROGRAM}")).await;
    assert!(!String::from_utf8_lossy(&page.body).contains("Continue with"));
    assert_eq!(started(&server).await.0.status, 400);
    assert_eq!(server.nobody().get("/login/callback?code=c&state=s").await.status, 400);
}
