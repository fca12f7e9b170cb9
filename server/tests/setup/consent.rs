//! Signing in at the vendor's page: OAuth with consent.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::common::http::pairs;
use crate::common::site::{Browser, Site};
use crate::common::vendor::{CLIENT_ID, CLIENT_SECRET};

const FORM: [(&str, &str); 4] = [
    ("auth", "oauth"),
    ("credentials.client_id", CLIENT_ID),
    ("credentials.client_secret", CLIENT_SECRET),
    ("form.name", "Our wiki"),
];

/// A set-up of Notion, up to the vendor's page.
async fn left(site: &Site) -> (String, Browser, String, String) {
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    let vendor = browser.post(&page, &FORM).await.leads_to();
    (session, browser, page, vendor)
}

#[tokio::test]
async fn somebody_agrees_at_the_vendors_page() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    let form = browser.get(&format!("{page}?auth=oauth")).await;
    assert!(form.body.contains(&format!("{}oauth/callback</code>", site.url)), "{}", form.body);
    assert!(!form.body.contains("credentials.access_token"), "{}", form.body);

    let left = browser.post(&page, &FORM).await;
    assert!(left.header("content-security-policy").unwrap().contains("form-action 'self'"));
    let vendor = left.leads_to();
    assert!(vendor.starts_with(site.vendor.url.as_str()) && vendor.contains("owner=user"), "{vendor}");
    assert!(!vendor.contains(CLIENT_SECRET) && !vendor.contains("code_challenge"));

    let back = site.vendor.decided(&vendor, true).await;
    let done = browser.come_back(&back).await;
    assert_eq!((done.status, done.location()), (303, format!("{page}/done")));
    assert!(browser.get(&done.location()).await.body.contains("Notion is connected"));
    let status = site.status(&session).await;
    assert_eq!((&status["status"], &status["source_name"]), (&json!("completed"), &json!("Our wiki")));

    // The tokens are renewed once they have ended, with a refresh token that works once.
    let connector = status["source_id"].as_str().unwrap();
    assert_eq!(site.list_users(connector).await.0, 200);
    for _ in 0..2 {
        site.vendor.end_access();
        let (status, answer) = site.list_users(connector).await;
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(site.vendor.token_requests(), 3);
    // The code is the vendor's own, and stands in the URL that it sent the browser to.
    site.nothing_leaked(&[]);
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let site = Site::start().await;
    let (_, mut browser, page, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    // Somebody reloads, or goes back: they see that it is done.
    for _ in 0..2 {
        assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    }
    assert_eq!((site.connectors().await.len(), site.vendor.token_requests()), (1, 1));
}

#[tokio::test]
async fn whoever_reloads_too_early_is_told_to_wait() {
    let site = Site::start().await;
    let (_, mut browser, page, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    site.vendor.delay(Duration::from_millis(400));
    let (mut other, again) = (browser.clone(), back.clone());
    // The first request is broken off: what it does goes on.
    let first = tokio::time::timeout(Duration::from_millis(200), other.come_back(&again)).await;
    assert!(first.is_err());
    let busy = browser.come_back(&back).await;
    assert!(busy.status == 200 && busy.body.contains("One moment"), "{}", busy.body);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    assert_eq!((site.connectors().await.len(), site.vendor.token_requests()), (1, 1));
}

#[tokio::test]
async fn somebody_denies_and_agrees_then() {
    let site = Site::start().await;
    let (session, mut browser, page, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, false).await;
    let form = browser.come_back(&back).await;
    assert_eq!((form.status, form.location()), (303, format!("{page}?auth=oauth&again=1")));
    let form = browser.shown_again(&form).await;
    assert!(form.between("<input id=\"credentials.client_id\"", ">").contains("value=\"client-1\""), "{}", form.body);
    let told = form.between("role=\"alert\"", "</section>");
    assert!(told.contains("Notion was not connected") && told.contains("You can try again"), "{told}");
    assert!(site.status(&session).await["error"].as_str().unwrap().contains("access_denied"));
    // Another way to sign in says nothing of it.
    assert!(!browser.get(&format!("{page}?auth=token")).await.body.contains("role=\"alert\""));

    let vendor = browser.post(&page, &FORM).await.leads_to();
    // The answer from before is no good any more.
    let old = browser.come_back(&back).await;
    assert!(old.status == 400 && old.body.contains("Nobody waits for this answer"), "{}", old.body);
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    assert_eq!(site.status(&session).await["error"], json!(null));
}

#[tokio::test]
async fn a_forged_answer_is_refused() {
    let site = Site::start().await;
    let (session, mut browser, _, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    for forged in [
        pairs(&[("code", &code), ("state", "A".repeat(43).as_str())]),
        pairs(&[("code", &code), ("state", "")]),
        pairs(&[("code", &code)]),
        pairs(&[("error", "access_denied")]),
        String::new(),
    ] {
        let answer = browser.get(&format!("/oauth/callback?{forged}")).await;
        assert!(answer.status == 400 && answer.body.contains("Nobody waits"), "{}", answer.body);
    }
    // A code that the vendor did not give, with the right state: the vendor refuses it.
    let mut wrong = back.clone();
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    wrong.query_pairs_mut().clear().extend_pairs([("code", "made-up"), ("state", &state)]);
    let form = browser.come_back(&wrong).await;
    let form = browser.shown_again(&form).await;
    assert!(form.body.contains("Notion could not be connected"), "{}", form.body);
    assert_eq!(site.status(&session).await["status"], "pending");
    assert!(site.connectors().await.is_empty());
}

#[tokio::test]
async fn another_browser_cannot_bring_the_answer() {
    let site = Site::start().await;
    let (_, mut browser, page, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    // Somebody is made to open the answer to a sign-in that is not theirs, with a set-up of their own and without.
    let (_, mut theirs, _, _) = left(&site).await;
    for other in [&mut site.browser(), &mut theirs] {
        let refused = other.come_back(&back).await;
        assert!(refused.status == 403 && refused.body.contains("in another browser"), "{}", refused.body);
    }
    assert_eq!(site.vendor.token_requests(), 0);
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
}

#[tokio::test]
async fn two_set_ups_go_on_side_by_side_in_one_browser() {
    let site = Site::start().await;
    let (_, mut browser, first, vendor) = left(&site).await;
    let (_, link) = site.session(json!({ "connector_type": "open" })).await;
    browser.get(&link).await;
    let second = browser.post(&link, &[]).await.location();
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{first}/done"));
    assert_eq!(browser.post(&second, &[("form.name", "Sky")]).await.location(), format!("{second}/done"));
    assert_eq!(site.connectors().await.len(), 2);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_taken() {
    let site = Site::start().await;
    let (session, mut browser, page, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    site.expire(&session).await;
    for answer in [browser.come_back(&back).await, browser.get(&page).await, browser.post(&page, &FORM).await] {
        assert!(answer.status == 410 && answer.body.contains("This took too long"), "{}", answer.body);
    }
    assert_eq!((site.vendor.token_requests(), site.status(&session).await["status"].clone()), (0, json!("error")));
}

#[tokio::test]
async fn a_redirect_uri_that_the_vendor_does_not_know_is_the_vendors_to_refuse() {
    let site = Site::below(|address| format!("http://{address}/tieline/")).await;
    let (_, link) = site.session(json!({ "connector_type": "notion" })).await;
    // A proxy takes the prefix away.
    let link = link.strip_prefix("/tieline").unwrap().to_owned();
    let mut browser = site.browser();
    let welcome = browser.get(&link).await;
    assert!(welcome.body.contains("action=\"/tieline/setup/link/"), "{}", welcome.body);
    let page = browser.post(&link, &[]).await.location();
    let form = browser.get(page.strip_prefix("/tieline").unwrap()).await;
    assert!(form.body.contains(&format!("action=\"{page}\"")), "{}", form.body);
    let vendor = browser.post(page.strip_prefix("/tieline").unwrap(), &FORM).await.leads_to();
    let asked = Url::parse(&vendor).unwrap();
    let redirect_uri = asked.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    assert_eq!(redirect_uri, format!("{}tieline/oauth/callback", site.url));
    let back = site.vendor.decided(&vendor, true).await;
    let path = back.path().strip_prefix("/tieline").unwrap();
    let done = browser.get(&format!("{path}?{}", back.query().unwrap())).await;
    assert_eq!(done.location(), format!("{page}/done"));
}

#[tokio::test]
async fn a_client_of_the_organization_asks_for_nothing() {
    let site = Site::start().await;
    site.put_client().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    let form = browser.get(&page).await;
    assert!(form.body.contains("Continue to Notion") && !form.body.contains("credentials."), "{}", form.body);
    let vendor = browser.post(&page, &[("auth", "oauth"), ("form.name", "Wiki")]).await.leads_to();
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));

    // Signed in anew with the client that the connector has, or with another.
    let (status, _) = site.call("DELETE", "/api/v1/oauth/credentials/connector_type/notion", &json!(null)).await;
    assert_eq!(status, 204);
    let connector = site.status(&session).await["source_id"].clone();
    let (_, mut browser, page) = site.opened(json!({ "connector_id": connector })).await;
    let form = browser.get(&page).await;
    assert!(!form.body.contains("credentials.") && form.body.contains("client=other"), "{}", form.body);
    let other = browser.get(&format!("{page}?auth=oauth&client=other")).await;
    assert!(other.body.contains("credentials.client_secret"), "{}", other.body);
    let wrong = [("auth", "oauth"), ("client", "other"), ("credentials.client_id", "")];
    let refused = browser.told(&page, &wrong).await;
    assert!(refused.between("<input id=\"credentials.client_id\"", ">").contains("aria-invalid"), "{}", refused.body);
    let vendor = browser.post(&page, &[("auth", "oauth")]).await.leads_to();
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    assert_eq!(site.list_users(connector.as_str().unwrap()).await.0, 200);
    assert_eq!(site.connectors().await.len(), 1);
    site.nothing_leaked(&[]);
}

#[tokio::test]
async fn proof_is_given_where_the_vendor_takes_it() {
    let site = Site::start().await;
    let (_, mut browser, page) = site.opened(json!({ "connector_type": "pkce" })).await;
    let form = [("auth", "oauth"), ("credentials.client_id", CLIENT_ID), ("form.name", "Proof")];
    let vendor = browser.post(&page, &form).await.leads_to();
    assert!(vendor.contains("code_challenge_method=S256") && vendor.contains("scope=read+write"), "{vendor}");
    let back = site.vendor.decided(&vendor, true).await;
    assert_eq!(browser.come_back(&back).await.location(), format!("{page}/done"));
    site.nothing_leaked(&[]);
}
