//! Links and forms: what works once, for whom, and from where.

use serde_json::json;
use url::Url;

use crate::common::http::pairs;
use crate::common::site::Site;
use crate::common::vendor::TOKEN;

#[tokio::test]
async fn a_link_works_once_and_in_one_browser() {
    let site = Site::start().await;
    let (session, link) = site.session(json!({ "connector_type": "notion" })).await;
    let (mut first, mut second) = (site.browser(), site.browser());
    // Programs that look at links do not use them up.
    for method in ["HEAD", "GET", "GET"] {
        assert_eq!(site.browser().request(method, &link, &[], "").await.status, 200);
    }
    for browser in [&mut first, &mut second] {
        assert_eq!(browser.get(&link).await.status, 200);
    }
    let page = first.post(&link, &[]).await.location();
    // Somebody clicks twice, and goes back.
    assert_eq!(first.post(&link, &[]).await.location(), page);
    assert_eq!(first.get(&link).await.location(), page);
    for used in [second.get(&link).await, second.post(&link, &[]).await, site.browser().post(&link, &[]).await] {
        assert!(used.status == 410 && used.body.contains("This link has been used"), "{}", used.body);
    }
    for path in [
        page.clone(),
        format!("{page}/done"),
        "/setup".into(),
        format!("/setup/{}", uuid::Uuid::new_v4()),
        "/setup/x".into(),
    ] {
        let nothing = second.get(&path).await;
        assert!(nothing.status == 404 && nothing.body.contains("nothing to set up here"), "{path}: {}", nothing.body);
    }
    let form = [("auth", "token"), ("credentials.token", TOKEN), ("form.name", "Wiki")];
    assert_eq!(second.post(&page, &form).await.status, 404);
    assert_eq!(site.status(&session).await["status"], "pending");
    assert_eq!(site.browser().get("/setup/link/no-such-link").await.status, 404);
}

#[tokio::test]
async fn a_link_expires() {
    let site = Site::start().await;
    let (session, link) = site.session(json!({})).await;
    let mut browser = site.browser();
    browser.get(&link).await;
    site.expire(&session).await;
    for expired in [browser.get(&link).await, browser.post(&link, &[]).await] {
        assert!(expired.status == 410 && expired.body.contains("This link has expired"), "{}", expired.body);
    }
    assert_eq!(site.status(&session).await["status"], "error");
}

#[tokio::test]
async fn a_browser_without_cookies_is_told() {
    let site = Site::start().await;
    let (_, link) = site.session(json!({})).await;
    let mut browser = site.browser();
    browser.get(&link).await;
    browser.cookies.clear();
    let told = browser.post(&link, &[]).await;
    assert!(told.status == 400 && told.body.contains("Cookies are needed"), "{}", told.body);
    // The link is not lost.
    browser.get(&link).await;
    assert_eq!(browser.post(&link, &[]).await.status, 303);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let site = Site::start().await;
    let (session, link) = site.session(json!({ "connector_type": "notion" })).await;
    let mut browser = site.browser();
    browser.get(&link).await;
    let own = site.url.origin().ascii_serialization();
    let foreign: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("sec-fetch-site", "same-site"), ("origin", &own)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[],
    ];
    for headers in foreign {
        let refused = browser.request("POST", &link, headers, "").await;
        assert!(refused.status == 403 && refused.body.contains("came from elsewhere"), "{headers:?}: {}", refused.body);
    }
    // Browsers that say less say where a form comes from.
    let page = browser.request("POST", &link, &[("origin", &own)], "").await.location();
    let form = pairs(&[("auth", "token"), ("credentials.token", TOKEN), ("form.name", "Wiki")]);
    for headers in foreign {
        assert_eq!(browser.request("POST", &page, headers, &form).await.status, 403, "{headers:?}");
    }
    assert_eq!(site.status(&session).await["status"], "pending");
    assert_eq!(browser.request("POST", &page, &[("origin", &own)], &form).await.status, 303);
}

#[tokio::test]
async fn pages_can_do_nothing_but_what_they_are_for() {
    let site = Site::start().await;
    let (_, link) = site.session(json!({ "connector_type": "notion" })).await;
    let mut browser = site.browser();
    let welcome = browser.get(&link).await;
    let cookie = welcome.header("set-cookie").unwrap();
    assert!(cookie.starts_with("tieline-setup-"), "{cookie}");
    for part in ["; Path=/;", "HttpOnly", "SameSite=Lax", "Max-Age=2700"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"));
    let page = browser.post(&link, &[]).await;
    let form = browser.get(&page.location()).await;
    let notice = site.browser().get(&page.location()).await;
    for answer in [&welcome, &form, &notice] {
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "style-src 'sha256-",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let body = &answer.body;
        assert!(!body.contains("<script") && !body.contains(" style=") && !body.contains(" src="), "{body}");
    }
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let site = Site::below(|_| "https://tieline.example".to_owned()).await;
    let (_, link) = site.session(json!({})).await;
    let mut browser = site.browser();
    let welcome = browser.get(&link).await;
    let cookie = welcome.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-tieline-setup-"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && cookie.ends_with("; Secure") && !cookie.contains("Domain"), "{cookie}");
    let elsewhere = browser.request("POST", &link, &[("origin", site.url.as_str().trim_end_matches('/'))], "").await;
    assert_eq!(elsewhere.status, 403);
    let own = browser.request("POST", &link, &[("origin", "https://tieline.example")], "").await;
    assert!(Url::parse("https://tieline.example").unwrap().join(&own.location()).is_ok());
}

#[tokio::test]
async fn who_set_something_up_is_in_the_audit_log() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    for token in ["ntn_wrong", TOKEN] {
        browser.post(&page, &[("auth", "token"), ("credentials.token", token), ("form.name", "Wiki")]).await;
    }
    let pool = sqlx::AnyPool::connect(&tieline_server::Settings::sqlite(&site.folder.path().join("tieline.db")))
        .await
        .unwrap();
    let sql =
        "SELECT outcome, COALESCE(connector_id, ''), client FROM audit WHERE operation = 'setup.complete' ORDER BY at";
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
    let connector = site.status(&session).await["source_id"].as_str().unwrap().to_owned();
    let link = "set-up link".to_owned();
    assert_eq!(rows, [("unauthorized".into(), String::new(), link.clone()), ("success".into(), connector, link)]);
}
