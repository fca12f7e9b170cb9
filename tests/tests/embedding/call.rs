//! Calls, pages and errors.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde::Deserialize;
use serde_json::json;
use tieline::{Connection, Error, ErrorKind};

use super::begin::connect_to_mock;
use super::taskboard;

#[derive(Debug, Deserialize)]
struct Card {
    id: String,
    title: String,
    due: Option<String>,
}

async fn card(connection: &Connection, id: &str) -> Result<Card, Error> {
    connection.execute("cards", "get", json!({ "card_id": id })).await?.record()
}

async fn postpone(connection: &Connection, id: &str) -> Result<Card, Error> {
    connection.execute("cards", "update", json!({ "card_id": id, "due": null })).await?.record()
}

async fn newest(connection: &Connection, board: &str) -> Result<Vec<Card>, Error> {
    let list = connection.call("cards", "list").params(json!({ "board_id": board }));
    list.fields(["id", "title", "due"]).max_records(5).deadline(Duration::from_secs(20)).execute().await?.records()
}

async fn every_title(connection: &Connection, board: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut pages = connection.call("cards", "list").params(json!({ "board_id": board, "limit": 3 })).pages();
    let mut titles = Vec::new();
    while let Some(page) = pages.try_next().await? {
        for record in &page.records {
            titles.push(record.read::<Card>()?.title);
        }
    }
    Ok(titles)
}

async fn page_after(connection: &Connection, board: &str, next: String) -> Result<Vec<Card>, Error> {
    connection
        .call("cards", "list")
        .params(json!({ "board_id": board, "limit": 3 }))
        .next(next)
        .execute()
        .await?
        .records()
}

async fn title_if_there(connection: &Connection, id: &str) -> Result<Option<String>, Error> {
    match card(connection, id).await {
        Ok(card) => Ok(Some(card.title)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn preview(connection: &Connection, id: &str) -> Result<String, Error> {
    let explanation = connection.call("cards", "get").params(json!({ "card_id": id })).explain()?;
    Ok(explanation.request.to_http())
}

#[tokio::test]
async fn a_card_is_read_and_changed() {
    let connection = connect_to_mock(taskboard(), "").unwrap();
    assert_eq!(card(&connection, "c_1").await.unwrap().id, "c_1");
    assert_eq!(postpone(&connection, "c_1").await.unwrap().due, None);
    let error = connection.execute("cards", "get", json!({ "card": "c_1" })).await.unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidInput, 2), "{error:?}");
}

#[tokio::test]
async fn pages_are_read_one_after_the_other() {
    let connection = connect_to_mock(taskboard(), "").unwrap();
    let newest = newest(&connection, "b_7").await.unwrap();
    let titles = every_title(&connection, "b_7").await.unwrap();
    assert_eq!((newest.len(), titles.len()), (5, 7));
    assert_eq!(newest[0].title, titles[0]);
    let first =
        connection.call("cards", "list").params(json!({ "board_id": "b_7", "limit": 3 })).execute().await.unwrap();
    let further = page_after(&connection, "b_7", first.next.flatten().unwrap()).await.unwrap();
    assert_eq!(further.iter().map(|card| &card.title).collect::<Vec<_>>(), titles[3..6].iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_has_a_kind() {
    let connection = connect_to_mock(taskboard(), "404:1").unwrap();
    assert_eq!(title_if_there(&connection, "c_1").await.unwrap(), None);
    assert!(title_if_there(&connection, "c_1").await.unwrap().is_some());
    assert!(preview(&connection, "c_1").unwrap().starts_with("GET https://api.taskboard.example/v2/cards/c_1\n"));
}
