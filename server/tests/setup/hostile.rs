//! A manifest whose texts try to be more than texts, and values that do.

use serde_json::json;

use crate::common::site::Site;

#[track_caller]
fn harmless(body: &str) {
    for part in [
        "<script",
        "<img",
        "<iframe",
        "<b>",
        "<i>",
        "<u>",
        "<svg onload",
        "javascript:alert(1)\"",
        "\" onfocus",
        "\u{202e}",
    ] {
        assert!(!body.contains(part), "{part} is in {body}");
    }
}

#[tokio::test]
async fn texts_of_a_manifest_stay_texts() {
    let site = Site::start().await;
    let (_, link) =
        site.session(json!({ "connector_type": "hostile", "source_name": "\"><script>name</script>" })).await;
    let mut browser = site.browser();
    harmless(&browser.get(&link).await.body);
    let page = browser.post(&link, &[]).await.location();
    let form = browser.get(&format!("{page}?auth=key")).await;
    harmless(&form.body);
    assert!(form.body.contains("&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt;"), "{}", form.body);
    assert!(form.body.contains("{{{title}}} {{&gt; form}}"), "{}", form.body);
    assert!(form.between("<div class=\"markdown\">", "</div>").contains("<a href=\"https://good.example/\""));
    assert_eq!(form.body.matches("<form").count(), 1);
    let told = browser.told(&page, &[("auth", "key"), ("form.name", "</title><script>")]).await;
    harmless(&told.body);
    assert!(told.body.contains("value=\"&lt;/title&gt;&lt;script&gt;\""), "{}", told.body);
    let done =
        browser.post(&page, &[("auth", "key"), ("credentials.secret", "hush"), ("form.name", "<b>name</b>")]).await;
    harmless(&browser.get(&done.location()).await.body);
    let (_, mut browser, page) = site.opened(json!({})).await;
    harmless(&browser.get(&page).await.body);
}
