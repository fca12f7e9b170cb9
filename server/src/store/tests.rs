//! What must hold while others change the same, in the order in which it is dangerous.

#![allow(clippy::unwrap_used)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::SecretString;
use serde_json::{Map, json};
use tempfile::TempDir;

use super::*;
use crate::keys::KeySource;

/// A store with nothing in it.
pub(crate) async fn store() -> (Store, TempDir) {
    let folder = TempDir::new().unwrap();
    let keys = Keyring::open(KeySource::Text(SecretString::from(BASE64.encode([1; 32])))).unwrap();
    (Store::open(&sqlite_url(&folder.path().join("db")), Arc::new(keys)).await.unwrap(), folder)
}

fn secrets(token: &str) -> Secrets {
    let credentials = Map::from_iter([("token".to_owned(), json!(token))]);
    Secrets { credentials, token: None, renewed: Vec::new() }
}

/// A connector in the workspace `default` of a new organization.
async fn connector(store: &Store) -> (Workspace, ConnectorRow) {
    let organization = store.add_organization("acme").await.unwrap().id;
    let workspace = store.workspace_named(organization, "default").await.unwrap().unwrap();
    let row = ConnectorRow {
        id: Uuid::new_v4(),
        organization,
        workspace: workspace.id,
        definition: Uuid::new_v4(),
        name: "Wiki".to_owned(),
        scheme: None,
        config: Map::new(),
        entities: None,
        fields: Vec::new(),
        reauthorize: None,
        version: 1,
        created_at: now(),
        updated_at: now(),
    };
    (workspace, row)
}

async fn count(store: &Store, table: &'static str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::Row::try_get(&sqlx::query(sql).fetch_one(&store.pool).await.unwrap(), 0).unwrap()
}

#[tokio::test]
async fn secrets_are_those_of_the_connector_that_was_read() {
    let (store, _folder) = store().await;
    let (_, row) = connector(&store).await;
    store.add_connector(&row, &secrets("old")).await.unwrap();
    assert_eq!(store.secrets(&row).await.unwrap().credentials["token"], "old");
    // It has another address now, and new credentials for it.
    store.change_connector(&row, Some(&secrets("new"))).await.unwrap();
    assert!(matches!(store.secrets(&row).await, Err(StoreError::Changed)));
    assert!(matches!(store.change_connector(&row, None).await, Err(StoreError::Changed)));
    let now = ConnectorRow { version: 2, ..row };
    assert_eq!(store.secrets(&now).await.unwrap().credentials["token"], "new");
    store.delete_connector(now.id).await.unwrap();
    assert!(matches!(store.secrets(&now).await, Err(StoreError::Changed)));
}

#[tokio::test]
async fn a_refused_renewal_is_noted_until_there_are_new_secrets() {
    let (store, _folder) = store().await;
    let (_, row) = connector(&store).await;
    store.add_connector(&row, &secrets("s")).await.unwrap();
    store.needs_reauthorization(&row.id.to_string(), 1, "refused").await.unwrap();
    // It is renamed by somebody who read it before.
    store.change_connector(&row, None).await.unwrap();
    let read = async || store.connector(row.organization, None, row.id).await.unwrap().unwrap();
    assert_eq!(read().await.reauthorize.as_deref(), Some("refused"));
    store.change_connector(&read().await, Some(&secrets("new"))).await.unwrap();
    assert_eq!(read().await.reauthorize, None);
}

#[tokio::test]
async fn nothing_comes_into_a_workspace_that_is_gone() {
    let (store, _folder) = store().await;
    let (workspace, row) = connector(&store).await;
    store.add_connector(&row, &secrets("s")).await.unwrap();
    let setup = crate::setup::new(row.organization, workspace.id, None, None);
    store.add_setup(&setup).await.unwrap();
    assert!(store.put_waiting(setup.id, "state", "waiting").await.unwrap());
    store.put_draft(setup.id, "draft").await.unwrap();
    assert_eq!(count(&store, "secrets").await, 3);
    store.delete_workspace(&workspace).await.unwrap();
    // What was tried at the vendor meanwhile arrives now.
    let late = ConnectorRow { id: Uuid::new_v4(), ..row.clone() };
    assert!(matches!(store.add_connector(&late, &secrets("s")).await, Err(StoreError::NoWorkspace)));
    let ended = store.complete_setup(setup.id, &late, &secrets("s"), false).await;
    assert!(matches!(ended, Err(StoreError::NoWorkspace)));
    assert!(!store.put_waiting(setup.id, "state", "waiting").await.unwrap());
    store.put_draft(setup.id, "draft").await.unwrap();
    assert!(!store.replace_secret(&row.id.to_string(), "token", 0, b"token").await.unwrap());
    for table in ["secrets", "connectors", "setups"] {
        assert_eq!(count(&store, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_sign_in_is_answered_once_and_is_no_code() {
    let (store, _folder) = store().await;
    assert!(store.answer_sign_in("s1", now() + 60_000).await.unwrap());
    assert!(!store.answer_sign_in("s1", now() + 60_000).await.unwrap());
    for text in ["s1", "sign in s1"] {
        assert!(store.use_login_code(text).await.unwrap().is_none());
        assert!(store.use_login_grant(text, "verifier").await.unwrap().is_none());
    }
    assert!(!store.answer_sign_in("s1", now() + 60_000).await.unwrap());
}
