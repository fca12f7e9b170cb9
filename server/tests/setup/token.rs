//! Signing in with values that somebody enters.

use serde_json::json;

use crate::common::site::Site;
use crate::common::vendor::{CLIENT_ID, CLIENT_SECRET, REFRESH, TOKEN};

#[tokio::test]
async fn somebody_enters_a_token() {
    let site = Site::start().await;
    let (session, link) = site.session(json!({ "connector_type": "notion" })).await;
    let mut browser = site.browser();

    let welcome = browser.get(&link).await;
    assert_eq!(welcome.status, 200);
    assert!(welcome.body.contains("<h1>Connect Notion</h1>"), "{}", welcome.body);
    assert!(welcome.body.contains("<strong>default</strong>"));

    let page = browser.post(&link, &[]).await;
    assert_eq!((page.status, page.location()), (303, format!("/setup/{session}")));
    let form = browser.get(&page.location()).await;
    assert_eq!(form.status, 200);
    assert!(form.body.contains("Step 1 of 2") && form.body.contains("type=\"password\""), "{}", form.body);
    assert!(form.body.contains("href=\"https://developers.notion.com/guides/get-started/internal-connections\""));
    assert!(form.body.contains("It begins with “ntn_” or “secret_”."));
    assert_eq!(site.status(&session).await["status"], "pending");

    let sent = browser
        .post(
            &page.location(),
            // It was copied with a line break.
            &[("auth", "token"), ("credentials.token", &format!(" {TOKEN}\n")), ("form.name", "Our wiki")],
        )
        .await;
    assert_eq!((sent.status, sent.location()), (303, format!("/setup/{session}/done")), "{}", sent.body);
    let done = browser.get(&sent.location()).await;
    assert!(done.body.contains("<h1>Notion is connected</h1>") && done.body.contains("Our wiki"), "{}", done.body);

    let status = site.status(&session).await;
    assert_eq!((&status["status"], &status["source_name"]), (&json!("completed"), &json!("Our wiki")));
    let connectors = site.connectors().await;
    assert_eq!((connectors.len(), &connectors[0]["id"]), (1, &status["source_id"]));
    assert_eq!(site.list_users(status["source_id"].as_str().unwrap()).await.0, 200);
    site.nothing_leaked(&[TOKEN]);
}

#[tokio::test]
async fn what_was_entered_is_told_to_be_wrong_beside_its_field() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    for (token, expected) in [("hush-wrong-form", "Must start with “ntn_” or “secret_”."), ("", "Enter this value.")]
    {
        let form =
            browser.told(&page, &[("auth", "token"), ("credentials.token", token), ("form.name", "Wiki <1>")]).await;
        let lack = form.between("id=\"credentials.token-error\">", "</p>");
        assert!(lack.ends_with(expected), "{lack}");
        let input = form.between("<input id=\"credentials.token\"", ">");
        for part in [
            "aria-invalid=\"true\"",
            " autofocus",
            "aria-describedby=\"credentials.token-error credentials.token-about\"",
        ] {
            assert!(input.contains(part), "{part}: {input}");
        }
        assert!(form.body.contains("<a href=\"#credentials.token\">Token</a>"), "{}", form.body);
        // What is no secret is there again.
        assert!(form.between("<input id=\"form.name\"", ">").contains("value=\"Wiki &lt;1&gt;\""));
    }
    let nameless = browser.told(&page, &[("auth", "token"), ("credentials.token", TOKEN), ("form.name", " ")]).await;
    assert!(nameless.between("<input id=\"form.name\"", ">").contains("aria-invalid"), "{}", nameless.body);
    assert!(site.connectors().await.is_empty());
    assert_eq!(site.status(&session).await["status"], "pending");
    site.nothing_leaked(&[TOKEN, "hush-wrong-form"]);
}

