//! A server that is killed at any moment, while connectors are made, tokens are renewed and keys are rotated: nothing that it has
//! answered for is lost, and nothing is half there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::common::vendor::Vendor;
use crate::common::{Api, CONNECTORS, Options, operator, start};
use http::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tieline_server::{FirstClient, KeySource, Server, Settings};
use tokio::net::TcpListener;
use url::Url;

/// How often the server is killed, unless `TIELINE_KILLS` says.
const KILLS: usize = 6;

/// What tells this program that it is the server which is killed.
const VENDOR: &str = "TIELINE_TEST_VENDOR";

/// Not a test of its own: the server that is killed. It rotates its keys again and again.
#[test]
fn the_server_that_is_killed() {
    let Ok(vendor) = std::env::var(VENDOR) else { return };
    let folder = std::path::PathBuf::from(std::env::var("TIELINE_TEST_FOLDER").unwrap());
    let database = std::env::var("TIELINE_TEST_DATABASE").unwrap();
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let keys = || KeySource::File(folder.join("master.keys"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings::new(&database, keys(), Url::parse(&format!("http://{address}")).unwrap());
        settings.base_urls.insert("notion".to_owned(), Url::parse(&vendor).unwrap());
        settings.requests_per_second = 10_000;
        let server = Server::open(settings).await.unwrap();
        println!("\nserves at {address}");
        tokio::spawn(server.serve(listener, std::future::pending()));
        let operator = tieline_server::Operator::open(&database, keys()).await.unwrap();
        loop {
            operator.rotate_keys().await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

/// A server of its own, which can be killed.
struct Victim {
    child: Child,
    api: Api,
}

impl Victim {
    fn start(folder: &std::path::Path, database: &str, vendor: &Url) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::the_server_that_is_killed", "--nocapture"])
            .env(VENDOR, vendor.as_str())
            .env("TIELINE_TEST_FOLDER", folder)
            .env("TIELINE_TEST_DATABASE", database)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = lines.filter_map(|line| line.unwrap().strip_prefix("serves at ").map(str::to_owned));
        let address = address.next().expect("the server starts").parse().unwrap();
        Self { child, api: Api { address, token: None, organization: None } }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_is_half_there() {
    let kills = std::env::var("TIELINE_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let database = crate::common::database(&folder).await;
    let (vendor, url) = Vendor::start().await;
    let client = first_client(&folder, &database, &url).await;
    let mut made = BTreeSet::new();
    let mut renewing: Option<String> = None;
    let mut owned_up = 0;
    for round in 0..kills {
        let mut victim = Victim::start(folder.path(), &database, &url);
        let Some(token) = sign_in(&victim.api, &client).await else { continue };
        let api = Api { token: Some(token), ..victim.api.clone() };
        let renewed = match &renewing {
            Some(id) => id.clone(),
            None => api.connector("default", Vendor::credentials()).await,
        };
        renewing = Some(renewed.clone());
        vendor.ends_the_access_token();
        vendor.takes(Duration::from_millis(round as u64 % 7 * 10));
        let renewal = tokio::spawn({
            let (api, renewed) = (api.clone(), renewed.clone());
            async move { try_execute(&api, &renewed).await }
        });
        let creating = tokio::spawn({
            let api = api.clone();
            async move {
                let mut made = Vec::new();
                while let Some(id) = try_create(&api).await {
                    made.push(id);
                }
                made
            }
        });
        // Anywhere between the first statement and some dozens of connectors.
        tokio::time::sleep(Duration::from_millis(uuid::Uuid::new_v4().as_u128() as u64 % 250)).await;
        victim.child.kill().unwrap();
        victim.child.wait().unwrap();
        made.extend(creating.await.unwrap());
        let _ = renewal.await;

        // A server that starts now finds everything in order.
        let running = start(database.clone(), folder.clone(), url.clone(), Options::default()).await;
        let api = running.api_of(&client).await;
        match try_execute(&api, &renewed).await {
            Some(answer) if answer["status"] == "success" => {}
            // The vendor had rotated and nobody had heard: that is said, and can be mended.
            Some(answer) => {
                assert_eq!(answer["kind"], "reauthorize", "{answer}");
                owned_up += 1;
                let body = json!({ "credentials": vendor.current() });
                api.send(Method::PUT, &format!("{CONNECTORS}/{renewed}"), Some(body)).await.with(200);
                assert_eq!(try_execute(&api, &renewed).await.unwrap()["status"], "success");
            }
            None => panic!("the server that follows does not answer"),
        }
    }
    let running = start(database.clone(), folder.clone(), url, Options::default()).await;
    let api = running.api_of(&client).await;
    let listed = api.get(&format!("{CONNECTORS}?workspace_name=default")).await.with(200);
    let listed: BTreeSet<_> =
        listed["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert!(made.is_subset(&listed), "lost: {:?}", made.difference(&listed));
    for id in &listed {
        // Its credentials can be read: the vendor is asked with them, and refuses what is made up.
        let answer = try_execute(&api, id).await.unwrap();
        let expected = if Some(id) == renewing.as_ref() { "success" } else { "unauthorized" };
        assert_eq!(answer["kind"].as_str().or(answer["status"].as_str()), Some(expected), "{answer}");
    }
    let mut connection = sqlx::AnyConnection::connect(&database).await.unwrap();
    for (what, sql) in [
        (
            "a connector without credentials",
            "SELECT COUNT(*) FROM connectors c WHERE NOT EXISTS (SELECT 1 FROM secrets s WHERE s.owner = c.id AND s.kind = 'credentials')",
        ),
        (
            "a secret of nobody",
            "SELECT COUNT(*) FROM secrets s WHERE s.owner <> 'signing' AND NOT EXISTS (SELECT 1 FROM connectors c WHERE c.id = s.owner) AND NOT EXISTS (SELECT 1 FROM setups t WHERE t.id = s.owner)",
        ),
    ] {
        assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut connection).await.unwrap(), 0, "{what}");
    }
    drop(running);
    without_the_key(&folder, &database, &listed, &client).await;
    println!(
        "{kills} kills: {} connectors answered for, {} there, {owned_up} lost pairs owned up to",
        made.len(),
        listed.len()
    );
}

/// Nothing can be read under another key.
async fn without_the_key(folder: &tempfile::TempDir, database: &str, ids: &BTreeSet<String>, client: &FirstClient) {
    let path = folder.path().join("master.keys");
    std::fs::remove_file(&path).unwrap();
    let keys = KeySource::File(path);
    let settings = Settings::new(database, keys, Url::parse("http://127.0.0.1:1").unwrap());
    // Not even the key that tokens are signed with.
    let error = Server::open(settings).await.unwrap_err().to_string();
    assert!(error.contains("is not among those given"), "{error}");
    assert!(!ids.is_empty() && !client.client_id.is_empty());
}

async fn first_client(folder: &Arc<tempfile::TempDir>, database: &str, vendor: &Url) -> FirstClient {
    let running = start(database.to_owned(), folder.clone(), vendor.clone(), Options::default()).await;
    drop(running);
    operator(database, folder).await.add_client("test", &["default".to_owned()]).await.unwrap()
}

async fn sign_in(api: &Api, client: &FirstClient) -> Option<String> {
    use secrecy::ExposeSecret as _;
    let body = json!({ "client_id": client.client_id, "client_secret": client.client_secret.expose_secret() });
    let answer = api.try_send(Method::POST, "/api/v1/account/applications/token", Some(body)).await?;
    Some(answer.with(200)["access_token"].as_str().unwrap().to_owned())
}

/// The id of a new connector; `None` when the server is gone.
async fn try_create(api: &Api) -> Option<String> {
    // Another each time: with one token, all of them would wait for the vendor's limit in the end.
    let token = format!("ntn_{}", uuid::Uuid::new_v4());
    let body = json!({ "workspace_name": "default", "connector_type": "notion", "credentials": { "token": token } });
    let answer = api.try_send(Method::POST, CONNECTORS, Some(body)).await?;
    Some(answer.with(200)["id"].as_str().unwrap().to_owned())
}

async fn try_execute(api: &Api, connector: &str) -> Option<Value> {
    let body = json!({ "entity": "users", "action": "me", "params": {} });
    let answer = api.try_send(Method::POST, &format!("{CONNECTORS}/{connector}/execute"), Some(body)).await?;
    Some(answer.json())
}
