//! What is asked, for connectors of every kind.

use serde_json::{Value, json};

use crate::common::site::Site;

#[tokio::test]
async fn whoever_opens_the_page_chooses_the_connector() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({})).await;
    let choices = browser.get(&page).await;
    assert!(choices.body.contains("Step 1 of 3") && choices.body.contains("type=\"search\""), "{}", choices.body);
    for name in ["notion", "chargebee", "open", "kinds", "pkce", "hostile"] {
        assert!(choices.body.contains(&format!("href=\"{page}?connector={name}\"")), "{name}: {}", choices.body);
    }
    // Nothing is chosen before the end: somebody may go back and take another.
    let notion = browser.get(&format!("{page}?connector=notion")).await;
    assert!(notion.body.contains("Step 2 of 3") && notion.body.contains("Choose something else"), "{}", notion.body);
    assert!(notion.body.contains("connector=notion&amp;auth=oauth"), "{}", notion.body);
    let open = browser.get(&format!("{page}?connector=open")).await;
    assert!(open.body.contains("Open Weather needs no sign-in."), "{}", open.body);
    assert!(browser.get(&format!("{page}?connector=no-such")).await.body.contains("What do you want to connect?"));
    assert!(browser.get(&format!("{page}?find=weather")).await.body.contains("connector=open"));
    assert!(browser.get(&format!("{page}?find=%3Ci%3E")).await.body.contains("Nothing is called “&lt;i&gt;”"));

    let done = browser.post(&page, &[("connector", "open"), ("form.name", "Sky")]).await.location();
    let done = browser.get(&done).await;
    assert!(
        done.body.contains("Open Weather is connected") && done.body.contains("has not been tried"),
        "{}",
        done.body
    );
    let status = site.status(&session).await;
    assert_eq!((&status["status"], &status["source_name"]), (&json!("completed"), &json!("Sky")));
    assert!(status["source_definition_id"].is_string() && status["source_template_id"].is_string());
}

#[tokio::test]
async fn a_link_for_one_connector_sets_up_no_other() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    assert!(browser.get(&format!("{page}?connector=open")).await.body.contains("Connect Notion"));
    browser.told(&page, &[("connector", "open"), ("auth", "token"), ("form.name", "Sky")]).await;
    assert_eq!(site.status(&session).await["status"], "pending");
}

#[tokio::test]
async fn values_of_every_kind_are_asked_for_and_sent() {
    let site = Site::start().await;
    let (session, mut browser, page) = site.opened(json!({ "connector_type": "kinds" })).await;
    let form = browser.get(&page).await;
    // What must be given stands before what may be.
    let at = |what: &str| form.body.find(what).unwrap_or_else(|| panic!("no {what} in {}", form.body));
    assert!(
        at("id=\"config.site\"") < at("id=\"credentials.email\"") && at("credentials.api_key") < at("More settings")
    );
    assert!(at("More settings") < at("id=\"config.plan\""));
    assert!(form.between("<input id=\"config.size\"", ">").contains("inputmode=\"numeric\""));
    assert!(form.between("<select id=\"config.sandbox\"", "</select>").contains("<option value=\"true\">Yes</option>"));
    assert!(form.between("<select id=\"credentials.region\"", "</select>").contains("Choose one"));
    assert!(form.body.contains("<textarea id=\"config.teams\""));
    assert!(form.body.contains("“free” if you leave this empty."));
    // A link that is not https is not shown.
    assert!(!form.body.contains("kinds.example/keys"));

    let wrong = [
        ("config.site", "-"),
        ("config.size", "many"),
        ("credentials.email", "me@kinds.example"),
        ("credentials.region", "eu"),
        ("credentials.api_key", "k-hush-good"),
        ("form.name", "Kinds"),
    ];
    let told = browser.told(&page, &wrong).await;
    assert!(told.between("<input id=\"config.site\"", ">").contains(" autofocus"), "{}", told.body);
    for part in ["value=\"-\"", "value=\"many\"", "value=\"me@kinds.example\"", "<option value=\"eu\" selected>"] {
        assert!(told.body.contains(part), "{part}: {}", told.body);
    }
    assert!(told.body.contains("<details class=\"more\" open>") && told.body.contains("Expected a whole number."));
    assert!(told.body.contains("Secrets are not shown again"));

    let mut right = wrong.to_vec();
    right[0].1 = "acme";
    right[1].1 = "20";
    right.extend([("config.sandbox", "true"), ("config.teams", "red\r\n\r\nblue ")]);
    assert_eq!(browser.post(&page, &right).await.status, 303);
    let connector = site.status(&session).await["source_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/integrations/connectors/{connector}");
    let shown = site.call("GET", &path, &Value::Null).await.1;
    let config = &shown["replication_config"];
    assert_eq!(
        (&config["size"], &config["sandbox"], &config["teams"]),
        (&json!(20), &json!(true), &json!(["red", "blue"]))
    );
    site.nothing_leaked(&["k-hush-good"]);
}

#[tokio::test]
async fn a_site_is_asked_for_before_its_key() {
    let site = Site::start().await;
    let (_, mut browser, page) = site.opened(json!({ "connector_type": "chargebee" })).await;
    let form = browser.get(&page).await;
    assert!(
        form.body.contains("id=\"config.site\"") && form.body.contains("For example “acme-test”."),
        "{}",
        form.body
    );
    // There is one way to sign in, and nothing to choose.
    assert!(!form.body.contains("Ways to sign in"));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let site = Site::start().await;
    let (_, mut browser, page) = site.opened(json!({ "connector_type": "notion" })).await;
    let form = [("auth", "token"), ("credentials.token", "wrong"), ("config.api_version", "soon"), ("form.name", " ")];
    let told = browser.told(&page, &form).await;
    for field in ["credentials.token", "config.api_version", "form.name"] {
        assert!(told.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", told.body);
    }
    let named =
        [("auth", "token"), ("credentials.token", "wrong"), ("config.api_version", "soon"), ("form.name", "Wiki")];
    let told = browser.told(&page, &named).await;
    for (field, is_told) in [("credentials.token", true), ("config.api_version", true), ("form.name", false)] {
        assert_eq!(told.body.contains(&format!("id=\"{field}-error\"")), is_told, "{field}: {}", told.body);
    }
}