#[tokio::test]
async fn what_the_vendor_says_is_shown_without_the_secret() {
    let site = Site::start().await;
    let (_, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    let wrong = "ntn_hush-wrong-token";
    let form = [("auth", "token"), ("credentials.token", wrong), ("form.name", "Wiki")];
    let refused = browser.told(&page, &form).await;
    let told = refused.between("role=\"alert\"", "</section>");
    assert!(told.contains("Notion did not accept this") && told.contains("is invalid"), "{told}");
    assert!(refused.between("<input id=\"credentials.token\"", ">").contains(" autofocus"));

    site.vendor.is_down(true);
    let down = browser.told(&page, &form).await;
    let told = down.between("role=\"alert\"", "</section>");
    assert!(told.contains("Notion could not be reached") && told.contains(" autofocus"), "{told}");
    site.nothing_leaked(&[wrong]);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_connector() {
    let site = Site::start().await;
    let (_, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    site.vendor.delay(std::time::Duration::from_millis(300));
    let form = [("auth", "token"), ("credentials.token", TOKEN), ("form.name", "Wiki")];
    let mut other = browser.clone();
    let (one, two) = tokio::join!(browser.post(&page, &form), other.post(&page, &form));
    let done = format!("{page}/done");
    assert_eq!((one.location(), two.location()), (done.clone(), done.clone()));
    // Somebody goes back, and sends it once more.
    assert_eq!(browser.get(&page).await.location(), done);
    assert_eq!(browser.post(&page, &form).await.location(), done);
    assert_eq!(site.connectors().await.len(), 1);
}

#[tokio::test]
async fn a_connector_is_signed_in_anew_and_keeps_its_name() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "kinds", "source_name": "First" })).await;
    let first = [
        ("config.site", "acme"),
        ("config.plan", "paid"),
        ("credentials.email", "me@kinds.example"),
        ("credentials.region", "eu"),
        ("credentials.api_key", "k-hush-good"),
        ("form.name", "First"),
    ];
    assert_eq!(browser.post(&page, &first).await.status, 303);
    let connector = site.status(&session).await["source_id"].clone();

    let (session, mut browser, page) = site.opened(json!({ "connector_id": connector })).await;
    let form = browser.get(&page).await;
    assert!(form.body.contains("<h1>Sign in to Kinds again</h1>") && !form.body.contains("form.name"), "{}", form.body);
    assert!(form.between("<input id=\"config.site\"", ">").contains("value=\"acme\""));
    assert!(form.body.contains("<option value=\"paid\" selected>"));
    let again = [("config.site", "other"), ("form.name", "Other"), first[2], first[3], first[4]];
    assert_eq!(browser.post(&page, &again).await.status, 303);
    let status = site.status(&session).await;
    assert_eq!((&status["source_id"], &status["source_name"]), (&connector, &json!("First")));
    assert_eq!(site.connectors().await.len(), 1);

    // It is deleted while somebody signs it in.
    let (_, mut browser, page) = site.opened(json!({ "connector_id": connector })).await;
    let path = format!("/api/v1/integrations/connectors/{}", connector.as_str().unwrap());
    assert!(site.call("DELETE", &path, &json!(null)).await.0 < 300);
    let gone = browser.told(&page, &again).await;
    assert!(gone.body.contains("has been changed or deleted meanwhile"), "{}", gone.body);
    site.nothing_leaked(&["k-hush-good"]);
}

#[tokio::test]
async fn a_refresh_token_that_the_check_has_used_up_is_replaced() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "refresh" })).await;
    let form = [
        ("credentials.client_id", CLIENT_ID),
        ("credentials.client_secret", CLIENT_SECRET),
        ("credentials.refresh_token", REFRESH),
        ("form.name", "Refresh"),
    ];
    let done = browser.post(&page, &form).await;
    assert_eq!(done.location(), format!("{page}/done"));
    let connector = site.status(&session).await["source_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/integrations/connectors/{connector}/execute");
    let body = json!({ "entity": "things", "action": "list", "params": {} });
    for _ in 0..2 {
        let (status, answer) = site.call("POST", &path, &body).await;
        assert_eq!(status, 200, "{answer}");
        site.vendor.end_access();
    }
    site.nothing_leaked(&[REFRESH]);
}
