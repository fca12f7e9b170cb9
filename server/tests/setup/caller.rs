//! A consent that begins in a caller's own page, and ends there.

use std::collections::HashMap;

use serde_json::json;
use url::Url;

use crate::common::http::Answer;
use crate::common::site::{Browser, Site};
use crate::common::vendor::TOKEN;

const BACK: &str = "https://app.example/connected?tab=1";

/// A consent, up to the vendor's page.
async fn left(site: &Site) -> (String, Browser, String) {
    let (link, mut browser) = (site.consent(BACK).await, site.browser());
    browser.get(&link).await;
    let vendor = browser.post(&link, &[]).await.leads_to();
    (link, browser, vendor)
}

/// What the caller's own page is told.
fn told(answer: &Answer) -> HashMap<String, String> {
    assert_eq!((answer.status, answer.header("referrer-policy")), (303, Some("no-referrer")), "{}", answer.body);
    let url = answer.location();
    assert!(url.starts_with(BACK), "{url}");
    Url::parse(&url).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_caller_is_told_which_connector_it_is() {
    let site = Site::start().await;
    let body = json!({ "workspace_name": "default", "connector_type": "notion", "redirect_url": BACK });
    let (status, answer) = site.call("POST", "/api/v1/integrations/connectors/oauth/initiate", &body).await;
    assert_eq!(status, 400, "{answer}");
    site.put_client().await;
    let link = site.consent(BACK).await;
    let mut browser = site.browser();
    // A program that looks at the link does not use it up, and nobody goes to the vendor who has not read who asks them.
    for method in ["HEAD", "GET"] {
        assert_eq!(site.browser().request(method, &link, &[], "").await.status, 200);
    }
    let welcome = browser.get(&link).await.body;
    for shown in ["Connect Notion", "<strong>default</strong>", "<strong>app.example</strong>"] {
        assert!(welcome.contains(shown), "{shown}: {welcome}");
    }
    assert!(!welcome.contains(site.vendor.url.as_str()), "{welcome}");
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(browser.request("POST", &link, &foreign, "").await.status, 403);
    let left = browser.post(&link, &[]).await;
    assert!(left.body.contains("go on to <strong>app.example</strong>"), "{}", left.body);
    let vendor = left.leads_to();
    // Somebody clicks twice, and goes back.
    assert_eq!(browser.post(&link, &[]).await.leads_to(), vendor);
    assert_eq!(browser.get(&link).await.leads_to(), vendor);
    for used in [site.browser().get(&link).await, site.browser().post(&link, &[]).await] {
        assert!(used.status == 410 && used.body.contains("This link has been used"), "{}", used.body);
    }
    let back = site.vendor.decided(&vendor, true).await;
    assert!(site.browser().come_back(&back).await.status == 403, "another browser");
    let made = told(&browser.come_back(&back).await);
    assert_eq!(made["tab"], "1");
    let connectors = site.connectors().await;
    assert_eq!((connectors.len(), &connectors[0]["id"]), (1, &json!(made["connector_id"])));
    assert_eq!(connectors[0]["name"], "Wiki");
    // Again: the same.
    assert_eq!(told(&browser.come_back(&back).await), made);
    assert_eq!(told(&browser.get(&link).await), made);
    assert_eq!(site.list_users(&made["connector_id"]).await.0, 200);
    site.nothing_leaked(&[]);
}

#[tokio::test]
async fn a_caller_is_told_why_there_is_none() {
    let site = Site::start().await;
    site.put_client().await;
    let (_, mut browser, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, false).await;
    let denied = told(&browser.come_back(&back).await);
    assert_eq!(denied["error"], "creation_failed");
    assert!(denied["error_description"].contains("access_denied") && !denied.contains_key("connector_id"));
    assert_eq!(told(&browser.come_back(&back).await), denied);
    assert!(site.connectors().await.is_empty());
}

#[tokio::test]
async fn no_code_is_spent_where_there_is_no_room() {
    let site = Site::start().await;
    site.put_client().await;
    let (_, mut browser, vendor) = left(&site).await;
    let back = site.vendor.decided(&vendor, true).await;
    site.fill().await;
    let told = told(&browser.come_back(&back).await);
    assert!(told["error_description"].contains("10000 connectors"), "{told:?}");
    assert_eq!(site.vendor.token_requests(), 0);
}

#[tokio::test]
async fn a_consent_has_no_other_pages() {
    let site = Site::start().await;
    site.put_client().await;
    let (link, mut browser, vendor) = left(&site).await;
    let name = browser.cookies.keys().find_map(|name| name.strip_prefix("tieline-setup-")).unwrap().to_owned();
    let form = [("auth", "token"), ("credentials.token", TOKEN), ("form.name", "Wiki")];
    for path in [format!("/setup/{name}"), format!("/setup/{name}/done")] {
        assert_eq!(browser.get(&path).await.status, 404);
    }
    assert_eq!(browser.post(&format!("/setup/{name}"), &form).await.status, 404);
    assert!(site.connectors().await.is_empty());
    // Once the vendor has answered, nobody goes there again.
    let back = site.vendor.decided(&vendor, true).await;
    told(&browser.come_back(&back).await);
    assert_eq!(
        told(&browser.post(&link, &[]).await)["connector_id"],
        site.connectors().await[0]["id"].as_str().unwrap()
    );
}
