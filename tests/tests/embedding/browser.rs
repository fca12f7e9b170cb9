//! A user who signs in with a browser.

use std::sync::Arc;

use serde_json::{Value, json};
use tieline::auth::{AccessToken, Authorization};
use tieline::connect::{ConnectionBuilder, MemoryTokenStore, TokenStore};
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Credentials, Error};
use url::Url;

use super::MANIFEST;
use super::begin::load;

fn app(connector: Arc<Connector>) -> ConnectionBuilder {
    Connection::builder(connector)
        .credentials(Credentials::none().with("client_id", "garden-app").with("client_secret", "c_1"))
}

fn send_user(app: &ConnectionBuilder) -> Result<(Url, Value), Error> {
    let waiting = app.authorize("https://garden.example/callback")?;
    Ok((waiting.url().clone(), waiting.to_secret_json()))
}

async fn user_came_back(app: &ConnectionBuilder, kept: &Value, came_back: &Url) -> Result<Value, Error> {
    let waiting = Authorization::from_secret_json(kept)?;
    Ok(app.exchange(&waiting, came_back).await?.to_secret_json())
}

fn connect_user(app: ConnectionBuilder, kept: &Value, store: Arc<dyn TokenStore>) -> Result<Connection, Error> {
    app.signed_in(AccessToken::from_secret_json(kept)?).token_store(store).connect()
}

const OAUTH: &str = r#"auth:
  oauth:
    fields:
      client_id: { description: Your application's id }
      client_secret: { description: Its secret, secret: true }
      access_token: { description: The user's token, secret: true }
    oauth2:
      authorize: { url: "https://taskboard.example/authorize" }
      token: { url: "https://taskboard.example/token" }
"#;

#[tokio::test]
async fn a_user_is_sent_away_and_comes_back() {
    let (before, rest) = MANIFEST.split_once("auth:\n").unwrap();
    let (_, after) = rest.split_once("pagination:\n").unwrap();
    let connector = load(&format!("{before}{OAUTH}pagination:\n{after}")).unwrap();
    let replay = Arc::new(Replay::new([
        Exchange::new("POST", "https://taskboard.example/token").answer(200, json!({ "access_token": "t_1" })),
        Exchange::new("GET", "/v2/cards/c_1")
            .header("authorization", "Bearer t_1")
            .answer(200, json!({ "card": { "id": "c_1", "title": "Weed", "due": null } })),
    ]));
    let app = || app(connector.clone()).transport(replay.clone());
    let (url, kept) = send_user(&app()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let came_back = format!("https://garden.example/callback?code=1&state={state}").parse().unwrap();
    let tokens = user_came_back(&app(), &kept, &came_back).await.unwrap();
    let connection = connect_user(app(), &tokens, Arc::new(MemoryTokenStore::default())).unwrap();
    connection.execute("cards", "get", json!({ "card_id": "c_1" })).await.unwrap();
    assert!(replay.remaining().is_empty());
}
