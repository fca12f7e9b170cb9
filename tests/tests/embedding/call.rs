//! Calls, pages and errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;
use tieline::execute::Page;
use tieline::transport::{Transport, TransportError, TransportFailure};
use tieline::wire::{Response, SignedRequest};
use tieline::{Connection, Credentials, Error, ErrorKind, Raw};
use tieline_mock::{Mock, MockOptions};

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

async fn every_card(connection: &Connection, board: &str) -> Result<Vec<Card>, Box<dyn std::error::Error>> {
    let list = connection.call("cards", "list").params(json!({ "board_id": board, "limit": 3 })).all();
    let error = match list.clone().execute().await {
        Ok(envelope) => return Ok(envelope.records()?),
        Err(error) => error,
    };
    let Some(Page { records, next: Some(next), .. }) = error.so_far() else { return Err(error.into()) };
    let mut cards: Vec<Card> = records.iter().map(Raw::read).collect::<Result<_, _>>()?;
    cards.extend(list.next(next).execute().await?.records::<Card>()?);
    Ok(cards)
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

/// A mock that cannot be reached for its second request.
struct BreaksOff {
    mock: Mock,
    requests: AtomicUsize,
}

impl Transport for BreaksOff {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        let refused = TransportError { failure: TransportFailure::Refused, message: "not now".to_owned() };
        match self.requests.fetch_add(1, Ordering::Relaxed) {
            1 => Box::pin(async { Err(refused) }),
            _ => self.mock.send(request),
        }
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_goes_on() {
    let mock = Mock::new(taskboard(), MockOptions::default());
    let transport = Arc::new(BreaksOff { mock, requests: AtomicUsize::new(0) });
    let builder = Connection::builder(taskboard()).credentials(Credentials::none().with("key", "tb_1"));
    let connection = builder.transport(transport.clone()).connect().unwrap();
    assert_eq!(every_card(&connection, "b_7").await.unwrap().len(), 7);
    assert_eq!(transport.requests.load(Ordering::Relaxed), 4, "no page was asked for again but the one that failed");
}

#[tokio::test]
async fn an_error_has_a_kind() {
    let connection = connect_to_mock(taskboard(), "404:1").unwrap();
    assert_eq!(title_if_there(&connection, "c_1").await.unwrap(), None);
    assert!(title_if_there(&connection, "c_1").await.unwrap().is_some());
    assert!(preview(&connection, "c_1").unwrap().starts_with("GET https://api.taskboard.example/v2/cards/c_1\n"));
}
