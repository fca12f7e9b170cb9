//! A consent that begins in a caller's own page, and ends there.

use std::collections::HashMap;

use serde_json::json;
use url::Url;

use crate::common::http::Answer;
use crate::common::site::Site;

const BACK: &str = "https://app.example/connected?tab=1";

/// Begins one; gives back the path of its URL.
async fn begun(site: &Site) -> String {
    let body = json!({ "workspace_name": "default", "connector_type": "notion", "redirect_url": BACK, "name": "Wiki" });
    let (status, answer) = site.call("POST", "/api/v1/integrations/connectors/oauth/initiate", &body).await;
    assert_eq!(status, 200, "{answer}");
    Url::parse(answer["consent_url"].as_str().unwrap()).unwrap().path().to_owned()
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
    let start = begun(&site).await;
    let mut browser = site.browser();
    // A program that looks at the link does not use it up.
    assert_eq!(browser.request("HEAD", &start, &[], "").await.status, 405);
    let left = browser.get(&start).await;
    assert_eq!(left.status, 303);
    // Somebody clicks twice.
    assert_eq!(browser.get(&start).await.location(), left.location());
    assert_eq!(site.browser().get(&start).await.status, 410);
    let back = site.vendor.decided(&left.location(), true).await;
    assert!(site.browser().come_back(&back).await.status == 403, "another browser");
    let made = told(&browser.come_back(&back).await);
    assert_eq!(made["tab"], "1");
    let connectors = site.connectors().await;
    assert_eq!((connectors.len(), &connectors[0]["id"]), (1, &json!(made["connector_id"])));
    assert_eq!(connectors[0]["name"], "Wiki");
    // Again: the same.
    assert_eq!(told(&browser.come_back(&back).await), made);
    assert_eq!(told(&browser.get(&start).await), made);
    assert_eq!(site.list_users(&made["connector_id"]).await.0, 200);
    site.nothing_leaked(&[]);
}

#[tokio::test]
async fn a_caller_is_told_why_there_is_none() {
    let site = Site::start().await;
    site.put_client().await;
    let (start, mut browser) = (begun(&site).await, site.browser());
    let back = site.vendor.decided(&browser.get(&start).await.location(), false).await;
    let denied = told(&browser.come_back(&back).await);
    assert_eq!(denied["error"], "creation_failed");
    assert!(denied["error_description"].contains("access_denied") && !denied.contains_key("connector_id"));
    assert_eq!(told(&browser.come_back(&back).await), denied);
    assert!(site.connectors().await.is_empty());
}

#[tokio::test]
async fn a_link_of_one_kind_is_none_of_the_other() {
    let site = Site::start().await;
    site.put_client().await;
    let start = begun(&site).await;
    let (_, link) = site.session(json!({ "connector_type": "notion" })).await;
    let (start_text, link_text) = (start.rsplit('/').next().unwrap(), link.rsplit('/').next().unwrap());
    let mut browser = site.browser();
    for wrong in [format!("/setup/link/{start_text}"), format!("/oauth/start/{link_text}")] {
        assert_eq!(browser.get(&wrong).await.status, 404);
    }
    // Neither has been used up.
    assert_eq!(browser.get(&start).await.status, 303);
    browser.get(&link).await;
    assert_eq!(browser.post(&link, &[]).await.status, 303);
}
