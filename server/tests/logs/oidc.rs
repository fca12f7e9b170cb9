//! What is logged when somebody logs in at a provider: no secret, at the finest level.

use serde_json::json;

use crate::flow::{client_of, href, served, signed_in, started};
use crate::provider::{SECRET, Signing};

#[tokio::test]
async fn no_log_holds_a_secret_at_the_finest_level() {
    crate::log::keep();
    let (server, provider) = served().await;
    let (left, cookie) = started(&server).await;
    drop(href(&left));
    let back = signed_in(&server, &provider).await;
    let grant = href(&back).query().unwrap().split_once('&').unwrap().0.replace("code=", "");
    client_of(&server, &back).await;
    provider.signs(Signing::Forged);
    assert_eq!(signed_in(&server, &provider).await.status, 502);
    provider.signs(Signing::Es256);
    provider.says(json!({ "email": "eve@evil.example" }));
    assert_eq!(signed_in(&server, &provider).await.status, 403);

    let text = crate::log::text();
    assert!(text.contains("somebody has signed in at the provider") && text.contains("no key of the issuer"), "{text}");
    let mut secrets = std::mem::take(&mut provider.seen.lock().unwrap().secrets);
    let cookie = cookie.trim_start_matches("tieline-login=").split(';').next().unwrap().to_owned();
    secrets.extend([grant, cookie, SECRET.to_owned(), "s3cret".to_owned()]);
    assert!(secrets.len() > 12 && secrets.iter().all(|secret| secret.len() > 5));
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret} stands in {line:?}");
    }
}
