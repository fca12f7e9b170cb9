//! Nothing shows a secret. `cases.rs` and `command_line.rs` search what every case logs, prints and gives; here the search itself is
//! tried, and the cases are held to secrets that it knows.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Credentials, Source};
use tieline_tests::case::{Case, here};
use tieline_tests::listen::listen;
use tieline_tests::secrets::{WORD, absent};

/// Secrets that cannot hold the word, each with the reason.
const WITHOUT_THE_WORD: &[(&str, &str)] = &[("dialect-service-account-jwt", "a private key is what it is")];

#[test]
fn every_secret_of_a_case_is_known_to_the_search() {
    let mut without = BTreeSet::new();
    for case in
        [Case::all("cases/execute"), Case::all("cases/request"), Case::all_of_connectors()].into_iter().flatten()
    {
        if WITHOUT_THE_WORD.iter().any(|(name, _)| *name == case.name()) {
            continue;
        }
        let connector = case.connector().unwrap();
        let secret = |name: &str| {
            let schemes = connector.head().auth.values();
            schemes.filter_map(|scheme| scheme.fields.get(name)).any(|field| field.is_secret())
        };
        for call in case.calls().unwrap() {
            let given = call.credentials.iter().filter_map(Value::as_object).flatten();
            let given = given.filter(|(name, _)| secret(name)).map(|(_, value)| value);
            let stored = call.token_store.iter().filter_map(Value::as_object).flatten();
            let stored = stored.filter(|(name, _)| name.ends_with("_token")).map(|(_, value)| value);
            let texts = given.chain(stored).filter_map(Value::as_str).filter(|text| !text.is_empty());
            without.extend(texts.filter(|text| !text.contains(WORD)).map(|text| format!("{}: {text}", case.name())));
        }
    }
    assert!(
        without.is_empty(),
        "secrets without the word `{WORD}`:\n{}",
        without.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn a_secret_that_is_planted_is_found() {
    let secret = format!("key-{WORD}-1");
    let basic = |user: &str| format!("authorization: Basic {}", STANDARD.encode(format!("{user}:{secret}")));
    let bytes: Vec<u8> = secret.bytes().collect();
    for planted in [
        format!("token={secret}"),
        secret.to_uppercase(),
        basic("a"),
        basic("ab"),
        basic("abc"),
        URL_SAFE_NO_PAD.encode(json!({ "v": 1, "next": format!("https://example.com/?key={secret}") }).to_string()),
        format!("https://example.com/?key={}", secret.replace('u', "%75")),
        format!("https://example.com/?auth={}", basic("a").replace('=', "%3D")),
        json!({ "error": { "message": secret } }).to_string(),
        format!("{:?}", Some(&secret)),
        format!("{bytes:?}"),
        json!(bytes).to_string(),
        bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    ] {
        assert!(absent("it", &planted).is_err_and(|why| why.starts_with("it shows a secret")), "{planted}");
    }
    for harmless in ["", "hush", "authorization: [secret]", "hush hush", &STANDARD.encode("hush")] {
        assert_eq!(absent("it", harmless), Ok(()));
    }
}

#[test]
fn a_secret_that_is_logged_or_stands_in_a_file_is_found() {
    let ((), log) = listen(|| tracing::trace!(token = %format!("{WORD}-1"), "renewed"));
    assert!(absent("the log", &log).is_err(), "{log}");
    let ((), log) =
        listen(|| tracing::info_span!("http.client", url.full = %format!("https://e.com/?k={WORD}")).in_scope(|| ()));
    assert!(absent("the log", &log).is_err(), "{log}");

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), "nothing").unwrap();
    assert_eq!(in_files(folder.path()), [""; 0]);
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(folder.path().join("inner/b.md"), format!("Bearer {WORD}")).unwrap();
    assert_eq!(in_files(folder.path()).len(), 1);
}

#[test]
fn no_generated_file_and_no_page_shows_a_secret() {
    for folder in ["../generated", "../docs", "../specs", "../examples"] {
        let found = in_files(&here(folder));
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn a_recording_shows_no_secret() {
    let manifest = r#"
tieline: 1
name: example
title: Example
version: 0.1.0
summary: An example.
server: https://api.example.com
auth:
  header: { fields: { one: { secret: true } }, headers: { X-One: "${one}" } }
  query: { fields: { two: { secret: true } }, api_key: { in: query, name: key, value: "${two}" } }
  cookie: { fields: { three: { secret: true } }, api_key: { in: cookie, name: key, value: "${three}" } }
  basic: { fields: { user: {}, four: { secret: true } }, basic: { username: "${user}", password: "${four}" } }
entities: { items: { actions: { get: { get: /item } } } }
"#;
    let (connector, _) = Connector::load(&Source::new("connector.yaml", manifest)).unwrap();
    let connector = Arc::new(connector);
    for credentials in [
        json!({ "one": format!("1-{WORD}") }),
        json!({ "two": format!("2&{WORD}") }),
        json!({ "three": format!("3-{WORD}") }),
        json!({ "user": "ada", "four": format!("4:{WORD}") }),
    ] {
        let expected = Exchange::new("GET", "/item").answer(200, json!({ "id": "1" }));
        // One that is not expected is an error that says what was.
        let other = Exchange::new("GET", "/other");
        let replay = Arc::new(Replay::new([expected, other]));
        let connection = Connection::builder(connector.clone())
            .credentials(Credentials::from_json(&credentials).unwrap())
            .transport(replay.clone())
            .connect()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (shown, log) = listen(|| {
            let calls = [1, 2].map(|_| runtime.block_on(connection.execute("items", "get", json!({}))));
            format!("{calls:?} {connection:?} {replay:?} {:?} {:?}", replay.sent(), replay.remaining())
        });
        assert!(shown.contains("secret"), "{shown}");
        assert_eq!(absent("the recording", &shown), Ok(()));
        assert_eq!(absent("the log", &log), Ok(()));
    }
}

/// What the files of a folder show.
fn in_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(in_files(&entry));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned();
            found.extend(absent(&entry.display().to_string(), &text).err());
        }
    }
    found
}
