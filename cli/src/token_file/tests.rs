//! What a file of tokens holds after renewals, and who may renew.

#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

const KEY: &str = "notion:oauth:1";

fn rotating() -> Rotating {
    Rotating { access_token: Some("access_token".to_owned()), refresh_token: "refresh_token".to_owned() }
}

fn token(access: &str, refresh: &str) -> AccessToken {
    AccessToken::new(access).with_refresh_token(refresh).with_expiry(1_900_000_000)
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn tokens_are_kept_by_key_and_only_if_nobody_was_faster() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store = FileTokenStore::tokens(&path);
    let before = store.load(KEY).await.unwrap();
    assert!(before.token.is_none());
    assert!(TokenStore::commit(&store, KEY, before.version, token("a1", "r1")).await.unwrap());
    assert!(!TokenStore::commit(&store, KEY, before.version, token("a2", "r2")).await.unwrap());

    let other = FileTokenStore::tokens(&path);
    let kept = other.load(KEY).await.unwrap();
    assert_eq!(kept.token.unwrap().to_secret_json()["refresh_token"], "r1");
    let stranger = other.load("other").await.unwrap();
    assert!(stranger.token.is_none());
    // Another connection's tokens in the same file are no reason to give up one's own.
    assert!(TokenStore::commit(&other, "other", stranger.version, token("b1", "s1")).await.unwrap());
    assert!(TokenStore::commit(&store, KEY, kept.version, token("a3", "r3")).await.unwrap());
    assert_eq!(read(&path)["other"]["access_token"], "b1");
    assert_eq!(read(&path)[KEY]["access_token"], "a3");
}

#[tokio::test]
async fn a_renewed_token_takes_the_place_of_the_old_one_in_the_users_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion.json");
    let given = json!({ "client_id": "c", "client_secret": "s", "access_token": "a0", "refresh_token": "r0" });
    fs::write(&path, given.to_string()).unwrap();
    let store = FileTokenStore::credentials(&path, rotating());
    let before = store.load(KEY).await.unwrap();
    assert!(before.token.is_none(), "what the user gave is the engine's to read");
    assert!(TokenStore::commit(&store, KEY, before.version, token("a1", "r1")).await.unwrap());
    assert!(!TokenStore::commit(&store, KEY, before.version, token("a2", "r2")).await.unwrap());

    let now = read(&path);
    assert_eq!(
        (&now["access_token"], &now["refresh_token"], &now["client_id"]),
        (&json!("a1"), &json!("r1"), &json!("c"))
    );
    // The next process may give other fields, and so another key: the file is the same connection.
    let kept = FileTokenStore::credentials(&path, rotating()).load("notion:oauth:2").await.unwrap();
    assert_eq!(kept.token.unwrap().expires_at(), Some(1_900_000_000));

    // Of another connector, or of another server's tokens, it is not.
    for other in ["notion:other:1", "other:oauth:1", "notion:oauth:elsewhere:1"] {
        assert!(store.load(other).await.unwrap().token.is_none(), "{other}");
    }

    // The user signs in again and puts new tokens in: what is known about the old ones no longer holds.
    let mut edited = now.clone();
    edited["access_token"] = "a9".into();
    fs::write(&path, edited.to_string()).unwrap();
    assert!(store.load(KEY).await.unwrap().token.is_none());
}

#[tokio::test]
async fn another_field_may_be_edited_while_a_token_is_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion.json");
    fs::write(&path, json!({ "refresh_token": "r0", "note": "old" }).to_string()).unwrap();
    let store = FileTokenStore::credentials(&path, rotating());
    let before = store.load(KEY).await.unwrap().version;
    fs::write(&path, json!({ "refresh_token": "r0", "note": "new" }).to_string()).unwrap();
    assert!(TokenStore::commit(&store, KEY, before, token("a1", "r1")).await.unwrap());
    assert_eq!((&read(&path)["refresh_token"], &read(&path)["note"]), (&json!("r1"), &json!("new")));

    let before = store.load(KEY).await.unwrap().version;
    fs::write(&path, json!({ "refresh_token": "r9", "note": "new" }).to_string()).unwrap();
    assert!(!TokenStore::commit(&store, KEY, before, token("a2", "r2")).await.unwrap());
}

#[tokio::test]
async fn a_refresh_token_that_is_not_renewed_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.json");
    fs::write(&path, json!({ "refresh_token": "r0" }).to_string()).unwrap();
    let fields = Rotating { access_token: None, refresh_token: "refresh_token".to_owned() };
    let store = FileTokenStore::credentials(&path, fields);
    let version = store.load(KEY).await.unwrap().version;
    assert!(TokenStore::commit(&store, KEY, version, AccessToken::new("a1")).await.unwrap());
    assert_eq!(read(&path)["refresh_token"], "r0");
    assert!(read(&path).get("access_token").is_none(), "the scheme has no such field");
    let kept = store.load(KEY).await.unwrap().token.unwrap().to_secret_json();
    assert_eq!((&kept["access_token"], &kept["refresh_token"]), (&json!("a1"), &json!("r0")));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store = FileTokenStore::tokens(&path);
    assert!(TokenStore::commit(&store, KEY, store.load(KEY).await.unwrap().version, token("a", "r")).await.unwrap());
    assert_eq!(mode(&path), 0o600);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let store = FileTokenStore::tokens(&link);
    assert!(TokenStore::commit(&store, KEY, store.load(KEY).await.unwrap().version, token("b", "r")).await.unwrap());
    assert_eq!(mode(&path), 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&path)[KEY]["access_token"], "b");
}

#[tokio::test(start_paused = true)]
async fn one_renews_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let (one, other) = (FileTokenStore::tokens(&path), FileTokenStore::tokens(&path));
    let lease = TokenStore::lease(&one, KEY).await.unwrap();
    let soon = Duration::from_secs(1);
    assert!(tokio::time::timeout(soon, TokenStore::lease(&other, KEY)).await.is_err());
    drop(lease);
    assert!(tokio::time::timeout(soon, TokenStore::lease(&other, KEY)).await.unwrap().is_ok());
}

#[tokio::test]
async fn what_cannot_be_kept_is_said_before_a_token_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = FileTokenStore::tokens(&folder.path().join("no/such/folder/tokens.json"));
    let error = TokenStore::lease(&nowhere, KEY).await.err().unwrap();
    assert!(error.help().unwrap().contains("must be writable"), "{error:?}");
    let error = NowhereToKeep.lease(KEY).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.help().unwrap().contains("--token-store"), "{error:?}");

    let path = folder.path().join("other.txt");
    fs::write(&path, "hunter2 is no JSON").unwrap();
    let error = FileTokenStore::tokens(&path).load(KEY).await.err().unwrap();
    assert!(!format!("{error:?}").contains("hunter2"));
}
