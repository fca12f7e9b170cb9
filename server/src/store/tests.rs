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
    let url = match std::env::var("TIELINE_TEST_POSTGRES") {
        Ok(server) => new_database(&server).await,
        Err(_) => sqlite_url(&folder.path().join("db")),
    };
    (Store::open(&url, Arc::new(keys)).await.unwrap(), folder)
}

async fn new_database(server: &str) -> String {
    install_default_drivers();
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut connection = AnyConnection::connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    format!("{server}/{name}")
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
    // Its name is no matter.
    store.change_connector(&row, None).await.unwrap();
    assert_eq!(store.secrets(&row).await.unwrap().credentials["token"], "old");
    let row = ConnectorRow { version: 2, ..row };
    // It has another address now, and new credentials for it.
    store.change_connector(&row, Some(&secrets("new"))).await.unwrap();
    assert!(matches!(store.secrets(&row).await, Err(StoreError::Changed)));
    assert!(matches!(store.change_connector(&row, None).await, Err(StoreError::Changed)));
    let now = ConnectorRow { version: 3, ..row };
    assert_eq!(store.secrets(&now).await.unwrap().credentials["token"], "new");
    store.delete_connector(now.id).await.unwrap();
    assert!(matches!(store.secrets(&now).await, Err(StoreError::Changed)));
}

#[tokio::test]
async fn a_refused_renewal_is_noted_until_there_are_new_secrets() {
    let (store, _folder) = store().await;
    let (_, row) = connector(&store).await;
    store.add_connector(&row, &secrets("s")).await.unwrap();
    let read = async || store.connector(row.organization, None, row.id).await.unwrap().unwrap();
    let refused = async || store.needs_reauthorization(&row.id.to_string(), 1, "refused").await.unwrap();
    // It is renamed before, and after by somebody who read it before.
    store.change_connector(&row, None).await.unwrap();
    let before = read().await;
    refused().await;
    assert_eq!(read().await.reauthorize.as_deref(), Some("refused"));
    store.change_connector(&before, None).await.unwrap();
    assert_eq!(read().await.reauthorize.as_deref(), Some("refused"));
    store.change_connector(&read().await, Some(&secrets("new"))).await.unwrap();
    refused().await;
    assert_eq!(read().await.reauthorize, None, "what was refused is there no more");
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

/// Nobody fails for another's sake, and nothing is left of what is gone, whoever comes first.
#[tokio::test(flavor = "multi_thread")]
async fn many_change_the_same_at_once() {
    let (store, _folder) = store().await;
    let fails = |error: &StoreError| !matches!(error, StoreError::Changed | StoreError::NoWorkspace | StoreError::Full);
    let mut failed = Vec::new();
    let mut check = |result: Result<(), StoreError>| failed.extend(result.err().filter(fails));
    for round in 0..30 {
        let (workspace, row) = connector(&store).await;
        store.add_connector(&row, &secrets("s")).await.unwrap();
        let setup = crate::setup::new(row.organization, workspace.id, None, None);
        store.add_setup(&setup).await.unwrap();
        let (late, set_up) =
            (ConnectorRow { id: Uuid::new_v4(), ..row.clone() }, ConnectorRow { id: Uuid::new_v4(), ..row.clone() });
        let id = row.id.to_string();
        let (given, new) = (secrets("s"), secrets("new"));
        let gone = async {
            // Sometimes later, sometimes never.
            tokio::time::sleep(std::time::Duration::from_micros(round % 10 * 300)).await;
            match round % 3 {
                0 => store.delete_workspace(&workspace).await.map(drop),
                1 => store.delete_connector(row.id).await.map(drop),
                _ => Ok(()),
            }
        };
        let done = tokio::join!(
            gone,
            async { store.add_connector(&late, &given).await },
            async { store.change_connector(&row, Some(&new)).await },
            async { store.change_connector(&row, None).await },
            async { store.complete_setup(setup.id, &set_up, &given, false).await.map(drop) },
            async { store.put_waiting(setup.id, &setup.id.to_string(), "waiting").await.map(drop) },
            async { store.put_draft(setup.id, "draft").await },
            async { store.replace_secret(&id, "token", 0, b"token").await.map(drop) },
            async { store.needs_reauthorization(&id, 1, "refused").await },
            async { store.rewrap_secrets().await.map(drop) },
        );
        let (a, b, c, d, e, f, g, h, i, j) = done;
        [a, b, c, d, e, f, g, h, i, j].into_iter().for_each(&mut check);
    }
    assert!(failed.is_empty(), "{failed:?}");
    let sql = "SELECT COUNT(*) FROM secrets s WHERE NOT EXISTS (SELECT 1 FROM connectors c WHERE c.id = s.owner) \
               AND NOT EXISTS (SELECT 1 FROM setups t WHERE t.id = s.owner)";
    let orphans: i64 = sqlx::Row::try_get(&sqlx::query(sql).fetch_one(&store.pool).await.unwrap(), 0).unwrap();
    let sql =
        "SELECT COUNT(*) FROM connectors c JOIN workspaces w ON w.id = c.workspace_id WHERE w.deleted_at IS NOT NULL";
    let hidden: i64 = sqlx::Row::try_get(&sqlx::query(sql).fetch_one(&store.pool).await.unwrap(), 0).unwrap();
    assert_eq!((orphans, hidden), (0, 0));
}

#[tokio::test]
async fn an_address_is_told_without_what_signs_in() {
    for (url, told) in [
        ("postgres://u:s3cret@db.example:5432/tieline?password=s3cret", "postgres://db.example:5432/tieline"),
        ("postgres://u:12#s3cret@db.example/tieline", "an address that cannot be read"),
        ("postgres://u:12/s3cret@db.example/tieline", "an address that cannot be read"),
        ("postgres://u:12?s3cret@db.example/tieline", "an address that cannot be read"),
        ("sqlite:///var/lib/tieline.db?mode=rwc", "sqlite:///var/lib/tieline.db"),
    ] {
        assert_eq!(place(url), told);
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
