//! The set-up pages in a real browser: Chromium, driven through the chromedriver that `TIELINE_CHROMEDRIVER` names. Pictures of every
//! step are kept in the folder of `TIELINE_SCREENSHOTS`. `scripts/browser-tests` runs it.

#![expect(clippy::print_stderr, reason = "tests")]

mod driver;

use serde_json::json;

use crate::common::site::Site;
use crate::common::vendor::{CLIENT_ID, CLIENT_SECRET, TOKEN};
use driver::{Driver, ENTER, SPACE, TAB, Window};

/// The screens that pages are looked at on: width, height, colours, name.
const SCREENS: [(u32, u32, &str, &str); 4] = [
    (1000, 900, "light", "light"),
    (1000, 900, "dark", "dark"),
    (320, 640, "light", "phone"),
    (320, 640, "dark", "phone-dark"),
];

/// Opens the link of a new set-up and goes on from there.
async fn begun(site: &Site, window: &Window, more: serde_json::Value) -> String {
    let (session, link) = site.session(more).await;
    window.go(site.url.join(&link).unwrap().as_str()).await;
    session
}

/// Nothing of a secret is left in a page, its address or what a browser keeps.
async fn nothing_kept(window: &Window, secret: &str) {
    let script = "return document.documentElement.outerHTML + location.href + document.cookie + JSON.stringify(localStorage) \
                  + JSON.stringify(sessionStorage) + [...document.querySelectorAll('input')].map(input => input.value).join()";
    let kept = window.run(script).await;
    assert!(!kept.as_str().unwrap().contains(secret), "{kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn somebody_enters_a_token_without_a_mouse() {
    let Some(driver) = Driver::start().await else { return };
    let (site, window) = (Site::start().await, driver.open("token").await);
    window.screen(1000, 900, "light").await;
    let session = begun(&site, &window, json!({})).await;
    window.until("Connect a service").await;
    window.picture("1-welcome").await;
    window.tab_to("Continue").await;
    window.keys(ENTER).await;

    window.until("What do you want to connect?").await;
    window.picture("2-choose").await;
    for _ in 0..40 {
        window.keys(TAB).await;
        if window.focus().await.starts_with("Notion") {
            break;
        }
    }
    window.keys(ENTER).await;
    window.until("Connect Notion").await;
    window.picture("3-token").await;
    // Back, and on again.
    window.back().await;
    window.until("What do you want to connect?").await;
    window.run("history.forward()").await;
    window.until("Connect Notion").await;

    // Nothing is sent while something is missing.
    window.tab_to("credentials.token").await;
    window.keys(ENTER).await;
    assert_eq!(window.run("return document.querySelector(':invalid:not(form)').id").await, "credentials.token");
    window.keys("hush-wrong").await;
    window.keys(ENTER).await;
    window.says("Must start with “ntn_” or “secret_”.").await;
    assert_eq!(window.focus().await, "credentials.token");
    nothing_kept(&window, "hush-wrong").await;
    window.picture("4-wrong-value").await;

    window.keys("ntn_hush-refused").await;
    window.keys(ENTER).await;
    window.says("Notion did not accept this").await;
    assert_eq!(window.focus().await, "credentials.token");
    nothing_kept(&window, "hush-refused").await;
    window.picture("5-refused").await;

    window.keys(TOKEN).await;
    window.tab_to("form.name").await;
    window.tab_to("More settings").await;
    window.keys(SPACE).await;
    window.tab_to("config.api_version").await;
    window.picture("6-more").await;
    window.tab_to("Connect").await;
    window.keys(ENTER).await;
    window.until("Notion is connected").await;
    nothing_kept(&window, TOKEN).await;
    window.picture("7-done").await;
    assert_eq!(site.status(&session).await["status"], "completed");
    // Back does not send it again.
    window.back().await;
    window.until("Notion is connected").await;
    nothing_kept(&window, TOKEN).await;
    window.reload().await;
    window.until("Notion is connected").await;
    assert_eq!(site.connectors().await.len(), 1);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn somebody_agrees_at_the_vendors_page() {
    let Some(driver) = Driver::start().await else { return };
    let (site, window) = (Site::start().await, driver.open("consent").await);
    window.screen(390, 844, "light").await;
    let session = begun(&site, &window, json!({ "connector_type": "notion", "source_name": "Our wiki" })).await;
    window.until("Connect Notion").await;
    window.picture("1-welcome-notion").await;
    window.follow("button").await;
    window.until("Connect Notion").await;
    window.follow("nav a[href$='auth=oauth']").await;
    window.until("Connect Notion").await;
    window.picture("3-consent").await;
    let fill = async || {
        window.fill("[id='credentials.client_id']", CLIENT_ID).await;
        window.fill("[id='credentials.client_secret']", CLIENT_SECRET).await;
        window.follow("main form button").await;
        window.until("May Tieline see your pages?").await;
    };
    fill().await;
    assert!(!window.address().await.contains(CLIENT_SECRET));
    assert_eq!(window.run("return document.referrer").await, "");

    // Back from the vendor's page: the form is there, and does its work again.
    window.back().await;
    window.until("Connect Notion").await;
    nothing_kept(&window, CLIENT_SECRET).await;
    fill().await;
    window.follow("#deny").await;
    window.says("Notion was not connected").await;
    assert!(window.address().await.ends_with("?auth=oauth&again=1"));
    assert_eq!(window.focus().await, "told");
    window.picture("5-denied").await;

    fill().await;
    let agree = window.run("return document.getElementById('agree').href").await;
    window.follow("#agree").await;
    window.until("Notion is connected").await;
    for secret in site.vendor.secrets() {
        nothing_kept(&window, &secret).await;
    }
    assert_eq!(site.status(&session).await["source_name"], "Our wiki");
    window.picture("7-done-consent").await;

    // The vendor's page once more: a new code, for a sign-in that has ended.
    window.go(agree.as_str().unwrap()).await;
    window.until("Notion is connected").await;
    assert_eq!((site.connectors().await.len(), site.vendor.token_requests()), (1, 1));

    // Another browser brings an answer, or has the link.
    let other = driver.open("other").await;
    other.screen(1000, 900, "light").await;
    other.go(agree.as_str().unwrap()).await;
    other.until("This sign-in began in another browser").await;
    other.picture("8-other-browser").await;
    let (session, link) = site.session(json!({ "connector_type": "notion" })).await;
    window.go(site.url.join(&link).unwrap().as_str()).await;
    window.follow("button").await;
    window.until("Connect Notion").await;
    other.go(site.url.join(&link).unwrap().as_str()).await;
    other.until("This link has been used").await;
    other.picture("8-link-used").await;
    site.expire(&session).await;
    window.fill("[id='credentials.token']", TOKEN).await;
    window.follow("main form button").await;
    window.until("This took too long").await;
    window.picture("8-expired").await;
    other.close().await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn somebody_signs_in_again_with_a_client_that_is_known() {
    let Some(driver) = Driver::start().await else { return };
    let (site, window) = (Site::start().await, driver.open("again").await);
    window.screen(1000, 900, "light").await;
    site.put_client().await;
    let session = begun(&site, &window, json!({ "connector_type": "notion" })).await;
    window.follow("button").await;
    window.says("You continue on Notion’s own page").await;
    window.picture("3-own-client").await;
    window.follow("main form button").await;
    window.until("May Tieline see your pages?").await;
    // The answer arrives twice, and the first one takes its time.
    site.vendor.delay(std::time::Duration::from_secs(3));
    window.run("fetch(document.getElementById('agree').href, { mode: 'no-cors', credentials: 'include' })").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    window.follow("#agree").await;
    window.until("One moment").await;
    window.picture("6-busy").await;
    window.until("Notion is connected").await;
    assert_eq!((site.connectors().await.len(), site.vendor.token_requests()), (1, 1));
    site.vendor.delay(std::time::Duration::ZERO);

    let connector = site.status(&session).await["source_id"].clone();
    begun(&site, &window, json!({ "connector_id": connector })).await;
    window.until("Sign in to Notion again").await;
    window.picture("1-welcome-again").await;
    window.follow("button").await;
    window.says("You continue on Notion’s own page").await;
    window.picture("3-again").await;
    window.follow("main form button").await;
    window.until("May Tieline see your pages?").await;
    window.follow("#agree").await;
    window.until("Notion is connected").await;
    assert_eq!(site.connectors().await.len(), 1);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn somebody_comes_from_a_callers_own_page_and_goes_back_there() {
    let Some(driver) = Driver::start().await else { return };
    let (site, window) = (Site::start().await, driver.open("caller").await);
    window.screen(1000, 900, "light").await;
    site.put_client().await;
    let back = site.vendor.url.join("/callers-page?tab=1").unwrap();
    let link = site.consent(back.as_str()).await;
    window.go(site.url.join(&link).unwrap().as_str()).await;
    window.says("You agree on a page of Notion; after that you go on to 127.0.0.1.").await;
    window.picture("1-welcome-consent").await;
    window.follow("button").await;
    window.until("May Tieline see your pages?").await;
    window.back().await;
    window.go(site.url.join(&link).unwrap().as_str()).await;
    window.until("May Tieline see your pages?").await;
    window.follow("#agree").await;
    let made = window.arrives(&format!("{back}&connector_id=")).await;
    assert_eq!(site.connectors().await[0]["id"], made);
    assert_eq!(window.run("return document.referrer").await, "");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn every_kind_of_value_has_its_place() {
    let Some(driver) = Driver::start().await else { return };
    let (site, window) = (Site::start().await, driver.open("kinds").await);
    window.screen(1000, 900, "light").await;
    begun(&site, &window, json!({ "connector_type": "kinds" })).await;
    window.follow("button").await;
    window.until("Connect Kinds").await;
    window.picture("3-kinds").await;
    window.fill("[id='config.site']", "-").await;
    window.fill("[id='credentials.email']", "me@kinds.example").await;
    window.run("document.getElementById('credentials.region').value = 'us'").await;
    window.fill("[id='credentials.api_key']", "wrong").await;
    window.follow("main form button").await;
    // All that is wrong is told at once; what is told leads to the value.
    window.says("Must start with “k-”.").await;
    window.says("This does not look like the example.").await;
    assert_eq!(window.focus().await, "config.site");
    window.picture("4-kinds-wrong").await;
    window.click(".error li a[href$='credentials.api_key']").await;
    assert!(window.address().await.ends_with("#credentials.api_key"));
    assert_eq!(window.focus().await, "credentials.api_key");
    window.fill("[id='credentials.api_key']", "k-hush").await;
    window.follow("main form button").await;
    window.says("This does not look like the example.").await;
    assert_eq!(window.focus().await, "config.site");
    begun(&site, &window, json!({ "connector_type": "hostile" })).await;
    window.follow("button").await;
    window.run("document.title").await;
    window.picture("9-hostile").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs chromedriver: scripts/browser-tests"]
async fn over_plain_http_forms_say_where_they_come_from() {
    let Some(driver) = Driver::start().await else { return };
    let port = std::sync::OnceLock::new();
    let site = Site::below(|address| {
        port.set(address.rsplit(':').next().unwrap().to_owned()).unwrap();
        format!("http://tieline.example:{}", port.get().unwrap())
    });
    let (site, window) = (site.await, driver.open("plain").await);
    let (session, link) = site.session(json!({ "connector_type": "open" })).await;
    // The browser trusts this host no more than any other: it sends no `Sec-Fetch-Site`.
    window.go(&format!("http://tieline.example:{}{link}", port.get().unwrap())).await;
    window.follow("button").await;
    window.until("Connect Open Weather").await;
    window.follow("main form button").await;
    window.until("Open Weather is connected").await;
    assert_eq!(site.status(&session).await["status"], "completed");
    window.close().await;
}
