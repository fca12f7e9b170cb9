//! The way of somebody who logs in at a provider, step by step.

#![allow(dead_code, unreachable_pub, clippy::panic, reason = "each test uses a part of it")]

use secrecy::SecretString;
use serde_json::json;
use tieline_server::OidcSettings;
use url::Url;

use super::provider::{CLIENT, Provider, SECRET};
use crate::common::{Answer, Api, Options, Running, running_with};

/// What the command line opens; the challenge is that of `verifier`.
pub const PROGRAM: &str =
    "redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2F&state=s1&code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ";
pub const LOGIN: &str = "/api/v1/internal/account/login";

pub fn settings(issuer: &str) -> OidcSettings {
    OidcSettings {
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SecretString::from(SECRET)),
        organization: "acme".to_owned(),
        allow: vec!["@example.com".to_owned(), "someone@other.example".to_owned()],
    }
}

pub async fn served() -> (Running, Provider) {
    let provider = Provider::start().await;
    let oidc = Some(settings(&provider.url));
    (running_with(Options { oidc, ..Options::default() }).await, provider)
}

/// What `href` of a page leads to.
pub fn href(answer: &Answer) -> Url {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let href = text.split("<a class=\"button\" href=\"").nth(1).unwrap_or_else(|| panic!("{text}"));
    Url::parse(&href.split('"').next().unwrap().replace("&amp;", "&")).unwrap()
}

/// The form is sent: the answer, and the cookie that it sets.
pub async fn started(server: &Running) -> (Answer, String) {
    let origin = [("origin", format!("http://{}", server.address))];
    let answer = server.nobody().send_form("/login/start", PROGRAM, &origin).await;
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.rfind(|cookie| cookie.starts_with("tieline-login=")).unwrap_or_default().to_owned();
    (answer, cookie)
}

pub async fn come_back(server: &Running, query: &str, cookie: &str) -> Answer {
    let cookie = cookie.split(';').next().unwrap().to_owned();
    server.nobody().get_with(&format!("/login/callback?{query}"), &[("cookie", cookie)]).await
}

/// The whole way, to the last page.
pub async fn signed_in(server: &Running, provider: &Provider) -> Answer {
    let (left, cookie) = started(server).await;
    assert_eq!(left.status, 200);
    come_back(server, &provider.agreed(&href(&left)), &cookie).await
}

/// What the program makes of the last page.
pub async fn client_of(server: &Running, back: &Answer) -> Api {
    assert_eq!(back.status, 200, "{}", String::from_utf8_lossy(&back.body));
    let url = href(back);
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!((url.port(), value("state").as_str()), (Some(4711), "s1"));
    let grant = json!({ "grant": value("code"), "code_verifier": "verifier" });
    let made = server.nobody().post(LOGIN, grant.clone()).await.with(200);
    assert_eq!(server.nobody().post(LOGIN, grant).await.status, 401, "it counts once");
    let token = json!({ "client_id": made["client_id"], "client_secret": made["client_secret"] });
    let token = server.nobody().post("/api/v1/account/applications/token", token).await.with(200);
    Api { token: token["access_token"].as_str().map(str::to_owned), ..server.nobody() }
}
