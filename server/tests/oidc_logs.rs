//! What is logged when somebody logs in at a provider: no secret, at the finest level. A program of its own, because logging is set up once.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "oidc/flow.rs"]
mod flow;
#[path = "oidc/provider.rs"]
mod provider;

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;

use flow::{client_of, href, served, signed_in, started};
use provider::{SECRET, Signing};

/// What this thread logs.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_holds_a_secret_at_the_finest_level() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    // This test's runtime has one thread, and all that the server does is done on it.
    let _guard = tracing::subscriber::set_default(subscriber.finish());
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

    let text = String::from_utf8_lossy(&logged.0.lock().unwrap()).into_owned();
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
